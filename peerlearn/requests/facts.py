"""What happened to a request. Ids only; heard after the commit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestProposed:
    """A learner asked one mentor for a time."""

    request_id: int


@dataclass(frozen=True)
class RequestAccepted:
    """The mentor took one of the times; it is held for the learner to pay."""

    request_id: int


@dataclass(frozen=True)
class RequestCountered:
    """The mentor offered another time or price, or the learner said no to it."""

    request_id: int


@dataclass(frozen=True)
class RequestDeclined:
    """The mentor said no."""

    request_id: int


@dataclass(frozen=True)
class RequestWithdrawn:
    """The learner took the request back."""

    request_id: int


@dataclass(frozen=True)
class RequestExpired:
    """Nobody answered in time."""

    request_id: int


@dataclass(frozen=True)
class HelpAsked:
    """A learner asks for help now: somebody must come back to it every twenty seconds, whatever becomes of the page."""

    request_id: int


@dataclass(frozen=True)
class HelpRung:
    """A wave of mentors is being rung."""

    request_id: int
    mentor_ids: tuple[int, ...]


@dataclass(frozen=True)
class HelpAccepted:
    """The first mentor said yes; the lesson is held for the learner."""

    request_id: int


@dataclass(frozen=True)
class HelpTaken:
    """These mentors' rings stop: someone else was first, or nobody is needed any more."""

    request_id: int
    mentor_ids: tuple[int, ...]


@dataclass(frozen=True)
class HelpEnded:
    """The asking is over without a lesson: stopped by the learner, or nobody came."""

    request_id: int


@dataclass(frozen=True)
class RingsSwitchedOff:
    """Two rings were missed in a row; this mentor is not rung until they say so."""

    mentor_id: int
