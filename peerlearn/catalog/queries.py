"""Reads of the catalogue. Statements are built once, with bound parameters: building them costs more than running them.

Only approved mentors with an open account appear, but where a function says otherwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.accounts.models import User
from peerlearn.catalog.models import DayException, MentorProfile, MentorTopic, Topic, WeeklyHours
from peerlearn.catalog.slots import Availability, DayChange, WeeklyRange
from peerlearn.clock import now
from peerlearn.kernel import db


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as it is shown."""

    id: int
    slug: str
    name: str
    field: str


@dataclass(frozen=True, slots=True)
class MentorRow:
    """A mentor as a card shows them. `topics` are in no particular order."""

    id: int
    public_id: str
    name: str
    portrait: Any
    time_zone: str
    headline: str
    city: str
    price_paise: int
    lesson_minutes: int
    languages: list[str]
    level: list[str]
    approved_at: datetime
    topics: tuple[TopicRow, ...] = ()
    bio: str = ""

    @property
    def first_name(self) -> str:
        """The name to speak of them with."""
        return self.name.split(" ", 1)[0]


# What "in the catalogue" means, in one place.
LISTED = sa.and_(MentorProfile.state == "approved", User.state == "active")

_CARD_COLUMNS = (
    User.id, User.public_id, User.name, User.portrait, User.time_zone, MentorProfile.headline, MentorProfile.city,
    MentorProfile.price_paise, MentorProfile.lesson_minutes, MentorProfile.languages, MentorProfile.level,
    MentorProfile.approved_at,
)  # fmt: skip
_MENTORS = sa.join(MentorProfile, User, User.id == MentorProfile.user_id)
_IDS: sa.BindParameter[Any] = bindparam("ids", expanding=True)

_TOPICS = sa.select(Topic.id, Topic.slug, Topic.name, Topic.field).order_by(Topic.field, Topic.name)
_TOPICS_OF = (
    sa.select(MentorTopic.mentor_id, Topic.id, Topic.slug, Topic.name, Topic.field)
    .join(Topic, Topic.id == MentorTopic.topic_id)
    .where(MentorTopic.mentor_id.in_(_IDS))
)
_CARDS = sa.select(*_CARD_COLUMNS).select_from(_MENTORS).where(LISTED, User.id.in_(_IDS))
_PAGE = (
    sa.select(*_CARD_COLUMNS, MentorProfile.bio)
    .select_from(_MENTORS)
    .where(LISTED, User.public_id == bindparam("public_id"))
)
_HOURS = sa.select(WeeklyHours.mentor_id, WeeklyHours.weekday, WeeklyHours.start_minute, WeeklyHours.end_minute).where(
    WeeklyHours.mentor_id.in_(_IDS)
)
_EXCEPTIONS = sa.select(
    DayException.mentor_id, DayException.day, DayException.kind, DayException.start_minute, DayException.end_minute
).where(DayException.mentor_id.in_(_IDS), DayException.day >= bindparam("since"))
# One mentor's (`id`) hours and exceptions from a day (`since`) on, together; a weekly range has no day.
CALENDAR = (
    sa.select(
        WeeklyHours.weekday,
        sa.cast(sa.null(), sa.Date).label("day"),
        sa.cast(sa.null(), sa.String).label("kind"),
        WeeklyHours.start_minute,
        WeeklyHours.end_minute,
    )
    .where(WeeklyHours.mentor_id == bindparam("id"))
    .union_all(
        sa.select(
            sa.literal(0), DayException.day, DayException.kind, DayException.start_minute, DayException.end_minute
        ).where(DayException.mentor_id == bindparam("id"), DayException.day >= bindparam("since"))
    )
)
_RULES = (
    sa.select(
        User.id, User.time_zone, MentorProfile.lesson_minutes, MentorProfile.notice_minutes,
        MentorProfile.buffer_minutes, MentorProfile.max_per_day, MentorProfile.horizon_days,
    )
    .select_from(_MENTORS)
    .where(LISTED, User.id.in_(_IDS))
)  # fmt: skip
_LOWEST = sa.select(sa.func.min(MentorProfile.price_paise)).select_from(_MENTORS).where(LISTED)
_LISTED_IDS = sa.select(MentorProfile.user_id).select_from(_MENTORS).where(LISTED)
_WAITING = (
    sa.select(MentorProfile.user_id, sa.func.coalesce(MentorProfile.submitted_at, MentorProfile.created_at))
    .where(MentorProfile.state == "submitted")
    .order_by(MentorProfile.submitted_at)
)


def topics() -> list[TopicRow]:
    """Return all topics, by field and name."""
    return [TopicRow(*row) for row in db.session.execute(_TOPICS)]


def topics_for(mentor_ids: Sequence[int]) -> dict[int, tuple[TopicRow, ...]]:
    """Return what each mentor teaches; a mentor without topics is missing."""
    found: dict[int, list[TopicRow]] = {}
    for row in db.session.execute(_TOPICS_OF, {"ids": list(mentor_ids)}):
        found.setdefault(row[0], []).append(TopicRow(*row[1:]))
    return {mentor_id: tuple(rows) for mentor_id, rows in found.items()}


def mentor_card_rows(mentor_ids: Sequence[int]) -> list[MentorRow]:
    """Return the listed ones among these mentors, in the order given, with their topics."""
    if not mentor_ids:
        return []
    taught = topics_for(mentor_ids)
    rows = {
        row[0]: MentorRow(*(*row, taught.get(row[0], ())))
        for row in db.session.execute(_CARDS, {"ids": list(mentor_ids)})
    }
    return [rows[mentor_id] for mentor_id in mentor_ids if mentor_id in rows]


def mentor_by_public_id(public_id: str) -> MentorRow | None:
    """Return one listed mentor with bio and topics, or None."""
    row = db.session.execute(_PAGE, {"public_id": public_id}).one_or_none()
    if row is None:
        return None
    return MentorRow(*(*row[:12], topics_for([row[0]]).get(row[0], ()), row[12]))


def mentor_profile_of(user_id: int) -> MentorProfile | None:
    """Return a person's own profile in any state, or None. For the wizard, settings and administration."""
    return db.session.get(MentorProfile, user_id)


def mentors_waiting() -> list[tuple[int, datetime]]:
    """Return who waits for approval and since when, longest first."""
    return [(row[0], row[1]) for row in db.session.execute(_WAITING)]


def listed_mentor_ids() -> list[int]:
    """Return everyone in the catalogue."""
    return list(db.session.scalars(_LISTED_IDS))


def weekly_hours_for(mentor_id: int) -> list[WeeklyRange]:
    """Return a mentor's week (in any state), by day and hour, in wall time of the mentor's zone."""
    rows = db.session.execute(_HOURS, {"ids": [mentor_id]})
    return sorted((WeeklyRange(*row[1:]) for row in rows), key=lambda hours: (hours.weekday, hours.start_minute))


def exceptions_for(mentor_id: int, since: date) -> list[DayChange]:
    """Return the days that differ from a day on (in any state), earliest first."""
    rows = db.session.execute(_EXCEPTIONS, {"ids": [mentor_id], "since": since})
    return sorted((DayChange(*row[1:]) for row in rows), key=lambda change: change.day)


def availability_for(mentor_ids: Sequence[int]) -> dict[int, Availability]:
    """Return when each listed mentor can be booked, but for what is already taken. Unlisted mentors are missing.

    Use `availability.slots(busy, now=...)` to list starts, `availability.offers(start, busy, now=...)` to check one.
    """
    ids = list(mentor_ids)
    if not ids:
        return {}
    weekly: dict[int, list[WeeklyRange]] = {}
    for row in db.session.execute(_HOURS, {"ids": ids}):
        weekly.setdefault(row[0], []).append(WeeklyRange(*row[1:]))
    changes: dict[int, list[DayChange]] = {}
    # A mentor's yesterday may still be our today.
    since = (now() - timedelta(days=2)).date()
    for day in db.session.execute(_EXCEPTIONS, {"ids": ids, "since": since}):
        changes.setdefault(day[0], []).append(DayChange(*day[1:]))
    return {
        row[0]: Availability(
            zone=row[1],
            weekly=tuple(weekly.get(row[0], ())),
            exceptions=tuple(changes.get(row[0], ())),
            lesson_minutes=row[2],
            notice_minutes=row[3],
            buffer_minutes=row[4],
            max_per_day=row[5],
            horizon_days=row[6],
        )
        for row in db.session.execute(_RULES, {"ids": ids})
    }


def availability_of(profile: MentorProfile, zone: str) -> Availability:
    """Return when one mentor can be booked, in any state, from the profile at hand: one statement."""
    return calendar_read(
        profile, zone, db.session.execute(CALENDAR, {"id": profile.user_id, "since": calendar_since()})
    )


def calendar_since() -> date:
    """Return the first day whose exceptions still matter anywhere in the world."""
    return (now() - timedelta(days=2)).date()


def calendar_read(profile: MentorProfile, zone: str, rows: Iterable[Any]) -> Availability:
    """Return when a mentor can be booked, from the profile and the rows of `CALENDAR`."""
    weekly: list[WeeklyRange] = []
    changes: list[DayChange] = []
    for weekday, day, kind, start, end in rows:
        if day is None:
            weekly.append(WeeklyRange(weekday, start, end))
        else:
            changes.append(DayChange(day, kind, start, end))
    return Availability(
        zone=zone,
        weekly=tuple(weekly),
        exceptions=tuple(changes),
        lesson_minutes=profile.lesson_minutes,
        notice_minutes=profile.notice_minutes,
        buffer_minutes=profile.buffer_minutes,
        max_per_day=profile.max_per_day,
        horizon_days=profile.horizon_days,
    )


def lowest_price_paise() -> int | None:
    """Return what the least expensive lesson costs, or None while there are no mentors."""
    return db.session.scalar(_LOWEST)
