"""Numbers of receipts: in a row without gaps within a financial year, in the order in which money came.

A number is given after the payment, by a job each minute or by whoever asks for the receipt first, so paying never
waits for it. Rows are never deleted, and a transaction that fails gives its numbers back: there are no gaps.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import PaymentOrder, Receipt
from peerlearn.payments.months import financial_years

PREFIX = "PL"
TRIES = 5  # others give numbers at the same time; each try finds fewer left


def receipt_words(receipt: Receipt) -> str:
    """ "PL/26-27/000123": at most 16 letters, as a tax invoice's number may have."""
    return f"{PREFIX}/{receipt.financial_year}/{receipt.number:06d}"


def receipts_number() -> int:
    """Give every paid order that has none its number. Returns how many this call gave. Idempotent."""
    for _ in range(TRIES):
        try:
            return _number_all()
        except IntegrityError:  # another process took these numbers: look again at what is left
            continue
    return 0


@transactional
def _number_all() -> int:
    known = sa.exists().where(Receipt.order_id == PaymentOrder.id)
    waiting = sa.and_(PaymentOrder.paid_at.is_not(None), PaymentOrder.paid_payment_id.is_not(None), ~known)
    oldest, newest = db.session.execute(
        sa.select(sa.func.min(PaymentOrder.paid_at), sa.func.max(PaymentOrder.paid_at)).where(waiting)
    ).one()
    if oldest is None or newest is None:
        return 0
    given = 0
    for year, start, end in financial_years(oldest, newest):
        given += _number_year(year, waiting, start, end)
    return given


def _number_year(year: str, waiting: sa.ColumnElement[bool], start: datetime, end: datetime) -> int:
    last: sa.Select[Any] = sa.select(sa.func.coalesce(sa.func.max(Receipt.number), 0)).where(
        Receipt.financial_year == year
    )
    before = int(db.session.execute(last).scalar_one())
    rows = sa.select(
        PaymentOrder.id,
        sa.literal(year),
        before + sa.func.row_number().over(order_by=(PaymentOrder.paid_at, PaymentOrder.id)),
        sa.literal(now(), type_=Receipt.issued_at.type),
    ).where(waiting, PaymentOrder.paid_at >= start, PaymentOrder.paid_at < end)
    columns = ["order_id", "financial_year", "number", "issued_at"]
    done: Any = db.session.execute(sa.insert(Receipt).from_select(columns, rows, include_defaults=False))
    return int(done.rowcount)


def receipt_numbers(order_ids: list[int]) -> dict[int, str]:
    """The numbers of orders that have one."""
    rows = db.session.scalars(sa.select(Receipt).where(Receipt.order_id.in_(order_ids)))
    return {row.order_id: receipt_words(row) for row in rows}


def receipt_number(order_id: int) -> str | None:
    """The number of a paid order's receipt, given now where it has none; None for an unpaid order."""
    if order_id not in receipt_numbers([order_id]):
        receipts_number()
    return receipt_numbers([order_id]).get(order_id)
