"""Holds that stand: who holds what while paying, how a hold ends, and that nobody collects them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.clock import now
from peerlearn.errors import TooMany
from peerlearn.kernel import announce, db, transition
from peerlearn.sessions.claims import claims_drop
from peerlearn.sessions.facts import SessionReleased
from peerlearn.sessions.lifecycle import Event, State, sources
from peerlearn.sessions.models import LiveSession

HOLD_FOR = timedelta(minutes=10)
HOLDS_AT_ONCE = 3

_STANDING = (
    sa.select(LiveSession)
    .where(
        sa.or_(
            sa.and_(
                LiveSession.state == State.HELD,
                sa.or_(
                    LiveSession.mentor_id.in_(bindparam("ids", expanding=True)),
                    LiveSession.learner_id.in_(bindparam("ids", expanding=True)),
                ),
            ),
            sa.and_(
                LiveSession.mentor_id == bindparam("mentor_id"),
                LiveSession.learner_id == bindparam("learner_id"),
                LiveSession.starts_at == bindparam("at"),
                LiveSession.state.in_([State.CONFIRMED, State.LIVE]),
            ),
        )
    )
    .execution_options(populate_existing=True)
)


def hold_release(live_session_id: int, *, force: bool = False) -> bool:
    """End one hold inside the open transaction: a public session is on offer again, any other is over.

    Without `force` only a hold that has run out. Returns whether this call did it.
    """
    live_session = db.session.get(LiveSession, live_session_id)
    if live_session is None:
        return False
    event, target = (Event.RELEASE, State.OPEN) if live_session.kind == "public" else (Event.LAPSE, State.EXPIRED)
    conditions = [] if force else [LiveSession.hold_expires_at <= now()]
    learner_id = live_session.learner_id
    values: dict[str, Any] = {"held_by": None, "hold_expires_at": None}
    if target is State.OPEN:
        values |= {"learner_id": None, "order_id": None}
    held = [state for state in sources(event, target) if state is State.HELD]
    if not transition(LiveSession, live_session_id, held, target, *conditions, **values):
        return False
    claims_drop(live_session_id, learner_id if target is State.OPEN else None)
    announce(SessionReleased(live_session_id))
    return True


def holds_standing(mentor_id: int, learner_id: int, starts_at: datetime | None = None) -> list[LiveSession]:
    """Return these people's holds, and the lesson the two have at this start. Expired holds are let go first."""
    values = {
        "ids": [mentor_id, learner_id],
        "mentor_id": mentor_id,
        "learner_id": learner_id,
        "at": starts_at or now(),
    }
    standing, moment_now = [], now()
    for row in db.session.scalars(_STANDING, values).all():
        if row.state == State.HELD and row.hold_expires_at is not None and row.hold_expires_at <= moment_now:
            hold_release(row.id)
        else:
            standing.append(row)
    return standing


def few_holds_let(standing: Sequence[LiveSession], learner_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """Let go of the learner's own unpaid holds that stand in the way; refuse to collect many."""
    # What a series keeps for its learner is neither in the way nor one of the few: it is paid later.
    held = [
        row
        for row in standing
        if row.state == State.HELD
        and row.learner_id == learner_id
        and row.request_id is None
        and (row.hold_expires_at is None or row.hold_expires_at <= now() + HOLD_FOR)
    ]
    in_the_way = [other for other in held if other.starts_at < ends_at and starts_at < other.ends_at]
    for other in in_the_way:
        hold_release(other.id, force=True)
    if len(held) - len(in_the_way) >= HOLDS_AT_ONCE:
        raise TooMany(
            f"You hold {HOLDS_AT_ONCE} lessons that are not paid yet. Pay one of them or wait ten minutes.",
            code="too_many_holds",
        )
