"""Loads the days ahead: public sessions on offer and lessons that are booked. Dates move with the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from config.demo.books import Paid, lessons_write
from config.demo.hours import zone_of
from config.demo.people import MENTORS
from config.demo.sessions import OFFERS
from config.demo.shapes import Offer, When, next_weekday, soon, wall
from peerlearn.catalog.models import Topic
from peerlearn.clock import UTC, local, now
from peerlearn.errors import Conflict
from peerlearn.kernel import db, transactional
from peerlearn.sessions.claims import claims_take
from peerlearn.sessions.free_times import busy_for
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.reminders import reminders_plan
from peerlearn.sessions.service import session_publish

STANDING = ("open", "held", "confirmed", "live")
MINUTES = 50
STEP = timedelta(minutes=5)
SHIFT = timedelta(hours=1)
SHIFTS = 30


@dataclass(frozen=True)
class Booked:
    """A lesson that is paid and waits for its time."""

    learner: str
    mentor: str
    topic: str
    title: str
    when: When
    goal: str = ""


# The first one opens its door at once: whoever signs in as Rohan or Asha sees Join.
FIRST = Booked("rohan", "asha", "calculus", "Integrals, from the picture up", soon(8), "Why the area is x³ over 3")
BOOKED: tuple[Booked, ...] = (
    Booked("ananya", "asha", "calculus", "Limits", soon(160), "What a limit is when nothing is reached"),
    Booked("rohan", "asha", "calculus", "Integrals, part two", wall(1, "13:00"), "Substitution without guessing"),
    Booked("sofia", "asha", "calculus", "Calculus refresher", wall(2, "09:30"), "Ready for a master’s in data"),
    Booked("rohan", "gurpreet", "python", "Python, every Thursday", next_weekday(3, "19:00"), "Functions that return things"),
    Booked("rohan", "tomas", "spanish", "Spanish, small talk", wall(5, "16:30"), "Order food without pointing"),
    Booked("harpreet", "gurpreet", "python", "A bakery's price list in Python", wall(1, "20:00")),
    Booked("nisha", "zainab", "organic-chemistry", "Carbonyls before the test", wall(1, "19:00")),
    Booked("adaeze", "chiamaka", "ielts", "Part two, three cards", wall(1, "16:00")),
    Booked("tariq", "rukmini", "machine-learning", "Read one paper together", wall(2, "19:00")),
    Booked("lucia", "nilufar", "piano", "The left hand alone", wall(2, "14:00")),
    Booked("mohan", "harish", "accounting", "October in one page", wall(1, "18:00")),
    Booked("kabir", "vikram", "calculus", "Integration by parts", wall(3, "19:00")),
    Booked("femi", "stefan", "quantum-physics", "Spin, slowly", wall(3, "19:00")),
    Booked("aiko", "elif", "ux-design", "Portfolio, second round", wall(2, "10:00")),
)  # fmt: skip


def moment_of(when: When, zone: str, at: datetime) -> datetime:
    """The instant a `When` means, reckoned from `at`."""
    if when.minutes:
        later = at + timedelta(minutes=when.minutes)
        if when.minutes < 10:
            return later.replace(second=0, microsecond=0) + timedelta(minutes=1)
        over = timedelta(minutes=later.minute % 5, seconds=later.second, microseconds=later.microsecond)
        return later - over + STEP
    hour, minute = (int(part) for part in when.clock.split(":"))
    today = local(at, zone).date()
    days = when.days if when.weekday is None else (when.weekday - today.weekday() - 1) % 7 + 1
    day = today + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def coming_load(ids: dict[str, int]) -> int:
    """Write the booked lessons and public sessions that the calendar lacks; return how many were added."""
    zones = {mentor.slug: zone_of(mentor.city) for mentor in MENTORS}
    prices = {mentor.slug: mentor.price_rupees * 100 for mentor in MENTORS}
    topics = dict(db.session.execute(sa.select(Topic.slug, Topic.id)).all())
    added = sum(_book(one, ids, topics, zones[one.mentor], prices[one.mentor]) for one in (FIRST, *BOOKED))
    return added + sum(_offer(one, ids, topics, zones[one.mentor], prices[one.mentor]) for one in OFFERS)


def _standing(mentor_id: int, title: str, learner_id: int | None = None) -> bool:
    """Whether this lesson or offer is in the calendar already and not over."""
    statement = sa.select(LiveSession.id).where(
        LiveSession.mentor_id == mentor_id,
        LiveSession.title == title,
        LiveSession.state.in_(STANDING),
        LiveSession.ends_at > now(),
    )
    if learner_id is not None:
        statement = statement.where(LiveSession.learner_id == learner_id)
    return db.session.scalar(statement.limit(1)) is not None


def _free_start(people: Sequence[int], starts_at: datetime) -> datetime | None:
    """The first start from here on, in steps of an hour, at which all of them are free for a lesson."""
    window = (starts_at - SHIFT, starts_at + SHIFT * (SHIFTS + 2))
    taken = [span for spans in busy_for(list(people), window).values() for span in spans]
    length = timedelta(minutes=MINUTES)
    for step in range(SHIFTS):
        start = starts_at + SHIFT * step
        if not any(a < start + length and start < b for a, b in taken):
            return start
    return None


@transactional
def _book(one: Booked, ids: dict[str, int], topics: dict[str, int], zone: str, price_paise: int) -> int:
    mentor_id, learner_id = ids[one.mentor], ids[one.learner]
    at = now()
    if _standing(mentor_id, one.title, learner_id):
        return 0
    starts_at = _free_start([mentor_id, learner_id], moment_of(one.when, zone, at))
    if starts_at is None:
        return 0
    paid = Paid(
        receipt=f"demo-{one.learner}-{one.mentor}-{starts_at:%y%m%d%H%M}",
        mentor_id=mentor_id,
        learner_id=learner_id,
        topic_id=topics[one.topic],
        title=one.title,
        starts_at=starts_at,
        minutes=MINUTES,
        price_paise=price_paise,
        booked_at=at - timedelta(hours=26),
        state="confirmed",
        goal=one.goal or None,
    )
    for live_session_id in lessons_write([paid]).values():
        live_session = db.session.get_one(LiveSession, live_session_id)
        if claims_take(live_session, [mentor_id, learner_id]) is not None:
            raise Conflict("A booked lesson of the demonstration overlaps another one.", code="demo_overlap")
        reminders_plan(live_session)
        return 1
    return 0


def _offer(one: Offer, ids: dict[str, int], topics: dict[str, int], zone: str, price_paise: int) -> int:
    mentor_id = ids[one.mentor]
    if _standing(mentor_id, one.title):
        return 0
    starts_at = moment_of(one.when, zone, now())
    for _ in range(SHIFTS):
        try:
            session_publish(
                mentor_id, one.title, one.description, topics[one.topic], starts_at, one.minutes, price_paise
            )
        except Conflict:
            starts_at += SHIFT
        else:
            return 1
    return 0
