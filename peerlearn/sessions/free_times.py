"""Whose time is taken and which of a mentor's times are free: the rules of the catalogue less the claims of sessions."""

from collections.abc import Sequence
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
    )
    .order_by(TimeClaim.starts_at)
)


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
