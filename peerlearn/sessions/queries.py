"""Reads of live sessions: one of them, whose lessons, what comes next, what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.sessions.door import CLOSES_AFTER
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession, SessionReminder, SessionVerdict, TimeClaim

_BY_PUBLIC_ID = sa.select(LiveSession).where(LiveSession.public_id == bindparam("public_id"))


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
