"""The same lesson every week: the mentor's wall time stays, whatever the clocks do; each lesson is one of its own.

The first is paid now. The others are kept for the learner, each until 24 hours before it begins; what is not paid by
then is let go. What can't be had is named before anything is booked, and the rest goes on without it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.catalog.queries import availability_for
from peerlearn.catalog.slots import Availability
from peerlearn.catalog.zones import instants_at
from peerlearn.clock import local, now
from peerlearn.errors import Conflict, Invalid, NotAllowed
from peerlearn.kernel import db, one_by_one, transactional
from peerlearn.money import rupees
from peerlearn.notifications.service import notify
from peerlearn.sessions.free_times import Interval, busy_for
from peerlearn.sessions.holds import Terms, hold_slot, slot_keep
from peerlearn.sessions.letters import letter_write
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.pairs import pair_lock
from peerlearn.sessions.series_models import LessonSeries
from peerlearn.sessions.standing_holds import hold_release
from peerlearn.sessions.words import moment, session_url

TIMES = range(2, 13)
PAY_BEFORE = timedelta(hours=24)
REMIND_BEFORE = timedelta(hours=48)
WEEK = timedelta(days=7)


class Trouble(StrEnum):
    """Why one week of a series can't be had."""

    TAKEN = "taken"  # somebody else has the mentor's time
    YOURS = "yours"  # the learner has something else then
    NOT_OFFERED = "not_offered"  # a day off, or outside the hours
    TOO_FAR = "too_far"  # further ahead than the mentor takes bookings
    NO_SUCH_HOUR = "no_such_hour"  # the clocks jump over it that day


@dataclass(frozen=True)
class Planned:
    """One week of a series: when (None where that hour does not exist), and what stands in its way."""

    number: int
    day: datetime
    starts_at: datetime | None
    trouble: Trouble | None


def weekly_starts(starts_at: datetime, zone: str, times: int) -> list[tuple[datetime, datetime | None]]:
    """Return (wall time there, instant or None) of each week: the same wall time in the mentor's zone. Pure.

    An hour that comes twice is taken in its first passing, but for the first week, which is the instant that was chosen.
    """
    first = local(starts_at, zone).replace(tzinfo=None)
    weeks: list[tuple[datetime, datetime | None]] = [(first, starts_at)]
    for number in range(1, times):
        wall = first + WEEK * number
        weeks.append((wall, next(iter(instants_at(wall, zone)), None)))
    return weeks


def series_plan(mentor_id: int, starts_at: datetime, learner_id: int, times: int) -> list[Planned]:
    """Return every week of a series with what stands in its way, for a person to read before booking. Changes nothing.

    Raises Invalid for a number of weeks outside 2 to 12, Conflict where the mentor takes no bookings.
    """
    if times not in TIMES:
        raise Invalid("A series has 2 to 12 lessons.", code="times", field="times")
    availability = availability_for([mentor_id]).get(mentor_id)
    if availability is None:
        raise Conflict("This mentor takes no bookings at the moment.", code="not_bookable")
    return _plan(availability, mentor_id, starts_at, learner_id, times)


def _plan(
    availability: Availability, mentor_id: int, starts_at: datetime, learner_id: int, times: int
) -> list[Planned]:
    window = (starts_at - timedelta(days=2), starts_at + WEEK * times + timedelta(days=2))
    busy = busy_for([mentor_id, learner_id], window)
    length = timedelta(minutes=availability.lesson_minutes)
    return [
        Planned(number, wall, at, _trouble(availability, busy[mentor_id], busy[learner_id], at, length))
        for number, (wall, at) in enumerate(weekly_starts(starts_at, availability.zone, times), 1)
    ]


def _trouble(
    availability: Availability, theirs: list[Interval], mine: list[Interval], at: datetime | None, length: timedelta
) -> Trouble | None:
    if at is None:
        return Trouble.NO_SUCH_HOUR
    if at >= now() + timedelta(days=availability.horizon_days):
        return Trouble.TOO_FAR
    if not availability.offers(at, (), now=now()):
        return Trouble.NOT_OFFERED
    if not availability.offers(at, theirs, now=now()):
        return Trouble.TAKEN
    if any(since < at + length and at < until for since, until in mine):
        return Trouble.YOURS
    return None


@transactional
def series_hold(
    mentor_id: int,
    starts_at: datetime,
    learner_id: int,
    times: int,
    title: str | None = None,
    *,
    terms: Terms | None = None,
) -> list[LiveSession]:
    """Hold the first lesson for ten minutes and keep the others; return those that could be had, the first one first.

    A second tap returns the same series. Raises as `hold_slot` where the first can't be had; a later one that can't be
    had is left out. Raises Conflict("no_series") where none of the later ones is possible.
    """
    if times not in TIMES:
        raise Invalid("A series has 2 to 12 lessons.", code="times", field="times")
    pair = pair_lock(mentor_id, learner_id)
    if pair.learner.limited_until is not None and pair.learner.limited_until > now():
        raise NotAllowed("You missed lessons, so you can book one at a time for a while.", code="limited")
    first = hold_slot(mentor_id, starts_at, learner_id, title, terms=terms)
    if first.series_id is not None:
        return series_lessons(first.series_id)
    kept = [first]
    for week in _plan(pair.hours, mentor_id, starts_at, learner_id, times)[1:]:
        if week.trouble is None and week.starts_at is not None:
            lesson = slot_keep(first, week.starts_at, week.starts_at - PAY_BEFORE)
            if lesson is not None:
                kept.append(lesson)
    if len(kept) == 1:
        raise Conflict("None of the following weeks is free. Book this one lesson.", code="no_series")
    series = LessonSeries(mentor_id=mentor_id, learner_id=learner_id, first_session_id=first.id, times=times)
    db.session.add(series)
    db.session.flush()
    for lesson in kept:
        lesson.series_id = series.id
    db.session.flush()
    return kept


def series_lessons(series_id: int) -> list[LiveSession]:
    """Return all lessons of a series, soonest first, in whatever state they are."""
    return list(
        db.session.scalars(
            sa.select(LiveSession).where(LiveSession.series_id == series_id).order_by(LiveSession.starts_at)
        )
    )


# --- the job ---------------------------------------------------------------------------------------------------------


def series_tend() -> int:
    """Let go of series whose first lesson was never paid, and remind of lessons to be paid soon. Returns how many.

    Found by state: late, twice or after a crash it does the same.
    """
    orphans = db.session.scalars(
        sa.select(LiveSession.id)
        .join(LessonSeries, LessonSeries.id == LiveSession.series_id)
        .where(
            LiveSession.state == State.HELD,
            LessonSeries.first_session_id.in_(
                sa.select(LiveSession.id).where(
                    LiveSession.confirmed_at.is_(None), LiveSession.state.in_([State.EXPIRED, State.CANCELLED])
                )
            ),
        )
    ).all()
    released = sum(one_by_one(orphans, _let_go, "lesson of an unpaid series"))
    soon = db.session.scalars(
        sa.select(LiveSession.id).where(
            LiveSession.state == State.HELD,
            LiveSession.series_id.is_not(None),
            LiveSession.hold_expires_at > now(),
            LiveSession.starts_at > now() + PAY_BEFORE,
            LiveSession.starts_at <= now() + PAY_BEFORE + REMIND_BEFORE,
            LiveSession.id.not_in(sa.select(LessonSeries.first_session_id)),
        )
    ).all()
    return released + sum(one_by_one(soon, _remind, "lesson to be paid"))


@transactional
def _let_go(live_session_id: int) -> bool:
    return hold_release(live_session_id, force=True)


@transactional
def _remind(live_session_id: int) -> bool:
    lesson = db.session.get(LiveSession, live_session_id, populate_existing=True)
    if lesson is None or lesson.state != State.HELD or lesson.learner_id is None or lesson.hold_expires_at is None:
        return False
    learner, mentor = db.session.get(User, lesson.learner_id), db.session.get(User, lesson.mentor_id)
    if learner is None or mentor is None:
        return False
    until = moment(lesson.hold_expires_at, learner.time_zone)
    title = f"Pay for {moment(lesson.starts_at, learner.time_zone)} until {until}"
    body = f"{lesson.title} with {mentor.first_name}, {rupees(lesson.due_paise)}. After that the time is free again."
    url = session_url(lesson.public_id, "pay")
    action = [{"label": f"Pay {rupees(lesson.due_paise)}", "method": "get", "url": url, "style": "primary"}]
    told = notify(learner.id, "series_due", title, body, url, action, mentor.id, f"series-due:{lesson.public_id}")
    if told is not None:
        letter_write(learner, lesson, "series-due", title, [body], calendar=False)
    return told is not None
