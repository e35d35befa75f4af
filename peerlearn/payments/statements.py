"""Statements of a month, from the ledger alone: entries are only ever added, so a closed month never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.ledger import (
    GST_PAYABLE,
    LEARNER,
    MENTOR_PAYABLE,
    PLATFORM_FEE,
    TDS_PAYABLE,
    TRANSFER_HELD,
)
from peerlearn.payments.models import (
    LedgerEntry,
    LedgerTransaction,
    OrderReturn,
    Payment,
    PaymentDispute,
    PaymentOrder,
    Payout,
    Refund,
)
from peerlearn.payments.months import Month

SHARES = ("split", "unsplit", "dispute_lost")
PACKS = ("prepay", "unprepay")
PAYOUTS = ("payout", "payout_returned")


@dataclass(frozen=True, slots=True)
class Line:
    """One happening of the ledger as its owner sees it, in paise. `change` moves the balance, the rest explains it.

    For a mentor: gross = fee + gst + change where money was shared out (negative where it went back); a payout is
    change = -(paid_out + tds). For a learner: what was paid in and what lessons used.
    """

    at: datetime
    kind: str
    reference: str
    change_paise: int
    balance_paise: int
    gross_paise: int = 0
    fee_paise: int = 0
    gst_paise: int = 0
    paid_out_paise: int = 0
    tds_paise: int = 0


@dataclass(frozen=True)
class Statement:
    """A month of one person: opening + the changes of all lines = closing, which is what the ledger says."""

    month: Month
    opening_paise: int
    lines: tuple[Line, ...]

    @property
    def closing_paise(self) -> int:
        """What the ledger owes at the month's end."""
        return self.lines[-1].balance_paise if self.lines else self.opening_paise

    def sum_of(self, name: str, *kinds: str) -> int:
        """The sum of one column over lines of these kinds (of all, where none is named)."""
        return sum(getattr(line, f"{name}_paise") for line in self.lines if not kinds or line.kind in kinds)

    @property
    def other_paise(self) -> int:
        """What moved the balance and is neither a share, nor a payout, nor a learner's payment or refund."""
        known = (*SHARES, *PACKS, *PAYOUTS, "capture", "refund")
        return sum(line.change_paise for line in self.lines if line.kind not in known)


def _mine(account: str, owner_id: int) -> sa.Select[Any]:
    return (
        sa.select(LedgerEntry.transaction_id)
        .where(LedgerEntry.account == account, LedgerEntry.owner_id == owner_id)
        .distinct()
    )


def _balance_before(account: str, owner_id: int, instant: datetime) -> int:
    statement = (
        sa.select(sa.func.coalesce(sa.func.sum(-LedgerEntry.amount_paise), 0))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerEntry.account == account, LedgerEntry.owner_id == owner_id, LedgerTransaction.at < instant)
    )
    return int(db.session.execute(statement).scalar_one())


def statement_of(account: str, owner_id: int, month: Month) -> Statement:
    """The statement of a mentor (`mentor_payable`) or of a learner (`learner`) for a month."""
    rows = db.session.execute(
        sa.select(
            LedgerTransaction.at,
            LedgerTransaction.id,
            LedgerTransaction.kind,
            LedgerTransaction.reference,
            LedgerEntry.account,
            LedgerEntry.owner_id,
            LedgerEntry.amount_paise,
        )
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.id.in_(_mine(account, owner_id)))
        .where(LedgerTransaction.at >= month.starts_at, LedgerTransaction.at < month.ends_at)
        .order_by(LedgerTransaction.at, LedgerTransaction.id)
    )
    found: dict[tuple[datetime, int, str, str], dict[str, int]] = {}
    for at, transaction_id, kind, reference, name, owner, amount in rows:
        sums = found.setdefault((at, transaction_id, kind, reference), {})
        if owner in (None, owner_id):
            sums[name] = sums.get(name, 0) - amount
    opening = balance = _balance_before(account, owner_id, month.starts_at)
    lines = []
    for (at, _, kind, reference), sums in found.items():
        balance += sums.get(account, 0)
        lines.append(_line(at, kind, reference, account, sums, balance))
    return Statement(month, opening, tuple(lines))


def _line(at: datetime, kind: str, reference: str, account: str, paise: dict[str, int], balance: int) -> Line:
    change = paise.get(account, 0)
    if account == LEARNER or kind not in (*SHARES, *PAYOUTS):
        return Line(at, kind, reference, change, balance)
    if kind in PAYOUTS:
        paid, tds = paise.get(TRANSFER_HELD, 0), paise.get(TDS_PAYABLE, 0)
        return Line(at, kind, reference, change, balance, paid_out_paise=paid, tds_paise=tds)
    fee, gst = paise.get(PLATFORM_FEE, 0), paise.get(GST_PAYABLE, 0)
    return Line(at, kind, reference, change, balance, change + fee + gst, fee, gst)


def mentor_statement(mentor_id: int, month: Month) -> Statement:
    """What a mentor earned in a month, what went back, what the bank got, and what we owed before and after."""
    return statement_of(MENTOR_PAYABLE, mentor_id, month)


def learner_statement(learner_id: int, month: Month) -> Statement:
    """What a learner paid in a month and what came back; the balance is what lay with us, unused, before and after."""
    return statement_of(LEARNER, learner_id, month)


def months_of(account: str, owner_id: int) -> list[tuple[Month, int, int]]:
    """The months in which an account moved, newest first: the month, what came in and what went out, in paise."""
    rows = db.session.execute(
        sa.select(LedgerTransaction.at, LedgerEntry.amount_paise)
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(LedgerEntry.account == account, LedgerEntry.owner_id == owner_id)
    )
    sums: dict[Month, tuple[int, int]] = {}
    for at, amount in rows:
        month = Month.of(at)
        came, went = sums.get(month, (0, 0))
        sums[month] = (came - min(amount, 0), went + max(amount, 0))
    return [(month, *sums[month]) for month in sorted(sums, reverse=True)]


# Which reference of the ledger leads to which order.
_WAYS: tuple[tuple[tuple[str, ...], Any, Any], ...] = (
    (("split", "prepay"), sa.select(PaymentOrder.id, PaymentOrder), PaymentOrder.id),
    (
        ("giveback",),
        sa.select(OrderReturn.id, PaymentOrder).join(PaymentOrder, PaymentOrder.id == OrderReturn.order_id),
        OrderReturn.id,
    ),
    (
        ("unsplit", "refund"),
        sa.select(Refund.id, PaymentOrder)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(PaymentOrder, PaymentOrder.id == Payment.order_id),
        Refund.id,
    ),
    (
        ("capture",),
        sa.select(Payment.gateway_payment_id, PaymentOrder).join(PaymentOrder, PaymentOrder.id == Payment.order_id),
        Payment.gateway_payment_id,
    ),
    (
        ("dispute_lost",),
        sa.select(PaymentDispute.id, PaymentOrder)
        .join(Payment, Payment.id == PaymentDispute.payment_id)
        .join(PaymentOrder, PaymentOrder.id == Payment.order_id),
        PaymentDispute.id,
    ),
    (
        ("payout", "return"),
        sa.select(Payout.id, PaymentOrder).join(PaymentOrder, PaymentOrder.id == Payout.order_id),
        Payout.id,
    ),
)


def orders_behind(references: Sequence[str]) -> dict[str, PaymentOrder]:
    """The order that each ledger reference is about, where there is one."""
    wanted: dict[str, set[str]] = {}
    for reference in references:
        kind, name, *_ = reference.split(":")
        wanted.setdefault(kind, set()).add(name)
    orders: dict[tuple[str, str], PaymentOrder] = {}
    for kinds, statement, column in _WAYS:
        names = set().union(*(wanted.get(kind, set()) for kind in kinds))
        keys = [int(name) for name in names if name.isdecimal()] if column.key == "id" else list(names)
        for key, order in db.session.execute(statement.where(column.in_(keys))) if keys else ():
            orders.update({(kind, str(key)): order for kind in kinds})
    heads = {reference: reference.split(":") for reference in references}
    return {reference: orders[kind, name] for reference, (kind, name, *_) in heads.items() if (kind, name) in orders}
