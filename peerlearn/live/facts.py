"""What happened in a room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RoomEntered:
    """Someone took their seat."""

    live_session_id: int
    user_id: int


@dataclass(frozen=True)
class RoomLeft:
    """Someone's seat became empty."""

    live_session_id: int
    user_id: int
