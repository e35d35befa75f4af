"""What a person is asked to pay: an order is made here, then opened at the gateway, then waits for money."""

import secrets

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Invalid, Missing
from peerlearn.kernel import db, transactional, transition
from peerlearn.payments.lifecycle import ORDER, states_before
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.ports import Gateway

RECEIPT = "pl-"  # begins the receipt of every order that was opened at the gateway; lessons of the demo never were
SMALLEST_PAISE = 100  # the gateway takes no less than one rupee


@transactional
def order_create(payer_id: int, purpose: str, purpose_id: int, amount_paise: int) -> PaymentOrder:
    """Ask a person for an amount. The amount is ours, never a browser's. Raises Invalid below one rupee."""
    if amount_paise < SMALLEST_PAISE:
        raise Invalid("A payment must be at least ₹1. A free lesson needs no payment.", code="amount_too_small")
    order = PaymentOrder(
        payer_id=payer_id,
        purpose=purpose,
        purpose_id=purpose_id,
        amount_paise=amount_paise,
        receipt=f"{RECEIPT}{secrets.token_hex(8)}",
        state="new",
        created_at=now(),
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
