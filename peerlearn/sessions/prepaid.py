"""Paying for a held lesson with minutes of packs: one tap, one transaction, the same way into a confirmed lesson."""

from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.orders import order_close, order_without_money
from peerlearn.payments.packs import minutes_take, pack_settle
from peerlearn.sessions import extending
from peerlearn.sessions.checkout import PURPOSE, Settled, confirm, locked
from peerlearn.sessions.discounts import discount_drop
from peerlearn.sessions.extension_lifecycle import Extended
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import Extension, LiveSession


@transactional
def pay_with_minutes(live_session_id: int, learner_id: int) -> LiveSession:
    """Pay for a lesson that this learner holds with prepaid minutes of its mentor, and confirm it.

    The lesson's price becomes what these minutes were bought for: that is what mentor, fee and tax share. Doing it
    again changes nothing. Raises Missing for a stranger, Conflict("hold_expired", "too_few_minutes", "free").
    """
    live_session = db.session.get(LiveSession, live_session_id)
    if live_session is None or live_session.learner_id != learner_id:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    live_session = locked(live_session_id)
    if live_session.confirmed_at is not None and live_session.prepaid_minutes:
        return live_session
    expires = live_session.hold_expires_at
    if live_session.state != State.HELD or live_session.held_by != learner_id or expires is None or expires <= now():
        raise Conflict(
            "The time to pay ran out and the lesson is free again. Choose a time once more.", code="hold_expired"
        )
    if live_session.price_paise == 0:
        raise Conflict("This lesson is free. Keep your minutes.", code="free")
    discount_drop(live_session)  # a code and minutes do not go together; it may be used another time
    if live_session.order_id is not None:
        order_close(live_session.order_id)
    order = order_with_minutes(PURPOSE, live_session.id, learner_id, live_session, live_session.minutes)
    live_session.prepaid_minutes = live_session.minutes
    live_session.price_paise = order.prepaid_paise
    db.session.flush()
    confirm(live_session, learner_id, order)
    db.session.refresh(live_session)
    return live_session


def order_with_minutes(
    purpose: str, purpose_id: int, learner_id: int, live_session: LiveSession, minutes: int
) -> PaymentOrder:
    """Make an order that minutes with this lesson's mentor pay for, inside the open transaction. Raises Conflict."""
    order = order_without_money(learner_id, purpose, purpose_id, list_paise=0, prepaid_minutes=minutes)
    uses = minutes_take(order.id, learner_id, live_session.mentor_id, minutes)
    order.prepaid_paise = order.list_paise = sum(use.paise for use in uses)
    db.session.flush()
    return order


@transactional
def extend_with_minutes(public_id: str, learner_id: int) -> Extension:
    """Pay for agreed added time with prepaid minutes of the lesson's mentor, and add it. Doing it again changes nothing.

    Its price becomes what these minutes were bought for. Raises Missing for anybody but the learner,
    Conflict("extension_over", "too_few_minutes", "time_taken").
    """
    found = extending.extension_found(public_id)
    live_session = locked(found.live_session_id)
    db.session.refresh(found)
    if live_session.learner_id != learner_id:
        raise Missing("There is no such payment among yours.", code="no_such_order")
    if found.state == Extended.ADDED:
        return found
    if found.state != Extended.AGREED or found.waits_until <= now():
        raise Conflict("The time to pay for this ran out. Ask again if you both like.", code="extension_over")
    if found.order_id is not None:
        order_close(found.order_id)
    order = order_with_minutes(extending.PURPOSE, found.id, learner_id, live_session, found.minutes)
    found.order_id, found.price_paise = order.id, order.prepaid_paise
    db.session.flush()
    if not extending.extension_add(live_session, found, order):
        raise Conflict("This time was just taken. Your minutes are untouched.", code="time_taken")
    return found


def pack_order_settle(order_id: int) -> Settled:
    """Turn the money for a pack into minutes, by the same door as the money for a lesson. Idempotent."""
    if pack_settle(order_id):
        return Settled.CONFIRMED
    order = db.session.get(PaymentOrder, order_id)
    return Settled.ALREADY if order is not None and order.state == "paid" else Settled.WAITING
