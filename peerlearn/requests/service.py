"""Writes about requests for a time with one mentor. Help now has its own file."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import blocked_between
from peerlearn.catalog.models import MentorProfile
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed, TooMany
from peerlearn.kernel import announce, db, one_by_one, transactional, transition
from peerlearn.money import rupees, split_gross
from peerlearn.notifications.service import notify
from peerlearn.requests.agreed import accepted_note, agreed_hold
from peerlearn.requests.counter_lifecycle import Counter
from peerlearn.requests.counter_models import CounterOffer
from peerlearn.requests.facts import (
    RequestAccepted,
    RequestDeclined,
    RequestExpired,
    RequestProposed,
    RequestWithdrawn,
)
from peerlearn.requests.lifecycle import Event, Ignored, State, next_state, refuse
from peerlearn.requests.models import LiveRequest, ProposedTime
from peerlearn.requests.queries import proposed_times
from peerlearn.sessions.absences import limit_let
from peerlearn.sessions.checkout import Terms
from peerlearn.sessions.claims import people_lock
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.words import city, moment, sentence, session_url

TIMES_AT_MOST = 3
ANSWER_WITHIN = timedelta(hours=24)
# A mentor needs this much time before the first minute.
ANSWER_BEFORE_START = timedelta(minutes=15)
OPEN_PER_LEARNER = 10
OPEN_PER_PAIR = 2


@transactional
def request_propose(
    learner_id: int,
    mentor_id: int,
    topic: str,
    message: str,
    times: Sequence[datetime],
    *,
    terms: Terms | None = None,
) -> LiveRequest:
    """Ask one mentor for a lesson at one of up to three times, and return the request.

    The price and length are the mentor's of now. It runs out after a day, or shortly before the last time. The same
    topic asked again while the first is open returns the first. Raises Invalid (topic, times), NotAllowed, TooMany.
    """
    learner, mentor = db.session.get(User, learner_id), db.session.get(User, mentor_id)
    profile = db.session.get(MentorProfile, mentor_id)
    if learner is None or mentor is None or profile is None:
        raise Missing("This mentor is not here any more. Choose another one.", code="no_such_mentor")
    _may_ask(learner, mentor, profile)
    limit_let(learner)
    topic, message = topic.strip(), message.strip()
    if not 3 <= len(topic) <= 160:
        raise Invalid("Say in a few words what it is about.", code="topic", field="topic")
    if len(message) > 1000:
        raise Invalid("Shorten your message to 1,000 letters.", code="message", field="message")
    earliest = now() + ANSWER_BEFORE_START
    wanted = sorted(set(times))
    if not wanted:
        raise Invalid("Choose at least one time.", code="times", field="times")
    if len(wanted) > TIMES_AT_MOST:
        raise Invalid("Choose up to three times.", code="times", field="times")
    if wanted[0] < earliest:
        raise Invalid("One of these times is too soon. Choose later ones.", code="times", field="times")
    people_lock([learner_id])  # two taps at once: the second one sees what the first has asked
    open_ones = db.session.scalars(
        sa.select(LiveRequest).where(
            LiveRequest.learner_id == learner_id, LiveRequest.kind == "private", LiveRequest.state == State.OPEN
        )
    ).all()
    with_mentor = [request for request in open_ones if request.mentor_id == mentor_id]
    for request in with_mentor:
        if request.topic.casefold() == topic.casefold():
            return request
    if len(with_mentor) >= OPEN_PER_PAIR or len(open_ones) >= OPEN_PER_LEARNER:
        raise TooMany("You have open requests. Wait for an answer, or withdraw one of them.", code="too_many_requests")
    request = LiveRequest(
        learner_id=learner_id,
        mentor_id=mentor_id,
        kind="private",
        topic=topic,
        message=message,
        minutes=profile.lesson_minutes,
        price_paise=profile.price_paise,
        state=State.OPEN,
        expires_at=min(now() + ANSWER_WITHIN, wanted[-1] - ANSWER_BEFORE_START + timedelta(seconds=1)),
    )
    db.session.add(request)
    db.session.flush()
    db.session.add_all(ProposedTime(request_id=request.id, starts_at=starts_at) for starts_at in wanted)
    _tell_asked(request, learner, mentor, wanted, terms or Terms())
    announce(RequestProposed(request.id))
    return request


def _may_ask(learner: User, mentor: User, profile: MentorProfile) -> None:
    if learner.id == mentor.id:
        raise Invalid("You can't ask yourself. Choose another mentor.", code="own_request")
    open_to_all = learner.is_active and mentor.is_active and profile.state == "approved"
    if not open_to_all or blocked_between(learner.id, mentor.id):
        raise NotAllowed("This mentor takes no requests at the moment. Choose another one.", code="not_bookable")


def _tell_asked(request: LiveRequest, learner: User, mentor: User, times: Sequence[datetime], terms: Terms) -> None:
    first, more = times[0], len(times) - 1
    split = split_gross(request.price_paise, terms.fee_percent, terms.gst_percent)
    earn = f" You earn {rupees(split.mentor_paise)}." if request.price_paise else ""
    theirs = f"{moment(first, learner.time_zone)} in {city(learner.time_zone)}."
    others = f" Or {more} other {'time' if more == 1 else 'times'}." if more else ""
    base = f"/requests/{request.public_id}"
    notify(
        mentor.id,
        "request_proposed",
        f"{learner.first_name} asks for {moment(first, mentor.time_zone)}",
        f"{request.topic}, {request.minutes} min. {theirs}{earn}{others}",
        "/requests",
        [
            {"label": "Other time", "method": "get", "url": f"/requests#{request.public_id}", "style": "quiet"},
            {"label": "Accept", "method": "post", "url": f"{base}/accept", "style": "primary"},
        ],
        learner.id,
        f"asked:{request.public_id}",
    )


@transactional
def request_accept(
    request_id: int, mentor_id: int, starts_at: datetime | None = None, *, terms: Terms | None = None
) -> LiveSession:
    """Take one of the proposed times (the first that is still free by default) and return the lesson held for paying.

    The time is checked and taken by the same constraint as any booking; the learner has two hours to pay, at most
    until the start. Raises Missing for another mentor, Conflict where the request is over, the time was never
    proposed, or it is gone on either side.
    """
    request = _own(request_id, mentor_id=mentor_id)
    outcome = next_state(request.state, Event.ACCEPT)
    refuse(outcome)
    proposed = proposed_times(request.id)
    if starts_at is not None and starts_at not in proposed:
        raise Conflict("This time is not one of those asked for. Choose one of them.", code="not_proposed")
    if request.expires_at <= now():
        raise Conflict("This request has run out. The learner can ask again.", code="cannot_accept")
    wanted = [starts_at] if starts_at is not None else [time for time in proposed if time > now()]
    live_session = _first_free(request, wanted, terms)
    accepted_note(request, live_session)
    _tell_accepted(request, live_session)
    announce(RequestAccepted(request.id))
    return live_session


def _first_free(request: LiveRequest, times: Sequence[datetime], terms: Terms | None) -> LiveSession:
    refused: Conflict | None = None
    for starts_at in times:
        try:
            with db.session.begin_nested():  # a refused time leaves nothing behind before the next one is tried
                return agreed_hold(request, starts_at, request.price_paise, terms)
        except Conflict as conflict:
            refused = refused or conflict
    if refused is None:
        raise Conflict("All of these times have passed. The learner can ask again.", code="too_late")
    if refused.code == "overlap":
        raise Conflict(
            "The learner has another lesson at that time. Choose one of the other times.", code="learner_busy"
        )
    if refused.code == "slot_taken":
        raise Conflict(
            "You have another lesson at that time now. Choose one of the other times, or decline.", code="mentor_busy"
        )
    raise refused


def _tell_accepted(request: LiveRequest, live_session: LiveSession) -> None:
    learner, mentor = db.session.get(User, request.learner_id), db.session.get(User, live_session.mentor_id)
    if learner is None or mentor is None:
        return
    pay_url = session_url(live_session.public_id, "pay")
    until = moment(live_session.hold_expires_at or now(), learner.time_zone)
    free = request.price_paise == 0
    notify(
        learner.id,
        "request_accepted",
        f"{mentor.first_name} accepted {moment(live_session.starts_at, learner.time_zone)}",
        f"{request.topic}, {request.minutes} min, {rupees(request.price_paise)}. Held for you until {until}.",
        session_url(live_session.public_id),
        [
            {
                "label": "Confirm" if free else "Pay and confirm",
                "method": "get",
                "url": pay_url,
                "style": "primary",
            }
        ],
        mentor.id,
        f"accepted:{request.public_id}",
    )


@transactional
def request_decline(request_id: int, mentor_id: int, reason: str = "") -> LiveRequest:
    """Say no. The learner hears it at once and keeps the way to other times. Declining again changes nothing."""
    request = _own(request_id, mentor_id=mentor_id)
    outcome = next_state(request.state, Event.DECLINE)
    refuse(outcome)
    if isinstance(outcome, Ignored):
        return request
    if transition(LiveRequest, request.id, [State.OPEN], State.DECLINED, answered_at=now()):
        mentor = db.session.get(User, mentor_id)
        name = mentor.first_name if mentor else "The mentor"
        words = f" “{reason.strip()[:200]}”" if reason.strip() else ""
        url = f"/mentors/{mentor.public_id}" if mentor else "/explore"
        notify(
            request.learner_id,
            "request_declined",
            f"{name} can't make it",
            f"{sentence(request.topic)}{words} Nothing was charged.",
            url,
            [{"label": "See other times", "method": "get", "url": url, "style": "primary"}],
            mentor_id,
            f"declined:{request.public_id}",
        )
        announce(RequestDeclined(request.id))
    return request


@transactional
def request_withdraw(request_id: int, learner_id: int) -> LiveRequest:
    """Take one's own request back. Withdrawing again changes nothing; an accepted one raises Conflict."""
    request = _own(request_id, learner_id=learner_id)
    outcome = next_state(request.state, Event.WITHDRAW)
    refuse(outcome)
    if isinstance(outcome, Ignored):
        return request
    if transition(LiveRequest, request.id, [State.OPEN], State.WITHDRAWN, answered_at=now()):
        announce(RequestWithdrawn(request.id))
    return request


def requests_expire() -> int:
    """End every request for a time that nobody answered; tell its learner; return how many. For the janitor."""
    due = db.session.scalars(
        sa.select(LiveRequest.id).where(
            LiveRequest.kind == "private", LiveRequest.state == State.OPEN, LiveRequest.expires_at <= now()
        )
    ).all()
    return sum(one_by_one(due, _expire, "request"))


@transactional
def _expire(request_id: int) -> bool:
    if not transition(LiveRequest, request_id, [State.OPEN], State.EXPIRED, LiveRequest.expires_at <= now()):
        return False
    request = db.session.get(LiveRequest, request_id, populate_existing=True)
    mentor = db.session.get(User, request.mentor_id) if request and request.mentor_id else None
    if request is not None and mentor is not None:
        url = f"/mentors/{mentor.public_id}"
        countered = db.session.scalar(
            sa.select(CounterOffer.id).where(
                CounterOffer.request_id == request_id, CounterOffer.state == Counter.OFFERED
            )
        )
        notify(
            request.learner_id,
            "request_expired",
            f"{mentor.first_name} did not answer in time"
            if not countered
            else f"{mentor.first_name}’s offer has run out",
            f"{sentence(request.topic)}{'' if countered else ' Sorry for the wait.'} Nothing was charged.",
            url,
            [{"label": "Book a free time", "method": "get", "url": url, "style": "primary"}],
            mentor.id,
            f"expired:{request.public_id}",
        )
    announce(RequestExpired(request_id))
    return True


def _own(request_id: int, *, mentor_id: int | None = None, learner_id: int | None = None) -> LiveRequest:
    """Return a request for a time that belongs to this person. Raises Missing."""
    request = db.session.get(LiveRequest, request_id, populate_existing=True)
    if (
        request is None
        or (mentor_id is not None and (request.kind != "private" or request.mentor_id != mentor_id))
        or (learner_id is not None and request.learner_id != learner_id)
    ):
        raise Missing("There is no such request among yours.", code="no_such_request")
    return request
