"""What of a payment has gone back to its payer, by refunds and by lost disputes, and what a bank is looking at."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.dispute_lifecycle import OPEN, QUESTIONS
from peerlearn.payments.models import Payment, PaymentDispute, PaymentOrder, Refund

# The gateway takes money for one dispute once, or takes, returns and takes it; more than that a person looks at.
MOST_MOVES = 6

_SETTLED = PaymentDispute.covered_paise + PaymentDispute.shared_paise + PaymentDispute.borne_paise
# Money was taken for it, and nobody has decided yet who bears that.
UNSETTLED = PaymentDispute.taken_paise > _SETTLED
WAITS = sa.or_(PaymentDispute.state.in_(OPEN), sa.and_(PaymentDispute.state.not_in(OPEN), UNSETTLED))
CLAIMED = sa.and_(WAITS, PaymentDispute.phase.not_in(QUESTIONS))


def _of(payment_id: Any, *parts: Any) -> sa.ColumnElement[int]:
    """The sum of all refunds of a payment and of these parts of its lost disputes, as SQL."""
    back = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_paise), 0)).where(Refund.payment_id == payment_id)
    lost = sa.select(sa.func.coalesce(sa.func.sum(sum(parts[1:], parts[0])), 0)).where(
        PaymentDispute.payment_id == payment_id
    )
    return back.scalar_subquery() + lost.scalar_subquery()


def gone_from_shares(payment_id: Any) -> sa.ColumnElement[int]:
    """As SQL: what the shares of mentor, fee and tax have given of a payment (an id, or a column of one)."""
    return _of(payment_id, PaymentDispute.shared_paise)


def shares_gave_paise(payment_id: int) -> int:
    """What the shares of mentor, fee and tax have given of a payment."""
    return int(db.session.execute(sa.select(gone_from_shares(payment_id))).scalar_one())


def refunded_paise(payment_id: int) -> int:
    """What the payer has back of a payment or is owed of it: refunds in any state, and what a bank took from us."""
    whole = _of(payment_id, PaymentDispute.shared_paise, PaymentDispute.borne_paise)
    return int(db.session.execute(sa.select(whole)).scalar_one())


def refunded_by_payment(payment_ids: Iterable[int]) -> dict[int, int]:
    """The same of many payments at once, by payment."""
    whole = _of(Payment.id, PaymentDispute.shared_paise, PaymentDispute.borne_paise)
    rows = db.session.execute(sa.select(Payment.id, whole).where(Payment.id.in_(list(payment_ids))))
    return {payment_id: int(paise) for payment_id, paise in rows}


def order_waits() -> sa.ColumnElement[bool]:
    """As SQL, beside PaymentOrder: a bank is looking at the payment that counts, or took it and it is not decided."""
    return sa.exists().where(PaymentDispute.payment_id == PaymentOrder.paid_payment_id, WAITS)


def payment_claimed(payment_id: Any) -> sa.ColumnElement[bool]:
    """As SQL: a bank claims the money of a payment, so the gateway refuses to give it back a second way."""
    return sa.exists().where(PaymentDispute.payment_id == payment_id, CLAIMED)


def is_claimed(payment_id: int) -> bool:
    """Whether a bank claims the money of this payment now."""
    return bool(db.session.execute(sa.select(payment_claimed(payment_id))).scalar_one())


def lost_references(dispute_id: Any) -> list[Any]:
    """The names that the losses of a dispute (an id, or a column of one) may have in the ledger."""
    number = str(dispute_id) if isinstance(dispute_id, int) else sa.cast(dispute_id, sa.String)
    return ["dispute_lost:" + number + f":{move}" for move in range(1, MOST_MOVES + 1)]


def disputed_paise() -> int:
    """What banks have taken and nobody bears yet: what the ledger's account must say."""
    left = sa.func.coalesce(sa.func.sum(PaymentDispute.taken_paise - _SETTLED), 0)
    return int(db.session.execute(sa.select(left)).scalar_one())
