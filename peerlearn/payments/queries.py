"""Reading money: balances are sums of ledger lines, states are read as they are."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.money import Split
from peerlearn.payments.books import split_of
from peerlearn.payments.ledger import GATEWAY, MENTOR_PAYABLE, Posting
from peerlearn.payments.models import (
    LedgerEntry,
    LedgerTransaction,
    OrderReturn,
    Payment,
    PaymentDispute,
    PaymentOrder,
    Refund,
)
from peerlearn.payments.refunds import payment_refunds
from peerlearn.payments.tenders import returns_of


def order_by_id(order_id: int) -> PaymentOrder | None:
    """The order with this id."""
    return db.session.get(PaymentOrder, order_id)


def order_by_public_id(public_id: str) -> PaymentOrder | None:
    """The order behind a URL."""
    return db.session.execute(sa.select(PaymentOrder).where(PaymentOrder.public_id == public_id)).scalar_one_or_none()


def order_by_gateway_id(gateway_order_id: str) -> PaymentOrder | None:
    """The order behind the gateway's own id."""
    statement = sa.select(PaymentOrder).where(PaymentOrder.gateway_order_id == gateway_order_id)
    return db.session.execute(statement).scalar_one_or_none()


def order_for(purpose: str, purpose_id: int) -> PaymentOrder | None:
    """The newest order for a purpose."""
    statement = (
        sa.select(PaymentOrder)
        .where(PaymentOrder.purpose == purpose, PaymentOrder.purpose_id == purpose_id)
        .order_by(PaymentOrder.id.desc())
        .limit(1)
    )
    return db.session.execute(statement).scalar_one_or_none()


def orders_unsettled(limit: int = 100) -> list[int]:
    """Orders that are paid and whose money was not yet given a use: what a lost wake-up left behind."""
    statement = (
        sa.select(PaymentOrder.id)
        .where(PaymentOrder.state == "paid", PaymentOrder.settled_at.is_(None))
        .order_by(PaymentOrder.id)
        .limit(limit)
    )
    return list(db.session.execute(statement).scalars())


def purpose_of(order_id: int) -> str | None:
    """What an order pays for, or None for an unknown one."""
    return db.session.execute(sa.select(PaymentOrder.purpose).where(PaymentOrder.id == order_id)).scalar_one_or_none()


def payments_quarantined(limit: int = 100) -> list[Payment]:
    """Payments that do not match their order."""
    statement = sa.select(Payment).where(Payment.state == "quarantined").order_by(Payment.id.desc()).limit(limit)
    return list(db.session.execute(statement).scalars())


def refunds_failed(limit: int = 100) -> list[Refund]:
    """Refunds that the gateway could not make and that are still owed."""
    statement = sa.select(Refund).where(Refund.state == "failed").order_by(Refund.id.desc()).limit(limit)
    return list(db.session.execute(statement).scalars())


def refund_with_order(refund_id: int) -> tuple[Refund, PaymentOrder] | None:
    """A refund and the order that it belongs to."""
    statement = (
        sa.select(Refund, PaymentOrder)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(PaymentOrder, PaymentOrder.id == Payment.order_id)
        .where(Refund.id == refund_id)
    )
    row = db.session.execute(statement).first()
    return (row[0], row[1]) if row else None


def payments_of_order(order_id: int) -> list[Payment]:
    """All attempts to pay an order, oldest first."""
    statement = sa.select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)
    return list(db.session.execute(statement).scalars())


def balance_of(account: str, owner_id: int | None = None) -> int:
    """The sum of an account in paise, debit positive; of one owner, or of all."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_paise), 0)).where(
        LedgerEntry.account == account
    )
    if owner_id is not None:
        statement = statement.where(LedgerEntry.owner_id == owner_id)
    return int(db.session.execute(statement).scalar_one())


@dataclass(frozen=True)
class Earnings:
    """What a mentor has earned, in paise: shares of confirmed lessons, what went back, and what we owe now."""

    earned_paise: int
    returned_paise: int

    @property
    def payable_paise(self) -> int:
        """What we owe the mentor. Negative where more went back than was earned since the last payout."""
        return self.earned_paise - self.returned_paise


def mentor_earnings(mentor_id: int, since: datetime | None = None, until: datetime | None = None) -> Earnings:
    """A mentor's earnings, of all time or of the ledger between two instants."""
    credit = sa.func.coalesce(
        sa.func.sum(sa.case((LedgerEntry.amount_paise < 0, -LedgerEntry.amount_paise), else_=0)), 0
    )
    debit = sa.func.coalesce(sa.func.sum(sa.case((LedgerEntry.amount_paise > 0, LedgerEntry.amount_paise), else_=0)), 0)
    statement = (
        sa.select(credit, debit)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerEntry.account == MENTOR_PAYABLE, LedgerEntry.owner_id == mentor_id)
        .where(LedgerTransaction.kind.in_(("split", "unsplit", "dispute_lost")))
    )
    if since is not None:
        statement = statement.where(LedgerTransaction.at >= since)
    if until is not None:
        statement = statement.where(LedgerTransaction.at < until)
    earned, returned = db.session.execute(statement).one()
    return Earnings(int(earned), int(returned))


@dataclass(frozen=True)
class MoneyTrail:
    """Everything about the money of one order, for a receipt and for an admin."""

    order: PaymentOrder
    payments: list[Payment]
    refunds: list[Refund]
    disputes: list[PaymentDispute]
    mentor_id: int | None
    split: Split | None
    lines: list[tuple[datetime, str, Posting]]  # when, kind, line
    returns: list[OrderReturn] = field(default_factory=list)  # of an order that took no money

    @property
    def paid(self) -> Payment | None:
        """The payment that counts."""
        return next((payment for payment in self.payments if payment.id == self.order.paid_payment_id), None)

    @property
    def refunded_paise(self) -> int:
        """What has gone back, or is on its way, of the payment that counts, by us or by the payer's bank."""
        counts = self.order.paid_payment_id
        by_bank = sum(one.shared_paise + one.borne_paise for one in self.disputes if one.payment_id == counts)
        return by_bank + sum(refund.amount_paise for refund in self.refunds if refund.payment_id == counts)

    @property
    def returned_by_bank(self) -> list[PaymentDispute]:
        """Lost disputes of the payment that counts, by which more went back than refunds say."""
        counts = self.order.paid_payment_id
        return [one for one in self.disputes if one.payment_id == counts and one.shared_paise + one.borne_paise]

    @property
    def kept_paise(self) -> int:
        """What the learner has paid in the end."""
        return self.order.amount_paise - self.refunded_paise if self.paid else 0


def trail_of(order_id: int) -> MoneyTrail | None:
    """The whole money trail of an order: attempts, refunds, split and every ledger line, oldest first."""
    order = db.session.get(PaymentOrder, order_id)
    if order is None:
        return None
    payments = payments_of_order(order_id)
    refunds = [refund for payment in payments for refund in payment_refunds(payment.id)]
    disputes = list(
        db.session.scalars(
            sa.select(PaymentDispute)
            .where(PaymentDispute.payment_id.in_([payment.id for payment in payments]))
            .order_by(PaymentDispute.id)
        )
    )
    references = [f"split:{order_id}"]
    references += [f"{kind}:{payment.gateway_payment_id}" for payment in payments for kind in ("capture", "cost")]
    references += [f"{kind}:{refund.id}" for refund in refunds for kind in ("unsplit", "unprepay", "refund")]
    references += [
        f"{kind}:{one.id}:{move}"
        for one in disputes
        for move in range(1, one.moves + 1)
        for kind in ("dispute_taken", "dispute_returned", "dispute_lost", "unprepay:dispute")
    ]
    returns = returns_of(order_id)
    references += [f"prepay:{order_id}", *(f"giveback:{row.id}" for row in returns)]
    rows = db.session.execute(
        sa.select(
            LedgerTransaction.at,
            LedgerTransaction.kind,
            LedgerEntry.account,
            LedgerEntry.owner_id,
            LedgerEntry.amount_paise,
        )
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.reference.in_(references))
        .order_by(LedgerEntry.id)
    )
    lines = [(at, kind, Posting(account, owner, amount)) for at, kind, account, owner, amount in rows]
    shared = split_of(order_id)
    mentor_id, split = shared or (None, None)
    return MoneyTrail(order, payments, refunds, disputes, mentor_id, split, lines, returns)


def payments_for(payer_id: int, limit: int = 50) -> list[tuple[PaymentOrder, Payment]]:
    """What a person has paid, newest first: the order and the payment that counts."""
    statement = (
        sa.select(PaymentOrder, Payment)
        .join(Payment, Payment.id == PaymentOrder.paid_payment_id)
        .where(PaymentOrder.payer_id == payer_id)
        .order_by(PaymentOrder.id.desc())
        .limit(limit)
    )
    return [(order, payment) for order, payment in db.session.execute(statement)]


def money_at_gateway() -> int:
    """Paise that should lie at the gateway now."""
    return balance_of(GATEWAY)
