"""Holding a time while its learner pays. Who loses a race hears at once and gets the three nearest free times."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import blocked_between
from peerlearn.catalog.models import MentorProfile, Topic
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed, TooMany
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.sessions.claims import Overlap, claims_drop, claims_take, people_lock
from peerlearn.sessions.facts import SessionHeld, SessionReleased
from peerlearn.sessions.lifecycle import Event, State, next_state, refuse, sources
from peerlearn.sessions.models import INSTANT_PAY_WITHIN, LiveSession
from peerlearn.sessions.queries import nearest_free, session_by_public_id
from peerlearn.sessions.words import moment, session_url, span

HOLD_FOR = timedelta(minutes=10)
HOLDS_AT_ONCE = 3


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
    learner = _pair(found.mentor_id, learner_id)
    live_session = _fresh(found.id)
    _release_due(live_session.mentor_id, learner_id)
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
    _few_holds(learner_id, live_session.starts_at, live_session.ends_at)
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
    learner = _pair(mentor_id, learner_id)
    _release_due(mentor_id, learner_id)
    mine = db.session.scalar(
        sa.select(LiveSession).where(
            LiveSession.mentor_id == mentor_id,
            LiveSession.learner_id == learner_id,
            LiveSession.starts_at == starts_at,
            LiveSession.state.in_([State.HELD, State.CONFIRMED, State.LIVE]),
        )
    )
    if mine is not None:
        if mine.state == State.HELD:
            return mine
        raise already_booked(mine)
    profile = db.session.get(MentorProfile, mentor_id)
    assert profile is not None
    ends_at = starts_at + timedelta(minutes=profile.lesson_minutes)
    _few_holds(learner_id, starts_at, ends_at)
    free = nearest_free(mentor_id, starts_at)
    if starts_at not in free:
        blocker = _blocker(mentor_id, starts_at, ends_at)
        if blocker is not None:
            raise slot_taken(mentor_id, starts_at, blocker)
        raise Conflict(
            "The mentor does not offer this time. Choose one of the free ones.",
            code="not_offered",
            alternatives=_iso(free),
        )
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
        learner,
        min(now() + HOLD_FOR, starts_at),
        terms or Terms(),
    )


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
    learner = _pair(mentor_id, learner_id)
    _release_due(mentor_id, learner_id)
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


def _release_due(*person_ids: int) -> None:
    """Lock these people's time and free what expired holds still take of it."""
    people_lock(person_ids)
    due = db.session.scalars(
        sa.select(LiveSession.id).where(
            LiveSession.state == State.HELD,
            LiveSession.hold_expires_at <= now(),
            sa.or_(LiveSession.mentor_id.in_(person_ids), LiveSession.learner_id.in_(person_ids)),
        )
    ).all()
    for live_session_id in due:
        hold_release(live_session_id)


def _few_holds(learner_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """Let go of the learner's own unpaid holds that stand in the way; refuse to collect many."""
    held = db.session.scalars(
        sa.select(LiveSession).where(
            LiveSession.state == State.HELD, LiveSession.learner_id == learner_id, LiveSession.request_id.is_(None)
        )
    ).all()
    in_the_way = [other for other in held if other.starts_at < ends_at and starts_at < other.ends_at]
    for other in in_the_way:
        hold_release(other.id, force=True)
    if len(held) - len(in_the_way) >= HOLDS_AT_ONCE:
        raise TooMany(
            f"You hold {HOLDS_AT_ONCE} lessons that are not paid yet. Pay one of them or wait ten minutes.",
            code="too_many_holds",
        )


def _pair(mentor_id: int, learner_id: int) -> User:
    """Return the learner if these two may have a lesson together. Raises Invalid, NotAllowed or Missing."""
    if mentor_id == learner_id:
        raise Invalid(
            "You can't book your own lesson. Switch to learning and choose another mentor.", code="own_lesson"
        )
    learner, mentor = db.session.get(User, learner_id), db.session.get(User, mentor_id)
    profile = db.session.get(MentorProfile, mentor_id)
    if learner is None or mentor is None or profile is None:
        raise Missing("This mentor is not here any more. Choose another one.", code="no_such_mentor")
    if not learner.is_active:
        raise NotAllowed("Your account can't book lessons at the moment.", code="not_active")
    if not mentor.is_active or profile.state != "approved" or blocked_between(mentor_id, learner_id):
        raise NotAllowed("This mentor takes no bookings at the moment. Choose another one.", code="not_bookable")
    return learner


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


# --- what the second one hears ------------------------------------------------------------------------------------


def slot_taken(mentor_id: int, starts_at: datetime, blocker: LiveSession | None = None) -> Conflict:
    """Return the answer for a time that someone else has: when it may come back, and the three nearest free ones."""
    sentence = "This time was just taken. Choose another one."
    free_at = None
    if blocker is not None and blocker.state == State.HELD and blocker.hold_expires_at is not None:
        free_at = blocker.hold_expires_at
        wait = span(free_at - now())
        sentence = f"Someone is paying for this time. It is free again in {wait} if they don't. Or choose another one."
    return Conflict(
        sentence,
        code="slot_taken",
        alternatives=_iso(nearest_free(mentor_id, starts_at)),
        free_at=free_at.isoformat() if free_at else None,
    )


def overlapping(overlap: Overlap, reader: User) -> Conflict:
    """Return the answer for a person who has another lesson at that time, with the way to it."""
    other = overlap.other
    return Conflict(
        f"You have another lesson at that time: {other.title}, {moment(other.starts_at, reader.time_zone)}. "
        "Choose another time, or cancel that lesson first.",
        code="overlap",
        other=other.public_id,
        url=session_url(other.public_id),
    )


def already_booked(live_session: LiveSession) -> Conflict:
    """Return the answer for a second booking of one's own lesson."""
    return Conflict(
        "You have booked this lesson. There is nothing more to pay.",
        code="already_booked",
        other=live_session.public_id,
        url=session_url(live_session.public_id),
    )


def _iso(instants: list[datetime]) -> list[str]:
    return [instant.isoformat() for instant in instants]
