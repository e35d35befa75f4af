"""How a mentor's time may be booked: notice, pause, horizon, lessons in a day; and days that differ from the week."""

from collections.abc import Iterable
from datetime import date, timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.catalog import facts
from peerlearn.catalog.models import DayException, MentorProfile, WeeklyHours
from peerlearn.catalog.profile import DAY_MINUTES
from peerlearn.catalog.service import day_exception_add, weekly_hours_set
from peerlearn.catalog.zones import wall_range
from peerlearn.clock import local, now
from peerlearn.errors import Invalid, Missing
from peerlearn.kernel import announce, db, transactional

NOTICE_MINUTES = (15, 60, 120, 240, 720, 1440, 2880, 4320)
BUFFER_MINUTES = (0, 5, 10, 15, 30, 60)
LESSONS_IN_A_DAY = range(1, 13)
HORIZON_DAYS = (7, 14, 28, 42, 56, 84, 120)
EXTRA_AHEAD = timedelta(days=366)
EXCEPTIONS_MOST = 400

Range = tuple[int, int, int]


@transactional
def booking_rules_set(
    user_id: int, *, notice_minutes: int, buffer_minutes: int, max_per_day: int | None, horizon_days: int
) -> None:
    """Set the four rules. Lessons that are booked stay booked. Raises Invalid with the field to mend."""
    profile = db.session.get(MentorProfile, user_id)
    if profile is None:
        raise Missing("Start your mentor profile first.", code="no_profile")
    for field, value, allowed in (
        ("notice_minutes", notice_minutes, NOTICE_MINUTES),
        ("buffer_minutes", buffer_minutes, BUFFER_MINUTES),
        ("horizon_days", horizon_days, HORIZON_DAYS),
    ):
        if value not in allowed and value != getattr(profile, field):
            raise Invalid("Choose one of the values of the list.", code="bad_rule", field=field)
    if max_per_day is not None and max_per_day not in LESSONS_IN_A_DAY:
        raise Invalid("Choose 1 to 12 lessons in a day, or no limit.", code="bad_rule", field="max_per_day")
    profile.notice_minutes, profile.buffer_minutes = notice_minutes, buffer_minutes
    profile.max_per_day, profile.horizon_days = max_per_day, horizon_days
    announce(facts.MentorProfileChanged(user_id))


@transactional
def extra_hours_add(user_id: int, day: date, start_minute: int, end_minute: int) -> None:
    """Open extra hours on one day, wall time in the mentor's zone.

    Raises Invalid: for a day that has passed or is over a year away, for a range that is none, and where the clocks
    jump over part of it that night.
    """
    user = db.session.get(User, user_id)
    if user is None:
        raise Missing("There is no such person.", code="no_such_person")
    today = local(now(), user.time_zone).date()
    if not today <= day <= today + EXTRA_AHEAD:
        raise Invalid("Choose a day from today on, within a year.", code="bad_day", field="day")
    if not 0 <= start_minute < end_minute <= DAY_MINUTES:
        raise Invalid("The hours must end after they begin, on the same day.", code="bad_hours", field="start")
    for edge, field in ((start_minute, "start"), (end_minute - 1, "end")):
        if not wall_range(user.time_zone, day, edge, edge + 1):
            raise Invalid(
                "The clocks change that day and jump over this hour, so it does not exist. Choose another one.",
                code="no_such_hour",
                field=field,
            )
    day_exception_add(user_id, day, "extra", start_minute, end_minute)


def exceptions_ahead(user_id: int, zone: str) -> list[DayException]:
    """Return what a mentor has said about days from today on, in order."""
    today = local(now(), zone).date()
    return list(
        db.session.scalars(
            sa.select(DayException)
            .where(DayException.mentor_id == user_id, DayException.day >= today)
            .order_by(DayException.day, DayException.start_minute)
            .limit(EXCEPTIONS_MOST)
        )
    )


@transactional
def days_clear(user_id: int, first: date, last: date) -> None:
    """Forget everything said about the days from first to last: the ordinary week counts again."""
    db.session.execute(
        sa.delete(DayException).where(DayException.mentor_id == user_id, DayException.day.between(first, last))
    )
    announce(facts.MentorProfileChanged(user_id))


def shift_week(ranges: Iterable[Range], minutes: int) -> list[Range]:
    """Return weekly ranges (weekday, start, end) moved by so many minutes, cut at midnight, around the week. Pure."""
    week = 7 * DAY_MINUTES
    moved: list[Range] = []
    for weekday, start, end in ranges:
        at = (weekday * DAY_MINUTES + start + minutes) % week
        left = end - start
        while left > 0:
            day, low = divmod(at, DAY_MINUTES)
            part = min(left, DAY_MINUTES - low)
            moved.append((day, low, low + part))
            at, left = (at + part) % week, left - part
    return sorted(moved)


@transactional
def week_keep_instants(user_id: int, old_zone: str) -> None:
    """After a move to another zone: shift the week so that it covers the moments it covered before.

    Reckoned with the two zones' offsets of now. Booked lessons are instants and were never touched.
    """
    user = db.session.get(User, user_id)
    if user is None:
        raise Missing("There is no such person.", code="no_such_person")
    at = now()
    new, old = local(at, user.time_zone).utcoffset(), local(at, old_zone).utcoffset()
    minutes = int(((new or timedelta(0)) - (old or timedelta(0))).total_seconds() // 60)
    rows = db.session.execute(
        sa.select(WeeklyHours.weekday, WeeklyHours.start_minute, WeeklyHours.end_minute).where(
            WeeklyHours.mentor_id == user_id
        )
    ).all()
    weekly_hours_set(user_id, shift_week([(row[0], row[1], row[2]) for row in rows], minutes))
