"""A mentor answers a request with another time or price; the learner takes it in one tap. The last offer wins."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.catalog.profile import PRICE_LEAST_PAISE, PRICE_MOST_PAISE
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, TooMany
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.money import rupees
from peerlearn.notifications.service import notify
from peerlearn.requests.agreed import accepted_note, agreed_hold
from peerlearn.requests.counter_lifecycle import Counter, Step, next_counter
from peerlearn.requests.counter_models import CounterOffer
from peerlearn.requests.facts import RequestAccepted, RequestCountered
from peerlearn.requests.lifecycle import State
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.queries import proposed_times
from peerlearn.requests.service import ANSWER_BEFORE_START, ANSWER_WITHIN
from peerlearn.sessions.checkout import Terms
from peerlearn.sessions.claims import people_lock
from peerlearn.sessions.free_times import lesson_between
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.words import moment, sentence, session_url

MOST = 5
FURTHEST = timedelta(days=60)


def counters_for(request_ids: Sequence[int]) -> dict[int, list[CounterOffer]]:
    """Return the counter-offers of many requests, the first one first."""
    found: dict[int, list[CounterOffer]] = {request_id: [] for request_id in request_ids}
    rows = sa.select(CounterOffer).where(CounterOffer.request_id.in_(found)).order_by(CounterOffer.id)
    for row in db.session.scalars(rows):
        found[row.request_id].append(row)
    return found


@transactional
def counter_make(request_id: int, mentor_id: int, starts_at: datetime, price_paise: int | None = None) -> CounterOffer:
    """Offer another time, another price, or both; return the offer. An earlier one that still waits is replaced.

    Without a price the one that stands. It blocks nobody's time until it is taken. Raises Missing for another mentor,
    Invalid (time, price), TooMany, Conflict where the request is over, nothing differs, or a lesson is in the way.
    """
    found = db.session.get(LiveRequest, request_id)
    if found is None or found.kind != "private" or found.mentor_id != mentor_id:
        raise Missing("There is no such request among yours.", code="no_such_request")
    request = _waiting(found)
    before = counters_for([request.id])[request.id]
    if len(before) >= MOST:
        raise TooMany("You have made five offers. Wait for the answer, or decline.", code="too_many_offers")
    standing = before[-1] if before and before[-1].state == Counter.OFFERED else None
    price = price_paise if price_paise is not None else (standing or request).price_paise
    _checked(request, starts_at, price)
    if standing is not None:
        if (standing.starts_at, standing.price_paise) == (starts_at, price):
            return standing
        _move(standing, Step.REPLACE)
    elif price == request.price_paise and starts_at in proposed_times(request.id):
        raise Conflict("That is what they asked for. Accept it.", code="nothing_new")
    offer = CounterOffer(request_id=request.id, starts_at=starts_at, price_paise=price, state=Counter.OFFERED)
    db.session.add(offer)
    # The learner has a day to answer, as the mentor had.
    request.expires_at = max(request.expires_at, min(now() + ANSWER_WITHIN, starts_at - ANSWER_BEFORE_START))
    db.session.flush()
    _tell_offered(request, offer)
    announce(RequestCountered(request.id))
    return offer


def _checked(request: LiveRequest, starts_at: datetime, price_paise: int) -> None:
    if not now() + ANSWER_BEFORE_START <= starts_at <= now() + FURTHEST:
        raise Invalid("Offer a time from a quarter of an hour to sixty days ahead.", code="time", field="starts_at")
    if price_paise != request.price_paise and not PRICE_LEAST_PAISE <= price_paise <= PRICE_MOST_PAISE:
        between = f"between {rupees(PRICE_LEAST_PAISE)} and {rupees(PRICE_MOST_PAISE)}"
        raise Invalid(f"Offer a price {between}.", code="price", field="price")
    until = starts_at + timedelta(minutes=request.minutes)
    if lesson_between(request.mentor_id or 0, starts_at, until) is not None:
        raise Conflict("You have another lesson at that time. Offer another one.", code="mentor_busy")
    if lesson_between(request.learner_id, starts_at, until) is not None:
        raise Conflict("The learner has another lesson at that time. Offer another one.", code="learner_busy")


@transactional
def counter_take(public_id: str, learner_id: int, *, terms: Terms | None = None) -> LiveSession:
    """The learner takes the last offer: its time is held at its price for paying. Returns the lesson.

    Raises Missing for a stranger, Conflict where another offer was made since, the request is over or the time is gone.
    """
    offer, request = _asked(public_id, learner_id)
    next_counter(offer.state, Step.TAKE)
    _waiting(request)
    lesson = agreed_hold(request, offer.starts_at, offer.price_paise, terms)
    _move(offer, Step.TAKE)
    accepted_note(request, lesson)
    learner, mentor = db.session.get(User, learner_id), db.session.get(User, request.mentor_id)
    if learner is not None and mentor is not None:
        title = f"{learner.first_name} takes {moment(offer.starts_at, mentor.time_zone)}"
        body = f"{sentence(request.topic)} {rupees(offer.price_paise)}. Held until it is paid."
        url, key = session_url(lesson.public_id), f"counter_taken:{offer.public_id}"
        notify(mentor.id, "request_accepted", title, body, url, (), learner.id, key)
    announce(RequestAccepted(request.id))
    return lesson


@transactional
def counter_decline(public_id: str, learner_id: int) -> None:
    """The learner says no to the offer; the request stands as it was asked. Again changes nothing."""
    offer, request = _asked(public_id, learner_id)
    if next_counter(offer.state, Step.DECLINE) is None:
        return
    _move(offer, Step.DECLINE)
    learner, mentor = db.session.get(User, learner_id), db.session.get(User, request.mentor_id)
    if learner is not None and mentor is not None and request.state == State.OPEN:
        title = f"{moment(offer.starts_at, mentor.time_zone)} does not suit {learner.first_name}"
        body = f"{sentence(request.topic)} What they asked for still stands."
        url, key = f"/requests#{request.public_id}", f"counter_declined:{offer.public_id}"
        notify(mentor.id, "request_proposed", title, body, url, (), learner.id, key)
    announce(RequestCountered(request.id))


def _asked(public_id: str, learner_id: int) -> tuple[CounterOffer, LiveRequest]:
    """Return an offer and its request as they are now, both people locked. Raises Missing for a stranger."""
    offer = db.session.scalar(sa.select(CounterOffer).where(CounterOffer.public_id == public_id))
    request = db.session.get(LiveRequest, offer.request_id) if offer is not None else None
    if offer is None or request is None or request.learner_id != learner_id:
        raise Missing("There is no such offer for you.", code="no_such_offer")
    _locked(request)
    db.session.refresh(offer)
    return offer, request


def _locked(request: LiveRequest) -> None:
    people_lock([person for person in (request.mentor_id, request.learner_id) if person is not None])
    db.session.refresh(request)


def _waiting(request: LiveRequest) -> LiveRequest:
    _locked(request)
    if request.state != State.OPEN or request.expires_at <= now():
        raise Conflict("This request is over. It can be asked again.", code="request_over")
    return request


def _move(offer: CounterOffer, step: Step) -> None:
    """One conditional UPDATE: who comes second finds another state and has changed nothing."""
    target = next_counter(offer.state, step)
    if target is not None and not transition(
        CounterOffer, offer.id, [Counter.OFFERED], target, answered_at=None if step is Step.REPLACE else now()
    ):
        raise Conflict("This offer has changed. Load the page again.", code="changed")


def _tell_offered(request: LiveRequest, offer: CounterOffer) -> None:
    learner, mentor = db.session.get(User, request.learner_id), db.session.get(User, request.mentor_id)
    if learner is None or mentor is None:
        return
    price = rupees(offer.price_paise)
    other = f" instead of {rupees(request.price_paise)}" if offer.price_paise != request.price_paise else ""
    notify(
        learner.id,
        "request_countered",
        f"{mentor.first_name} offers {moment(offer.starts_at, learner.time_zone)}",
        f"{request.topic}, {request.minutes} min, {price}{other}. What you asked for stands until you answer.",
        "/lessons?tab=asked",
        [
            {"label": "See", "method": "get", "url": "/lessons?tab=asked", "style": "quiet"},
            {"label": "Take it", "method": "post", "url": f"/offers/{offer.public_id}/take", "style": "primary"},
        ],
        mentor.id,
        f"countered:{offer.public_id}",
    )
