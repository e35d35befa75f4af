"""A mentor asks to move a booked lesson: up to three times, one tap of the learner, the old time valid until then.

Nobody's time is taken by asking. The times are checked when one is accepted; where somebody was faster, the answer is
three times that suit both. As long as the question is open the learner may call the lesson off for all of the money
(`policy.Rule.ASKED_TO_MOVE`), because it is the mentor who can't come.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, TooMany
from peerlearn.kernel import announce, db, one_by_one, transactional, transition
from peerlearn.notifications.service import notify
from peerlearn.sessions.claims import people_lock
from peerlearn.sessions.facts import MoveOfferChanged
from peerlearn.sessions.free_times import lesson_between, nearest_free
from peerlearn.sessions.letters import letter_write
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.move_offer_lifecycle import Offered, Step, leads, next_offered
from peerlearn.sessions.move_offer_models import MoveOffer, MoveOfferTime
from peerlearn.sessions.move_offer_queries import move_offer_by_public_id, move_offer_times, move_offers_close
from peerlearn.sessions.moving import may_move, move_to, spread_times
from peerlearn.sessions.words import moment, sentence, session_url

TIMES_AT_MOST = 3
OFFERS_AT_MOST = 3  # for one lesson: who can't come at nine times calls it off
ANSWER_WITHIN = timedelta(hours=48)
SOONEST = timedelta(minutes=15)
FURTHEST = timedelta(days=120)
REASON_LETTERS = 200


def move_offer_choices(live_session: LiveSession, zone: str) -> list[datetime]:
    """Return times of the mentor's own hours to propose, on the nearest days, at which the learner is free too."""
    return spread_times(live_session, zone) if may_move(live_session) else []


@transactional
def move_offer_make(live_session_id: int, mentor_id: int, times: Sequence[datetime], reason: str = "") -> MoveOffer:
    """Ask the learner to move a lesson to one of up to three times. What was asked before is withdrawn by it.

    Any time will do at which both are free; it need not be in the mentor's hours. It waits two days for an answer, at
    most until the lesson begins or the last of the times. Raises Missing for anybody but the mentor, Invalid (times,
    reason), Conflict("not_movable", "time_taken"), TooMany after three questions.
    """
    live_session = db.session.get(LiveSession, live_session_id)
    if live_session is None or live_session.mentor_id != mentor_id or live_session.learner_id is None:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    learner_id = live_session.learner_id
    people_lock([mentor_id, learner_id])
    db.session.refresh(live_session)
    if not may_move(live_session):
        raise Conflict("This lesson can't be moved any more.", code="not_movable")
    wanted, reason = sorted(set(times) - {live_session.starts_at}), reason.strip()
    _check(live_session, wanted, reason)
    before = db.session.scalar(sa.select(sa.func.count()).where(MoveOffer.live_session_id == live_session_id)) or 0
    if before >= OFFERS_AT_MOST:
        raise TooMany("You asked three times to move this lesson. Keep it, or call it off.", code="too_many_offers")
    move_offers_close(live_session_id, Offered.WITHDRAWN)
    offer = MoveOffer(
        live_session_id=live_session_id,
        reason=reason,
        state=Offered.OFFERED,
        starts_at=live_session.starts_at,
        waits_until=min(now() + ANSWER_WITHIN, live_session.starts_at, wanted[-1]),
    )
    try:
        with db.session.begin_nested():
            db.session.add(offer)
    except IntegrityError as error:  # the same person's other tab, on a database without the lock above
        raise Conflict("You have asked already. Load the page again.", code="changed") from error
    db.session.add_all(MoveOfferTime(move_offer_id=offer.id, starts_at=start) for start in wanted)
    db.session.flush()
    _tell_asked(live_session, offer, wanted)
    announce(MoveOfferChanged(live_session_id))
    return offer


def _check(live_session: LiveSession, wanted: Sequence[datetime], reason: str) -> None:
    if not wanted:
        raise Invalid("Choose at least one other time.", code="times", field="times")
    if len(wanted) > TIMES_AT_MOST:
        raise Invalid("Choose up to three times.", code="times", field="times")
    if wanted[0] < now() + SOONEST:
        raise Invalid("One of these times is too soon. Choose later ones.", code="times", field="times")
    if wanted[-1] > now() + FURTHEST:
        raise Invalid("Choose times within the next four months.", code="times", field="times")
    if len(reason) > REASON_LETTERS:
        raise Invalid(f"Say it in {REASON_LETTERS} letters.", code="reason", field="reason")
    mentor = db.session.get(User, live_session.mentor_id)
    length = live_session.ends_at - live_session.starts_at
    for start in wanted:
        other = lesson_between(live_session.mentor_id, start, start + length, but_session_id=live_session.id)
        if other is not None and mentor is not None:
            raise Conflict(
                f"You have another lesson then: {other.title}, {moment(other.starts_at, mentor.time_zone)}. "
                "Choose another time.",
                code="time_taken",
                field="times",
            )


@transactional
def move_offer_accept(public_id: str, learner_id: int, starts_at: datetime) -> LiveSession:
    """Take one of the proposed times, or any other of the mentor's free ones. Returns the moved lesson.

    Same booking, same price, and the learner's own right to move stays. Taking the same time again changes nothing.
    Raises Missing for anybody else, Conflict: "move_offer_over", "not_proposed", "slot_taken" with three times that suit
    both, "overlap" with the learner's other lesson. On a Conflict nothing has changed and the question is still open.
    """
    offer, live_session, learner = _locked(public_id, learner_id)
    if offer.state == Offered.ACCEPTED and live_session.starts_at == starts_at:
        return live_session
    next_offered(offer.state, Step.ACCEPT)
    if offer.waits_until <= now() or not may_move(live_session):
        raise Conflict(
            "The time to answer ran out. The lesson's page shows the time that counts.", code="move_offer_over"
        )
    old = live_session.starts_at
    proposed = starts_at in move_offer_times(offer.id)
    if not proposed and starts_at not in nearest_free(live_session.mentor_id, starts_at, 1, for_lesson=live_session):
        raise Conflict("This time is not one of those proposed. Choose one of them.", code="not_proposed")
    if starts_at < now() + SOONEST:
        raise Conflict("This time is too soon now. Choose another one.", code="not_proposed")
    if not _step(offer, Step.ACCEPT):
        raise Conflict("This question is over. Load the page again.", code="move_offer_over")
    live_session.refund_counts_from = None  # it is the mentor who could not come: the refund rule has a new start
    move_to(live_session, starts_at, learner)
    _tell_moved(live_session, learner, old)
    return live_session


@transactional
def move_offer_keep(public_id: str, learner_id: int) -> LiveSession:
    """Keep the old time: the lesson stands as it was booked and the mentor hears it. Saying it again changes nothing."""
    offer, live_session, learner = _locked(public_id, learner_id)
    if next_offered(offer.state, Step.KEEP) is None or not _step(offer, Step.KEEP):
        return live_session
    mentor = db.session.get(User, live_session.mentor_id)
    if mentor is not None:
        title = f"{learner.first_name} keeps {moment(live_session.starts_at, mentor.time_zone)}"
        body = f"{live_session.title} stays as it was booked. If you can't come, call it off: all of it goes back."
        url = session_url(live_session.public_id)
        notify(mentor.id, "move_kept", title, body, url, (), learner_id, f"move-kept:{offer.public_id}")
        letter_write(mentor, live_session, f"move-kept-{offer.public_id}", title, [body], calendar=False)
    announce(MoveOfferChanged(live_session.id))
    return live_session


@transactional
def move_offer_withdraw(public_id: str, mentor_id: int) -> LiveSession:
    """Take it back: the lesson stays at its time. Raises Conflict("move_offer_over") where the learner was faster."""
    offer = move_offer_by_public_id(public_id)
    live_session = db.session.get(LiveSession, offer.live_session_id) if offer is not None else None
    if offer is None or live_session is None or live_session.mentor_id != mentor_id:
        raise Missing("There is no such question of yours.", code="no_such_offer")
    people_lock([mentor_id, *([live_session.learner_id] if live_session.learner_id else [])])
    db.session.refresh(offer)
    if next_offered(offer.state, Step.WITHDRAW) is None or not _step(offer, Step.WITHDRAW):
        return live_session
    mentor, learner = db.session.get(User, mentor_id), db.session.get(User, live_session.learner_id or 0)
    if mentor is not None and learner is not None:
        notify(
            learner.id,
            "move_withdrawn",
            f"{mentor.first_name} can come after all",
            f"{live_session.title} stays on {moment(live_session.starts_at, learner.time_zone)}.",
            session_url(live_session.public_id),
            (),
            mentor_id,
            f"move-withdrawn:{offer.public_id}",
        )
    announce(MoveOfferChanged(live_session.id))
    return live_session


def move_offers_lapse() -> int:
    """End every question that was not answered in time; return how many. For the janitor."""
    due = db.session.scalars(
        sa.select(MoveOffer.id).where(MoveOffer.state == Offered.OFFERED, MoveOffer.waits_until <= now())
    ).all()
    return sum(one_by_one(due, _lapse_one, "move that was asked for"))


@transactional
def _lapse_one(move_offer_id: int) -> bool:
    offer = db.session.get(MoveOffer, move_offer_id)
    if offer is None or not _step(offer, Step.LAPSE, MoveOffer.waits_until <= now()):
        return False
    live_session = db.session.get(LiveSession, offer.live_session_id)
    if live_session is None or not may_move(live_session):
        return True
    people = {
        user.id: user
        for user in db.session.scalars(
            sa.select(User).where(User.id.in_([live_session.mentor_id, live_session.learner_id]))
        )
    }
    learner = people.get(live_session.learner_id or 0)
    for reader in people.values():
        body = "Nobody answered in time, so it stays as it was booked."
        if reader is not learner and learner is not None:
            body = f"{learner.first_name} did not answer in time. If you can't come, call it off: all of it goes back."
        notify(
            reader.id,
            "move_lapsed",
            f"{live_session.title} stays on {moment(live_session.starts_at, reader.time_zone)}",
            body,
            session_url(live_session.public_id),
            (),
            next((other for other in people if other != reader.id), None),
            f"move-lapsed:{offer.public_id}:{reader.id}",
        )
    announce(MoveOfferChanged(live_session.id))
    return True


def _step(offer: MoveOffer, step: Step, *conditions: sa.ColumnElement[bool]) -> bool:
    """One conditional UPDATE: of two answers at the same moment one counts."""
    source, target = leads(step)
    return transition(MoveOffer, offer.id, source, target, *conditions, answered_at=now())


def _locked(public_id: str, learner_id: int) -> tuple[MoveOffer, LiveSession, User]:
    """Return the question, its lesson as it is now with both people's time locked, and its learner. Else Missing."""
    offer, learner = move_offer_by_public_id(public_id), db.session.get(User, learner_id)
    live_session = db.session.get(LiveSession, offer.live_session_id) if offer is not None else None
    if offer is None or learner is None or live_session is None or live_session.learner_id != learner_id:
        raise Missing("There is no such question for you.", code="no_such_offer")
    people_lock([live_session.mentor_id, learner_id])
    db.session.refresh(live_session)
    db.session.refresh(offer)
    return offer, live_session, learner


def _tell_asked(live_session: LiveSession, offer: MoveOffer, wanted: Sequence[datetime]) -> None:
    mentor, learner = db.session.get(User, live_session.mentor_id), db.session.get(User, live_session.learner_id or 0)
    if mentor is None or learner is None:
        return
    zone, url = learner.time_zone, session_url(live_session.public_id)
    times = ", ".join(moment(start, zone) for start in wanted)
    title = f"{mentor.first_name} asks to move {moment(live_session.starts_at, zone)}"
    why = f" {sentence(offer.reason)}" if offer.reason else ""
    free = " Or call it off, and all of it comes back." if live_session.price_paise else ""
    body = f"{sentence(live_session.title)}{why} Instead: {times}. You can keep it.{free}"
    first = {
        "label": f"Take {moment(wanted[0], zone)}",
        "method": "post",
        "url": f"{url}/move-offer/{offer.public_id}/accept?starts_at={_in_url(wanted[0])}",
        "style": "primary",
    }
    see = {"label": "See all" if len(wanted) > 1 else "Answer", "method": "get", "url": url, "style": "quiet"}
    notify(learner.id, "move_asked", title, body, url, [see, first], mentor.id, f"move-asked:{offer.public_id}")
    until = f"Until {moment(offer.waits_until, zone)} you can answer. Without an answer it stays as it was booked."
    letter_write(learner, live_session, f"move-asked-{offer.public_id}", title, [body, until], calendar=False)


def _in_url(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def _tell_moved(live_session: LiveSession, learner: User, old: datetime) -> None:
    mentor = db.session.get(User, live_session.mentor_id)
    if mentor is None:
        return
    title = f"{learner.first_name} takes {moment(live_session.starts_at, mentor.time_zone)}"
    body = f"{sentence(live_session.title)} It was {moment(old, mentor.time_zone)}. Same price."
    url, key = session_url(live_session.public_id), f"moved:{live_session.public_id}:{live_session.sequence}"
    notify(mentor.id, "session_moved", title, body, url, (), learner.id, key)
    letter_write(mentor, live_session, "moved", title, [body])
    title = f"Moved to {moment(live_session.starts_at, learner.time_zone)}"
    body = f"{live_session.title} with {mentor.first_name}. Same price, and you can still move it once yourself."
    if live_session.moved_count:
        body = f"{live_session.title} with {mentor.first_name}. Same price."
    letter_write(learner, live_session, "moved", title, [body])
