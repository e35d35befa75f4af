"""What the quick ways have in common: the seat of a connection, the connection across, and the words between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import orjson
import socketio

from blueprints.live.desk import Desk
from blueprints.live.seated import BELIEVED_SECONDS
from peerlearn.live.seats import Seat


class Line(Protocol):
    """One browser's connection. `sid` is Engine.IO's name for it, `room_sid` the Socket.IO one that was found for it."""

    sid: str
    room_sid: str

    def throw(self, text: bytes) -> None:
        """Pass on a message that may be lost."""

    def tell(self, text: bytes) -> None:
        """Send a message."""

    def hold(self, seconds: float) -> None:
        """Keep its later messages waiting until `release`, or for so many seconds at most."""

    def release(self) -> None:
        """Go on with its later messages."""


class Switchboard:
    """The connections of this process. `alone` says that there is no other process that a person could sit on."""

    def __init__(self, desk: Desk, server: socketio.Server, lines: Mapping[str, Line]) -> None:
        self.desk = desk
        self._manager = server.manager
        self._lines = lines

    def seat_of(self, line: Line) -> Seat | None:
        """Who sits behind a connection."""
        seat = self.desk.seats.of(line.room_sid)
        if seat is None:
            line.room_sid = self._manager.sid_from_eio_sid(line.sid, "/") or ""
            seat = self.desk.seats.of(line.room_sid)
        return seat

    def believed(self, line: Line, at: float) -> Seat | None:
        """Who sits behind a connection, unless their lesson has to be looked at again first. `at` is a steady clock's."""
        seat = self.seat_of(line)
        return None if seat is None or at - seat.checked_at > BELIEVED_SECONDS else seat

    def across(self, seat: Seat) -> Line | None:
        """The other person's connection, if it is on this process."""
        other = self.desk.seats.across(seat)
        return None if other is None else self._lines.get(self._manager.eio_sid_from_sid(other.sid, "/"))

    def tell_across(self, seat: Seat, event: str, payload: dict[str, Any]) -> None:
        """As the desk's; from connection to connection where nobody else could be meant."""
        peer = self.across(seat) if getattr(self._manager, "alone", False) else None
        if peer is None:
            self.desk.tell_across(seat, event, payload)
        else:
            peer.tell(b"42" + orjson.dumps([event, payload]))
