"""Sockets of the call beside its signals: what it went through."""

from __future__ import annotations

from typing import Any

from blueprints.live.seated import seated
from peerlearn.live.diagnostics import marks_keep, parse_marks
from peerlearn.live.seats import Seat


@seated
def diagnostics_send(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Keep what a browser wrote down of its call: {session, marks: [[milliseconds ago, kind, value]]}. Answers {kept}."""
    return {"kept": marks_keep(seat.live_session_id, seat.user_id, parse_marks(payload.get("marks")))}
