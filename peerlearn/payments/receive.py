"""Money that comes in: browser, webhook and reconciliation all end in `payment_record`, which is idempotent."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.kernel import announce, connection_release, db, one_by_one, transactional, transition
from peerlearn.payments.books import ledger_post
from peerlearn.payments.facts import MoneyCaptured, PaymentFailed, PaymentQuarantined
from peerlearn.payments.ledger import capture_postings, cost_postings
from peerlearn.payments.lifecycle import ORDER, PAYMENT, next_state, states_before
from peerlearn.payments.models import Payment, PaymentOrder
from peerlearn.payments.orders import lock_order, order_of_gateway
from peerlearn.payments.ports import Gateway
from peerlearn.payments.refunds import refund_want

log = logging.getLogger(__name__)

CURRENCY = "INR"
MONEY_EVENTS = {"authorized", "captured", "refunded"}

# Reconciliation: an order is asked about from 20 s after it was made on, often while a person may be waiting, then ever less;
# after four days the gateway authorises nothing late any more. A paid order is asked about once more, a while after: it
# may have been paid twice, and the second webhook may be lost.
FIRST_ASK = timedelta(seconds=20)
ASK_OFTEN_FOR, ASK_OFTEN = timedelta(minutes=30), timedelta(seconds=20)
ASK_RARELY_FOR, ASK_RARELY = timedelta(days=4), timedelta(hours=1)
CAPTURE_AFTER = timedelta(minutes=2)
ASK_PAID_AFTER = timedelta(minutes=15)
# An authorised payment has not come to its end: it is taken, or goes back by itself after three to five days.
ASK_AUTHORISED_FOR = timedelta(days=15)
ASK_AT_ONCE = 40


@transactional
def payment_record(entity: dict[str, Any]) -> Payment | None:
    """Write down what the gateway says about a payment, checked against our own order. Returns None if nothing began.

    The order's row is locked, so that ten equal messages at once have one effect. The first captured payment pays the
    order; any other captured payment of it is given back. An amount or a currency that differs from the order is
    quarantined: recorded, owed to the payer, never used. Raises Missing for an order that is not ours.
    """
    found = order_of_gateway(str(entity.get("order_id")))
    if found is None:
        raise Missing("This payment belongs to no order of ours.", code="no_such_order")
    order = lock_order(found.id)
    gateway_payment_id = str(entity["id"])
    payment = db.session.execute(
        sa.select(Payment).where(Payment.gateway_payment_id == gateway_payment_id),
        execution_options={"populate_existing": True},
    ).scalar_one_or_none()
    if payment is not None and payment.order_id != order.id:
        raise Conflict("This payment belongs to another order.", code="payment_of_other_order")
    state = payment.state if payment is not None else "absent"
    event = _event(order, entity, state)
    if event is None:
        return None
    target = next_state(PAYMENT, state, event)
    if payment is None:
        payment = Payment(
            order_id=order.id,
            gateway_payment_id=gateway_payment_id,
            amount_paise=int(entity["amount"]),
            currency=str(entity.get("currency")),
            created_at=_instant(entity),
            state=str(target),
        )
        db.session.add(payment)
    elif target is not None:
        payment.state = target
    payment.method = entity.get("method") or payment.method
    db.session.flush()
    _take_money(order, payment, entity)
    if target == "captured":
        _pay(order, payment)
    elif target == "failed":
        payment.error_reason = str(entity.get("error_description") or entity.get("error_reason") or "")[:255]
        announce(PaymentFailed(order.id, payment.id))
    elif target == "quarantined":
        log.error("payment %s does not match its order %s", gateway_payment_id, order.public_id)
        announce(PaymentQuarantined(order.id, payment.id))
    return payment


def order_of_captured(gateway_payment_id: str) -> int | None:
    """Return the order of a payment that is written down as captured, with its cost: asking again tells nothing new."""
    return db.session.scalar(
        sa.select(Payment.order_id).where(
            Payment.gateway_payment_id == gateway_payment_id,
            Payment.state.in_(("captured", "refunded")),
            Payment.fee_paise.is_not(None),
        )
    )


def _event(order: PaymentOrder, entity: dict[str, Any], state: str) -> str | None:
    status = entity.get("status")
    if status == "refunded" and state in {"absent", "quarantined"}:
        return "refunded"  # all of it has gone back: whatever it was, nobody need look at it any more
    if status in MONEY_EVENTS and (entity.get("amount"), entity.get("currency")) != (order.amount_paise, CURRENCY):
        return "mismatched"
    if status in MONEY_EVENTS or status == "failed":
        return str(status)
    return None


def _instant(entity: dict[str, Any]) -> datetime:
    seconds = entity.get("created_at")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else now()


def _take_money(order: PaymentOrder, payment: Payment, entity: dict[str, Any]) -> None:
    """Captured money is in the ledger whatever comes of it: it lies at the gateway and is owed to the payer."""
    # Also where the first that we hear of it is that all of it went back: it was taken, and its fee was kept.
    taken = entity.get("status") == "captured" or (entity.get("status") == "refunded" and entity.get("captured"))
    if taken and payment.captured_at is None and payment.currency == CURRENCY:
        payment.captured_at = now()
        postings = capture_postings(order.payer_id, payment.amount_paise)
        ledger_post("capture", f"capture:{payment.gateway_payment_id}", postings)
    fee = entity.get("fee")
    if payment.captured_at is not None and payment.fee_paise is None and isinstance(fee, int):
        payment.fee_paise = fee
        if fee:
            ledger_post("cost", f"cost:{payment.gateway_payment_id}", cost_postings(fee))


def _pay(order: PaymentOrder, payment: Payment) -> None:
    paid = transition(
        PaymentOrder,
        order.id,
        states_before(ORDER, "paid", "captured"),
        "paid",
        paid_payment_id=payment.id,
        paid_at=now(),
    )
    if paid:
        announce(MoneyCaptured(order.id))
    elif order.paid_payment_id != payment.id:
        log.warning("order %s was paid twice", order.public_id)
        refund_want(
            payment.id,
            payment.amount_paise,
            "You paid twice. The second payment goes back in full.",
            key=f"extra-{payment.gateway_payment_id}",
        )


def payment_verify_return(
    order: PaymentOrder, gateway_payment_id: str, signature: str, *, gateway: Gateway
) -> Payment | None:
    """A browser came back with a success: check the signature with our own order id, then ask the gateway itself.

    The signature proves who wrote it, not that money was taken, so the payment is fetched. Raises Invalid for a wrong
    signature, with no effect; Upstream or TooMany where the gateway can't be asked now: webhook or reconciliation will
    tell.
    """
    gateway_order_id = order.gateway_order_id
    if gateway_order_id is None or not gateway.verify_return(gateway_order_id, gateway_payment_id, signature):
        raise Invalid(
            "We could not check this payment. If money was taken, it will show here in a minute or come back by itself.",
            code="return_signature",
        )
    connection_release()
    entity = gateway.fetch_payment(gateway_payment_id)
    if entity.get("order_id") != gateway_order_id:
        raise Invalid("This payment belongs to another order.", code="payment_of_other_order")
    return payment_record(entity)


@transactional
def _orders_to_ask(limit: int, only: int | None) -> list[tuple[int, str, str]]:
    """Take orders whose time to be asked about has come; two workers rarely ask about the same one."""
    moment = now()
    asked = sa.func.coalesce(PaymentOrder.asked_at, PaymentOrder.created_at)
    due = sa.or_(
        sa.and_(PaymentOrder.created_at >= moment - ASK_OFTEN_FOR, asked <= moment - ASK_OFTEN),
        sa.and_(PaymentOrder.created_at >= moment - ASK_RARELY_FOR, asked <= moment - ASK_RARELY),
    )
    waiting = PaymentOrder.state.in_(("open", "closed"))
    unpaid = sa.and_(waiting, PaymentOrder.created_at <= moment - FIRST_ASK, due)
    paid = sa.and_(
        PaymentOrder.state == "paid", PaymentOrder.paid_at <= moment - ASK_PAID_AFTER, asked <= PaymentOrder.paid_at
    )
    authorised = sa.and_(
        sa.exists().where(
            Payment.order_id == PaymentOrder.id,
            Payment.state.in_(("authorized", "quarantined")),
            Payment.captured_at.is_(None),
        ),
        PaymentOrder.created_at >= moment - ASK_AUTHORISED_FOR,
        asked <= moment - ASK_RARELY,
    )
    chosen = sa.or_(unpaid, paid, authorised) if only is None else sa.and_(waiting, PaymentOrder.id == only)
    rows = db.session.execute(
        sa.select(PaymentOrder.id, PaymentOrder.gateway_order_id, PaymentOrder.state)
        .where(PaymentOrder.gateway_order_id.is_not(None), chosen)
        .order_by(asked)
        .limit(limit)
    )
    found = [(order_id, str(gateway_order_id), state) for order_id, gateway_order_id, state in rows]
    taken = [order_id for order_id, _, _ in found]
    db.session.execute(sa.update(PaymentOrder).where(PaymentOrder.id.in_(taken)).values(asked_at=moment))
    return found


def orders_reconcile(*, gateway: Gateway, limit: int = ASK_AT_ONCE, only: int | None = None) -> int:
    """Ask the gateway about orders whose webhook may be lost. Returns how many were asked.

    `only` asks about one order now (a person is waiting on its page). One order that can't be asked does not stop the
    others; it comes round again.
    """

    def ask(order: tuple[int, str, str]) -> None:
        _, gateway_order_id, state = order
        for entity in gateway.payments_of(gateway_order_id):
            payment_record(_captured(entity, state, gateway))

    return len(one_by_one(_orders_to_ask(limit, only), ask, "order"))


def _captured(entity: dict[str, Any], order_state: str, gateway: Gateway) -> dict[str, Any]:
    """An authorised payment of an order that somebody waits for is captured; others the gateway gives back itself."""
    waited = now() - _instant(entity) >= CAPTURE_AFTER
    if entity.get("status") == "authorized" and order_state == "open" and waited:
        return gateway.capture(str(entity["id"]), int(entity["amount"]))
    return entity
