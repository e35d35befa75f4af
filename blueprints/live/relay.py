"""Ink from one seat to the other: the room's hot path. Nothing of it is stored."""

from __future__ import annotations

from typing import Any

from blueprints.live.desk import desk
from blueprints.live.seated import seated
from peerlearn.live.ink import parse_ink, points_only
from peerlearn.live.protocol import TELL
from peerlearn.live.seats import Seat


@seated
def ink(payload: Any, seat: Seat) -> None:
    """Ink, cursor or laser in progress. Under the mentor's lock the learner may point, and not draw."""
    message = parse_ink(payload)
    if message is not None and (seat.may_draw or points_only(message)):
        desk().throw_across(seat, TELL["INK"], message)
