"""Money that came for a time that is gone: all of it goes back, once."""

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.gone import refunded_paise
from peerlearn.payments.models import Payment, PaymentOrder
from peerlearn.payments.service import refund_want
from peerlearn.payments.tender import SMALLEST_PAISE


def money_left(order: PaymentOrder) -> list[tuple[int, int]]:
    """Return (payment id, paise) of whatever came for this order and is not wanted back yet, oldest first."""
    payments = db.session.scalars(
        sa.select(Payment).where(Payment.order_id == order.id, Payment.state == "captured").order_by(Payment.id)
    ).all()
    rests = [(payment.id, payment.amount_paise - refunded_paise(payment.id)) for payment in payments]
    return [(payment_id, rest) for payment_id, rest in rests if rest >= SMALLEST_PAISE]


def money_return(order: PaymentOrder, reason: str, key: str = "late") -> int:
    """Want back whatever of this order is not wanted back yet, inside the open transaction; return how many paise.

    `reason` is a sentence for the payer. Calling it again wants nothing more.
    """
    wanted = 0
    for payment_id, rest in money_left(order):
        refund_want(payment_id, rest, reason, f"{key}:{payment_id}")
        wanted += rest
    return wanted
