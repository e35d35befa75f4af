"""A lesson as one of its two people sees it in a calendar."""

from datetime import datetime

from flask_babel import gettext as _

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.notifications.calendar import CalendarEvent, calendar_bytes, uid_of
from peerlearn.sessions.models import LiveSession


def event_of(lesson: LiveSession, other: User | None, url: str, *, stamped_at: datetime | None = None) -> CalendarEvent:
    """Return the calendar's entry of a lesson. The other person appears by first name only."""
    name = other.first_name if other else ""
    return CalendarEvent(
        uid=uid_of(lesson.public_id),
        sequence=lesson.sequence,
        stamped_at=stamped_at or now(),
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        summary=_("%(title)s, with %(name)s", title=lesson.title, name=name) if other else lesson.title,
        description=lesson.goal or lesson.description or lesson.title,
        url=url,
        cancelled=lesson.state in {"cancelled", "expired"},
    )


def lesson_file(lesson: LiveSession, other: User | None, url: str) -> bytes:
    """Return the calendar file of one lesson. A cancelled one carries METHOD:CANCEL, which takes the entry away."""
    event = event_of(lesson, other, url)
    return calendar_bytes([event], "CANCEL" if event.cancelled else "PUBLISH")
