"""Buying a lesson: hold, order, settle. Every door into a confirmed lesson leads through `confirm`.

The browser's return, the webhook and the reconciler all call `settle`; however often and in whatever order they
do, one of them acts.
"""

from enum import StrEnum

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import announce, db, one_by_one, transactional, transition
from peerlearn.money import rupees, split_gross
from peerlearn.notifications.service import notify
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.orders import Discount, lock_order, order_close, order_without_money
from peerlearn.payments.ports import Gateway
from peerlearn.payments.service import order_create, order_open_at_gateway, settle_mark, split_post
from peerlearn.sessions.claims import claims_drop, claims_move, claims_take, people_lock
from peerlearn.sessions.discounts import discount_drop, discount_keep, discount_of, discount_stands
from peerlearn.sessions.facts import LateMoneyReturned, SessionConfirmed, SessionReleased
from peerlearn.sessions.holds import Terms, hold_agreed, hold_public, hold_slot
from peerlearn.sessions.late_money import money_return
from peerlearn.sessions.letters import letter_write
from peerlearn.sessions.lifecycle import Event, State, next_state, sources
from peerlearn.sessions.models import INSTANT_PAY_WITHIN, LiveSession
from peerlearn.sessions.queries import session_by_public_id
from peerlearn.sessions.reminders import reminders_plan
from peerlearn.sessions.standing_holds import HOLD_FOR, hold_release
from peerlearn.sessions.words import city, lobby_url, moment, session_url

__all__ = [
    "HOLD_FOR",
    "INSTANT_PAY_WITHIN",
    "PURPOSE",
    "Settled",
    "Terms",
    "held_of",
    "hold_agreed",
    "hold_drop",
    "hold_public",
    "hold_slot",
    "holds_expire",
    "order_open",
    "settle",
]

PURPOSE = "live_session"


class Settled(StrEnum):
    """What settling an order came to."""

    WAITING = "waiting"  # no money yet
    CONFIRMED = "confirmed"  # this call confirmed the lesson
    ALREADY = "already"  # an earlier call did
    RETURNED = "returned"  # the time was gone: all of the money goes back


def order_open(live_session_id: int, *, gateway: Gateway) -> PaymentOrder | None:
    """Return the order of a held session, open at the gateway; the same one however often it is asked for.

    A session that costs nothing is confirmed on the spot and needs no order: None. The gateway is called outside any
    transaction. Raises Conflict("hold_expired") where the hold has run out, and Upstream from the gateway.
    """
    order = _order_want(live_session_id)
    if order is None or order.gateway_order_id is not None:
        return order
    return order_open_at_gateway(order.id, gateway=gateway)


@transactional
def _order_want(live_session_id: int) -> PaymentOrder | None:
    live_session = locked(live_session_id)
    if live_session.confirmed_at is not None and live_session.state != State.CANCELLED:
        if live_session.due_paise == 0 or live_session.order_id is None:
            return None
        return db.session.get(PaymentOrder, live_session.order_id)
    expired = live_session.hold_expires_at is None or live_session.hold_expires_at <= now()
    if live_session.state != State.HELD or live_session.held_by is None or expired:
        raise Conflict(
            "The time to pay ran out and the lesson is free again. Choose a time once more.", code="hold_expired"
        )
    discount = discount_of(live_session)
    if live_session.due_paise == 0:
        confirm(live_session, live_session.held_by, _paid_by_coupon(live_session, discount))
        return None
    known = db.session.get(PaymentOrder, live_session.order_id) if live_session.order_id is not None else None
    if known is not None and known.payer_id == live_session.held_by and known.state != "closed":
        if (known.amount_paise, known.coupon_id) == (live_session.due_paise, live_session.coupon_id):
            return known
        order_close(known.id)  # a new amount is a new order
    order = order_create(live_session.held_by, PURPOSE, live_session.id, live_session.due_paise, discount)
    live_session.order_id = order.id
    return order


def _paid_by_coupon(live_session: LiveSession, discount: Discount | None) -> PaymentOrder | None:
    """The order of a lesson that costs nothing any more; a lesson that is free needs none."""
    if discount is None or live_session.held_by is None:
        return None
    if live_session.order_id is not None:
        order_close(live_session.order_id)
    return order_without_money(
        live_session.held_by, PURPOSE, live_session.id, discount, list_paise=live_session.price_paise
    )


@transactional
def settle(order_id: int) -> Settled:
    """Turn recorded money into a confirmed lesson, or send it back. Idempotent; safe from many callers at once.

    Late money (the hold had run out) takes the time again where both people are still free. Where it is gone, every
    paisa is wanted back, once, and the payer is told once. Raises Missing for an unknown order.
    """
    order = db.session.get(PaymentOrder, order_id, populate_existing=True)
    if order is None or order.purpose != PURPOSE:
        raise Missing("There is no such order.", code="no_such_order")
    if order.state != "paid":
        return Settled.WAITING
    live_session = locked(order.purpose_id, order.payer_id)
    order = lock_order(order_id)  # while this one waited its money may have been sent back
    if live_session.order_id == order.id and live_session.confirmed_at is not None:
        return Settled.ALREADY
    if order.settled_at is not None:  # sent back: the time may be free again by now, but the money is gone
        return Settled.ALREADY
    if _may_have(live_session, order):
        confirm(live_session, order.payer_id, order)
        return Settled.CONFIRMED
    return _return_money(live_session, order)


def _may_have(live_session: LiveSession, order: PaymentOrder) -> bool:
    """Whether this payer gets the session: holds it still, or can take it again. Claims what is missing."""
    if next_state(live_session.state, Event.PAY) is not State.CONFIRMED or live_session.confirmed_at is not None:
        return False
    if live_session.state == State.HELD:
        return live_session.held_by == order.payer_id and discount_stands(live_session, order)
    if live_session.price_paise != (order.list_paise or order.amount_paise) or live_session.ends_at <= now():
        return False
    if live_session.kind != "instant" and live_session.starts_at <= now():
        return False
    payer, mentor = db.session.get(User, order.payer_id), db.session.get(User, live_session.mentor_id)
    if payer is None or mentor is None or not payer.is_active or not mentor.is_active:
        return False
    # A public session on offer has kept its mentor's time; an expired one has nobody's.
    people = [order.payer_id] if live_session.state == State.OPEN else [order.payer_id, live_session.mentor_id]
    if not discount_stands(live_session, order):
        return False
    if claims_take(live_session, people) is None:
        return True
    discount_drop(live_session)
    return False


def confirm(live_session: LiveSession, payer_id: int, order: PaymentOrder | None) -> None:
    """Confirm inside the open transaction: state, split, reminders, both bells. The one way into a confirmed lesson."""
    discount_keep(live_session, order)
    if not transition(
        LiveSession,
        live_session.id,
        sources(Event.PAY, State.CONFIRMED),
        State.CONFIRMED,
        learner_id=payer_id,
        held_by=None,
        hold_expires_at=None,
        order_id=order.id if order else None,
        confirmed_at=now(),
    ):
        raise Conflict("This lesson has changed. Load the page again.", code="changed")
    if live_session.kind == "instant":
        _start_clock(live_session)
    if order is not None:
        split = split_gross(order.gross_paise, live_session.fee_percent, live_session.gst_percent)
        split_post(order, live_session.mentor_id, split)
    reminders_plan(live_session)
    _tell_confirmed(live_session)
    announce(SessionConfirmed(live_session.id))


def _start_clock(live_session: LiveSession) -> None:
    """An instant lesson begins when it is paid; what paying took is not taken from it."""
    agreed = live_session.ends_at - live_session.starts_at - INSTANT_PAY_WITHIN
    start, end = live_session.starts_at, live_session.ends_at
    live_session.starts_at = now()
    live_session.ends_at = now() + agreed
    db.session.flush()
    if claims_move(live_session) is not None:
        # Paid very late, and another lesson follows: keep the time that was claimed.
        live_session.starts_at, live_session.ends_at = start, end
        db.session.flush()


def _tell_confirmed(live_session: LiveSession) -> None:
    people = {
        user.id: user
        for user in db.session.scalars(
            sa.select(User).where(User.id.in_([live_session.mentor_id, live_session.learner_id]))
        )
    }
    mentor, learner = people[live_session.mentor_id], people[live_session.learner_id or 0]
    split = split_gross(live_session.gross_paise, live_session.fee_percent, live_session.gst_percent)
    instant = live_session.kind == "instant"
    url = lobby_url(live_session.public_id) if instant else session_url(live_session.public_id)
    label, style = ("Join", "accent") if instant else ("Open", "primary")
    action = [{"label": label, "method": "get", "url": url, "style": style}]
    key = f"confirmed:{live_session.public_id}:{live_session.order_id or 0}"
    earned = f" You earn {rupees(split.mentor_paise)}." if live_session.gross_paise else ""
    for reader, other, title, body in (
        (
            learner,
            mentor,
            f"{mentor.first_name} expects you",
            f"{live_session.title}, {moment(live_session.starts_at, learner.time_zone)}.",
        ),
        (
            mentor,
            learner,
            f"{learner.first_name} booked {moment(live_session.starts_at, mentor.time_zone)}",
            f"{live_session.title}, {live_session.minutes} minutes.{earned}",
        ),
    ):
        side = "learner" if reader is learner else "mentor"
        notify(reader.id, "session_confirmed", title, body, url, action, other.id, f"{key}:{side}")
        if not instant:  # who is wanted this minute looks at a page, not into a mailbox
            there = f"It is {moment(live_session.starts_at, reader.time_zone)} in {city(reader.time_zone)}."
            door = "The door opens ten minutes before."
            letter_write(reader, live_session, "confirmed", title, [body, there if side == "mentor" else "", door])


def _return_money(live_session: LiveSession, order: PaymentOrder) -> Settled:
    """Want back whatever of this order is not wanted back yet, and tell the payer once."""
    wanted = money_return(order, "Paid after the time to pay had run out.")
    settle_mark(order.id)  # also where less is left than can be sent: it is decided, and stays so
    if wanted == 0:
        return Settled.ALREADY
    url = f"/mentors/{_public_id_of(live_session.mentor_id)}"
    notify(
        order.payer_id,
        "late_money",
        f"{rupees(wanted)} is on its way back to you",
        f"Your payment came after the hold had ended, and {live_session.title} was gone. Nothing is lost. "
        "Choose another time if you like.",
        url,
        [{"label": "See free times", "method": "get", "url": url, "style": "primary"}],
        live_session.mentor_id,
        f"late:{order.public_id}",
    )
    announce(LateMoneyReturned(live_session.id, order.id))
    return Settled.RETURNED


def held_of(public_id: str, learner_id: int) -> LiveSession:
    """Return a lesson that this learner has, by its public id. Raises Missing for anybody else."""
    live_session = session_by_public_id(public_id)
    if live_session is None or live_session.learner_id != learner_id:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    return live_session


@transactional
def hold_drop(live_session_id: int, learner_id: int) -> None:
    """Let go of one's own unpaid hold before it runs out. Does nothing where it is gone or paid."""
    live_session = locked(live_session_id)
    if live_session.held_by == learner_id and live_session.state == State.HELD:
        hold_release(live_session.id, force=True)


def holds_expire() -> int:
    """Free every hold whose time ran out and every offer that began unbooked; return how many. For the janitor."""
    at = now()
    due = db.session.scalars(
        sa.select(LiveSession.id).where(
            sa.or_(
                sa.and_(LiveSession.state == State.HELD, LiveSession.hold_expires_at <= at),
                sa.and_(LiveSession.state == State.OPEN, LiveSession.starts_at <= at),
            )
        )
    ).all()
    return sum(one_by_one(due, _expire_one, "hold"))


@transactional
def _expire_one(live_session_id: int) -> bool:
    live_session = locked(live_session_id)
    released = hold_release(live_session_id)
    if released and (live_session.request_id is not None or live_session.series_id is not None):
        _tell_lapsed(live_session)
    if transition(LiveSession, live_session_id, [State.OPEN], State.EXPIRED, LiveSession.starts_at <= now()):
        claims_drop(live_session_id)
        announce(SessionReleased(live_session_id))
        released = True
    return released


def _tell_lapsed(live_session: LiveSession) -> None:
    for reader_id, other_id, text in (
        (live_session.learner_id, live_session.mentor_id, "It was not paid in time, so the time is free again."),
        (live_session.mentor_id, live_session.learner_id, "It was not paid in time. Your time is free again."),
    ):
        if reader_id is not None:
            notify(
                reader_id,
                "hold_lapsed",
                f"{live_session.title} did not come about",
                text,
                "/lessons",
                (),
                other_id,
                f"lapsed:{live_session.public_id}:{reader_id}",
            )


def _public_id_of(user_id: int) -> str:
    return db.session.execute(sa.select(User.public_id).where(User.id == user_id)).scalar_one()


def locked(live_session_id: int, *more_people: int) -> LiveSession:
    """Return the session as it is now, with its people's time locked. Raises Missing."""
    live_session = db.session.get(LiveSession, live_session_id)
    if live_session is None:
        raise Missing("There is no such lesson.", code="no_such_session")
    people = {live_session.mentor_id, *more_people}
    if live_session.learner_id is not None:
        people.add(live_session.learner_id)
    people_lock(people)
    db.session.refresh(live_session)
    return live_session
