"""Credit notes: the paper for what went back of a receipt, with a number of its own and the receipt's beside it.

One for each refund that has reached its end, of the payment that an order's receipt is about. Its amount and what fee
and tax gave of it are those of the refund's end, which nothing changes any more. A second payment that went back has no
receipt, so it needs no note (docs/decisions/0008-shares-are-halved-twice.md).
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.books import lines_of
from peerlearn.payments.ledger import DISCOUNT, GST_PAYABLE, MENTOR_PAYABLE, PLATFORM_FEE
from peerlearn.payments.models import CreditNote, Payment, PaymentOrder, Receipt, Refund
from peerlearn.payments.numbering import numbers_give

PREFIX = "PLC"
ENDS = ("processed", "covered")  # sent to the payer, or given by the payer's bank in place of us
_WAITING = (
    sa.select(
        Refund.id.label("refund_id"),
        PaymentOrder.id.label("order_id"),
        Refund.amount_paise,
        Refund.processed_at.label("at"),
    )
    .join(Payment, Payment.id == Refund.payment_id)
    .join(PaymentOrder, PaymentOrder.paid_payment_id == Payment.id)
    .join(Receipt, Receipt.order_id == PaymentOrder.id)
    .where(
        Refund.state.in_(ENDS),
        Refund.processed_at.is_not(None),
        Refund.amount_paise > 0,
        ~sa.exists().where(CreditNote.refund_id == Refund.id),
    )
    .subquery()
)


def note_words(note: CreditNote) -> str:
    """ "PLC/26-27/000012": at most 16 letters, in a row of its own."""
    return f"{PREFIX}/{note.financial_year}/{note.number:06d}"


def notes_number() -> int:
    """Give every refund of a receipt that has reached its end its note. Returns how many this call gave. Idempotent."""
    return numbers_give(CreditNote, _WAITING)


def notes_of(order_id: int) -> dict[int, str]:
    """The numbers of an order's notes, by refund; those that are due are given now."""
    rows = db.session.scalars(sa.select(CreditNote).where(CreditNote.order_id == order_id))
    return {row.refund_id: note_words(row) for row in rows}


@dataclass(frozen=True)
class NotePaper:
    """What stands on a note: its number and that of the receipt, and in paise what went back and of which shares.

    amount = teaching + fee + gst - discount; the shares are zero where no lesson had used the money.
    """

    number: str
    receipt: str
    at: datetime
    amount_paise: int
    teaching_paise: int
    fee_paise: int
    gst_paise: int
    discount_paise: int
    reason: str


def note_paper(refund: Refund, receipt: str) -> NotePaper | None:
    """The note of a refund, its number given now where it has none; None before the refund has reached its end."""
    if db.session.get(CreditNote, refund.id) is None:
        notes_number()
    note = db.session.get(CreditNote, refund.id)
    if note is None or refund.processed_at is None:
        return None
    gave = {line.account: line.amount_paise for line in lines_of(f"unsplit:{refund.id}")}
    return NotePaper(
        number=note_words(note),
        receipt=receipt,
        at=refund.processed_at,
        amount_paise=note.amount_paise,
        teaching_paise=gave.get(MENTOR_PAYABLE, 0),
        fee_paise=gave.get(PLATFORM_FEE, 0),
        gst_paise=gave.get(GST_PAYABLE, 0),
        discount_paise=-gave.get(DISCOUNT, 0),
        reason=refund.reason,
    )
