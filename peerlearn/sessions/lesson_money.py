"""The money of lessons as the ledger has it: one question, one answer, for learner, mentor and administrator alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.kernel import db
from peerlearn.money import NOTHING, Split
from peerlearn.payments.gone import lost_references
from peerlearn.payments.ledger import GST_PAYABLE, MENTOR_PAYABLE, PLATFORM_FEE
from peerlearn.payments.models import (
    LedgerEntry,
    LedgerTransaction,
    Payment,
    PaymentDispute,
    PaymentOrder,
    Payout,
    Refund,
)
from peerlearn.sessions.models import Extension, LiveSession

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class LessonMoney:
    """What was paid for one lesson and its added time, and what became of it. split = returned + kept, to the paisa.

    `returned` is what the shares gave back, by refunds and lost disputes; `borne` what the payer has back at the cost
    of the house. `paid_out` is what the mentor's bank has, `tds` the income tax kept back for it: parts of the
    mentor's share.
    """

    live_session_id: int
    split: Split = NOTHING
    returned: Split = NOTHING
    borne_paise: int = 0
    paid_out_paise: int = 0
    tds_paise: int = 0

    @property
    def kept(self) -> Split:
        """What mentor, fee and tax have after all that went back."""
        return self.split - self.returned

    @property
    def paid_paise(self) -> int:
        """What the learner paid."""
        return self.split.gross_paise

    @property
    def returned_paise(self) -> int:
        """What went back to the learner, or is on its way."""
        return self.returned.gross_paise + self.borne_paise

    @property
    def owed_paise(self) -> int:
        """What the mentor has not received of the share. Negative where money went back after it was paid out."""
        return self.kept.mentor_paise - self.paid_out_paise - self.tds_paise


def _sum(account: str) -> sa.ColumnElement[int]:
    """Credits of an account as a positive number of paise."""
    return sa.func.coalesce(
        sa.func.sum(sa.case((LedgerEntry.account == account, -LedgerEntry.amount_paise), else_=0)), 0
    )


_ORDERS = sa.union_all(
    sa.select(PaymentOrder.id.label("order_id"), PaymentOrder.purpose_id.label("lesson_id")).where(
        PaymentOrder.purpose == "live_session", PaymentOrder.purpose_id.in_(bindparam("ids", expanding=True))
    ),
    sa.select(PaymentOrder.id, Extension.live_session_id)
    .join(Extension, Extension.id == PaymentOrder.purpose_id)
    .where(PaymentOrder.purpose == "extension", Extension.live_session_id.in_(bindparam("ids", expanding=True))),
).subquery()
_SHARES = (_sum(MENTOR_PAYABLE), _sum(PLATFORM_FEE), _sum(GST_PAYABLE))
_SPLITS = (
    sa.select(_ORDERS.c.lesson_id, *_SHARES)
    .join(
        LedgerTransaction, LedgerTransaction.reference == sa.literal("split:") + sa.cast(_ORDERS.c.order_id, sa.String)
    )
    .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
    .group_by(_ORDERS.c.lesson_id)
)
_UNSPLITS = (
    sa.select(_ORDERS.c.lesson_id, *_SHARES)
    .join(Payment, Payment.order_id == _ORDERS.c.order_id)
    .join(Refund, Refund.payment_id == Payment.id)
    .join(LedgerTransaction, LedgerTransaction.reference == sa.literal("unsplit:") + sa.cast(Refund.id, sa.String))
    .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
    .group_by(_ORDERS.c.lesson_id)
)
_LOST = (
    sa.select(_ORDERS.c.lesson_id, *_SHARES)
    .join(PaymentOrder, PaymentOrder.id == _ORDERS.c.order_id)
    .join(PaymentDispute, PaymentDispute.payment_id == PaymentOrder.paid_payment_id)
    .join(LedgerTransaction, LedgerTransaction.reference.in_(lost_references(PaymentDispute.id)))
    .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
    .group_by(_ORDERS.c.lesson_id)
)
_BORNE = (
    sa.select(_ORDERS.c.lesson_id, sa.func.sum(PaymentDispute.borne_paise))
    .join(PaymentOrder, PaymentOrder.id == _ORDERS.c.order_id)
    .join(PaymentDispute, PaymentDispute.payment_id == PaymentOrder.paid_payment_id)
    .group_by(_ORDERS.c.lesson_id)
)
_PAYOUTS = (
    sa.select(
        _ORDERS.c.lesson_id, sa.func.sum(Payout.amount_paise - Payout.reversed_paise), sa.func.sum(Payout.tds_paise)
    )
    .join(Payout, Payout.order_id == _ORDERS.c.order_id)
    .where(Payout.state == "settled")
    .group_by(_ORDERS.c.lesson_id)
)


def money_of_lessons(live_session_ids: Iterable[int]) -> dict[int, LessonMoney]:
    """Return the money of each lesson that was paid for. Free and unpaid ones are missing."""
    ids: Sequence[int] = sorted(set(live_session_ids))
    found: dict[int, LessonMoney] = {}
    for start in range(0, len(ids), _CHUNK):
        wanted = {"ids": list(ids[start : start + _CHUNK])}
        splits, backs, lost = (_shares(statement, wanted) for statement in (_SPLITS, _UNSPLITS, _LOST))
        borne = {lesson: int(paise) for lesson, paise in db.session.execute(_BORNE, wanted)}
        outs = {lesson: (int(out), int(tds)) for lesson, out, tds in db.session.execute(_PAYOUTS, wanted)}
        for lesson, split in splits.items():
            returned = NOTHING - backs.get(lesson, NOTHING) - lost.get(lesson, NOTHING)
            found[lesson] = LessonMoney(lesson, split, returned, borne.get(lesson, 0), *outs.get(lesson, (0, 0)))
    return found


def _shares(statement: sa.Select[Any], wanted: dict[str, list[int]]) -> dict[int, Split]:
    return {lesson: Split(*map(int, shares)) for lesson, *shares in db.session.execute(statement, wanted)}


def money_of_lesson(live_session_id: int) -> LessonMoney | None:
    """Return the money of one lesson, or None where nothing was paid for it."""
    return money_of_lessons([live_session_id]).get(live_session_id)


def lessons_of_orders(order_ids: Iterable[int]) -> dict[int, LiveSession]:
    """Return the lesson that each order pays for, by order; what pays for something else is missing."""
    ids = sorted(set(order_ids))
    found: dict[int, LiveSession] = {}
    for start in range(0, len(ids), _CHUNK):
        wanted = PaymentOrder.id.in_(ids[start : start + _CHUNK])
        lessons = sa.select(PaymentOrder.id, LiveSession).join(LiveSession, LiveSession.id == PaymentOrder.purpose_id)
        added = (
            sa.select(PaymentOrder.id, LiveSession)
            .join(Extension, Extension.id == PaymentOrder.purpose_id)
            .join(LiveSession, LiveSession.id == Extension.live_session_id)
        )
        for statement, purpose in ((lessons, "live_session"), (added, "extension")):
            rows = db.session.execute(statement.where(wanted, PaymentOrder.purpose == purpose))
            found.update((order_id, lesson) for order_id, lesson in rows)
    return found
