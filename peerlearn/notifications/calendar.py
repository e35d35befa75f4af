"""Lessons as iCalendar (RFC 5545): one UID for a lesson's whole life, SEQUENCE grows with every change. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, Literal, Self

from icalendar import Alarm, Calendar, Event, vCalAddress

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]

ALARM_BEFORE = timedelta(minutes=10)
# How often a calendar app should come back for a feed (RFC 7986, 5.7; the X- line is what older apps read).
FEED_REFRESH = timedelta(minutes=30)


@dataclass(frozen=True)
class CalendarEvent:
    """One entry: instants are aware UTC, so every calendar shows them in its own zone.

    `stamped_at` is when this version was made (DTSTAMP); `url` is a path or an address of the lesson's page.
    """

    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    url: str
    cancelled: bool = False

    def kept(self) -> dict[str, Any]:
        """Return the entry as JSON-able values, for a letter that leaves later."""
        times = {name: getattr(self, name).isoformat() for name in ("stamped_at", "starts_at", "ends_at")}
        return {**asdict(self), **times}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """Return the entry that `kept` wrote down."""
        times = {name: datetime.fromisoformat(kept[name]) for name in ("stamped_at", "starts_at", "ends_at")}
        return cls(**{**kept, **times})


def uid_of(public_id: str) -> str:
    """Return the UID of a lesson's entry: the same in the file, the letter and the feed."""
    return f"{public_id}@peerlearn"


def calendar_bytes(
    events: Iterable[CalendarEvent],
    method: Method | None = "PUBLISH",
    *,
    public_url: str = "",
    organizer: str = "",
    attendee: str = "",
    name: str = "",
) -> bytes:
    """Return a calendar with these entries.

    REQUEST and CANCEL (RFC 5546, 3.2) name the organizer and the one attendee who reads the letter: nobody else's
    address is in it. A feed has no method but a `name`, and says how often to come back.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//PeerLearn//Lessons//EN")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", FEED_REFRESH, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", "PT30M")
    for event in events:
        calendar.add_component(_entry(event, public_url, organizer, attendee))
    return bytes(calendar.to_ical())


def _entry(event: CalendarEvent, public_url: str, organizer: str, attendee: str) -> Event:
    entry = Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.stamped_at)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.summary)
    entry.add("description", event.description)
    entry.add("url", event.url if "://" in event.url else public_url.rstrip("/") + event.url)
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    if organizer:
        entry.add("organizer", _person(*parseaddr(organizer)))
    if attendee:
        person = _person("", attendee)
        person.params["PARTSTAT"], person.params["RSVP"] = "ACCEPTED", "FALSE"
        entry.add("attendee", person)
    if not event.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event.summary)
        alarm.add("trigger", -ALARM_BEFORE)
        entry.add_component(alarm)
    return entry


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = name
    return person
