"""What a person is asked to pay: an order is made here, then opened at the gateway, then waits for money."""

import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Invalid, Missing
from peerlearn.kernel import db, transactional, transition
from peerlearn.payments.lifecycle import ORDER, states_before
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.ports import Gateway
from peerlearn.payments.tender import SMALLEST_PAISE

__all__ = [
    "RECEIPT",
    "SMALLEST_PAISE",
    "Discount",
    "lock_order",
    "order_attach",
    "order_close",
    "order_create",
    "order_of_gateway",
    "order_open_at_gateway",
    "order_release",
    "order_without_money",
]

RECEIPT = "pl-"  # begins the receipt of every order that was opened at the gateway; lessons of the demo never were


@dataclass(frozen=True)
class Discount:
    """What a coupon takes off a list price, in paise, and who bears it: "platform" or "mentor"."""

    paise: int
    by: str
    coupon_id: int


def lock_order(order_id: int) -> PaymentOrder:
    """The order, read fresh and locked until the transaction ends: everything about its money happens one by one.

    Locks are taken in one order everywhere: people, then orders, then packs and coupons.
    """
    # NO KEY UPDATE: who only writes a row that names the order (a receipt's number) need not wait.
    statement = sa.select(PaymentOrder).where(PaymentOrder.id == order_id).with_for_update(key_share=True)
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


@transactional
def order_create(
    payer_id: int, purpose: str, purpose_id: int, amount_paise: int, discount: Discount | None = None
) -> PaymentOrder:
    """Ask a person for an amount. The amount is ours, never a browser's. Raises Invalid below one rupee.

    The list price is the amount and its `discount`.
    """
    if amount_paise < SMALLEST_PAISE:
        raise Invalid("A payment must be at least ₹1. A free lesson needs no payment.", code="amount_too_small")
    return _add(payer_id, purpose, purpose_id, amount_paise, discount, state="new")


@transactional
def order_without_money(
    payer_id: int,
    purpose: str,
    purpose_id: int,
    discount: Discount | None = None,
    *,
    list_paise: int,
    prepaid_minutes: int = 0,
) -> PaymentOrder:
    """Note an order that is paid already: a coupon took all of its price off, or minutes of packs pay for it.

    It is never opened at the gateway and has no payment.
    """
    values = {"state": "paid", "paid_at": now(), "list_paise": list_paise, "prepaid_minutes": prepaid_minutes}
    return _add(payer_id, purpose, purpose_id, 0, discount, **values)


def _add(
    payer_id: int, purpose: str, purpose_id: int, amount_paise: int, discount: Discount | None, **values: Any
) -> PaymentOrder:
    if discount is not None:
        values = {
            "list_paise": amount_paise + discount.paise,
            "discount_paise": discount.paise,
            "discount_by": discount.by,
            "coupon_id": discount.coupon_id,
        } | values
    order = PaymentOrder(
        payer_id=payer_id,
        purpose=purpose,
        purpose_id=purpose_id,
        amount_paise=amount_paise,
        receipt=f"{RECEIPT}{secrets.token_hex(8)}",
        created_at=now(),
        **({"discount_paise": 0, "prepaid_minutes": 0, "prepaid_paise": 0} | values),
    )
    db.session.add(order)
    db.session.flush()
    return order


@transactional
def order_attach(order_id: int, gateway_order_id: str) -> PaymentOrder:
    """Note the gateway's id of an order: now it can be paid. A second call with the same id changes nothing.

    The first id wins: where two requests opened the order at once, both show the browser the same one.
    """
    transition(
        PaymentOrder, order_id, states_before(ORDER, "open", "attached"), "open", gateway_order_id=gateway_order_id
    )
    order = db.session.get(PaymentOrder, order_id, populate_existing=True)
    if order is None:
        raise Missing("There is no such order.", code="no_such_order")
    return order


@transactional
def order_close(order_id: int) -> bool:
    """Nobody waits for this order any more. Late money is still recorded. Returns whether it was open."""
    return transition(PaymentOrder, order_id, states_before(ORDER, "closed", "closed"), "closed")


@transactional
def order_release(order_id: int) -> bool:
    """From now on the mentor's share of this order may be paid out. Returns whether this call did it."""
    statement = (
        sa.update(PaymentOrder)
        .where(PaymentOrder.id == order_id, PaymentOrder.released_at.is_(None))
        .values(released_at=now())
    )
    return bool(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


@transactional
def _fresh(order_id: int) -> PaymentOrder:
    order = db.session.get(PaymentOrder, order_id, populate_existing=True)
    if order is None:
        raise Missing("There is no such order.", code="no_such_order")
    return order


@transactional
def _try_again(order_id: int) -> bool:
    """Note that the gateway is asked to open an order; whether an earlier try may have got through unheard."""
    order = _fresh(order_id)
    tried = order.asked_at is not None
    order.asked_at = now()
    return tried


def order_open_at_gateway(order_id: int, *, gateway: Gateway) -> PaymentOrder:
    """Open an order at the gateway and attach it; an order that is open already is returned as it is.

    Network between short transactions. Orders have no idempotency key at the gateway, so the try is written down
    first: after a crash the next one looks the receipt up before it opens anything. Raises Upstream.
    """
    order = _fresh(order_id)
    if order.gateway_order_id is not None:
        return order
    found = gateway.find_order(order.receipt) if _try_again(order_id) else None
    if found is None:
        notes = {"order": order.public_id, "purpose": order.purpose}
        found = gateway.open_order(order.amount_paise, order.receipt, notes)
    return order_attach(order_id, found)


def order_of_gateway(gateway_order_id: str) -> PaymentOrder | None:
    """Our order behind a gateway order id."""
    statement = sa.select(PaymentOrder).where(PaymentOrder.gateway_order_id == gateway_order_id)
    return db.session.execute(statement).scalar_one_or_none()
