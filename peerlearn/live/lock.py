"""The mentor's lock on the board. Pure: who may write what, and what a lock step changes.

The lock is a line of the lesson's log, {do: "lock", on}, so that a replay and a late comer know it. It covers the whole board and
only the learner: chat, the call and pointing stay free.
"""

from __future__ import annotations

from typing import Any

from peerlearn.errors import NotAllowed
from peerlearn.live.protocol import BOARD


def is_lock(kind: str, payload: dict[str, Any]) -> bool:
    """Whether this line of the log sets or lifts the lock."""
    return kind == BOARD and payload.get("do") == "lock"


def lock_refusal(kind: str, payload: dict[str, Any], *, by_mentor: bool, locked: bool) -> NotAllowed | None:
    """Why this line may not be written now, or None.

    NotAllowed("mentor_only") for a lock by the learner, NotAllowed("board_locked") for any other step of theirs under a lock.
    """
    if kind != BOARD or by_mentor:
        return None
    if payload.get("do") == "lock":
        return NotAllowed("Only the mentor can lock the board or open it again.", code="mentor_only")
    if locked:
        return NotAllowed("The board is locked. You can draw again when your mentor opens it.", code="board_locked")
    return None
