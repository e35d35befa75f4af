"""Sockets of the chat: what was read. Writing is in events.py, with all that goes into the log."""

from __future__ import annotations

from typing import Any

from blueprints.live.desk import desk
from blueprints.live.seated import seated
from peerlearn.live.chat_seen import parse_seen, seen_by, seen_raise
from peerlearn.live.protocol import TELL
from peerlearn.live.seats import Seat


@seated
def chat_seen(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Say how far one has read: {session, seq}. Answers both marks, {mine, theirs}; with seq 0 it only asks."""
    seq = parse_seen(payload.get("seq"))
    if seen_raise(seat.live_session_id, seat.user_id, seq):
        desk().tell_across(seat, TELL["SEEN_RAISED"], {"seq": seq})
    marks = seen_by(seat.live_session_id)
    mine = marks.pop(seat.user_id, 0)
    return {"mine": mine, "theirs": max(marks.values(), default=0)}
