"""Holds that stand: who holds what while paying, how a hold ends, and that nobody collects them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.clock import now
from peerlearn.errors import TooMany
from peerlearn.kernel import announce, db, transition
from peerlearn.payments.coupons import coupon_return
from peerlearn.sessions.claims import claims_drop
from peerlearn.sessions.facts import SessionReleased
from peerlearn.sessions.free_times import Interval, touching
from peerlearn.sessions.lifecycle import Event, State, sources
from peerlearn.sessions.models import LiveSession, TimeClaim

HOLD_FOR = timedelta(minutes=10)
HOLDS_AT_ONCE = 3
NO_DISCOUNT: dict[str, Any] = {"discount_paise": 0, "discount_by": None, "coupon_id": None}

# `blocks` tells rows of the mentor's taken time from those of what the two people hold or have.
_COLUMNS = (
    LiveSession.id,
    LiveSession.state,
    LiveSession.mentor_id,
    LiveSession.learner_id,
    LiveSession.request_id,
    LiveSession.hold_expires_at,
)
_MENTOR: sa.BindParameter[int] = bindparam("mentor_id")
_LEARNER: sa.BindParameter[int] = bindparam("learner_id")
_STANDING = sa.select(*_COLUMNS, LiveSession.starts_at, LiveSession.ends_at, sa.false().label("blocks")).where(
    sa.or_(
        sa.and_(
            LiveSession.state == State.HELD,
            sa.or_(LiveSession.mentor_id.in_((_MENTOR, _LEARNER)), LiveSession.learner_id.in_((_MENTOR, _LEARNER))),
        ),
        sa.and_(
            LiveSession.mentor_id == _MENTOR,
            LiveSession.learner_id == _LEARNER,
            LiveSession.starts_at == bindparam("starts_at"),
            LiveSession.state.in_([State.CONFIRMED, State.LIVE]),
        ),
    )
)
_IN_THE_WAY = _STANDING.union_all(
    sa.select(*_COLUMNS, TimeClaim.starts_at, TimeClaim.ends_at, sa.true())
    .join(TimeClaim, LiveSession.id == TimeClaim.live_session_id)
    .where(TimeClaim.person_id == _MENTOR, *touching(bindparam("since"), bindparam("until")))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold of one of two people, or the lesson that the two have: what a booking must know of it."""

    id: int
    state: str
    mentor_id: int
    learner_id: int | None
    request_id: int | None
    hold_expires_at: datetime | None
    starts_at: datetime
    ends_at: datetime


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
        values |= {"learner_id": None, "order_id": None, "goal": None}
    values |= NO_DISCOUNT
    held = [state for state in sources(event, target) if state is State.HELD]
    if not transition(LiveSession, live_session_id, held, target, *conditions, **values):
        return False
    coupon_return(live_session_id)
    claims_drop(live_session_id, learner_id if target is State.OPEN else None)
    announce(SessionReleased(live_session_id))
    return True


def holds_standing(mentor_id: int, learner_id: int) -> list[Standing]:
    """Return these people's holds. Expired holds are let go first."""
    asked = {"mentor_id": mentor_id, "learner_id": learner_id, "starts_at": now()}
    return _let_go([Standing(*row[:-1]) for row in db.session.execute(_STANDING, asked)])


def in_the_way(
    mentor_id: int, learner_id: int, starts_at: datetime, window: Interval
) -> tuple[list[Standing], list[Interval]]:
    """Return these people's holds with the lesson that the two have at this start, and the mentor's taken time.

    One statement for both. Expired holds are let go first; they are no taken time (`free_times.busy_for`).
    """
    asked = {
        "mentor_id": mentor_id,
        "learner_id": learner_id,
        "starts_at": starts_at,
        "since": window[0],
        "until": window[1],
        "at": now(),
    }
    standing: list[Standing] = []
    busy: list[Interval] = []
    for row in db.session.execute(_IN_THE_WAY, asked):
        if row.blocks:
            busy.append((row.starts_at, row.ends_at))
        else:
            standing.append(Standing(*row[:-1]))
    return _let_go(standing), sorted(busy)


def _let_go(found: Sequence[Standing]) -> list[Standing]:
    moment, standing = now(), []
    for row in found:
        if row.state == State.HELD and row.hold_expires_at is not None and row.hold_expires_at <= moment:
            hold_release(row.id)
        else:
            standing.append(row)
    return standing


def few_holds_let(standing: Sequence[Standing], learner_id: int, starts_at: datetime, ends_at: datetime) -> bool:
    """Let go of the learner's own unpaid holds that stand in the way; refuse to collect many.

    Returns whether any was let go. Raises TooMany.
    """
    # What a series keeps for its learner is neither in the way nor one of the few: it is paid later.
    held = [
        row
        for row in standing
        if row.state == State.HELD
        and row.learner_id == learner_id
        and row.request_id is None
        and (row.hold_expires_at is None or row.hold_expires_at <= now() + HOLD_FOR)
    ]
    blocking = [other for other in held if other.starts_at < ends_at and starts_at < other.ends_at]
    for other in blocking:
        hold_release(other.id, force=True)
    if len(held) - len(blocking) >= HOLDS_AT_ONCE:
        raise TooMany(
            f"You hold {HOLDS_AT_ONCE} lessons that are not paid yet. Pay one of them or wait ten minutes.",
            code="too_many_holds",
        )
    return bool(blocking)
