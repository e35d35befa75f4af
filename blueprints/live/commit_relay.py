"""Finished strokes into the log, the quick way: without a request, a green thread and a waiting event for each.

It means the same as the event `board_commit`, which remains for all that is not plain: a step that would be refused, a picture,
a seat whose lesson wants to be looked at again, a sender who is too fast. Called in the hub, like the ink's.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Sequence
from typing import Any, Final

import orjson
from flask import g

from blueprints.errors import as_payload
from blueprints.live.appending import drafts_of, tell_written
from blueprints.live.switchboard import Line, Switchboard
from peerlearn.errors import PeerLearnError
from peerlearn.live.journal import Draft
from peerlearn.live.journal_writer import ANSWER_SECONDS, Answers
from peerlearn.live.protocol import ASK
from peerlearn.live.seats import Seat

# Beyond this a message holds pictures or very much ink: reading it would keep everybody else waiting.
MOST_BYTES: Final = 16_384
_COMMIT: Final = re.compile(rb'42(\d{1,9})(?=\["%s",)' % ASK["BOARD_COMMIT"].encode())


class CommitRelay:
    """The quick way of a commit."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def __call__(self, line: Line, frame: bytes) -> bool:
        """Begin with a commit and return True, or leave it to the handlers and return False. Never waits, asks no database."""
        found = _COMMIT.match(frame)
        if found is None or len(frame) > MOST_BYTES:
            return False
        at = time.monotonic()
        seat = self._board.believed(line, at)
        if seat is None:
            return False
        drafts = _drafts(frame[found.end() :], seat)
        if drafts is None or not self._board.desk.seats.within_rate(seat.sid, ASK["BOARD_COMMIT"], at):
            return False
        line.hold(ANSWER_SECONDS)
        self._board.desk.journal.append_then(drafts, functools.partial(self._written, line, seat, drafts, found[1]))
        return True

    def _written(
        self,
        line: Line,
        seat: Seat,
        drafts: Sequence[Draft],
        number: bytes,
        written: Answers,
        failure: BaseException | None,
    ) -> None:
        """In the writer's thread, after the commit: tell the other one, then answer."""
        g.locale = seat.locale
        try:
            if failure is not None:
                raise failure
            answer = {"ok": True, "answers": tell_written(seat, drafts, written, self._board.tell_across)}
        except PeerLearnError as error:
            answer = as_payload(error)
        finally:
            line.release()
        line.tell(b"43%s%s" % (number, orjson.dumps([answer])))


def _drafts(words: bytes, seat: Seat) -> list[Draft] | None:
    """The steps of an event, or None where one of them wants an answer in words."""
    try:
        event: Any = orjson.loads(words)
        if len(event) != 2 or type(event[1]) is not dict or event[1].get("session") != seat.session_public_id:
            return None
        drafts, refused = drafts_of(event[1], seat)
    except (ValueError, PeerLearnError):
        return None
    return None if refused else drafts
