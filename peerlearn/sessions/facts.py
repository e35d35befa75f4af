"""What happened to a live session. Ids only; heard after the commit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SessionPublished:
    """A public session is on offer."""

    live_session_id: int


@dataclass(frozen=True)
class SessionHeld:
    """A learner holds a session while paying."""

    live_session_id: int


@dataclass(frozen=True)
class SessionReleased:
    """A hold ran out: the time is free again."""

    live_session_id: int


@dataclass(frozen=True)
class SessionConfirmed:
    """The money is there (or nothing was due) and the lesson stands."""

    live_session_id: int


@dataclass(frozen=True)
class SessionMoved:
    """The lesson has another time, same booking."""

    live_session_id: int


@dataclass(frozen=True)
class MoveOfferChanged:
    """A mentor asked to move a lesson, or took it back, or was told that it stays."""

    live_session_id: int


@dataclass(frozen=True)
class SessionCancelled:
    """The lesson was called off."""

    live_session_id: int


@dataclass(frozen=True)
class SessionStarted:
    """Both may talk."""

    live_session_id: int


@dataclass(frozen=True)
class SessionEnded:
    """The lesson is over."""

    live_session_id: int


@dataclass(frozen=True)
class LateMoneyReturned:
    """Money arrived for a time that was gone; all of it goes back."""

    live_session_id: int
    order_id: int


@dataclass(frozen=True)
class FeedbackGiven:
    """One side rated the lesson."""

    live_session_id: int


@dataclass(frozen=True)
class ExtensionChanged:
    """Somebody asked for more time, agreed, declined, or let it lapse."""

    live_session_id: int
    extension_id: int


@dataclass(frozen=True)
class SessionExtended:
    """The lesson is longer: it was paid, or nothing was due."""

    live_session_id: int
    extension_id: int
    order_id: int | None


@dataclass(frozen=True)
class VerdictObjected:
    """One of the two says that a lesson was otherwise than it was seen. A person has to look at it."""

    live_session_id: int


@dataclass(frozen=True)
class VerdictFinal:
    """What was seen of a lesson holds: its refund is wanted and the mentor's share may be paid out."""

    live_session_id: int
