"""The life of a verdict, written down: every (state, event) pair has one answer.

    open ──accept, time_up──▶ final
      └──object──▶ objected ──decide──▶ final

Nothing leaves final.
"""

from enum import StrEnum

from peerlearn.errors import Conflict


class Stand(StrEnum):
    """Where a verdict stands."""

    OPEN = "open"
    OBJECTED = "objected"
    FINAL = "final"


class Move(StrEnum):
    """What can happen to it."""

    OBJECT = "object"  # one of the two says that it was otherwise
    ACCEPT = "accept"  # who loses by it agrees
    TIME_UP = "time_up"  # nobody objected in time
    DECIDE = "decide"  # an administrator looked at it


_HOLDS = "This was settled. Write to us if something is still wrong."
_LOOKED_AT = "Somebody objected, so a person looks at it now. You both hear from us."
_NOBODY_OBJECTED = "Nobody has objected to it, so there is nothing to decide."

S, M = Stand, Move

TABLE: dict[tuple[Stand, Move], Stand | str] = {
    (S.OPEN, M.OBJECT): S.OBJECTED,
    (S.OPEN, M.ACCEPT): S.FINAL,
    (S.OPEN, M.TIME_UP): S.FINAL,
    (S.OPEN, M.DECIDE): _NOBODY_OBJECTED,
    (S.OBJECTED, M.OBJECT): _LOOKED_AT,
    (S.OBJECTED, M.ACCEPT): _LOOKED_AT,
    (S.OBJECTED, M.TIME_UP): S.OBJECTED,
    (S.OBJECTED, M.DECIDE): S.FINAL,
    (S.FINAL, M.OBJECT): _HOLDS,
    (S.FINAL, M.ACCEPT): S.FINAL,
    (S.FINAL, M.TIME_UP): S.FINAL,
    (S.FINAL, M.DECIDE): _HOLDS,
}


def next_stand(stand: str, move: Move) -> Stand:
    """Return where a verdict goes; the same state where the move has nothing left to do. Raises Conflict("verdict_holds")."""
    answer = TABLE[Stand(stand), move]
    if isinstance(answer, Stand):
        return answer
    raise Conflict(answer, code="verdict_holds")
