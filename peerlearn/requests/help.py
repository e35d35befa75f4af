"""Help now: rings go out in waves to ranked mentors, the first yes wins, and nobody waits longer than three minutes."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import blocked_ids
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import announce, db, one_by_one, transactional, transition
from peerlearn.money import rupees
from peerlearn.notifications.service import notify
from peerlearn.requests.facts import HelpAccepted, HelpAsked, HelpEnded, HelpTaken
from peerlearn.requests.lifecycle import (
    Event,
    Ignored,
    RingEvent,
    RingState,
    State,
    next_ring_state,
    next_state,
    refuse,
)
from peerlearn.requests.models import LiveRequest, Ring
from peerlearn.requests.queries import open_help_for, ring_of
from peerlearn.requests.rings import ring_next, stop_rings, switch_off_after_misses
from peerlearn.requests.waves import GIVE_UP_AFTER, given_up, wave_due
from peerlearn.sessions.absences import limit_let
from peerlearn.sessions.checkout import INSTANT_PAY_WITHIN, Terms, hold_agreed
from peerlearn.sessions.free_times import lesson_between
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.words import moment, sentence, session_url

HELP_MINUTES = 20
CANDIDATES_AT_MOST = 30
CAP_LEAST_PAISE = 100_00
CAP_MOST_PAISE = 5_000_00


@transactional
def help_ask(
    learner_id: int,
    topic: str,
    cap_paise: int,
    candidate_ids: Sequence[int],
    *,
    minutes: int = HELP_MINUTES,
    terms: Terms | None = None,
) -> LiveRequest:
    """Ask for help now and ring the first three of the ranked mentors. Returns the call.

    `cap_paise` is the agreed price of the whole lesson: every ringing mentor sees what they would earn of it.
    `candidate_ids` are mentors who are online, switched on and not dearer, best first. Raises Invalid (topic, cap),
    Conflict("help_running", url=...) where this learner's other call still rings, Conflict("overlap", url=...) where
    they have a lesson too soon, Conflict("nobody_here") where there is nobody to ring: then nothing is kept and nothing
    is owed.
    """
    learner = db.session.get(User, learner_id)
    if learner is None or not learner.is_active:
        raise NotAllowed("Your account can't ask for help at the moment.", code="not_active")
    topic = topic.strip()
    if not 3 <= len(topic) <= 160:
        raise Invalid("Say in a few words what you are stuck on.", code="topic", field="topic")
    if not CAP_LEAST_PAISE <= cap_paise <= CAP_MOST_PAISE:
        raise Invalid(f"Offer between {rupees(CAP_LEAST_PAISE)} and {rupees(CAP_MOST_PAISE)}.", code="cap", field="cap")
    _must_be_free(learner, minutes)
    limit_let(learner)
    blocked = blocked_ids(learner_id) | {learner_id}
    line = [mentor for mentor in dict.fromkeys(candidate_ids) if mentor not in blocked][:CANDIDATES_AT_MOST]
    request = LiveRequest(
        learner_id=learner_id,
        kind="now",
        topic=topic,
        minutes=minutes,
        price_paise=cap_paise,
        state=State.OPEN,
        expires_at=now() + GIVE_UP_AFTER,
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError as error:
        running = open_help_for(learner_id)
        if running is None:
            raise
        raise Conflict(
            "You are asking for help already. Go to that page, or stop it first.",
            code="help_running",
            url=f"/help/{running.public_id}",
            other=running.public_id,
        ) from error
    if not line:
        raise Conflict(
            "Nobody who knows this is online right now. Ask for a time instead, it takes one more tap.",
            code="nobody_here",
        )
    db.session.add_all(
        Ring(request_id=request.id, mentor_id=mentor_id, position=position, state=RingState.WAITING)
        for position, mentor_id in enumerate(line)
    )
    db.session.flush()
    announce(HelpAsked(request.id))
    ring_next(request, terms or Terms())
    return request


def _must_be_free(learner: User, minutes: int) -> None:
    """Refuse a call that nobody could answer: the learner has a lesson before it would end."""
    until = now() + timedelta(minutes=minutes) + INSTANT_PAY_WITHIN
    soon = lesson_between(learner.id, now(), until)
    if soon is not None:
        raise Conflict(
            f"You have a lesson soon: {soon.title}, {moment(soon.starts_at, learner.time_zone)}. Ask after it.",
            code="overlap",
            url=session_url(soon.public_id),
        )


def help_widen(*, terms: Terms | None = None) -> int:
    """Ring the next wave of every call whose wave is due, and end those that waited three minutes. For the janitor."""
    ids = db.session.scalars(
        sa.select(LiveRequest.id).where(LiveRequest.kind == "now", LiveRequest.state == State.OPEN)
    ).all()
    return sum(one_by_one(ids, lambda request_id: help_widen_one(request_id, terms=terms), "call for help"))


@transactional
def help_widen_one(request_id: int, *, terms: Terms | None = None) -> bool:
    """Do what is due for one call: the next wave, or the honest end. Returns whether anything was.

    Safe to call as often as anybody likes: the wave's time is moved by one conditional UPDATE.
    """
    request = db.session.get(LiveRequest, request_id, populate_existing=True)
    if request is None or request.state != State.OPEN:
        return False
    if given_up(now(), request.created_at):
        return _end(request, State.EXPIRED)
    if not wave_due(now(), request.wave_at):
        return False
    return ring_next(request, terms or Terms())


@transactional
def help_accept(request_id: int, mentor_id: int, *, terms: Terms | None = None) -> LiveSession:
    """Say yes. The first one wins by one conditional UPDATE; everybody else's ring stops. Returns the held lesson.

    Accepting again returns the same lesson. Raises Missing for who was not rung, Conflict("taken") for the second, and
    Conflict("mentor_busy") or ("learner_busy") where one of the two has a lesson too soon.
    """
    request = db.session.get(LiveRequest, request_id, populate_existing=True)
    ring = ring_of(request_id, mentor_id)
    if request is None or ring is None or request.kind != "now":
        raise Missing("There is no such call for you.", code="no_such_request")
    if request.state == State.ACCEPTED and request.accepted_by == mentor_id and request.live_session_id:
        known = db.session.get(LiveSession, request.live_session_id)
        if known is not None:
            return known
    refuse(next_state(request.state, Event.ACCEPT))
    refuse(next_ring_state(ring.state, RingEvent.ACCEPT))
    if given_up(now(), request.created_at):
        raise Conflict("This call has ended. The next one will find you.", code="cannot_accept")
    if not transition(LiveRequest, request_id, [State.OPEN], State.ACCEPTED, accepted_by=mentor_id, answered_at=now()):
        raise Conflict("Someone else was a moment faster. Thank you for answering.", code="taken")
    live_session = _hold(request, mentor_id, terms)
    transition(LiveRequest, request_id, [State.ACCEPTED], State.ACCEPTED, live_session_id=live_session.id)
    transition(Ring, ring.id, [RingState.RINGING], RingState.ACCEPTED, answered_at=now())
    stop_rings(request_id)
    mentor = db.session.get(User, mentor_id)
    name = mentor.first_name if mentor else "Your mentor"
    notify(
        request.learner_id,
        "help_accepted",
        f"{name} is ready for you",
        f"{sentence(request.topic)} {rupees(request.price_paise)} for {request.minutes} minutes.",
        session_url(live_session.public_id),
        [
            {
                "label": f"Pay {rupees(request.price_paise)} and go in",
                "method": "get",
                "url": session_url(live_session.public_id, "pay"),
                "style": "primary",
            }
        ],
        mentor_id,
        f"help_accepted:{request.public_id}",
    )
    announce(HelpAccepted(request_id))
    return live_session


def _hold(request: LiveRequest, mentor_id: int, terms: Terms | None) -> LiveSession:
    try:
        return hold_agreed(
            mentor_id,
            request.learner_id,
            now(),
            request.minutes,
            request.price_paise,
            request.topic,
            kind="instant",
            request_id=request.id,
            hold_for=INSTANT_PAY_WITHIN,
            goal=request.topic,
            terms=terms,
        )
    except Conflict as conflict:
        if conflict.code == "slot_taken":
            raise _mentor_busy(request, mentor_id) from conflict
        if conflict.code == "overlap":
            raise Conflict("The learner has a lesson about to start.", code="learner_busy") from conflict
        raise


def _mentor_busy(request: LiveRequest, mentor_id: int) -> Conflict:
    """Return the answer for a mentor whose next lesson begins before this call would end: which one, and when."""
    mentor = db.session.get(User, mentor_id)
    until = now() + timedelta(minutes=request.minutes) + INSTANT_PAY_WITHIN
    soon = lesson_between(mentor_id, now(), until)
    if mentor is None or soon is None:
        return Conflict("You have a lesson too soon after this one, so it can't start now.", code="mentor_busy")
    return Conflict(
        f"You have a lesson soon: {soon.title}, {moment(soon.starts_at, mentor.time_zone)}. "
        f"{request.minutes} minutes don't fit before it, so this call goes to the next mentor.",
        code="mentor_busy",
        url=session_url(soon.public_id),
    )


@transactional
def help_decline(request_id: int, mentor_id: int) -> None:
    """Not now. Where nobody rings any more the next wave goes out at once. Declining again changes nothing."""
    ring = ring_of(request_id, mentor_id)
    request = db.session.get(LiveRequest, request_id, populate_existing=True)
    if request is None or ring is None:
        raise Missing("There is no such call for you.", code="no_such_request")
    outcome = next_ring_state(ring.state, RingEvent.DECLINE)
    refuse(outcome)
    if isinstance(outcome, Ignored):
        return
    transition(Ring, ring.id, [RingState.RINGING, RingState.WAITING], RingState.DECLINED, answered_at=now())
    announce(HelpTaken(request_id, (mentor_id,)))
    ringing = db.session.scalar(
        sa.select(sa.func.count()).where(Ring.request_id == request_id, Ring.state == RingState.RINGING)
    )
    if not ringing and request.state == State.OPEN:
        ring_next(request, Terms())


@transactional
def help_stop(request_id: int, learner_id: int) -> LiveRequest:
    """The learner stops ringing. Everybody's ring stops. Stopping again changes nothing; an accepted call raises Conflict."""
    request = db.session.get(LiveRequest, request_id, populate_existing=True)
    if request is None or request.learner_id != learner_id or request.kind != "now":
        raise Missing("There is no such request among yours.", code="no_such_request")
    outcome = next_state(request.state, Event.WITHDRAW)
    refuse(outcome)
    if not isinstance(outcome, Ignored):
        _end(request, State.WITHDRAWN)
    return request


def _end(request: LiveRequest, state: State) -> bool:
    """End a call without a lesson: stopped, or given up honestly."""
    if not transition(LiveRequest, request.id, [State.OPEN], state, answered_at=now()):
        return False
    gave_up = state is State.EXPIRED
    if gave_up:
        missed = db.session.scalars(
            sa.select(Ring).where(Ring.request_id == request.id, Ring.state == RingState.RINGING)
        ).all()
        for ring in missed:
            transition(Ring, ring.id, [RingState.RINGING], RingState.MISSED, answered_at=now())
            switch_off_after_misses(ring.mentor_id, request.learner_id)
        announce(HelpTaken(request.id, tuple(ring.mentor_id for ring in missed)))
        notify(
            request.learner_id,
            "help_expired",
            "Nobody could come this time",
            f"{sentence(request.topic)} We asked for three minutes. Nothing was charged. Ask one of them for a time.",
            "/explore",
            [{"label": "Find a time", "method": "get", "url": "/explore", "style": "primary"}],
            None,
            f"help_expired:{request.public_id}",
        )
    stop_rings(request.id)
    announce(HelpEnded(request.id))
    return True
