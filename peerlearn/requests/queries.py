"""Reads of requests: what waits for whom, who is being rung, how long answers take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.requests.lifecycle import RingState, State
from peerlearn.requests.models import LiveRequest, ProposedTime, Ring
from peerlearn.requests.waves import GIVE_UP_AFTER, next_wave_at, percentile

WAITS_SINCE = timedelta(days=30)


def request_by_public_id(public_id: str) -> LiveRequest | None:
    """Return one request, or None."""
    return db.session.scalar(sa.select(LiveRequest).where(LiveRequest.public_id == public_id))


def request_by_id(request_id: int) -> LiveRequest | None:
    """Return one request by row id, or None."""
    return db.session.get(LiveRequest, request_id)


def proposed_times(request_id: int) -> list[datetime]:
    """Return the times a request proposes, soonest first."""
    return list(
        db.session.scalars(
            sa.select(ProposedTime.starts_at)
            .where(ProposedTime.request_id == request_id)
            .order_by(ProposedTime.starts_at)
        )
    )


def times_for(request_ids: Sequence[int]) -> dict[int, list[datetime]]:
    """Return the proposed times of many requests, soonest first."""
    found: dict[int, list[datetime]] = {request_id: [] for request_id in request_ids}
    rows = db.session.execute(
        sa.select(ProposedTime.request_id, ProposedTime.starts_at)
        .where(ProposedTime.request_id.in_(found))
        .order_by(ProposedTime.starts_at)
    )
    for request_id, starts_at in rows:
        found[request_id].append(starts_at)
    return found


def requests_for_mentor(mentor_id: int, *, open_only: bool = False, limit: int = 50) -> list[LiveRequest]:
    """Return the requests for a time that one mentor got: open ones first, each part newest first."""
    statement = sa.select(LiveRequest).where(LiveRequest.mentor_id == mentor_id, LiveRequest.kind == "private")
    if open_only:
        statement = statement.where(LiveRequest.state == State.OPEN, LiveRequest.expires_at > now())
    first = sa.case((LiveRequest.state == State.OPEN, 0), else_=1)
    return list(db.session.scalars(statement.order_by(first, LiveRequest.created_at.desc()).limit(limit)))


def requests_for_learner(learner_id: int, *, open_only: bool = False, limit: int = 50) -> list[LiveRequest]:
    """Return the requests for a time that one learner made, newest first."""
    statement = sa.select(LiveRequest).where(LiveRequest.learner_id == learner_id, LiveRequest.kind == "private")
    if open_only:
        statement = statement.where(LiveRequest.state == State.OPEN, LiveRequest.expires_at > now())
    return list(db.session.scalars(statement.order_by(LiveRequest.created_at.desc()).limit(limit)))


def open_count_for(mentor_id: int) -> int:
    """Return how many requests wait for a mentor's answer."""
    count = db.session.scalar(
        sa.select(sa.func.count()).where(
            LiveRequest.mentor_id == mentor_id,
            LiveRequest.kind == "private",
            LiveRequest.state == State.OPEN,
            LiveRequest.expires_at > now(),
        )
    )
    return int(count or 0)


def open_help_for(learner_id: int) -> LiveRequest | None:
    """Return the learner's running call for help, or None."""
    return db.session.scalar(
        sa.select(LiveRequest).where(
            LiveRequest.learner_id == learner_id, LiveRequest.kind == "now", LiveRequest.state == State.OPEN
        )
    )


@dataclass(frozen=True, slots=True)
class RingRow:
    """One mentor in the line of a call for help."""

    mentor_id: int
    public_id: str
    name: str
    state: str
    position: int
    rung_at: datetime | None

    @property
    def first_name(self) -> str:
        """The name to speak of them with."""
        return self.name.split(" ", 1)[0]


def rings_of(request_id: int) -> list[RingRow]:
    """Return who is rung, was rung and waits in line, in the order of ranking."""
    rows = db.session.execute(
        sa.select(Ring.mentor_id, User.public_id, User.name, Ring.state, Ring.position, Ring.rung_at)
        .join(User, User.id == Ring.mentor_id)
        .where(Ring.request_id == request_id)
        .order_by(Ring.position)
    )
    return [RingRow(*row) for row in rows]


def help_next_due(request_id: int) -> datetime | None:
    """Return when something is due for a call that still rings: its next wave, at the latest its end; else None."""
    request = db.session.get(LiveRequest, request_id, populate_existing=True)
    if request is None or request.kind != "now" or request.state != State.OPEN:
        return None
    end = request.created_at + GIVE_UP_AFTER
    waiting = db.session.scalar(
        sa.select(Ring.id).where(Ring.request_id == request_id, Ring.state == RingState.WAITING).limit(1)
    )
    if waiting is None or request.wave_at is None:
        return end
    return min(next_wave_at(request.wave_at), end)


def ring_of(request_id: int, mentor_id: int) -> Ring | None:
    """Return one mentor's ring of a call, or None."""
    return db.session.scalar(sa.select(Ring).where(Ring.request_id == request_id, Ring.mentor_id == mentor_id))


def ringing_for(mentor_id: int) -> list[LiveRequest]:
    """Return the calls that ring at a mentor right now, oldest first."""
    return list(
        db.session.scalars(
            sa.select(LiveRequest)
            .join(Ring, Ring.request_id == LiveRequest.id)
            .where(
                Ring.mentor_id == mentor_id,
                Ring.state == RingState.RINGING,
                LiveRequest.state == State.OPEN,
                LiveRequest.expires_at > now(),
            )
            .order_by(LiveRequest.created_at)
        )
    )


@dataclass(frozen=True, slots=True)
class Wait:
    """How long answers took lately, in seconds; None where too few were given to promise anything."""

    half: float | None
    nine_in_ten: float | None
    answers: int


def expected_wait() -> Wait:
    """Return how long calls for help waited for their yes in the last 30 days."""
    rows = db.session.execute(
        sa.select(LiveRequest.created_at, LiveRequest.answered_at).where(
            LiveRequest.kind == "now",
            LiveRequest.state == State.ACCEPTED,
            LiveRequest.answered_at.is_not(None),
            LiveRequest.created_at >= now() - WAITS_SINCE,
        )
    )
    seconds = [(answered - created).total_seconds() for created, answered in rows if answered is not None]
    return Wait(percentile(seconds, 0.5), percentile(seconds, 0.9), len(seconds))
