"""Ink from one seat to the other: the room's hot path. Nothing of it is stored.

It has two ways that mean the same. The ordinary one is an event like any other. The quick one hands the very bytes of a frame
from socket to socket; it takes only what it can settle at once, and leaves everything else to the ordinary one: a seat whose
lesson wants to be looked at again, a locked board, a person on another process, an odd spelling or nonsense.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Protocol

import socketio

from blueprints.live.desk import Desk, desk
from blueprints.live.seated import BELIEVED_SECONDS, seated
from peerlearn.live.ink import PREFIX, is_ink_frame, parse_ink, points_only
from peerlearn.live.protocol import ASK, TELL
from peerlearn.live.seats import Seat


@seated
def ink(payload: Any, seat: Seat) -> None:
    """Ink, cursor or laser in progress. Under the mentor's lock the learner may point, and not draw."""
    message = parse_ink(payload)
    if message is None:
        desk().offence(seat.sid, seat, ASK["INK"], "malformed")
    elif seat.may_draw or points_only(message):
        desk().throw_across(seat, TELL["INK"], message)


class Line(Protocol):
    """One browser's connection. `sid` is Engine.IO's name for it, `room_sid` the Socket.IO one that was found for it."""

    sid: str
    room_sid: str

    def throw(self, text: bytes) -> None:
        """Pass on a message that may be lost."""
        ...


class InkRelay:
    """The quick way. Called in the hub for each whole text message of a socket none of whose earlier messages still waits."""

    def __init__(self, desk: Desk, server: socketio.Server, lines: Mapping[str, Line]) -> None:
        self._desk = desk
        self._seats = desk.seats
        self._manager = server.manager
        self._lines = lines

    def __call__(self, line: Line, frame: bytes) -> bool:
        """Deal with a frame and return True, or leave it to the handlers and return False. Never waits, asks no database."""
        if not frame.startswith(PREFIX) or not is_ink_frame(frame):
            return False
        seat = self._seats.of(line.room_sid) or self._find(line)
        if seat is None or not seat.may_draw:
            return False
        at = time.monotonic()
        if at - seat.checked_at > BELIEVED_SECONDS:
            return False
        across = self._seats.across(seat)
        peer = None if across is None else self._line_of(across.sid)
        if peer is None:
            return False
        if not self._seats.within_rate(seat.sid, ASK["INK"], at):
            self._desk.offence(seat.sid, seat, ASK["INK"], "too_fast")
        else:
            peer.throw(frame)
        return True

    def _find(self, line: Line) -> Seat | None:
        sid = self._manager.sid_from_eio_sid(line.sid, "/")
        line.room_sid = sid or ""
        return self._seats.of(line.room_sid)

    def _line_of(self, sid: str) -> Line | None:
        return self._lines.get(self._manager.eio_sid_from_sid(sid, "/"))
