"""Calling a lesson off. The preview and the act call one pure function, so the sheet never lies."""

from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.money import NOTHING, Split, rupees, split_gross
from peerlearn.notifications.service import notify
from peerlearn.payments.books import paid_order
from peerlearn.payments.coupons import coupon_return
from peerlearn.payments.giving_back import PaidOrder, give_back, still_wanted
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.order_returns import order_give_back
from peerlearn.payments.orders import order_release
from peerlearn.payments.pack_refunds import packs_refund_for
from peerlearn.payments.ports import Gateway
from peerlearn.payments.service import refunds_send
from peerlearn.payments.tender import Measure
from peerlearn.payments.tenders import is_paid
from peerlearn.sessions.apology import APOLOGY, apology_give, is_let_down
from peerlearn.sessions.claims import claims_drop, people_lock
from peerlearn.sessions.extending import extensions_undo
from peerlearn.sessions.extension_lifecycle import Extended
from peerlearn.sessions.extension_queries import extensions_of
from peerlearn.sessions.facts import SessionCancelled
from peerlearn.sessions.judging import orders_lock
from peerlearn.sessions.letters import letter_write
from peerlearn.sessions.lifecycle import Event, Ignored, State, next_state, refuse, sources
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.move_offer_queries import move_offers_close, open_move
from peerlearn.sessions.policy import CancelResult, Policy, Rule, Who, cancel_result, result_of
from peerlearn.sessions.words import amounts, moment, session_url


def cancel_preview(live_session: LiveSession, actor: User | None, at: datetime | None = None) -> CancelResult:
    """Return the exact money result of this person cancelling at this instant (now by default). Changes nothing.

    All that was paid for the lesson counts: the booking by its rule, and added time by the same answer.
    """
    result = _of_booking(live_session, actor, at)
    for row in extensions_of(live_session.id):
        order = db.session.get(PaymentOrder, row.order_id) if row.order_id else None
        if order is not None and is_paid(order) and row.state == Extended.ADDED:
            result = _with_added(result, live_session, order)
    return result


def _gives_added_back(rule: Rule) -> bool:
    """A lesson left late by its learner is kept as booked; in every other case added time comes back with the rest."""
    return rule is not Rule.LATE


def _with_added(result: CancelResult, live_session: LiveSession, order: PaymentOrder) -> CancelResult:
    added = paid_order(order, _expected(live_session, order))
    back = still_wanted([added], 1 if _gives_added_back(result.rule) else 0, 1)
    more = result_of(result.rule, added, give_back([added], back))
    return CancelResult(
        result.rule,
        result.paid_paise + more.paid_paise,
        result.refund_paise + more.refund_paise,
        result.kept + more.kept,
        result.given_back + more.given_back,
        result.minutes + more.minutes,
        result.back_minutes + more.back_minutes,
        result.waived_paise + more.waived_paise,
    )


def _of_booking(live_session: LiveSession, actor: User | None, at: datetime | None = None) -> CancelResult:
    order = db.session.get(PaymentOrder, live_session.order_id) if live_session.order_id else None
    paid = order is not None and is_paid(order) and live_session.confirmed_at is not None
    who = _who(live_session, actor)
    return cancel_result(
        who=who,
        at=at or now(),
        starts_at=live_session.refund_counts_from or live_session.starts_at,
        kind=live_session.kind,
        paid=paid_order(order, _expected(live_session, order)) if order and paid else PaidOrder(NOTHING),
        asked_to_move=who is Who.LEARNER and open_move(live_session.id, at) is not None,
        policy=Policy.of(live_session.policy),
    )


def _expected(live_session: LiveSession, order: PaymentOrder) -> Split:
    return split_gross(order.gross_paise, live_session.fee_percent, live_session.gst_percent)


def _who(live_session: LiveSession, actor: User | None) -> Who:
    if actor is None:  # the rules of the house
        return Who.PLATFORM
    if actor.id == live_session.mentor_id:
        return Who.MENTOR
    if actor.id == live_session.learner_id:
        return Who.LEARNER
    if actor.is_admin:
        return Who.PLATFORM
    raise Missing("There is no such lesson among yours.", code="no_such_lesson")


def session_cancel(
    live_session_id: int,
    actor_id: int,
    reason: str,
    *,
    gateway: Gateway | None = None,
    expect_paise: int | None = None,
    expect_minutes: int | None = None,
) -> CancelResult:
    """Call a lesson off and return what it gave back: state, refund, freed time and both bells in one transaction.

    `expect_paise` (and `expect_minutes`, of packs) is what the person saw; where the clock has passed a boundary since, nothing happens and
    Conflict("terms_changed") says the new amount. With a gateway the refund is sent at once, else by the job.
    Raises Missing for a stranger, Conflict where the lesson is over. Cancelling again changes nothing.
    """
    result = _cancel(live_session_id, actor_id, reason.strip(), expect_paise, expect_minutes)
    if gateway is not None and result.refund_paise:
        refunds_send(gateway=gateway)
    return result


def session_call_off(live_session_id: int, reason: str) -> CancelResult:
    """Call a lesson off by the rules of the house; the learner gets everything back. Again changes nothing."""
    return _cancel(live_session_id, None, reason, None)


@transactional
def _cancel(
    live_session_id: int,
    actor_id: int | None,
    reason: str,
    expect_paise: int | None,
    expect_minutes: int | None = None,
) -> CancelResult:
    live_session = db.session.get(LiveSession, live_session_id)
    actor = db.session.get(User, actor_id) if actor_id is not None else None
    if live_session is None or (actor is None and actor_id is not None):
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    people_lock([person for person in (live_session.mentor_id, live_session.learner_id) if person])
    db.session.refresh(live_session)
    who = _who(live_session, actor)
    if who is Who.PLATFORM and not reason:
        raise Invalid("Say why. Both people will read it.", code="reason", field="reason")
    if who is Who.LEARNER and live_session.state == State.OPEN:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    outcome = next_state(live_session.state, Event.CANCEL)
    refuse(outcome)
    orders_lock(live_session)
    at = now()  # one instant for what is shown and what is done: the next one may be past a boundary
    result = cancel_preview(live_session, actor, at)
    if isinstance(outcome, Ignored):
        return result
    begun = live_session.state == State.LIVE or (live_session.state == State.CONFIRMED and live_session.starts_at <= at)
    if begun and who is Who.LEARNER and live_session.kind != "instant":
        raise Conflict(
            "This lesson has begun. Go in; if the mentor doesn't come, all of the money comes back by itself.",
            code="begun",
        )
    paise, minutes = result.refund_paise, result.back_minutes
    if expect_paise not in (None, paise) or expect_minutes not in (None, minutes):
        raise Conflict(
            "While this page was open the terms changed: cancelling now gives back "
            f"{amounts(paise, minutes) or rupees(0)}.",
            code="terms_changed",
            refund_paise=result.refund_paise,
        )
    call_off(live_session, who, reason, _of_booking(live_session, actor, at))
    return result


def call_off(live_session: LiveSession, who: Who, reason: str, result: CancelResult) -> None:
    """Cancel inside the open transaction: state, time, refund, bells. The row decides races.

    `result` is that of the booking's own payment; added time follows by its rule.
    """
    refund_reason = {
        Who.MENTOR: "Your mentor cancelled the lesson.",
        Who.LEARNER: "You cancelled the lesson.",
        Who.PLATFORM: reason or "PeerLearn cancelled the lesson.",
    }[who]
    confirmed = live_session.confirmed_at is not None
    if not transition(
        LiveSession,
        live_session.id,
        sources(Event.CANCEL, State.CANCELLED),
        State.CANCELLED,
        hold_expires_at=None,
        held_by=None,
        ended_at=now(),
        ended_by={Who.MENTOR: live_session.mentor_id, Who.LEARNER: live_session.learner_id}.get(who),
        end_reason=(reason or refund_reason)[:240],
        refund_paise=result.refund_paise,
        sequence=LiveSession.sequence + 1,
    ):
        raise Conflict("This lesson has changed. Load the page again.", code="changed")
    claims_drop(live_session.id)
    move_offers_close(live_session.id)
    order = db.session.get(PaymentOrder, live_session.order_id) if live_session.order_id else None
    if order is not None and is_paid(order):
        units = sum(result.back.values())  # of one order: all but one are zero
        if units:
            order_give_back(order.id, units, refund_reason, f"cancel:{live_session.public_id}")
        order_release(order.id)  # what the mentor keeps of it is the mentor's
    if not confirmed or who is not Who.LEARNER:
        coupon_return(live_session.id)  # who did not get the lesson may use the code again
    undone = extensions_undo(live_session, refund_reason) if _gives_added_back(result.rule) else Counter()
    for extension in extensions_of(live_session.id):
        if extension.order_id is not None:
            order_release(extension.order_id)  # and so is what is kept of added time
    if undone[Measure.CASH]:
        live_session.refund_paise = result.refund_paise + undone[Measure.CASH]
        db.session.flush()
    if confirmed or live_session.learner_id is not None:
        back = amounts(result.refund_paise + undone[Measure.CASH], result.back_minutes + undone[Measure.MINUTES])
        sorry = apology_give(live_session) if who is Who.MENTOR and is_let_down(live_session) else None
        _tell(live_session, who, reason, result, back, sorry.off_paise if sorry else None)
    announce(SessionCancelled(live_session.id))


def _tell(
    live_session: LiveSession, who: Who, reason: str, result: CancelResult, back: str, sorry_paise: int | None
) -> None:
    ids = [live_session.mentor_id, live_session.learner_id]
    people = {user.id: user for user in db.session.scalars(sa.select(User).where(User.id.in_(ids)))}
    mentor, learner = people[live_session.mentor_id], people.get(live_session.learner_id or 0)
    if learner is None:
        return
    actor = {Who.MENTOR: mentor.first_name, Who.LEARNER: learner.first_name, Who.PLATFORM: "PeerLearn"}[who]
    why = f" “{reason}”" if reason else ""
    paid = result.refund_paise or not result.back_minutes
    money = (f" {back} is on its way back to you." if paid else f" {back} are yours again.") if back else ""
    if sorry_paise:
        money += f" {APOLOGY.format(rupees(sorry_paise))}"
    kept = f" You keep {rupees(result.kept.mentor_paise)}." if result.kept.mentor_paise else ""
    for reader, other, tail in ((learner, mentor, money), (mentor, learner, kept)):
        yours = (who is Who.MENTOR and reader is mentor) or (who is Who.LEARNER and reader is learner)
        title = f"{'You' if yours else actor} cancelled {moment(live_session.starts_at, reader.time_zone)}"
        body = f"{live_session.title}.{tail}{'' if yours else why}".strip()
        again = f"/mentors/{mentor.public_id}"
        book = {"label": "Book another time", "method": "get", "url": again, "style": "primary"}
        notify(
            reader.id,
            "session_cancelled",
            title,
            body,
            session_url(live_session.public_id),
            [book] if reader is learner and not yours and mentor.is_active else (),
            other.id,
            f"cancelled:{live_session.public_id}:{reader.id}",
        )
        if live_session.confirmed_at is not None:
            bank = "Your bank shows it within five to seven working days."
            bank = bank if tail and paid and reader is learner else ""
            letter_write(reader, live_session, "cancelled", title, [body, bank])


def _standing(user_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        sa.or_(LiveSession.mentor_id == user_id, LiveSession.learner_id == user_id),
        LiveSession.state.in_([State.OPEN, State.HELD, State.CONFIRMED, State.LIVE]),
    )


def closing_lock(user_id: int) -> None:
    """Queue up for a person and everybody who has a lesson with them, in id order, before an account is closed.

    Inside the open transaction. Locked one lesson after another, two who book each other would meet this in a circle.
    """
    rows = db.session.execute(sa.select(LiveSession.mentor_id, LiveSession.learner_id).where(*_standing(user_id)))
    people_lock({user_id} | {person for row in rows for person in row if person is not None})


def sessions_cancel_for(user_id: int, actor_id: int | None, reason: str, *, gateway: Gateway | None = None) -> int:
    """Call off everything that a closed account still has ahead or running, on both sides; return how many.

    Everybody else gets all of their money back, also for prepaid minutes that are not used.
    `actor_id` None is the house itself, after a ban. Raises NotAllowed for who is no administrator.
    """
    actor = db.session.get(User, actor_id) if actor_id is not None else None
    if actor_id is not None and (actor is None or not actor.is_admin):
        raise NotAllowed("Only an administrator can do this.", code="admin_only")
    ids = db.session.scalars(sa.select(LiveSession.id).where(*_standing(user_id))).all()
    for live_session_id in ids:
        _cancel(live_session_id, actor_id, reason, None)
    packs = packs_refund_for(user_id, reason)
    if gateway is not None and (ids or packs):
        refunds_send(gateway=gateway)
    return len(ids)
