"""The life of an extension of a lesson, written down: every (state, event) pair has one answer.

    offered ──agree──▶ agreed ──add──▶ added
       │ decline, lapse   │ decline, lapse
       ▼                  ▼
    declined, lapsed ──add (late money, the lesson still runs and the time is free)──▶ added
                     ──give_back (late money, too late)──▶ returned

Nothing leaves added or returned, so minutes are added once and money goes back once.
"""

from enum import StrEnum

from peerlearn.errors import Conflict


class Extended(StrEnum):
    """Where an extension stands."""

    OFFERED = "offered"  # one side asks for more time
    AGREED = "agreed"  # both want it; the learner pays
    ADDED = "added"  # paid (or free): the lesson is longer
    DECLINED = "declined"  # one side said no, or took it back
    LAPSED = "lapsed"  # nobody answered or paid in time
    RETURNED = "returned"  # paid too late: all of the money goes back


class Step(StrEnum):
    """What can happen to it."""

    AGREE = "agree"
    DECLINE = "decline"
    LAPSE = "lapse"
    ADD = "add"
    GIVE_BACK = "give_back"


IGNORED = None
ILLEGAL = "illegal"

X, S = Extended, Step

TABLE: dict[tuple[Extended, Step], Extended | str | None] = {
    (X.OFFERED, S.AGREE): X.AGREED,
    (X.OFFERED, S.DECLINE): X.DECLINED,
    (X.OFFERED, S.LAPSE): X.LAPSED,
    (X.OFFERED, S.ADD): ILLEGAL,  # nobody pays for what nobody agreed to
    (X.OFFERED, S.GIVE_BACK): ILLEGAL,
    (X.AGREED, S.AGREE): IGNORED,
    (X.AGREED, S.DECLINE): X.DECLINED,
    (X.AGREED, S.LAPSE): X.LAPSED,
    (X.AGREED, S.ADD): X.ADDED,
    (X.AGREED, S.GIVE_BACK): X.RETURNED,
    (X.ADDED, S.AGREE): IGNORED,
    (X.ADDED, S.DECLINE): ILLEGAL,
    (X.ADDED, S.LAPSE): IGNORED,
    (X.ADDED, S.ADD): IGNORED,
    (X.ADDED, S.GIVE_BACK): IGNORED,
    (X.DECLINED, S.AGREE): ILLEGAL,
    (X.DECLINED, S.DECLINE): IGNORED,
    (X.DECLINED, S.LAPSE): IGNORED,
    (X.DECLINED, S.ADD): ILLEGAL,  # somebody said no: late money goes back
    (X.DECLINED, S.GIVE_BACK): X.RETURNED,
    (X.LAPSED, S.AGREE): ILLEGAL,
    (X.LAPSED, S.DECLINE): IGNORED,
    (X.LAPSED, S.LAPSE): IGNORED,
    (X.LAPSED, S.ADD): X.ADDED,
    (X.LAPSED, S.GIVE_BACK): X.RETURNED,
    (X.RETURNED, S.AGREE): ILLEGAL,
    (X.RETURNED, S.DECLINE): IGNORED,
    (X.RETURNED, S.LAPSE): IGNORED,
    (X.RETURNED, S.ADD): IGNORED,
    (X.RETURNED, S.GIVE_BACK): IGNORED,
}

# At most one of these for a lesson.
WAITING = (Extended.OFFERED, Extended.AGREED)


def next_extended(state: str, step: Step) -> Extended | None:
    """Return the state after a step, or None where it has nothing left to do. Raises Conflict where it must not happen."""
    target = TABLE[Extended(state), step]
    if target == ILLEGAL:
        raise Conflict("This offer of more time is over. Ask again if you both like.", code="extension_over")
    return None if target is IGNORED else Extended(target)


def before(step: Step, target: Extended) -> list[Extended]:
    """Return the states from which a step leads to the target: what a conditional UPDATE expects."""
    return [state for (state, happened), after in TABLE.items() if happened is step and after == target]
