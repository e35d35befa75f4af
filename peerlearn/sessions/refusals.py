"""What the second one hears: the answers to a booking that can't be, each with a way on."""

from datetime import datetime, timedelta

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict
from peerlearn.sessions.claims import Overlap
from peerlearn.sessions.free_times import nearest_free
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.words import moment, session_url, span

WAIT_MOST = timedelta(hours=1)


def slot_taken(
    mentor_id: int, starts_at: datetime, blocker: LiveSession | None = None, *, for_lesson: LiveSession | None = None
) -> Conflict:
    """Return the answer for a time that someone else has: when it may come back, and the three nearest free ones.

    For a lesson that was to be moved there (`for_lesson`) they are free for its two people.
    """
    sentence = "This time was just taken. Choose another one."
    free_at = None
    paying = blocker is not None and blocker.state == State.HELD and blocker.hold_expires_at is not None
    # What a series keeps for weeks is no payment to wait for.
    if paying and blocker is not None and blocker.hold_expires_at and blocker.hold_expires_at - now() <= WAIT_MOST:
        free_at = blocker.hold_expires_at
        wait = span(free_at - now())
        sentence = f"Someone is paying for this time. It is free again in {wait} if they don't. Or choose another one."
    return Conflict(
        sentence,
        code="slot_taken",
        alternatives=_iso(nearest_free(mentor_id, starts_at, for_lesson=for_lesson)),
        free_at=free_at.isoformat() if free_at else None,
    )


def overlapping(overlap: Overlap, reader: User) -> Conflict:
    """Return the answer for a person who has another lesson at that time, with the way to it."""
    other = overlap.other
    return Conflict(
        f"You have another lesson at that time: {other.title}, {moment(other.starts_at, reader.time_zone)}. "
        "Choose another time, or cancel that lesson first.",
        code="overlap",
        other=other.public_id,
        url=session_url(other.public_id),
    )


def already_booked(live_session: LiveSession) -> Conflict:
    """Return the answer for a second booking of one's own lesson."""
    return Conflict(
        "You have booked this lesson. There is nothing more to pay.",
        code="already_booked",
        other=live_session.public_id,
        url=session_url(live_session.public_id),
    )


def not_offered(mentor_id: int, starts_at: datetime) -> Conflict:
    """Return the answer for a time outside the mentor's hours, with the nearest times inside."""
    return Conflict(
        "The mentor does not offer this time. Choose one of the free ones.",
        code="not_offered",
        alternatives=_iso(nearest_free(mentor_id, starts_at)),
    )


def _iso(instants: list[datetime]) -> list[str]:
    return [instant.isoformat() for instant in instants]
