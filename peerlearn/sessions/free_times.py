"""Whose time is taken and which of a mentor's times are free: the rules of the catalogue less the claims of sessions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.catalog.queries import availability_for
from peerlearn.clock import local, now
from peerlearn.kernel import db
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession, TimeClaim

Interval = tuple[datetime, datetime]
SLOTS_AHEAD = timedelta(days=14)
NEAREST_SEARCH = timedelta(days=14)
# A hold that ran out takes no time any more, whether or not somebody has swept it away yet.
_STANDS = sa.or_(
    LiveSession.state != State.HELD,
    LiveSession.hold_expires_at > bindparam("at"),
    # A public session keeps its mentor's time, held or not.
    sa.and_(LiveSession.kind == "public", TimeClaim.person_id == LiveSession.mentor_id),
)


def touching(since: Any, until: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions on claims, joined with their lessons, that take time of [since, until) `at` an instant.

    For statements that are built once: the two are bound parameters, and `at` is one of its own name.
    """
    return (TimeClaim.starts_at < until, TimeClaim.ends_at > since, _STANDS)


_BUSY = (
    sa.select(TimeClaim.person_id, TimeClaim.starts_at, TimeClaim.ends_at)
    .join(LiveSession, LiveSession.id == TimeClaim.live_session_id)
    .where(
        TimeClaim.person_id.in_(bindparam("ids", expanding=True)),
        *touching(bindparam("since"), bindparam("until")),
        TimeClaim.live_session_id != bindparam("but"),
    )
    .order_by(TimeClaim.starts_at)
)


def busy_for(person_ids: Sequence[int], window: Interval, *, but_session_id: int = 0) -> dict[int, list[Interval]]:
    """Return each person's taken stretches that touch the window, earliest first; nobody is missing.

    What one session takes may be left out: a lesson is not in its own way.
    """
    found: dict[int, list[Interval]] = {person_id: [] for person_id in person_ids}
    if found:
        values = {"ids": list(found), "since": window[0], "until": window[1], "at": now(), "but": but_session_id}
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
    mentor_id: int, around: datetime, limit: int = 3, *, for_lesson: LiveSession | None = None
) -> list[datetime]:
    """Return the mentor's free starts nearest to an instant, nearest first; a free `around` itself comes first.

    `for_lesson` asks for times to which a booked lesson of this mentor can go: as long as it is, free for its learner
    too, and its present time is not in its own way.
    """
    at = now()
    availability = availability_for([mentor_id]).get(mentor_id)
    if availability is None:
        return []
    people = [mentor_id]
    if for_lesson is not None:
        availability = replace(availability, lesson_minutes=for_lesson.minutes)
        people += [for_lesson.learner_id] if for_lesson.learner_id is not None else []
    window = (max(at, around - NEAREST_SEARCH) - timedelta(days=1), around + NEAREST_SEARCH)
    busy = busy_for(people, window, but_session_id=for_lesson.id if for_lesson is not None else 0)
    free = availability.slots(busy[mentor_id], now=at, until=around + NEAREST_SEARCH)
    length = timedelta(minutes=availability.lesson_minutes)
    theirs = [taken for person_id in people[1:] for taken in busy[person_id]]
    free = [start for start in free if not any(a < start + length and start < b for a, b in theirs)]
    return sorted(free, key=lambda start: (abs(start - around), start))[:limit]


def offers_in_principle(mentor_id: int, starts_at: datetime) -> bool:
    """Whether a listed mentor offers this very start by their hours and rules, taken or not."""
    hours = availability_for([mentor_id]).get(mentor_id)
    return hours is not None and hours.offers(starts_at, (), now=now())


def lesson_between(person_id: int, since: datetime, until: datetime, *, but_session_id: int = 0) -> LiveSession | None:
    """Return the first lesson (but one) that takes a person's time in [since, until), on either side, or None."""
    return db.session.scalar(
        sa.select(LiveSession)
        .join(TimeClaim, TimeClaim.live_session_id == LiveSession.id)
        .where(
            TimeClaim.person_id == person_id,
            TimeClaim.starts_at < until,
            TimeClaim.ends_at > since,
            TimeClaim.live_session_id != but_session_id,
            sa.or_(LiveSession.state != State.HELD, LiveSession.hold_expires_at > now()),
        )
        .order_by(LiveSession.starts_at)
        .limit(1)
    )
