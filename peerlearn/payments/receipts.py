"""Numbers of receipts: one for each order that was paid with money (`numbering`)."""

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.models import PaymentOrder, Receipt
from peerlearn.payments.numbering import numbers_give

PREFIX = "PL"
_WAITING = (
    sa.select(PaymentOrder.id.label("order_id"), PaymentOrder.paid_at.label("at"))
    .where(
        PaymentOrder.paid_at.is_not(None),
        PaymentOrder.paid_payment_id.is_not(None),
        ~sa.exists().where(Receipt.order_id == PaymentOrder.id),
    )
    .subquery()
)


def receipt_words(receipt: Receipt) -> str:
    """ "PL/26-27/000123": at most 16 letters, as a tax invoice's number may have."""
    return f"{PREFIX}/{receipt.financial_year}/{receipt.number:06d}"


def receipts_number() -> int:
    """Give every paid order that has none its number. Returns how many this call gave. Idempotent."""
    return numbers_give(Receipt, _WAITING)


def receipt_numbers(order_ids: list[int]) -> dict[int, str]:
    """The numbers of orders that have one."""
    rows = db.session.scalars(sa.select(Receipt).where(Receipt.order_id.in_(order_ids)))
    return {row.order_id: receipt_words(row) for row in rows}


def receipt_number(order_id: int) -> str | None:
    """The number of a paid order's receipt, given now where it has none; None for an unpaid order."""
    if order_id not in receipt_numbers([order_id]):
        receipts_number()
    return receipt_numbers([order_id]).get(order_id)
