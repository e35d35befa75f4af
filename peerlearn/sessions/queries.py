"""Reads of live sessions: whose lessons, which times are taken and free, what people said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.accounts.models import User
from peerlearn.catalog.queries import availability_for
from peerlearn.clock import local, now
from peerlearn.kernel import db
from peerlearn.sessions.door import CLOSES_AFTER
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import Feedback, LiveSession, SessionReminder, SessionVerdict, TimeClaim

Interval = tuple[datetime, datetime]

SLOTS_AHEAD = timedelta(days=14)
NEAREST_SEARCH = timedelta(days=14)

_BY_PUBLIC_ID = sa.select(LiveSession).where(LiveSession.public_id == bindparam("public_id"))
# A hold that ran out takes no time any more, whether or not somebody has swept it away yet.
_STANDS = sa.or_(
    LiveSession.state != State.HELD,
    LiveSession.hold_expires_at > bindparam("at"),
    # A public session keeps its mentor's time, held or not.
    sa.and_(LiveSession.kind == "public", TimeClaim.person_id == LiveSession.mentor_id),
)
_BUSY = (
    sa.select(TimeClaim.person_id, TimeClaim.starts_at, TimeClaim.ends_at)
    .join(LiveSession, LiveSession.id == TimeClaim.live_session_id)
    .where(
        TimeClaim.person_id.in_(bindparam("ids", expanding=True)),
        TimeClaim.starts_at < bindparam("until"),
        TimeClaim.ends_at > bindparam("since"),
        _STANDS,
    )
    .order_by(TimeClaim.starts_at)
)
_RATINGS = (
    sa.select(Feedback.about_id, sa.func.avg(Feedback.stars), sa.func.count())
    .join(LiveSession, LiveSession.id == Feedback.live_session_id)
    .where(
        Feedback.about_id.in_(bindparam("ids", expanding=True)),
        Feedback.about_id == LiveSession.mentor_id,
        Feedback.hidden_at.is_(None),
    )
    .group_by(Feedback.about_id)
)


def session_by_public_id(public_id: str) -> LiveSession | None:
    """Return one live session, or None."""
    return db.session.scalar(_BY_PUBLIC_ID, {"public_id": public_id})


def session_by_id(live_session_id: int) -> LiveSession | None:
    """Return one live session by row id, or None."""
    return db.session.get(LiveSession, live_session_id)


def verdict_of(live_session_id: int) -> SessionVerdict | None:
    """Return what was seen of a lesson, or None before anybody wrote it down."""
    return db.session.get(SessionVerdict, live_session_id)


@dataclass(frozen=True, slots=True)
class NextLesson:
    """What ends the time after a lesson early: whose next lesson, and when it starts."""

    person_id: int
    starts_at: datetime


def next_lesson_after(live_session: LiveSession) -> NextLesson | None:
    """Return the first confirmed lesson of either person that starts in the time after this one, or None."""
    row = db.session.execute(
        sa.select(TimeClaim.person_id, TimeClaim.starts_at)
        .join(LiveSession, LiveSession.id == TimeClaim.live_session_id)
        .where(
            TimeClaim.person_id.in_([live_session.mentor_id, live_session.learner_id]),
            TimeClaim.live_session_id != live_session.id,
            TimeClaim.starts_at >= live_session.ends_at,
            TimeClaim.starts_at < live_session.ends_at + CLOSES_AFTER,
            LiveSession.state.in_([State.CONFIRMED, State.LIVE]),
        )
        .order_by(TimeClaim.starts_at, TimeClaim.person_id)
        .limit(1)
    ).first()
    return NextLesson(row[0], row[1]) if row else None


def next_start_after(live_session: LiveSession, at: datetime) -> datetime | None:
    """Return the start of the next lesson of either person where it closes the door; asked only once this one is over."""
    over = live_session.ends_at <= at < live_session.ends_at + CLOSES_AFTER
    found = next_lesson_after(live_session) if over else None
    return found.starts_at if found else None


def sessions_by_ids(ids: Iterable[int]) -> dict[int, LiveSession]:
    """Return live sessions by row id."""
    wanted = set(ids)
    rows = db.session.scalars(sa.select(LiveSession).where(LiveSession.id.in_(wanted))) if wanted else ()
    return {row.id: row for row in rows}


def next_session_for(user_id: int) -> LiveSession | None:
    """Return the lesson a person should know of now: running, or the next confirmed one, on either side."""
    return db.session.scalar(
        sa.select(LiveSession)
        .where(
            sa.or_(LiveSession.mentor_id == user_id, LiveSession.learner_id == user_id),
            LiveSession.state.in_([State.CONFIRMED, State.LIVE]),
            LiveSession.ends_at > now() - CLOSES_AFTER,
        )
        .order_by(LiveSession.starts_at)
        .limit(1)
    )


def sessions_for(user_id: int, side: str = "both", *, limit: int = 200) -> list[LiveSession]:
    """Return a person's lessons, soonest first: as "learner", as "mentor" (with what is on offer), or "both".

    Expired rows are left out: nothing happened and nothing is owed.
    """
    mine = {
        "learner": LiveSession.learner_id == user_id,
        "mentor": LiveSession.mentor_id == user_id,
        "both": sa.or_(LiveSession.mentor_id == user_id, LiveSession.learner_id == user_id),
    }[side]
    rows = db.session.scalars(
        sa.select(LiveSession)
        .where(mine, LiveSession.state != State.EXPIRED)
        .order_by(LiveSession.starts_at.desc())
        .limit(limit)
    )
    return sorted(rows, key=lambda row: row.starts_at)


def busy_for(person_ids: Sequence[int], window: Interval) -> dict[int, list[Interval]]:
    """Return each person's taken stretches that touch the window, earliest first; nobody is missing."""
    found: dict[int, list[Interval]] = {person_id: [] for person_id in person_ids}
    if found:
        values = {"ids": list(found), "since": window[0], "until": window[1], "at": now()}
        for person_id, starts_at, ends_at in db.session.execute(_BUSY, values):
            found[person_id].append((starts_at, ends_at))
    return found


def slots_for_mentors(
    mentor_ids: Sequence[int], zone: str | None = None, limit: int = 3, *, days: int | None = None
) -> dict[int, list[datetime]]:
    """Return the next free starts of each listed mentor, earliest first, at most `limit` each.

    Looks two weeks ahead, or `days`; with a zone up to the end of that day there. Mentors without a free time have an
    empty list, unlisted mentors are missing.
    """
    at = now()
    until = at + (timedelta(days=days) if days else SLOTS_AHEAD)
    if zone:
        there = local(until, zone)
        until = (there.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).astimezone(at.tzinfo)
    availability = availability_for(mentor_ids)
    busy = busy_for(list(availability), (at - timedelta(days=1), until + timedelta(days=1)))
    return {
        mentor_id: found.slots(busy[mentor_id], now=at, until=until, limit=limit)
        for mentor_id, found in availability.items()
    }


def nearest_free(
    mentor_id: int, around: datetime, limit: int = 3, *, but_learner_id: int | None = None
) -> list[datetime]:
    """Return the mentor's free starts nearest to an instant, nearest first; a free `around` itself comes first.

    With `but_learner_id` only times at which that learner is free as well.
    """
    at = now()
    availability = availability_for([mentor_id]).get(mentor_id)
    if availability is None:
        return []
    window = (max(at, around - NEAREST_SEARCH) - timedelta(days=1), around + NEAREST_SEARCH)
    people = [mentor_id] if but_learner_id is None else [mentor_id, but_learner_id]
    busy = busy_for(people, window)
    free = availability.slots(busy[mentor_id], now=at, until=around + NEAREST_SEARCH)
    if but_learner_id is not None:
        length = timedelta(minutes=availability.lesson_minutes)
        taken = busy[but_learner_id]
        free = [start for start in free if not any(a < start + length and start < b for a, b in taken)]
    return sorted(free, key=lambda start: (abs(start - around), start))[:limit]


def offers_in_principle(mentor_id: int, starts_at: datetime) -> bool:
    """Whether a listed mentor offers this very start by their hours and rules, taken or not."""
    hours = availability_for([mentor_id]).get(mentor_id)
    return hours is not None and hours.offers(starts_at, (), now=now())


def open_sessions(
    *,
    topic_ids: Sequence[int] = (),
    mentor_ids: Sequence[int] = (),
    but_mentor_ids: Iterable[int] = (),
    until: datetime | None = None,
    limit: int = 50,
) -> list[LiveSession]:
    """Return public sessions on offer that have not begun, soonest first. Mentors must be active."""
    statement = (
        sa.select(LiveSession)
        .join(User, User.id == LiveSession.mentor_id)
        .where(LiveSession.state == State.OPEN, LiveSession.starts_at > now(), User.state == "active")
        .order_by(LiveSession.starts_at)
        .limit(limit)
    )
    if topic_ids:
        statement = statement.where(LiveSession.topic_id.in_(topic_ids))
    if mentor_ids:
        statement = statement.where(LiveSession.mentor_id.in_(mentor_ids))
    left_out = list(but_mentor_ids)
    if left_out:
        statement = statement.where(LiveSession.mentor_id.not_in(left_out))
    if until is not None:
        statement = statement.where(LiveSession.starts_at < until)
    return list(db.session.scalars(statement))


def upcoming_between(mentor_id: int, learner_id: int) -> list[LiveSession]:
    """Return the lessons two people still have together, soonest first."""
    return list(
        db.session.scalars(
            sa.select(LiveSession)
            .where(
                LiveSession.mentor_id == mentor_id,
                LiveSession.learner_id == learner_id,
                LiveSession.state.in_([State.HELD, State.CONFIRMED, State.LIVE]),
                LiveSession.ends_at > now(),
            )
            .order_by(LiveSession.starts_at)
        )
    )


def held_by_learner(mentor_id: int, learner_id: int, starts_at: datetime) -> LiveSession | None:
    """Return the learner's own running hold of one of a mentor's times, or None."""
    return db.session.scalar(
        sa.select(LiveSession).where(
            LiveSession.mentor_id == mentor_id,
            LiveSession.learner_id == learner_id,
            LiveSession.starts_at == starts_at,
            LiveSession.state == State.HELD,
            LiveSession.hold_expires_at > now(),
        )
    )


@dataclass(frozen=True, slots=True)
class Review:
    """What a learner said about a mentor, as it is shown."""

    public_id: str
    stars: int
    text: str
    author_id: int
    author_name: str
    at: datetime


def ratings_for(mentor_ids: Sequence[int]) -> dict[int, tuple[float, int]]:
    """Return (average stars, how many) for mentors whom learners have rated; others are missing."""
    if not mentor_ids:
        return {}
    rows = db.session.execute(_RATINGS, {"ids": list(mentor_ids)})
    return {mentor_id: (float(average), int(count)) for mentor_id, average, count in rows}


def reviews_for(mentor_id: int, limit: int = 20) -> list[Review]:
    """Return what learners said about a mentor in words, newest first. Hidden ones are left out."""
    rows = db.session.execute(
        sa.select(Feedback.public_id, Feedback.stars, Feedback.text, User.id, User.name, Feedback.created_at)
        .join(User, User.id == Feedback.author_id)
        .join(LiveSession, LiveSession.id == Feedback.live_session_id)
        .where(
            Feedback.about_id == mentor_id,
            LiveSession.mentor_id == mentor_id,
            Feedback.hidden_at.is_(None),
            Feedback.text != "",
        )
        .order_by(Feedback.created_at.desc())
        .limit(limit)
    )
    return [Review(*row) for row in rows]


def lesson_between(person_id: int, since: datetime, until: datetime) -> LiveSession | None:
    """Return the first lesson that takes a person's time in [since, until), on either side, or None."""
    return db.session.scalar(
        sa.select(LiveSession)
        .join(TimeClaim, TimeClaim.live_session_id == LiveSession.id)
        .where(
            TimeClaim.person_id == person_id,
            TimeClaim.starts_at < until,
            TimeClaim.ends_at > since,
            sa.or_(LiveSession.state != State.HELD, LiveSession.hold_expires_at > now()),
        )
        .order_by(LiveSession.starts_at)
        .limit(1)
    )


def favourite_mentors(learner_id: int) -> set[int]:
    """Return the mentors whom a learner has given four or five stars."""
    return set(
        db.session.scalars(
            sa.select(LiveSession.mentor_id)
            .join(Feedback, Feedback.live_session_id == LiveSession.id)
            .where(LiveSession.learner_id == learner_id, Feedback.author_id == learner_id, Feedback.stars >= 4)
        )
    )


def feedback_by(live_session_id: int, author_id: int) -> Feedback | None:
    """Return what one side said about a lesson, or None."""
    return db.session.scalar(
        sa.select(Feedback).where(Feedback.live_session_id == live_session_id, Feedback.author_id == author_id)
    )


def completed_count(mentor_ids: Sequence[int]) -> dict[int, int]:
    """Return how many lessons each mentor has given; mentors without one are missing."""
    rows = db.session.execute(
        sa.select(LiveSession.mentor_id, sa.func.count())
        .where(LiveSession.mentor_id.in_(mentor_ids), LiveSession.state == State.COMPLETED)
        .group_by(LiveSession.mentor_id)
    )
    return {mentor_id: int(count) for mentor_id, count in rows}


def reminders_due(at: datetime, kinds: Sequence[str] = (), limit: int = 200) -> list[int]:
    """Return the ids of reminders (of these kinds, or any) that are due and not done, longest due first."""
    statement = (
        sa.select(SessionReminder.id)
        .where(SessionReminder.done_at.is_(None), SessionReminder.due_at <= at)
        .order_by(SessionReminder.due_at)
        .limit(limit)
    )
    if kinds:
        statement = statement.where(SessionReminder.kind.in_(kinds))
    return list(db.session.scalars(statement))


def banned_with_sessions() -> list[int]:
    """Return the closed accounts that still have something ahead or running, on either side."""
    return list(
        db.session.scalars(
            sa.select(User.id)
            .join(LiveSession, sa.or_(LiveSession.mentor_id == User.id, LiveSession.learner_id == User.id))
            .where(
                User.state == "banned",
                LiveSession.state.in_([State.OPEN, State.HELD, State.CONFIRMED, State.LIVE]),
            )
            .distinct()
        )
    )
