"""The life of a live session, written down: every (state, event) pair has one answer.

    open ──hold──▶ held ──pay──▶ confirmed ──start──▶ live ──end──▶ completed
     ▲              │ release (public: back on offer)
     └──────────────┤ lapse   (a slot: the row is over)  ──▶ expired ──pay (late, slot still free)──▶ confirmed

`cancel` ends anything that is not over. Nothing leaves completed or cancelled.
"""

from dataclasses import dataclass
from enum import StrEnum

from peerlearn.errors import Conflict


class State(StrEnum):
    """Where a live session stands."""

    OPEN = "open"
    HELD = "held"
    CONFIRMED = "confirmed"
    LIVE = "live"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Event(StrEnum):
    """What can happen to it."""

    HOLD = "hold"  # a learner takes it for the time of paying
    RELEASE = "release"  # the hold of a public session ran out: it is on offer again
    LAPSE = "lapse"  # the hold of a mentor's slot ran out, or nobody booked in time
    PAY = "pay"  # the money is recorded
    START = "start"  # both may talk
    END = "end"  # the lesson took place and is over
    CANCEL = "cancel"  # somebody, or the rules, called it off


@dataclass(frozen=True)
class Ignored:
    """The event has nothing left to do: it happened already, or it lost a race that harms nobody."""

    state: State


@dataclass(frozen=True)
class IllegalTransition:
    """The event must not happen here. `message` tells a person why and what to do."""

    state: State
    event: Event
    message: str


Outcome = State | Ignored | IllegalTransition

_OVER = "This lesson is over. You can book the next one from the mentor's page."
_CANCELLED = "This lesson was cancelled. Choose another time on the mentor's page."
_EXPIRED = "The time to pay for this lesson ran out. Choose a time again."
_NOT_PAID = "This lesson is not paid yet. Pay first, then the room opens."
_TAKEN = "Someone else has just taken this lesson. Choose another time."
_NOT_STARTED = "This lesson has not started yet."
_BOOKED = "This lesson is already booked."

S, E = State, Event


def _no(state: State, event: Event, message: str) -> IllegalTransition:
    return IllegalTransition(state, event, message)


TABLE: dict[tuple[State, Event], Outcome] = {
    (S.OPEN, E.HOLD): S.HELD,
    (S.OPEN, E.RELEASE): Ignored(S.OPEN),
    (S.OPEN, E.LAPSE): S.EXPIRED,
    (S.OPEN, E.PAY): S.CONFIRMED,  # late money for a session that is on offer again: taken back for the payer
    (S.OPEN, E.START): _no(S.OPEN, E.START, _NOT_PAID),
    (S.OPEN, E.END): _no(S.OPEN, E.END, _NOT_STARTED),
    (S.OPEN, E.CANCEL): S.CANCELLED,
    (S.HELD, E.HOLD): _no(S.HELD, E.HOLD, _TAKEN),
    (S.HELD, E.RELEASE): S.OPEN,
    (S.HELD, E.LAPSE): S.EXPIRED,
    (S.HELD, E.PAY): S.CONFIRMED,
    (S.HELD, E.START): _no(S.HELD, E.START, _NOT_PAID),
    (S.HELD, E.END): _no(S.HELD, E.END, _NOT_STARTED),
    (S.HELD, E.CANCEL): S.CANCELLED,
    (S.CONFIRMED, E.HOLD): _no(S.CONFIRMED, E.HOLD, _TAKEN),
    (S.CONFIRMED, E.RELEASE): Ignored(S.CONFIRMED),
    (S.CONFIRMED, E.LAPSE): Ignored(S.CONFIRMED),
    (S.CONFIRMED, E.PAY): Ignored(S.CONFIRMED),
    (S.CONFIRMED, E.START): S.LIVE,
    (S.CONFIRMED, E.END): S.COMPLETED,  # one side alone waited, or the room never saw the start
    (S.CONFIRMED, E.CANCEL): S.CANCELLED,
    (S.LIVE, E.HOLD): _no(S.LIVE, E.HOLD, _TAKEN),
    (S.LIVE, E.RELEASE): Ignored(S.LIVE),
    (S.LIVE, E.LAPSE): Ignored(S.LIVE),
    (S.LIVE, E.PAY): Ignored(S.LIVE),
    (S.LIVE, E.START): Ignored(S.LIVE),
    (S.LIVE, E.END): S.COMPLETED,
    (S.LIVE, E.CANCEL): S.CANCELLED,
    (S.COMPLETED, E.HOLD): _no(S.COMPLETED, E.HOLD, _OVER),
    (S.COMPLETED, E.RELEASE): Ignored(S.COMPLETED),
    (S.COMPLETED, E.LAPSE): Ignored(S.COMPLETED),
    (S.COMPLETED, E.PAY): Ignored(S.COMPLETED),
    (S.COMPLETED, E.START): _no(S.COMPLETED, E.START, _OVER),
    (S.COMPLETED, E.END): Ignored(S.COMPLETED),
    (S.COMPLETED, E.CANCEL): _no(S.COMPLETED, E.CANCEL, _OVER),
    (S.CANCELLED, E.HOLD): _no(S.CANCELLED, E.HOLD, _CANCELLED),
    (S.CANCELLED, E.RELEASE): Ignored(S.CANCELLED),
    (S.CANCELLED, E.LAPSE): Ignored(S.CANCELLED),
    (S.CANCELLED, E.PAY): _no(S.CANCELLED, E.PAY, _CANCELLED),
    (S.CANCELLED, E.START): _no(S.CANCELLED, E.START, _CANCELLED),
    (S.CANCELLED, E.END): Ignored(S.CANCELLED),
    (S.CANCELLED, E.CANCEL): Ignored(S.CANCELLED),
    (S.EXPIRED, E.HOLD): _no(S.EXPIRED, E.HOLD, _EXPIRED),
    (S.EXPIRED, E.RELEASE): Ignored(S.EXPIRED),
    (S.EXPIRED, E.LAPSE): Ignored(S.EXPIRED),
    (S.EXPIRED, E.PAY): S.CONFIRMED,  # late money: only if both people are still free
    (S.EXPIRED, E.START): _no(S.EXPIRED, E.START, _EXPIRED),
    (S.EXPIRED, E.END): Ignored(S.EXPIRED),
    (S.EXPIRED, E.CANCEL): Ignored(S.EXPIRED),
}

# States in which the time of people is taken.
TAKES_TIME = frozenset({State.OPEN, State.HELD, State.CONFIRMED, State.LIVE})
# States a lesson of two people passes through.
UPCOMING = frozenset({State.HELD, State.CONFIRMED, State.LIVE})


def next_state(state: str, event: Event) -> Outcome:
    """Return what the event does to a session in this state. Raises ValueError for an unknown state."""
    return TABLE[State(state), event]


def sources(event: Event, target: State) -> list[State]:
    """Return the states from which the event leads to the target: the expected side of a conditional UPDATE."""
    return [state for (state, happened), outcome in TABLE.items() if happened is event and outcome is target]


def refuse(outcome: Outcome) -> None:
    """Raise Conflict where the table says the event must not happen."""
    if isinstance(outcome, IllegalTransition):
        raise Conflict(outcome.message, code=f"cannot_{outcome.event}", state=str(outcome.state))
