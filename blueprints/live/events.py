"""Sockets of the room. Names, limits and kinds are those of peerlearn.live.protocol."""

from __future__ import annotations

import logging
import time
from typing import Any, cast

from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_socketio import SocketIO, join_room
from orjson import Fragment

from blueprints.extensions import choose_locale
from blueprints.guards import socket_member
from blueprints.live.appending import drafts_of, refusal, tell_written
from blueprints.live.board_events import view_show
from blueprints.live.call_events import diagnostics_send
from blueprints.live.caption_events import caption_say
from blueprints.live.chat_events import chat_seen
from blueprints.live.desk import desk, place_of, room_of
from blueprints.live.extension_events import extension_answer, extension_ask, time_ask
from blueprints.live.relay import ink
from blueprints.live.seated import off_request, seated
from blueprints.notifications import events as page_events
from peerlearn.accounts.queries import users_by_ids
from peerlearn.clock import now
from peerlearn.errors import Invalid, TooMany
from peerlearn.kernel import connection_release
from peerlearn.live import queries, service
from peerlearn.live.board import parse_identifier
from peerlearn.live.catch_up import log_page
from peerlearn.live.chat import parse_message
from peerlearn.live.files import parse_file
from peerlearn.live.journal import Draft
from peerlearn.live.protocol import ASK, CHAT, LIMIT, TELL
from peerlearn.live.room import check_may_end, room_pass
from peerlearn.live.seats import Seat
from peerlearn.live.signal import parse_signal
from peerlearn.sessions import service as sessions
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import next_start_after

log = logging.getLogger(__name__)


def _sid() -> str:
    return str(cast(Any, request).sid)


def _milliseconds() -> int:
    return int(now().timestamp() * 1000)


def _check_rate(event: str) -> None:
    if not desk().seats.within_rate(_sid(), event, time.monotonic()):
        raise TooMany(_("That was very fast. Wait a moment and go on."), code="too_fast")


@socket_member
def lobby_join(_payload: dict[str, Any], lesson: LiveSession) -> dict[str, Any]:
    """Wait at the door. Answers who is already inside; whoever waits hears of the other at once."""
    _check_rate("lobby_join")
    passed = room_pass(lesson, current_user.id, now(), next_start_after(lesson, now()))
    join_room(room_of(lesson.public_id))
    changed = {"side": passed.side, "where": "lobby"}
    _sockets().emit(TELL["LOBBY_CHANGED"], changed, to=room_of(lesson.public_id), skip_sid=_sid())
    inside = queries.people_inside(lesson.id)
    others = inside - {current_user.id}
    return {"server": _milliseconds(), "other_inside": bool(others)}


@socket_member
def room_join(payload: dict[str, Any], lesson: LiveSession) -> dict[str, Any]:
    """Take the seat: {session, page, tab, move}. Answers all that a browser needs to meet the other and to catch up."""
    _check_rate("room_join")
    user_id = current_user.id
    passed = room_pass(lesson, user_id, now(), next_start_after(lesson, now()))
    page = parse_identifier(payload.get("page"), "page")
    tab = parse_identifier(payload.get("tab"), "tab")
    taken = service.seat_take(lesson.id, user_id, page=page, tab=tab, move=payload.get("move") is True)
    place = place_of(lesson.public_id, passed.side)
    seat = Seat(
        sid=_sid(),
        live_session_id=lesson.id,
        session_public_id=lesson.public_id,
        user_id=user_id,
        user_public_id=current_user.public_id,
        side=passed.side,
        epoch=taken.epoch,
        attendance_id=taken.attendance_id,
        name=current_user.first_name,
        locale=choose_locale(),
        checked_at=time.monotonic(),
        may_draw=queries.may_draw(lesson.id, passed.side),
    )
    desk().seats.sit(seat)
    if taken.moved_from is not None:
        _sockets().emit(TELL["SEAT_MOVED"], {"epoch": taken.epoch}, to=place)
    join_room(place)
    join_room(room_of(lesson.public_id))
    desk().keep_seats()
    desk().tell_across(seat, TELL["PEER_ENTERED"], {"epoch": seat.epoch})
    if taken.others and lesson.state == "confirmed":
        sessions.session_start(lesson.id)
    return {
        "epoch": seat.epoch,
        "polite": passed.polite,
        "side": passed.side,
        "peer": {"epoch": max(taken.others)} if taken.others else None,
        "seq": queries.last_seq(lesson.id),
        "server": _milliseconds(),
    }


@seated
def room_leave(_payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Stand up on purpose. One may come back until the door closes."""
    _stand(seat.sid, on_purpose=True)
    return {}


@socket_member
def room_end(payload: dict[str, Any], lesson: LiveSession) -> dict[str, Any]:
    """End the lesson for both."""
    _check_rate("room_end")
    check_may_end(lesson, current_user.id, now())
    reason = payload.get("reason")
    sessions.session_end(
        lesson.id, actor_id=current_user.id, reason=reason[:200] if isinstance(reason, str) else "ended"
    )
    return {}


@seated
def signal_send(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Hand a call set-up message to the other page, and to that page only: {session, to: epoch, description | candidate}."""
    to = payload.get("to")
    if type(to) is not int:
        raise Invalid(_("That message was not understood."), code="bad_payload")
    desk().tell_across(seat, TELL["SIGNAL_RELAYED"], {**parse_signal(payload), "from": seat.epoch, "to": to})
    return {}


@seated
def typing_show(_payload: dict[str, Any], seat: Seat) -> None:
    """Someone writes."""
    desk().throw_across(seat, TELL["TYPING_SHOWN"], {})


@seated
def media_set(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Tell the other what we send: {microphone, camera, screen, hand, low_data}, each true or false."""
    seat.media = {key: payload.get(key) is True for key in ("microphone", "camera", "screen", "hand", "low_data")}
    desk().tell_across(seat, TELL["MEDIA_CHANGED"], seat.media)
    return {}


@seated
def board_commit(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Write drawing steps: {session, steps: [{client_id, op}]}. Each is answered by itself, after it is committed."""
    drafts, refused = drafts_of(payload, seat)
    return {"answers": _append(seat, drafts) + [refusal(client_id, error) for client_id, error in refused.items()]}


@seated
def chat_send(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Write a message: {session, client_id, text}, or that a file went across: {session, client_id, file}."""
    client_id = parse_identifier(payload.get("client_id"), "client_id")
    said = {"file": parse_file(payload["file"])} if "file" in payload else {"text": parse_message(payload.get("text"))}
    draft = Draft(seat.live_session_id, seat.user_id, client_id, CHAT, said)
    return {"answers": _append(seat, [draft])}


@seated
def journal_sync(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """The log after {since}, at most {most} lines at a time: see catch_up.LogPage; authors are public ids."""
    since, most = payload.get("since"), payload.get("most", LIMIT["SYNC_ENTRIES"])
    if type(since) is not int or since < 0 or type(most) is not int or most < 1:
        raise Invalid(_("That message was not understood."), code="bad_payload")
    page = log_page(seat.live_session_id, since, min(most, LIMIT["SYNC_ENTRIES"]))
    people = users_by_ids(set(page.authors))
    return {
        "authors": [people[author].public_id for author in page.authors],
        "lines": Fragment(page.lines),
        "more": page.more,
        "server": _milliseconds(),
    }


def _append(seat: Seat, drafts: list[Draft]) -> list[dict[str, Any]]:
    """Write, then tell the other one, then answer."""
    connection_release()
    written = desk().journal.append(drafts) if drafts else []
    return tell_written(seat, drafts, written, desk().tell_across)


def _stand(sid: str, *, on_purpose: bool) -> None:
    seat = desk().seats.stand(sid)
    if seat is None:
        return
    desk().vacate(seat, on_purpose=on_purpose)
    if on_purpose:
        _sockets().server.leave_room(sid, place_of(seat.session_public_id, seat.side), namespace="/")


def _sockets() -> SocketIO:
    return cast(SocketIO, current_app.extensions["socketio"])


def disconnect(reason: str = "") -> None:
    """A socket closed. The seat is free at once; the other one hears "reconnecting" first, and "left" after a while."""
    try:
        _stand(_sid(), on_purpose=False)
        desk().seats.forget(_sid())
    finally:
        page_events.disconnect(reason)


disconnect.guard = "seated"  # type: ignore[attr-defined]  # it only ends what this socket held

HANDLERS = (
    lobby_join,
    room_join,
    room_leave,
    room_end,
    signal_send,
    ink,
    typing_show,
    media_set,
    board_commit,
    chat_send,
    chat_seen,
    journal_sync,
    view_show,
    diagnostics_send,
    extension_ask,
    extension_answer,
    time_ask,
    caption_say,
)
assert {handler.__name__ for handler in HANDLERS} == set(ASK.values())


def register(sockets: SocketIO, app: Flask) -> None:
    """Attach the handlers to an application's Socket.IO server.

    Those of a seat know their person from it and need no request: they stand on the server itself, without the request
    context, the cookie and the URL map that cost several times more than what they do.
    """
    for handler in HANDLERS:
        if cast(Any, handler).guard == "seated":
            sockets.server.on(handler.__name__, off_request(app, handler), namespace="/")
        else:
            sockets.on_event(handler.__name__, handler)
    sockets.on_event("disconnect", disconnect)
