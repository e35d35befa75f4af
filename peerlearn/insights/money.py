"""What lessons brought, read from the ledger: per lesson, on hold, free. Balances are sums of entries, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.payments.gone import lost_references
from peerlearn.payments.ledger import GST_PAYABLE, MENTOR_PAYABLE, PLATFORM_FEE
from peerlearn.payments.models import LedgerEntry, LedgerTransaction, Payment, PaymentDispute, PaymentOrder, Refund
from peerlearn.sessions.models import LiveSession

# An objection can be raised for a day after the end; until then a lesson's money stays on hold.
HOLD_AFTER_END = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class LessonMoney:
    """What one lesson's money became, in paise, after refunds: the three parts sum to what the learner paid for good."""

    live_session_id: int
    title: str
    learner_id: int | None
    starts_at: datetime
    ends_at: datetime
    state: str
    paid_paise: int
    mentor_paise: int
    fee_paise: int
    gst_paise: int

    def on_hold(self, at: datetime) -> bool:
        """Whether its money waits: for the lesson, or for the day after it."""
        return self.state in {"confirmed", "live"} or self.ends_at + HOLD_AFTER_END > at

    @property
    def given(self) -> bool:
        """Whether it counts as earned: the lesson is over, and some of the money stayed."""
        return self.state not in {"confirmed", "live", "held", "open"} and self.mentor_paise > 0


@dataclass(frozen=True, slots=True)
class Purse:
    """A mentor's money in paise. `free` and `held` sum to `balance`, which is the ledger's."""

    balance_paise: int
    held_paise: int
    held_until: datetime | None

    @property
    def free_paise(self) -> int:
        """What is the mentor's beyond doubt."""
        return self.balance_paise - self.held_paise


def _sum(account: str) -> sa.ColumnElement[int]:
    """Credits of an account as a positive number of paise."""
    return sa.func.coalesce(
        sa.func.sum(sa.case((LedgerEntry.account == account, -LedgerEntry.amount_paise), else_=0)), 0
    )


_SHARES = (_sum(MENTOR_PAYABLE), _sum(PLATFORM_FEE), _sum(GST_PAYABLE))
_SPLITS = (
    sa.select(PaymentOrder.purpose_id, *_SHARES)
    .join(LedgerTransaction, LedgerTransaction.reference == sa.literal("split:") + sa.cast(PaymentOrder.id, sa.String))
    .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
    .where(PaymentOrder.purpose == "live_session", PaymentOrder.purpose_id.in_(bindparam("ids", expanding=True)))
    .group_by(PaymentOrder.purpose_id)
)
_UNSPLITS = (
    sa.select(PaymentOrder.purpose_id, *_SHARES)
    .join(Payment, Payment.order_id == PaymentOrder.id)
    .join(Refund, Refund.payment_id == Payment.id)
    .join(LedgerTransaction, LedgerTransaction.reference == sa.literal("unsplit:") + sa.cast(Refund.id, sa.String))
    .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
    .where(PaymentOrder.purpose == "live_session", PaymentOrder.purpose_id.in_(bindparam("ids", expanding=True)))
    .group_by(PaymentOrder.purpose_id)
)
_DISPUTES = (
    sa.select(PaymentOrder.purpose_id, *_SHARES)
    .join(PaymentDispute, PaymentDispute.payment_id == PaymentOrder.paid_payment_id)
    .join(LedgerTransaction, LedgerTransaction.reference.in_(lost_references(PaymentDispute.id)))
    .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
    .where(PaymentOrder.purpose == "live_session", PaymentOrder.purpose_id.in_(bindparam("ids", expanding=True)))
    .group_by(PaymentOrder.purpose_id)
)
_LESSONS = (
    sa.select(LiveSession)
    .where(LiveSession.mentor_id == bindparam("mentor_id"), LiveSession.confirmed_at.is_not(None))
    .order_by(LiveSession.starts_at.desc())
)
_BALANCE = sa.select(sa.func.coalesce(sa.func.sum(-LedgerEntry.amount_paise), 0)).where(
    LedgerEntry.account == MENTOR_PAYABLE, LedgerEntry.owner_id == bindparam("owner_id")
)
_CHUNK = 400


def shares_of(live_session_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Return (mentor, fee, GST) in paise per lesson, splits less what refunds and lost disputes took back. Unpaid lessons are missing."""
    found: dict[int, tuple[int, int, int]] = {}
    for start in range(0, len(live_session_ids), _CHUNK):
        ids = list(live_session_ids[start : start + _CHUNK])
        for statement in (_SPLITS, _UNSPLITS, _DISPUTES):
            for lesson, mentor, fee, gst in db.session.execute(statement, {"ids": ids}):
                before = found.get(lesson, (0, 0, 0))
                found[lesson] = (before[0] + int(mentor), before[1] + int(fee), before[2] + int(gst))
    return found


def lessons_money(mentor_id: int, limit: int | None = None) -> list[LessonMoney]:
    """Return the money of a mentor's paid lessons, newest first."""
    statement = _LESSONS if limit is None else _LESSONS.limit(limit)
    lessons = db.session.scalars(statement, {"mentor_id": mentor_id}).all()
    shares = shares_of([lesson.id for lesson in lessons])
    return [
        LessonMoney(
            lesson.id, lesson.title, lesson.learner_id, lesson.starts_at, lesson.ends_at, lesson.state,
            sum(shares[lesson.id]), *shares[lesson.id],
        )
        for lesson in lessons
        if lesson.id in shares
    ]  # fmt: skip


def balance_of_mentor(mentor_id: int) -> int:
    """Return what the house owes a mentor, in paise: the sum of their ledger entries."""
    return int(db.session.scalar(_BALANCE, {"owner_id": mentor_id}) or 0)


def purse_of(mentor_id: int, lessons: Sequence[LessonMoney]) -> Purse:
    """Return a mentor's balance and how much of it waits, given the money of all their lessons."""
    at = now()
    waiting = [lesson for lesson in lessons if lesson.mentor_paise > 0 and lesson.on_hold(at)]
    until = min((lesson.ends_at + HOLD_AFTER_END for lesson in waiting), default=None)
    return Purse(balance_of_mentor(mentor_id), sum(lesson.mentor_paise for lesson in waiting), until)
