"""Reading with what an order was paid and how much of it has gone back."""

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.gone import shares_gave_paise
from peerlearn.payments.models import OrderReturn, PaymentOrder
from peerlearn.payments.pack_models import PackMove
from peerlearn.payments.tender import Measure, Tender, Use


def tender_of(order: PaymentOrder) -> Tender:
    """Return what an order is paid with: money, the platform's discount, minutes of packs."""
    return Tender(order.amount_paise, order.borne_paise, uses_of(order.id) if order.prepaid_minutes else ())


def is_paid(order: PaymentOrder | None) -> bool:
    """Whether an order was paid, with money or without."""
    return (
        order is not None and order.state == "paid" and (order.amount_paise == 0 or order.paid_payment_id is not None)
    )


def uses_of(order_id: int) -> tuple[Use, ...]:
    """Return the minutes that an order took out of packs, as they were taken."""
    rows = db.session.execute(
        sa.select(PackMove.minutes, PackMove.paise)
        .where(PackMove.order_id == order_id, PackMove.kind == "used")
        .order_by(PackMove.id)
    )
    return tuple(Use(-minutes, -paise) for minutes, paise in rows)


def back_of(order: PaymentOrder, measure: Measure) -> int:
    """Return how many units of an order its shares have given back: a failed refund is still owed."""
    if measure is Measure.CASH:
        if order.paid_payment_id is None:
            return 0
        return shares_gave_paise(order.paid_payment_id)
    statement = sa.select(sa.func.sum(OrderReturn.units)).where(OrderReturn.order_id == order.id)
    return int(db.session.execute(statement).scalar_one() or 0)


def returns_of(order_id: int) -> list[OrderReturn]:
    """Return what went back of an order that took no money, oldest first."""
    statement = sa.select(OrderReturn).where(OrderReturn.order_id == order_id).order_by(OrderReturn.id)
    return list(db.session.execute(statement).scalars())
