"""The life of a move that a mentor asks for, written down: every (state, step) pair has one answer.

    offered ──accept──▶ accepted     the lesson has the new time
       │ keep      ──▶ kept          the learner wants the old one: it stands as it did
       │ withdraw  ──▶ withdrawn     the mentor can come after all, or asks for other times
       │ lapse     ──▶ lapsed        no answer in time, or the lesson was moved or called off meanwhile

Nothing leaves any of the four. The old time is valid until `accepted`.
"""

from enum import StrEnum

from peerlearn.errors import Conflict


class Offered(StrEnum):
    """Where it stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Step(StrEnum):
    """What can happen to it."""

    ACCEPT = "accept"
    KEEP = "keep"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


IGNORED = None

M, S = Offered, Step

# A target, IGNORED where nothing is left to do, or the sentence for who comes too late.
TABLE: dict[tuple[Offered, Step], Offered | str | None] = {
    (M.OFFERED, S.ACCEPT): M.ACCEPTED,
    (M.OFFERED, S.KEEP): M.KEPT,
    (M.OFFERED, S.WITHDRAW): M.WITHDRAWN,
    (M.OFFERED, S.LAPSE): M.LAPSED,
    (M.ACCEPTED, S.ACCEPT): "You have moved this lesson a moment ago. Its page shows the new time.",
    (M.ACCEPTED, S.KEEP): "You have moved this lesson a moment ago. Its page shows the new time.",
    (M.ACCEPTED, S.WITHDRAW): "The learner has taken one of these times a moment ago. The lesson is moved.",
    (M.ACCEPTED, S.LAPSE): IGNORED,
    (M.KEPT, S.ACCEPT): "You kept the time of this lesson. Ask the mentor if another one suits you better.",
    (M.KEPT, S.KEEP): IGNORED,
    (M.KEPT, S.WITHDRAW): IGNORED,
    (M.KEPT, S.LAPSE): IGNORED,
    (M.WITHDRAWN, S.ACCEPT): "The mentor has taken this back. The lesson stays at its time.",
    (M.WITHDRAWN, S.KEEP): IGNORED,
    (M.WITHDRAWN, S.WITHDRAW): IGNORED,
    (M.WITHDRAWN, S.LAPSE): IGNORED,
    (M.LAPSED, S.ACCEPT): "This question is over. The lesson's page shows the time that counts.",
    (M.LAPSED, S.KEEP): IGNORED,
    (M.LAPSED, S.WITHDRAW): IGNORED,
    (M.LAPSED, S.LAPSE): IGNORED,
}


def next_offered(state: str, step: Step) -> Offered | None:
    """Return the state after a step, or None where it has nothing left to do. Raises Conflict where it comes too late."""
    target = TABLE[Offered(state), step]
    if target is IGNORED or isinstance(target, Offered):
        return target
    raise Conflict(target, code="move_offer_over")


def leads(step: Step) -> tuple[list[Offered], Offered]:
    """Return (the states from which a step leads on, where to): both sides of a conditional UPDATE."""
    moves = [
        (state, after) for (state, happened), after in TABLE.items() if happened is step and isinstance(after, Offered)
    ]
    targets = {after for _, after in moves}
    assert len(targets) == 1, "every step has one target"
    return [state for state, _ in moves], targets.pop()
