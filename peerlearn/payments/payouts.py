"""What each mentor is paid out for which order: decided here, from the ledger alone, before the gateway is asked.

A payout assigns a part of what we owe a mentor to one transfer. Nothing is ever assigned beyond what the ledger owes:
a refund takes its part back from payouts that no bank has yet, and what it can't find there is kept from the next ones.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db, one_by_one, transactional
from peerlearn.money import Split, apportion, percent_of
from peerlearn.payments.books import kept_split
from peerlearn.payments.gone import gone_from_shares
from peerlearn.payments.ledger import MENTOR_PAYABLE
from peerlearn.payments.models import (
    LedgerEntry,
    LedgerTransaction,
    OrderReturn,
    Payee,
    Payment,
    PaymentOrder,
    Payout,
    Refund,
)
from peerlearn.payments.orders import RECEIPT
from peerlearn.payments.payout_rests import rests_join, rests_leave, rests_within
from peerlearn.payments.tender import SMALLEST_PAISE

PLAN_AT_ONCE = 100

# These hold a part of what the ledger owes a mentor.
ASSIGNED = ("wanted", "sent", "held", "released", "returned")
_BORNE = sa.case((PaymentOrder.discount_by == "platform", PaymentOrder.discount_paise), else_=0)
_LEFT = Payout.amount_paise - Payout.reverse_paise + Payout.tds_paise


def _rooms(mentor_ids: Sequence[int]) -> dict[int, int]:
    """By mentor: what the ledger owes less what payouts have of it already. Negative: they have too much."""
    owed = dict.fromkeys(mentor_ids, 0)
    lines = sa.select(LedgerEntry.owner_id, -sa.func.sum(LedgerEntry.amount_paise)).where(
        LedgerEntry.account == MENTOR_PAYABLE, LedgerEntry.owner_id.in_(mentor_ids)
    )
    taken = sa.select(Payout.mentor_id, -sa.func.sum(_LEFT)).where(
        Payout.mentor_id.in_(mentor_ids), Payout.state.in_(ASSIGNED)
    )
    for statement in (lines.group_by(LedgerEntry.owner_id), taken.group_by(Payout.mentor_id)):
        for mentor_id, paise in db.session.execute(statement):
            owed[int(mentor_id or 0)] += int(paise)
    return owed


def room_of(mentor_id: int) -> int:
    """What is owed to a mentor and in no payout yet, in paise; negative is a debt that next payouts are less by."""
    return _rooms([mentor_id])[mentor_id]


def payouts_lock(mentor_id: int) -> Payee | None:
    """Lock what is decided about a mentor's payouts until the transaction ends; their account, or None."""
    statement = sa.select(Payee).where(Payee.mentor_id == mentor_id).with_for_update()
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one_or_none()


def payouts_plan(*, tds_percent: Decimal | int = 0, limit: int = PLAN_AT_ONCE) -> int:
    """Decide a payout for every settled order of a mentor whose account is active. Returns how many. Idempotent."""
    return sum(one_by_one(_unplanned(limit), partial(_plan, tds_percent), "payout of order"))


@transactional
def _unplanned(limit: int) -> list[tuple[int, int]]:
    rows = db.session.execute(
        sa.select(PaymentOrder.id, LedgerEntry.owner_id)
        .join(
            LedgerTransaction, LedgerTransaction.reference == sa.literal("split:") + sa.cast(PaymentOrder.id, sa.String)
        )
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .join(Payee, Payee.mentor_id == LedgerEntry.owner_id)
        .outerjoin(Payout, Payout.order_id == PaymentOrder.id)
        .where(LedgerEntry.account == MENTOR_PAYABLE, Payee.state == "activated", Payout.id.is_(None))
        .where(PaymentOrder.receipt.startswith(RECEIPT))
        .order_by(PaymentOrder.id)
        .limit(limit)
    )
    return [(order_id, int(mentor_id or 0)) for order_id, mentor_id in rows]


@transactional
def _plan(tds_percent: Decimal | int, found: tuple[int, int]) -> bool:
    order_id, mentor_id = found
    payee = payouts_lock(mentor_id)
    order = db.session.get(PaymentOrder, order_id, populate_existing=True)
    known = db.session.execute(sa.select(Payout.id).where(Payout.order_id == order_id)).first()
    shared = kept_split(order) if order is not None else None
    if payee is None or payee.state != "activated" or known is not None or shared is None:
        return False
    _, kept = shared
    payout = Payout(order_id=order_id, mentor_id=mentor_id, created_at=now(), reverse_paise=0, reversed_paise=0)
    payout_decide(payout, kept, percent_of(kept.gross_paise, tds_percent), room_of(mentor_id))
    return True


def payout_decide(payout: Payout, kept: Split, tds_paise: int, room_paise: int, most_paise: int | None = None) -> None:
    """Fill in the numbers and write them: the share, less the tax kept back, less a debt, with what others left.

    Of its own share at most `most_paise`. Too little to move is left in the ledger, as a rest for a later payout.
    """
    share = kept.mentor_paise
    mine = max(0, min(share, room_paise, share if most_paise is None else most_paise))
    rests = rests_within(payout.mentor_id, room_paise - mine, but=payout.id)
    carried, tds = sum(row.rest_paise for row in rests), min(tds_paise, share)
    amount, rest = mine + carried - tds, 0
    payout.state = "wanted"
    if amount < SMALLEST_PAISE:
        payout.state, amount, tds, carried, rest, rests = "netted", 0, 0, 0, mine, []
    payout.gross_paise, payout.fee_paise, payout.gst_paise = kept.gross_paise, kept.fee_paise, kept.gst_paise
    payout.share_paise, payout.tds_paise, payout.amount_paise = share, tds, amount
    payout.carried_paise, payout.rest_paise = carried, rest
    payout.debt_paise = share + carried - tds - rest - amount
    db.session.add(payout)
    db.session.flush()
    rests_join(rests, payout)
    db.session.flush()


def payouts_adjust() -> int:
    """Take back from payouts what refunds have taken from their orders. Returns how many mentors were looked at.

    A payout of the refunded order itself gives first, then the newest that no bank has yet. The rest is a debt.
    """
    return len(one_by_one(_to_adjust(), _adjust, "payouts of mentor"))


@transactional
def _to_adjust() -> list[int]:
    live = Payout.state.in_(ASSIGNED)
    left = PaymentOrder.amount_paise - gone_from_shares(PaymentOrder.paid_payment_id)
    undone = sa.select(sa.func.sum(OrderReturn.worth_paise)).where(OrderReturn.order_id == PaymentOrder.id)
    rest = PaymentOrder.prepaid_paise + _BORNE - sa.func.coalesce(undone.scalar_subquery(), 0)
    # Where the platform bears a part of the price, what is kept of the gross shrinks with the money in proportion.
    cash, gross = sa.cast(PaymentOrder.amount_paise, sa.BigInteger), PaymentOrder.amount_paise + _BORNE
    shrunk = (
        sa.select(Payout.mentor_id)
        .join(PaymentOrder, PaymentOrder.id == Payout.order_id)
        .where(
            live,
            sa.or_(
                sa.and_(cash == 0, rest < Payout.gross_paise),
                sa.and_(cash > 0, _BORNE == 0, left < Payout.gross_paise),
                sa.and_(cash > 0, _BORNE > 0, cash * (Payout.gross_paise - 1) > left * gross),
            ),
        )
    )
    found = set(db.session.execute(shrunk).scalars())
    mentors = list(db.session.execute(sa.select(Payout.mentor_id).where(live).distinct()).scalars())
    found |= {mentor_id for mentor_id, room in _rooms(mentors).items() if room < 0} if mentors else set()
    return sorted(found)


@transactional
def _adjust(mentor_id: int) -> None:
    payouts_lock(mentor_id)
    rows = list(
        db.session.execute(
            sa.select(Payout)
            .where(Payout.mentor_id == mentor_id, Payout.state.in_(ASSIGNED))
            .order_by(Payout.released_at.is_not(None), Payout.id.desc())
            .with_for_update(),
            execution_options={"populate_existing": True},
        ).scalars()
    )
    for payout in rows:
        order = db.session.get(PaymentOrder, payout.order_id)
        shared = kept_split(order) if order is not None else None
        if shared is not None and shared[1].gross_paise < payout.gross_paise:
            _shrink(payout, shared[1])
    db.session.flush()
    for payout in rows:
        over = -room_of(mentor_id)
        if over <= 0:
            break
        _cut(payout, min(over, payout.amount_paise - payout.reverse_paise))
        db.session.flush()


def _shrink(payout: Payout, kept: Split) -> None:
    """A refund took a part of this very order: the payout may have no more than what is kept."""
    tds = tax_left(payout, payout.tds_paise, kept)
    payout.gross_paise, payout.fee_paise, payout.gst_paise = kept.gross_paise, kept.fee_paise, kept.gst_paise
    payout.share_paise, payout.tds_paise = kept.mentor_paise, min(tds, kept.mentor_paise)
    left = payout.amount_paise - payout.reverse_paise
    _cut(payout, left + payout.tds_paise - payout.carried_paise - kept.mentor_paise)


def tax_left(payout: Payout, tds_paise: int, kept: Split) -> int:
    """The tax on what is kept, of the tax on what the payout was decided for."""
    gone = max(0, payout.gross_paise - kept.gross_paise)
    return apportion(tds_paise, (kept.gross_paise, gone))[0] if kept.gross_paise else 0


def _cut(payout: Payout, paise: int) -> None:
    """Take paise away from a payout: from the amount while nothing was sent, else by a reversal."""
    if paise > 0 and payout.state == "wanted" and payout.leased_until is None:
        payout.amount_paise -= paise
        if payout.amount_paise < SMALLEST_PAISE:
            payout.rest_paise = max(0, payout.amount_paise + payout.tds_paise - payout.carried_paise)
            payout.state, payout.amount_paise, payout.tds_paise, payout.carried_paise = "netted", 0, 0, 0
            rests_leave(payout.id)
    elif paise >= SMALLEST_PAISE or paise == payout.amount_paise - payout.reverse_paise:
        payout.reverse_paise += max(0, paise)
        if payout.reverse_paise == payout.amount_paise:
            payout.tds_paise = 0
    left = payout.amount_paise - payout.reverse_paise
    payout.debt_paise = payout.share_paise + payout.carried_paise - payout.tds_paise - payout.rest_paise - left


def payment_of(payout: Payout) -> tuple[str, bool] | None:
    """The gateway id of the payment behind a payout, and whether it can't give the transfer. None without a payment.

    It can't where anything of it went back, where the platform bears a part of the price, or where more is moved than it.
    """
    refunded = sa.select(Refund.id).where(Refund.payment_id == Payment.id).exists()
    row = db.session.execute(
        sa.select(Payment.gateway_payment_id, sa.or_(refunded, _BORNE > 0))
        .join(PaymentOrder, PaymentOrder.paid_payment_id == Payment.id)
        .where(PaymentOrder.id == payout.order_id)
    ).first()
    return (str(row[0]), bool(row[1]) or payout.carried_paise > 0) if row else None


def waiting_since(at: datetime) -> sa.ColumnElement[bool]:
    """Payouts that nobody talks to the gateway about at this instant."""
    return sa.or_(Payout.leased_until.is_(None), Payout.leased_until < at)
