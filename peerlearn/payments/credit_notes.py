"""Credit notes: the paper for what went back of a receipt, with a number of its own and the receipt's beside it.

One for each refund that has reached its end, and one for what mentor, fee and tax gave for a dispute that was lost, of
the payment that an order's receipt is about. Its amount and what fee and tax gave of it are those of that end, which
nothing changes any more. What the house bore of a dispute lowers no receipt: the lesson was given and stays paid for. A
second payment that went back has no receipt, so it needs no note (docs/decisions/0008-shares-are-halved-twice.md).
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.books import lines_of
from peerlearn.payments.gone import UNSETTLED, lost_references
from peerlearn.payments.ledger import DISCOUNT, GST_PAYABLE, MENTOR_PAYABLE, PLATFORM_FEE
from peerlearn.payments.models import CreditNote, Payment, PaymentDispute, PaymentOrder, Receipt, Refund
from peerlearn.payments.numbering import numbers_give

PREFIX = "PLC"
ENDS = ("processed", "covered")  # sent to the payer, or given by the payer's bank in place of us
_NOBODY = sa.null().cast(sa.Integer)
_WAITING = sa.union_all(
    sa.select(
        Refund.id.label("refund_id"),
        _NOBODY.label("dispute_id"),
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
    ),
    sa.select(
        _NOBODY,
        PaymentDispute.id,
        PaymentOrder.id,
        PaymentDispute.shared_paise,
        PaymentDispute.settled_at,
    )
    .join(Payment, Payment.id == PaymentDispute.payment_id)
    .join(PaymentOrder, PaymentOrder.paid_payment_id == Payment.id)
    .join(Receipt, Receipt.order_id == PaymentOrder.id)
    .where(
        PaymentDispute.settled_at.is_not(None),
        ~UNSETTLED,
        PaymentDispute.shared_paise > 0,
        ~sa.exists().where(CreditNote.dispute_id == PaymentDispute.id),
    ),
).subquery()


def note_words(note: CreditNote) -> str:
    """ "PLC/26-27/000012": at most 16 letters, in a row of its own."""
    return f"{PREFIX}/{note.financial_year}/{note.number:06d}"


def notes_number() -> int:
    """Give all that went back of a receipt and has reached its end its note. Returns how many this call gave. Idempotent."""
    return numbers_give(CreditNote, _WAITING)


def notes_of(order_id: int) -> dict[str, str]:
    """The numbers of an order's notes, by the public id of the refund or dispute that each is about."""
    rows = db.session.execute(
        sa.select(CreditNote, sa.func.coalesce(Refund.public_id, PaymentDispute.public_id))
        .outerjoin(Refund, Refund.id == CreditNote.refund_id)
        .outerjoin(PaymentDispute, PaymentDispute.id == CreditNote.dispute_id)
        .where(CreditNote.order_id == order_id)
    )
    return {public_id: note_words(note) for note, public_id in rows}


@dataclass(frozen=True)
class NotePaper:
    """What stands on a note: its number and that of the receipt, and in paise what went back and of which shares.

    amount = teaching + fee + gst - discount; the shares are zero where no lesson had used the money. The reason is what the
    payer was told of a refund; what the payer's own bank did has none.
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


def note_paper(subject: Refund | PaymentDispute, receipt: str) -> NotePaper | None:
    """The note of a refund or a lost dispute, its number given now where it has none; None before that has its end."""
    note = _note(subject)
    if note is None:
        notes_number()
        note = _note(subject)
    if isinstance(subject, Refund):
        at, references, reason = subject.processed_at, [f"unsplit:{subject.id}"], subject.reason
    else:
        at, references, reason = subject.settled_at, lost_references(subject.id), ""
    if note is None or at is None:
        return None
    lines = [line for reference in references for line in lines_of(reference)]
    gave = {
        account: sum(line.amount_paise for line in lines if line.account == account)
        for account in (MENTOR_PAYABLE, PLATFORM_FEE, GST_PAYABLE, DISCOUNT)
    }
    return NotePaper(
        number=note_words(note),
        receipt=receipt,
        at=at,
        amount_paise=note.amount_paise,
        teaching_paise=gave[MENTOR_PAYABLE],
        fee_paise=gave[PLATFORM_FEE],
        gst_paise=gave[GST_PAYABLE],
        discount_paise=-gave[DISCOUNT],
        reason=reason,
    )


def _note(subject: Refund | PaymentDispute) -> CreditNote | None:
    mine = CreditNote.refund_id if isinstance(subject, Refund) else CreditNote.dispute_id
    return db.session.scalar(sa.select(CreditNote).where(mine == subject.id))
