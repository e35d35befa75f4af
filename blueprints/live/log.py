"""The lesson's log in one answer, for a browser that opens the room or was away for long.

A page of the log at a time goes out as soon as it is read: the browser draws the first steps while the server reads the last,
and between two pages the process serves everybody else. What is written meanwhile comes over the socket, as ever.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Final, cast

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.compression import gzip_stream
from blueprints.extensions import limiter
from blueprints.guards import member_of_session
from blueprints.live import bp
from blueprints.numbers import since_asked
from peerlearn.accounts.queries import users_by_ids
from peerlearn.clock import now
from peerlearn.errors import Missing
from peerlearn.live.catch_up import log_page
from peerlearn.sessions.door import Door, door_at
from peerlearn.sessions.models import LiveSession

PAGE_LINES: Final = 2_000


@bp.get("/lesson/<public_id>/log")
@limiter.limit("60 per minute")
@member_of_session
def log(_public_id: str) -> ResponseReturnValue:
    """Everything after ?since=, as lines of JSON: each like an answer to journal_sync."""
    lesson: LiveSession = g.live_session
    since = since_asked()
    if door_at(now(), lesson.starts_at, lesson.ends_at, lesson.state) is not Door.OPEN:
        raise Missing(_("The room is not open."), code="room_closed")
    both = [who for who in (lesson.mentor_id, lesson.learner_id) if who is not None]
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    pages = _pages(app, lesson.id, since, {who: user.public_id for who, user in users_by_ids(both).items()})
    packed = bool(request.accept_encodings["gzip"])
    answer = Response(gzip_stream(pages) if packed else pages, mimetype="application/x-ndjson")
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("Accept-Encoding")
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _pages(app: Flask, live_session_id: int, since: int, people: dict[int, str]) -> Iterator[bytes]:
    more = True
    while more:
        with app.app_context():  # and out of it again: no connection is held while a slow line takes a page
            page = log_page(live_session_id, since, PAGE_LINES)
        authors = json.dumps([people[author] for author in page.authors])
        yield f'{{"authors":{authors},"lines":{page.lines},"more":{json.dumps(page.more)}}}\n'.encode()
        since, more = page.last, page.more
        time.sleep(0)  # the process's other lessons are next
