"""Sockets of the board beyond its log."""

from __future__ import annotations

from typing import Any

from blueprints.live.desk import desk
from blueprints.live.seated import seated
from peerlearn.live.protocol import TELL
from peerlearn.live.seats import Seat
from peerlearn.live.view import parse_view


@seated
def view_show(payload: dict[str, Any], seat: Seat) -> None:
    """Which part of the board the other one looks at, and whether we are asked to come: relayed, never stored."""
    view = parse_view(payload)
    if view is not None:
        desk().throw_across(seat, TELL["VIEW_SHOWN"], view)
