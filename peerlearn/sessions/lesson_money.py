"""The money of lessons as the ledger has it: one question, one answer, for learner, mentor and administrator alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import aliased

from peerlearn.kernel import db
from peerlearn.money import NOTHING, Split
from peerlearn.payments.gone import lost_references, order_waits
from peerlearn.payments.ledger import DISCOUNT, GST_PAYABLE, MENTOR_PAYABLE, PLATFORM_FEE, PREPAID
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

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class LessonMoney:
    """What was paid for one lesson and its added time, and what became of it. split = returned + kept, to the paisa.

    The split was paid with money, minutes of packs (`prepaid`) and discounts that the house bears; each `_back` is the
    part of it in `returned`, which refunds, minutes given back and lost disputes took from the shares. `borne` is what
    the payer has back at the cost of the house. `paid_out` is what the mentor's bank has, `tds` the income tax kept
    back for it: parts of the mentor's share.
    """

    live_session_id: int
    split: Split = NOTHING
    prepaid_paise: int = 0
    discount_paise: int = 0
    returned: Split = NOTHING
    prepaid_back_paise: int = 0
    discount_back_paise: int = 0
    borne_paise: int = 0
    paid_out_paise: int = 0
    tds_paise: int = 0
    released: bool = True  # whether the mentor's share may be paid out

    @property
    def kept(self) -> Split:
        """What mentor, fee and tax have after all that went back."""
        return self.split - self.returned

    @property
    def paid_paise(self) -> int:
        """What the learner paid in money."""
        return self.split.gross_paise - self.prepaid_paise - self.discount_paise

    @property
    def returned_paise(self) -> int:
        """What money went back to the learner, or is on its way."""
        return self.returned.gross_paise - self.prepaid_back_paise - self.discount_back_paise + self.borne_paise

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
_SHARES = tuple(_sum(name) for name in (MENTOR_PAYABLE, PLATFORM_FEE, GST_PAYABLE, PREPAID, DISCOUNT))


def _shared(orders: sa.Select[Any], reference: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The shares by lesson, of the ledger's transactions that belong to rows of `orders`."""
    lines = orders.join(LedgerTransaction, reference).join(
        LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id
    )
    return lines.group_by(_ORDERS.c.lesson_id)


def _named(kind: str, row_id: Any) -> sa.ColumnElement[bool]:
    return LedgerTransaction.reference == sa.literal(f"{kind}:") + sa.cast(row_id, sa.String)


_OF_LESSONS = sa.select(_ORDERS.c.lesson_id, *_SHARES)
_SPLITS = _shared(_OF_LESSONS, _named("split", _ORDERS.c.order_id))
_UNSPLITS = _shared(
    _OF_LESSONS.join(Payment, Payment.order_id == _ORDERS.c.order_id).join(Refund, Refund.payment_id == Payment.id),
    _named("unsplit", Refund.id),
)
_GIVEN_BACK = _shared(
    _OF_LESSONS.join(OrderReturn, OrderReturn.order_id == _ORDERS.c.order_id), _named("giveback", OrderReturn.id)
)
_LOST = _shared(
    _OF_LESSONS.join(PaymentOrder, PaymentOrder.id == _ORDERS.c.order_id).join(
        PaymentDispute, PaymentDispute.payment_id == PaymentOrder.paid_payment_id
    ),
    LedgerTransaction.reference.in_(lost_references(PaymentDispute.id)),
)
_BORNE = (
    sa.select(_ORDERS.c.lesson_id, sa.func.sum(PaymentDispute.borne_paise))
    .join(PaymentOrder, PaymentOrder.id == _ORDERS.c.order_id)
    .join(PaymentDispute, PaymentDispute.payment_id == PaymentOrder.paid_payment_id)
    .group_by(_ORDERS.c.lesson_id)
)
_HELD = (
    sa.select(_ORDERS.c.lesson_id)
    .join(PaymentOrder, PaymentOrder.id == _ORDERS.c.order_id)
    .where(PaymentOrder.settled_at.is_not(None), sa.or_(PaymentOrder.released_at.is_(None), order_waits()))
)
# What was too little to be moved counts where it was earned, once the payout that took it along is in the bank.
_CARRIER = aliased(Payout)
_PAYOUTS = (
    sa.select(
        _ORDERS.c.lesson_id,
        sa.func.sum(Payout.amount_paise - Payout.reversed_paise - Payout.carried_paise + Payout.rest_paise),
        sa.func.sum(Payout.tds_paise),
    )
    .join(Payout, Payout.order_id == _ORDERS.c.order_id)
    .outerjoin(_CARRIER, _CARRIER.id == Payout.carried_by_id)
    .where(sa.or_(Payout.state == "settled", _CARRIER.state == "settled"))
    .group_by(_ORDERS.c.lesson_id)
)


def money_of_lessons(live_session_ids: Iterable[int]) -> dict[int, LessonMoney]:
    """Return the money of each lesson that was paid for. Free and unpaid ones are missing."""
    ids: Sequence[int] = sorted(set(live_session_ids))
    found: dict[int, LessonMoney] = {}
    for start in range(0, len(ids), _CHUNK):
        wanted = {"ids": list(ids[start : start + _CHUNK])}
        borne = {lesson: int(paise) for lesson, paise in db.session.execute(_BORNE, wanted)}
        outs = {lesson: (int(out), int(tds)) for lesson, out, tds in db.session.execute(_PAYOUTS, wanted)}
        held = set(db.session.scalars(_HELD, wanted))
        backs: dict[int, list[int]] = {}
        for statement in (_UNSPLITS, _GIVEN_BACK, _LOST):
            for lesson, *parts in db.session.execute(statement, wanted):
                before = backs.get(lesson, [0] * len(parts))
                backs[lesson] = [had - int(part) for had, part in zip(before, parts, strict=True)]
        for lesson, mentor, fee, gst, prepaid, discount in db.session.execute(_SPLITS, wanted):
            back = backs.get(lesson, [0] * 5)
            found[lesson] = LessonMoney(
                lesson,
                Split(int(mentor), int(fee), int(gst)),
                -int(prepaid),
                -int(discount),
                Split(*back[:3]),
                -back[3],
                -back[4],
                borne.get(lesson, 0),
                *outs.get(lesson, (0, 0)),
                released=lesson not in held,
            )
    return found


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
