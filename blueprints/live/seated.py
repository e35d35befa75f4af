"""The guard of what happens inside a room: the socket must sit in it. The cheapest look-up there is, before anything else."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, g
from flask_babel import gettext as _

from blueprints.errors import as_payload
from blueprints.live.desk import desk
from peerlearn.clock import now
from peerlearn.errors import Invalid, NotAllowed, PeerLearnError, TooMany
from peerlearn.live import queries
from peerlearn.live.protocol import ASK, VOLATILE
from peerlearn.live.room import room_pass
from peerlearn.live.seats import Seat
from peerlearn.sessions import queries as sessions

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

# How long a seat is believed before the lesson's row is read again: a ban, a cancellation or an end in another process counts then.
BELIEVED_SECONDS = 5.0

# Events that name no room: a socket has one seat at most, and every byte of these is sent many times a second.
UNNAMED = frozenset({ASK["INK"]})


def seated(handler: F) -> F:
    """A handler for a socket that sits in the room named by `payload["session"]`. Gets the payload and the Seat.

    Identity is the seat's, never the payload's. There is no request here, nor a current user or a cookie: all that a
    handler needs is in the Seat. Volatile events are dropped in silence; all others are answered, a refusal with its
    code. Foreign rooms and floods are logged with the person and the event.
    """
    event = handler.__name__
    names_room = event not in UNNAMED

    @functools.wraps(handler)
    def wrapper(sid: str, payload: Any = None, *_rest: Any) -> dict[str, Any] | None:
        seat = desk().seats.of(sid)
        if seat is not None:
            g.locale = seat.locale
        try:
            seat = admitted(_named(seat, payload) if names_room else seat, event)
            answer = handler(payload, seat)
        except PeerLearnError as error:
            if error.status in {403, 429}:
                desk().offence(sid, seat, event, error.code)
            return None if event in VOLATILE else as_payload(error)
        except Exception:
            log.exception("live: %s failed for user %s", event, seat and seat.user_id)
            return {"ok": False, "code": "broken", "message": _("That did not work. Try again.")}
        return None if event in VOLATILE else {"ok": True, **(answer or {})}

    wrapper.guard = "seated"  # type: ignore[attr-defined]
    return cast(F, wrapper)


def off_request(app: Flask, handler: Callable[..., Any]) -> Callable[..., Any]:
    """Let a seated handler be called by the Socket.IO server itself, with the socket's id first and no request around it."""

    @functools.wraps(handler)
    def called(sid: str, *args: Any) -> Any:
        with app.app_context():
            return handler(sid, *args)

    return called


def _named(seat: Seat | None, payload: Any) -> Seat | None:
    """The seat, when it is in the room that the payload names."""
    if not isinstance(payload, dict):
        raise Invalid(_("That message was not understood."), code="bad_payload")
    return seat if seat is not None and payload.get("session") == seat.session_public_id else None


def admitted(seat: Seat | None, event: str) -> Seat:
    """Let a seat do one more thing of this kind. Raises NotAllowed, TooMany or Conflict."""
    if seat is None:
        raise NotAllowed(_("You are not in that room. Load the page again."), code="not_seated")
    at = time.monotonic()
    if not desk().seats.within_rate(seat.sid, event, at):
        raise TooMany(_("That was very fast. Wait a moment and go on."), code="too_fast")
    believed(seat, at)
    return seat


def believed(seat: Seat, at: float) -> None:
    """See now and then that the lesson still goes on and the person may still be in it. Raises NotAllowed or Conflict."""
    if at - seat.checked_at <= BELIEVED_SECONDS:
        return
    lesson = sessions.session_by_public_id(seat.session_public_id)
    if lesson is None:
        raise NotAllowed(_("There is no such lesson among yours."), code="not_a_member")
    instant = now()
    room_pass(lesson, seat.user_id, instant, sessions.next_start_after(lesson, instant))
    seat.may_draw = queries.may_draw(seat.live_session_id, seat.side)
    seat.checked_at = at
