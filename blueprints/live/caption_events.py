"""Live captions over the socket, where the data channel is not open."""

from __future__ import annotations

from typing import Any

from blueprints.live.desk import desk
from blueprints.live.seated import seated
from peerlearn.live.caption import parse_caption
from peerlearn.live.protocol import TELL
from peerlearn.live.seats import Seat


@seated
def caption_say(payload: dict[str, Any], seat: Seat) -> None:
    """What this person says, in words: relayed, never stored."""
    caption = parse_caption(payload)
    if caption is not None:
        desk().throw_across(seat, TELL["CAPTION_SAID"], caption)
