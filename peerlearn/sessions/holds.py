"""Holding a time while its learner pays. Who loses a race hears at once and gets the three nearest free times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.accounts.models import User
from peerlearn.catalog.models import Topic
from peerlearn.catalog.queries import availability_of
from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing, TooMany
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.sessions.claims import claims_drop, claims_take
from peerlearn.sessions.facts import SessionHeld, SessionReleased
from peerlearn.sessions.lifecycle import Event, State, next_state, refuse, sources
from peerlearn.sessions.models import INSTANT_PAY_WITHIN, LiveSession
from peerlearn.sessions.pairs import pair_lock
from peerlearn.sessions.policy import PROMISE
from peerlearn.sessions.queries import busy_for, session_by_public_id
from peerlearn.sessions.refusals import already_booked, not_offered, overlapping, slot_taken

HOLD_FOR = timedelta(minutes=10)
HOLDS_AT_ONCE = 3
TWO_DAYS = timedelta(days=2)  # a lesson's own day in any zone, for the rule of lessons in a day

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


@dataclass(frozen=True)
class Terms:
    """The platform's fee and its tax, in percent: written into every booking as they are now."""

    fee_percent: Decimal = Decimal(15)
    gst_percent: Decimal = Decimal(18)


@transactional
def hold_public(session_public_id: str, learner_id: int) -> LiveSession:
    """Hold a public session for a learner for ten minutes and return it. The same learner gets the same hold again.

    Raises Missing, Invalid (own lesson), NotAllowed, TooMany, Conflict("already_booked") and Conflict("overlap") with
    the other lesson, and Conflict("slot_taken", alternatives=[three instants]) for who comes second.
    """
    found = session_by_public_id(session_public_id)
    if found is None or found.kind != "public":
        raise Missing("This lesson is not on offer. Choose another one.", code="no_such_session")
    learner = pair_lock(found.mentor_id, learner_id).learner
    held = holds_standing(found.mentor_id, learner_id)
    live_session = _fresh(found.id)
    if live_session.learner_id == learner_id:
        if live_session.state == State.HELD:
            return live_session
        if live_session.state in {State.CONFIRMED, State.LIVE}:
            raise already_booked(live_session)
    if live_session.state in {State.HELD, State.CONFIRMED, State.LIVE}:
        raise slot_taken(live_session.mentor_id, live_session.starts_at, live_session)
    refuse(next_state(live_session.state, Event.HOLD))
    if live_session.starts_at <= now():
        raise Conflict("This lesson has begun. Choose another time.", code="too_late", alternatives=[])
    _few_holds(held, learner_id, live_session.starts_at, live_session.ends_at)
    overlap = claims_take(live_session, [learner_id])
    if overlap is not None:
        raise overlapping(overlap, learner)
    if not transition(
        LiveSession,
        live_session.id,
        sources(Event.HOLD, State.HELD),
        State.HELD,
        learner_id=learner_id,
        held_by=learner_id,
        hold_expires_at=min(now() + HOLD_FOR, live_session.starts_at),
        order_id=None,
        policy=PROMISE.kept(),
    ):
        raise slot_taken(live_session.mentor_id, live_session.starts_at)
    announce(SessionHeld(live_session.id))
    return live_session


@transactional
def hold_slot(
    mentor_id: int,
    starts_at: datetime,
    learner_id: int,
    title: str | None = None,
    topic_id: int | None = None,
    kind: str = "private",
    *,
    goal: str | None = None,
    terms: Terms | None = None,
) -> LiveSession:
    """Hold one of a mentor's free times for a learner for ten minutes and return the new session.

    The time must be one that the mentor offers: it is checked here again, by the rule that showed it. Raises as
    `hold_public`.
    """
    pair = pair_lock(mentor_id, learner_id)
    profile = pair.profile
    standing = holds_standing(mentor_id, learner_id, starts_at)
    mine = next(
        (
            row
            for row in standing
            if row.mentor_id == mentor_id and row.learner_id == learner_id and row.starts_at == starts_at
        ),
        None,
    )
    if mine is not None:
        if mine.state == State.HELD:
            return mine
        raise already_booked(mine)
    ends_at = starts_at + timedelta(minutes=profile.lesson_minutes)
    _few_holds(standing, learner_id, starts_at, ends_at)
    around = (starts_at - TWO_DAYS, ends_at + TWO_DAYS)
    busy = busy_for([mentor_id], around)[mentor_id]
    if not availability_of(profile, pair.mentor.time_zone).offers(starts_at, busy, now=now()):
        blocker = _blocker(mentor_id, starts_at, ends_at)
        if blocker is not None:
            raise slot_taken(mentor_id, starts_at, blocker)
        raise not_offered(mentor_id, starts_at)
    topic = db.session.get(Topic, topic_id) if topic_id else None
    return _insert_held(
        LiveSession(
            mentor_id=mentor_id,
            learner_id=learner_id,
            kind=kind,
            title=(title or (topic.name if topic else "") or profile.headline or "A lesson")[:120],
            topic_id=topic.id if topic else None,
            goal=goal,
            starts_at=starts_at,
            ends_at=ends_at,
            price_paise=profile.price_paise,
        ),
        pair.learner,
        min(now() + HOLD_FOR, starts_at),
        terms or Terms(),
    )


def slot_keep(first: LiveSession, starts_at: datetime, pay_by: datetime) -> LiveSession | None:
    """Keep a further time of a series at its first lesson's terms until `pay_by`, inside the open transaction.

    Returns None where one of the two has something else then. Whether the mentor offers it is the caller's to ask.
    """
    if pay_by <= now() or first.learner_id is None:
        return None
    lesson = LiveSession(
        mentor_id=first.mentor_id,
        learner_id=first.learner_id,
        kind=first.kind,
        title=first.title,
        topic_id=first.topic_id,
        goal=first.goal,
        starts_at=starts_at,
        ends_at=starts_at + (first.ends_at - first.starts_at),
        price_paise=first.price_paise,
        fee_percent=first.fee_percent,
        gst_percent=first.gst_percent,
        policy=PROMISE.kept(),
        state=State.HELD,
        held_by=first.learner_id,
        hold_expires_at=pay_by,
    )
    db.session.add(lesson)
    if claims_take(lesson, [first.mentor_id, first.learner_id]) is not None:
        db.session.delete(lesson)
        db.session.flush()
        return None
    announce(SessionHeld(lesson.id))
    return lesson


@transactional
def hold_agreed(
    mentor_id: int,
    learner_id: int,
    starts_at: datetime,
    minutes: int,
    price_paise: int,
    title: str,
    *,
    kind: str,
    request_id: int,
    hold_for: timedelta,
    goal: str | None = None,
    terms: Terms | None = None,
) -> LiveSession:
    """Hold a time that two people have agreed on: the mentor's hours do not matter, both people's lessons do.

    An instant lesson keeps a few minutes more of both people's time, until it is paid and its clock starts.
    Raises as `hold_slot`.
    """
    learner = pair_lock(mentor_id, learner_id).learner
    holds_standing(mentor_id, learner_id)
    if kind != "instant" and starts_at <= now():
        raise Conflict("This time has passed. Agree on a later one.", code="too_late", alternatives=[])
    slack = INSTANT_PAY_WITHIN if kind == "instant" else timedelta(0)
    deadline = now() + hold_for if kind == "instant" else min(now() + hold_for, starts_at)
    return _insert_held(
        LiveSession(
            mentor_id=mentor_id,
            learner_id=learner_id,
            kind=kind,
            title=title[:120],
            goal=goal,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes) + slack,
            price_paise=price_paise,
            request_id=request_id,
        ),
        learner,
        deadline,
        terms or Terms(),
    )


def _insert_held(live_session: LiveSession, learner: User, hold_expires_at: datetime, terms: Terms) -> LiveSession:
    learner_id, mentor_id = learner.id, live_session.mentor_id
    live_session.state = State.HELD
    live_session.held_by = learner_id
    live_session.hold_expires_at = hold_expires_at
    live_session.fee_percent, live_session.gst_percent = terms.fee_percent, terms.gst_percent
    live_session.policy = PROMISE.kept()
    db.session.add(live_session)
    overlap = claims_take(live_session, [mentor_id, learner_id])
    if overlap is not None:
        if overlap.person_id == mentor_id:
            raise slot_taken(mentor_id, live_session.starts_at, overlap.other)
        raise overlapping(overlap, learner)
    announce(SessionHeld(live_session.id))
    return live_session


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


def _few_holds(standing: Sequence[LiveSession], learner_id: int, starts_at: datetime, ends_at: datetime) -> None:
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


def _fresh(live_session_id: int) -> LiveSession:
    return db.session.execute(
        sa.select(LiveSession).where(LiveSession.id == live_session_id).execution_options(populate_existing=True)
    ).scalar_one()


def _blocker(mentor_id: int, starts_at: datetime, ends_at: datetime) -> LiveSession | None:
    return db.session.scalar(
        sa.select(LiveSession)
        .where(
            LiveSession.mentor_id == mentor_id,
            LiveSession.state.in_([State.OPEN, State.HELD, State.CONFIRMED, State.LIVE]),
            LiveSession.starts_at < ends_at,
            LiveSession.ends_at > starts_at,
        )
        .order_by(LiveSession.starts_at)
        .limit(1)
    )
