"""Ink from one seat to the other: the room's hot path. Nothing of it is stored.

It has two ways that mean the same. The ordinary one is an event like any other. The quick one hands the very bytes of a frame
from socket to socket; it takes only what it can settle at once, and leaves everything else to the ordinary one: a seat whose
lesson wants to be looked at again, a locked board, a person on another process, an odd spelling or nonsense.
"""

from __future__ import annotations

import time
from typing import Any

from blueprints.live.desk import desk
from blueprints.live.seated import seated
from blueprints.live.switchboard import Line, Switchboard
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


class InkRelay:
    """The quick way. Called in the hub for each whole text message of a socket none of whose earlier messages still waits."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._desk = board.desk

    def __call__(self, line: Line, frame: bytes) -> bool:
        """Deal with a frame and return True, or leave it to the handlers and return False. Never waits, asks no database."""
        if not frame.startswith(PREFIX) or not is_ink_frame(frame):
            return False
        at = time.monotonic()
        seat = self._board.believed(line, at)
        if seat is None or not seat.may_draw:
            return False
        peer = self._board.across(seat)
        if peer is None:
            return False
        if not self._desk.seats.within_rate(seat.sid, ASK["INK"], at):
            self._desk.offence(seat.sid, seat, ASK["INK"], "too_fast")
        else:
            peer.throw(frame)
        return True
