"""The lives of a request and of one ring of it, written down as tables."""

from dataclasses import dataclass
from enum import StrEnum

from peerlearn.errors import Conflict


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Event(StrEnum):
    """What can happen to a request."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class RingState(StrEnum):
    """Where one mentor's ring stands. WAITING is in line for a later wave."""

    WAITING = "waiting"
    RINGING = "ringing"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MISSED = "missed"
    STOPPED = "stopped"


class RingEvent(StrEnum):
    """What can happen to a ring."""

    RING = "ring"
    ACCEPT = "accept"
    DECLINE = "decline"
    MISS = "miss"
    STOP = "stop"


@dataclass(frozen=True)
class Ignored:
    """The event has nothing left to do."""

    state: StrEnum


@dataclass(frozen=True)
class IllegalTransition:
    """The event must not happen here. `message` says why and what to do."""

    state: StrEnum
    event: StrEnum
    message: str


Outcome = StrEnum | Ignored | IllegalTransition

S, E, R, V = State, Event, RingState, RingEvent

_TAKEN = "This request is already accepted. Thank you for answering."
_DECLINED = "This request was declined. Ask for another time, or ask someone else."
_WITHDRAWN = "The learner has withdrawn this request. There is nothing to do."
_EXPIRED = "This request has run out. The learner can ask again."
_RING_TAKEN = "Someone else was a moment faster. Thank you for answering."
_RING_NOT_YET = "This ring has not reached you yet."
_RING_OVER = "This ring is over. The next one will find you."


def _no(state: StrEnum, event: StrEnum, message: str) -> IllegalTransition:
    return IllegalTransition(state, event, message)


TABLE: dict[tuple[State, Event], Outcome] = {
    (S.OPEN, E.ACCEPT): S.ACCEPTED,
    (S.OPEN, E.DECLINE): S.DECLINED,
    (S.OPEN, E.WITHDRAW): S.WITHDRAWN,
    (S.OPEN, E.EXPIRE): S.EXPIRED,
    (S.ACCEPTED, E.ACCEPT): _no(S.ACCEPTED, E.ACCEPT, _TAKEN),
    (S.ACCEPTED, E.DECLINE): _no(S.ACCEPTED, E.DECLINE, _TAKEN),
    (S.ACCEPTED, E.WITHDRAW): _no(
        S.ACCEPTED, E.WITHDRAW, "Your request was accepted a moment ago. You can cancel the lesson instead."
    ),
    (S.ACCEPTED, E.EXPIRE): Ignored(S.ACCEPTED),
    (S.DECLINED, E.ACCEPT): _no(S.DECLINED, E.ACCEPT, _DECLINED),
    (S.DECLINED, E.DECLINE): Ignored(S.DECLINED),
    (S.DECLINED, E.WITHDRAW): Ignored(S.DECLINED),
    (S.DECLINED, E.EXPIRE): Ignored(S.DECLINED),
    (S.WITHDRAWN, E.ACCEPT): _no(S.WITHDRAWN, E.ACCEPT, _WITHDRAWN),
    (S.WITHDRAWN, E.DECLINE): Ignored(S.WITHDRAWN),
    (S.WITHDRAWN, E.WITHDRAW): Ignored(S.WITHDRAWN),
    (S.WITHDRAWN, E.EXPIRE): Ignored(S.WITHDRAWN),
    (S.EXPIRED, E.ACCEPT): _no(S.EXPIRED, E.ACCEPT, _EXPIRED),
    (S.EXPIRED, E.DECLINE): Ignored(S.EXPIRED),
    (S.EXPIRED, E.WITHDRAW): Ignored(S.EXPIRED),
    (S.EXPIRED, E.EXPIRE): Ignored(S.EXPIRED),
}

RING_TABLE: dict[tuple[RingState, RingEvent], Outcome] = {
    (R.WAITING, V.RING): R.RINGING,
    (R.WAITING, V.ACCEPT): _no(R.WAITING, V.ACCEPT, _RING_NOT_YET),
    (R.WAITING, V.DECLINE): R.DECLINED,
    (R.WAITING, V.MISS): Ignored(R.WAITING),
    (R.WAITING, V.STOP): R.STOPPED,
    (R.RINGING, V.RING): Ignored(R.RINGING),
    (R.RINGING, V.ACCEPT): R.ACCEPTED,
    (R.RINGING, V.DECLINE): R.DECLINED,
    (R.RINGING, V.MISS): R.MISSED,
    (R.RINGING, V.STOP): R.STOPPED,
    (R.ACCEPTED, V.RING): Ignored(R.ACCEPTED),
    (R.ACCEPTED, V.ACCEPT): Ignored(R.ACCEPTED),
    (R.ACCEPTED, V.DECLINE): _no(
        R.ACCEPTED, V.DECLINE, "You have accepted this one. You can cancel the lesson instead."
    ),
    (R.ACCEPTED, V.MISS): Ignored(R.ACCEPTED),
    (R.ACCEPTED, V.STOP): Ignored(R.ACCEPTED),
    (R.DECLINED, V.RING): Ignored(R.DECLINED),
    (R.DECLINED, V.ACCEPT): _no(R.DECLINED, V.ACCEPT, _RING_OVER),
    (R.DECLINED, V.DECLINE): Ignored(R.DECLINED),
    (R.DECLINED, V.MISS): Ignored(R.DECLINED),
    (R.DECLINED, V.STOP): Ignored(R.DECLINED),
    (R.MISSED, V.RING): Ignored(R.MISSED),
    (R.MISSED, V.ACCEPT): _no(R.MISSED, V.ACCEPT, _RING_OVER),
    (R.MISSED, V.DECLINE): Ignored(R.MISSED),
    (R.MISSED, V.MISS): Ignored(R.MISSED),
    (R.MISSED, V.STOP): Ignored(R.MISSED),
    (R.STOPPED, V.RING): Ignored(R.STOPPED),
    (R.STOPPED, V.ACCEPT): _no(R.STOPPED, V.ACCEPT, _RING_TAKEN),
    (R.STOPPED, V.DECLINE): Ignored(R.STOPPED),
    (R.STOPPED, V.MISS): Ignored(R.STOPPED),
    (R.STOPPED, V.STOP): Ignored(R.STOPPED),
}


def next_state(state: str, event: Event) -> Outcome:
    """Return what the event does to a request in this state."""
    return TABLE[State(state), event]


def next_ring_state(state: str, event: RingEvent) -> Outcome:
    """Return what the event does to a ring in this state."""
    return RING_TABLE[RingState(state), event]


def refuse(outcome: Outcome) -> None:
    """Raise Conflict where a table says the event must not happen."""
    if isinstance(outcome, IllegalTransition):
        code = "taken" if outcome.state in {State.ACCEPTED, RingState.STOPPED} else f"cannot_{outcome.event}"
        raise Conflict(outcome.message, code=code, state=str(outcome.state))
