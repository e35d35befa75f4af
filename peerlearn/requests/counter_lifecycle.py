"""The life of a counter-offer, written down: every (state, step) pair has one answer.

    offered ──take───▶ taken       the lesson is held at this time and price
       │ decline   ──▶ declined    the request stands as it was asked
       │ replace   ──▶ replaced    the mentor has offered something else since

Nothing leaves any of the three.
"""

from enum import StrEnum

from peerlearn.errors import Conflict


class Counter(StrEnum):
    """Where it stands."""

    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    REPLACED = "replaced"


class Step(StrEnum):
    """What can happen to it."""

    TAKE = "take"
    DECLINE = "decline"
    REPLACE = "replace"


C, S = Counter, Step
_TAKEN = "You have taken this offer. Your lessons show it."
_REPLACED = "The mentor has made another offer since. Look at the new one."

# A target, None where nothing is left to do, or the sentence for who comes too late.
TABLE: dict[tuple[Counter, Step], Counter | str | None] = {
    (C.OFFERED, S.TAKE): C.TAKEN,
    (C.OFFERED, S.DECLINE): C.DECLINED,
    (C.OFFERED, S.REPLACE): C.REPLACED,
    (C.TAKEN, S.TAKE): _TAKEN,
    (C.TAKEN, S.DECLINE): "You have taken this offer. You can cancel the lesson instead.",
    (C.TAKEN, S.REPLACE): "The learner took your offer a moment ago.",
    (C.DECLINED, S.TAKE): "You said no to this offer. Ask the mentor again.",
    (C.DECLINED, S.DECLINE): None,
    (C.DECLINED, S.REPLACE): None,
    (C.REPLACED, S.TAKE): _REPLACED,
    (C.REPLACED, S.DECLINE): _REPLACED,
    (C.REPLACED, S.REPLACE): None,
}


def next_counter(state: str, step: Step) -> Counter | None:
    """Return the state after a step, or None where nothing is left to do. Raises Conflict where it comes too late."""
    target = TABLE[Counter(state), step]
    if target is None or isinstance(target, Counter):
        return target
    raise Conflict(target, code="counter_over")
