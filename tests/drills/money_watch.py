"""Looks after each step at the whole ledger and at everything that the step touched."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.books import ledger_check
from peerlearn.payments.ledger import OWNED
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
from peerlearn.sessions.models import Extension, LiveSession
from tests.drills.money_books import beyond_the_gateway, released_early
from tests.drills.money_street import Street
from tests.drills.money_views import lesson_differs, mentor_differs

WHOLE_EVERY = 500

# By the first word of a reference: how the rest of it leads to an order.
BY_PAYMENT, BY_ORDER, BY_REFUND = {"capture", "cost"}, {"split", "prepay"}, {"unsplit", "refund", "unprepay"}


@dataclass
class Watch:
    """What was wrong so far, and how far the ledger was read."""

    street: Street
    newest: int = 0  # the newest ledger transaction that was looked at
    looks: int = 0
    lessons: int = 0
    wrong: list[str] = field(default_factory=list)

    def look(self, name: str, *, whole: bool = False) -> None:
        """Every transaction that is new sums to zero, so does the whole; all who were touched see the same money."""
        self.looks += 1
        found = list(self._ledger())
        orders, mentors = self._moved()
        lessons = self.street.touched | _lessons_of(orders)
        self.street.touched.clear()
        if whole or self.looks % WHOLE_EVERY == 0:
            lessons |= set(db.session.scalars(sa.select(LiveSession.id)).all())
            mentors = set(self.street.mentors)
            found += [*beyond_the_gateway(self.street), *released_early(self.street)]
            report = ledger_check()
            if not report.balanced:
                found.append(f"the ledger: {report.total_paise} {report.unbalanced[:3]} {report.missing[:3]}")
        self.lessons += len(lessons)
        for lesson_id in sorted(lessons):
            found += lesson_differs(lesson_id)
        for mentor_id in sorted(mentors):
            found += mentor_differs(mentor_id)
        found += self.street.surprises.take()
        db.session.remove()
        self.wrong += [f"{name}: {what}" for what in found]

    def _ledger(self) -> Iterator[str]:
        total = db.session.scalar(sa.select(sa.func.sum(LedgerEntry.amount_paise))) or 0
        if total != 0:
            yield f"the ledger sums to {total} paise"
        statement = (
            sa.select(LedgerEntry.transaction_id, sa.func.sum(LedgerEntry.amount_paise))
            .where(LedgerEntry.transaction_id > self.newest)
            .group_by(LedgerEntry.transaction_id)
        )
        for transaction_id, paise in db.session.execute(statement).all():
            if paise != 0:
                yield f"transaction {transaction_id} is off by {paise} paise"

    def _moved(self) -> tuple[set[int], set[int]]:
        """The orders and the owners of all that was posted since the last look."""
        orders: set[int] = set()
        new = LedgerTransaction.id > self.newest
        owned = sa.select(LedgerEntry.owner_id).where(
            LedgerEntry.transaction_id > self.newest, LedgerEntry.account.in_(OWNED)
        )
        mentors = set(self.street.mentors).intersection(db.session.scalars(owned).all())
        for number, reference in db.session.execute(
            sa.select(LedgerTransaction.id, LedgerTransaction.reference).where(new)
        ):
            self.newest = max(self.newest, number)
            orders |= set(db.session.scalars(_order_of(reference)).all())
        return orders, mentors


def _order_of(reference: str) -> sa.Select[int]:
    kind, _, rest = reference.partition(":")
    name = rest.partition(":")[0]
    if kind in BY_PAYMENT:
        return sa.select(Payment.order_id).where(Payment.gateway_payment_id == name)
    if kind.startswith("dispute_"):
        joined = sa.select(Payment.order_id).join(PaymentDispute, PaymentDispute.payment_id == Payment.id)
        return joined.where(PaymentDispute.id == int(name))
    if kind == "giveback":
        return sa.select(OrderReturn.order_id).where(OrderReturn.id == int(name))
    if kind in BY_ORDER:
        return sa.select(PaymentOrder.id).where(PaymentOrder.id == int(name))
    if kind == "unprepay" and name == "dispute":
        return sa.select(PaymentOrder.id).where(sa.false())
    if kind in BY_REFUND:
        joined = sa.select(Payment.order_id).join(Refund, Refund.payment_id == Payment.id)
        return joined.where(Refund.id == int(name))
    return sa.select(Payout.order_id).where(Payout.id == int(name.partition(".")[0]))


def _lessons_of(orders: set[int]) -> set[int]:
    direct = sa.select(PaymentOrder.purpose_id).where(
        PaymentOrder.id.in_(orders), PaymentOrder.purpose == "live_session"
    )
    longer = (
        sa.select(Extension.live_session_id)
        .join(PaymentOrder, PaymentOrder.purpose_id == Extension.id)
        .where(PaymentOrder.id.in_(orders), PaymentOrder.purpose == "extension")
    )
    return set(db.session.scalars(direct).all()) | set(db.session.scalars(longer).all())
