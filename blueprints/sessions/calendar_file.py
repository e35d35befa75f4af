"""A lesson as iCalendar (RFC 5545): one UID for its whole life, SEQUENCE grows with every change."""

from datetime import timedelta

from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.sessions.models import LiveSession


def calendar_bytes(lesson: LiveSession, other: User | None, url: str) -> bytes:
    """Return the calendar file of a lesson as one of its two people sees it.

    Times are UTC, so every calendar shows them in its own zone. A cancelled lesson carries METHOD:CANCEL, which takes
    the entry away.
    """
    cancelled = lesson.state in {"cancelled", "expired"}
    calendar = Calendar()
    calendar.add("prodid", "-//PeerLearn//Lessons//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = Event()
    event.add("uid", f"{lesson.public_id}@peerlearn")
    event.add("sequence", lesson.sequence)
    event.add("dtstamp", now())
    event.add("dtstart", lesson.starts_at)
    event.add("dtend", lesson.ends_at)
    name = other.first_name if other else ""
    event.add("summary", _("%(title)s, with %(name)s", title=lesson.title, name=name) if other else lesson.title)
    event.add("description", lesson.goal or lesson.description or lesson.title)
    event.add("url", url)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", lesson.title)
        alarm.add("trigger", timedelta(minutes=-10))
        event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
