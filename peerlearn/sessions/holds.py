"""Holding a time while its learner pays: a public session, one of the mentor's times, or a time that two agreed on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.catalog.models import Topic
from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.sessions.absences import limit_let
from peerlearn.sessions.claims import claims_take
from peerlearn.sessions.facts import SessionHeld
from peerlearn.sessions.free_times import busy_for
from peerlearn.sessions.lifecycle import Event, State, next_state, refuse, sources
from peerlearn.sessions.models import INSTANT_PAY_WITHIN, LiveSession
from peerlearn.sessions.pairs import pair_lock
from peerlearn.sessions.policy import PROMISE
from peerlearn.sessions.queries import session_by_public_id
from peerlearn.sessions.refusals import already_booked, not_offered, overlapping, slot_taken
from peerlearn.sessions.standing_holds import HOLD_FOR, few_holds_let, holds_standing, in_the_way

GOAL_LETTERS = 240
TWO_DAYS = timedelta(days=2)  # a lesson's own day in any zone, for the rule of lessons in a day


@dataclass(frozen=True)
class Terms:
    """The platform's fee and its tax, in percent: written into every booking as they are now."""

    fee_percent: Decimal = Decimal(15)
    gst_percent: Decimal = Decimal(18)


@transactional
def hold_public(session_public_id: str, learner_id: int, *, goal: str | None = None) -> LiveSession:
    """Hold a public session for a learner for ten minutes and return it. The same learner gets the same hold again.

    `goal` is what the learner wants to take home, in up to 240 letters. Raises Missing, Invalid (own lesson), NotAllowed,
    TooMany, Conflict("already_booked") and Conflict("overlap") with the other lesson, and Conflict("slot_taken",
    alternatives=[three instants]) for who comes second.
    """
    found = session_by_public_id(session_public_id)
    if found is None or found.kind != "public":
        raise Missing("This lesson is not on offer. Choose another one.", code="no_such_session")
    learner = pair_lock(found.mentor_id, learner_id).learner
    held = holds_standing(found.mentor_id, learner_id)
    live_session = _fresh(found.id)
    if live_session.learner_id == learner_id:
        if live_session.state == State.HELD:
            return _with_goal(live_session, goal)
        if live_session.state in {State.CONFIRMED, State.LIVE}:
            raise already_booked(live_session)
    if live_session.state in {State.HELD, State.CONFIRMED, State.LIVE}:
        raise slot_taken(live_session.mentor_id, live_session.starts_at, live_session)
    refuse(next_state(live_session.state, Event.HOLD))
    if live_session.starts_at <= now():
        raise Conflict("This lesson has begun. Choose another time.", code="too_late", alternatives=[])
    limit_let(learner)
    few_holds_let(held, learner_id, live_session.starts_at, live_session.ends_at)
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
        goal=_short(goal),
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
    ends_at = starts_at + timedelta(minutes=profile.lesson_minutes)
    around = (starts_at - TWO_DAYS, ends_at + TWO_DAYS)
    standing, busy = in_the_way(mentor_id, learner_id, starts_at, around)
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
            return _fresh(mine.id)
        raise already_booked(_fresh(mine.id))
    limit_let(pair.learner)
    if few_holds_let(standing, learner_id, starts_at, ends_at):
        busy = busy_for([mentor_id], around)[mentor_id]
    if not pair.hours.offers(starts_at, busy, now=now()):
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
            goal=_short(goal),
            starts_at=starts_at,
            ends_at=ends_at,
            price_paise=profile.price_paise,
        ),
        pair.learner,
        min(now() + HOLD_FOR, starts_at),
        terms or Terms(),
    )


def _short(goal: str | None) -> str | None:
    return (goal or "").strip()[:GOAL_LETTERS] or None


def _with_goal(held: LiveSession, goal: str | None) -> LiveSession:
    """Keep what the second tap says of the goal; a tap that says nothing changes nothing."""
    if _short(goal):
        held.goal = _short(goal)
        db.session.flush()
    return held


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
