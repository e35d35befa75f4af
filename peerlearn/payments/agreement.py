"""Whether our books and the gateway's say the same, entity by entity. Where they do not, payouts are frozen."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import BooksCheck, Payment, PaymentDispute, PaymentOrder, Payout, Refund
from peerlearn.payments.orders import RECEIPT
from peerlearn.payments.ports import Gateway

# What is younger may still be on its way to us; what is older was compared before.
YOUNGEST, OLDEST = timedelta(hours=1), timedelta(days=4)
FURTHEST = timedelta(days=180)
KEPT_FINDINGS = 20
NEWEST_DISPUTES = 100
TAKEN = {"captured", "refunded"}


def gateway_differs(*, gateway: Gateway, since: datetime | None = None, until: datetime | None = None) -> list[str]:
    """Compare payments, refunds and transfers of a time, and what the newest disputes have taken.

    The time is by default the last days, but for the last hour. While a difference is open it reaches as far back as
    when that one was found, so that nothing is forgiven by growing old.

    Returns a sentence for each entity on which we disagree. Network between short reads. Raises Upstream.
    """
    until = until or now() - YOUNGEST
    since = since or _agreed_at() - OLDEST
    payments = gateway.payments_between(since, until)
    transfers = gateway.transfers_between(since, until)
    disputes = gateway.disputes_page(skip=0, count=NEWEST_DISPUTES)
    return [
        *_payments_differ(payments),
        *_transfers_differ(transfers),
        *_disputes_differ(disputes),
        *_unknown_there(payments, since, until),
    ]


def gateway_differs_still(*, gateway: Gateway) -> list[str]:
    """What differs twice in a row. Raises Upstream.

    The two sides are read one after the other, so what moves in that moment seems to differ once, and freezes nothing.
    """
    found = gateway_differs(gateway=gateway)
    return [one for one in gateway_differs(gateway=gateway) if one in found] if found else []


@transactional
def _payments_differ(theirs: list[dict[str, Any]]) -> list[str]:
    return list(_each_payment(theirs))


def _each_payment(theirs: list[dict[str, Any]]) -> Iterator[str]:
    ids = [str(one["id"]) for one in theirs]
    orders = set(
        db.session.scalars(
            sa.select(PaymentOrder.gateway_order_id).where(
                PaymentOrder.gateway_order_id.in_([str(one.get("order_id")) for one in theirs])
            )
        )
    )
    ours = {row.gateway_payment_id: row for row in db.session.scalars(sa.select(Payment).where(_in(ids)))}
    sums = sa.select(Refund.payment_id, sa.func.sum(Refund.amount_paise - Refund.covered_paise)).where(
        Refund.state.in_(("pending", "processed")), Refund.payment_id.in_([row.id for row in ours.values()])
    )
    back = {payment_id: int(paise) for payment_id, paise in db.session.execute(sums.group_by(Refund.payment_id))}
    for one in theirs:
        if one.get("order_id") not in orders:
            continue  # another product on the same account
        row = ours.get(str(one["id"]))
        there = int(one["amount"]) if one.get("status") in TAKEN and one.get("captured") else 0
        here = row.amount_paise if row is not None and row.captured_at is not None else 0
        if there != here:
            yield f"{one['id']}: the gateway took {there} paise, our books say {here}"
        returned = back.get(row.id, 0) if row is not None else 0
        # Money that was never captured goes back by itself: it was at no time ours.
        if there and int(one.get("amount_refunded") or 0) != returned:
            yield f"{one['id']}: the gateway gave back {one.get('amount_refunded')} paise, our books say {returned}"


def _in(ids: list[str]) -> sa.ColumnElement[bool]:
    return Payment.gateway_payment_id.in_(ids)


@transactional
def _transfers_differ(theirs: list[dict[str, Any]]) -> list[str]:
    ids = [str(one["id"]) for one in theirs]
    rows = db.session.scalars(sa.select(Payout).where(Payout.gateway_transfer_id.in_(ids)))
    ours = {str(row.gateway_transfer_id): row for row in rows}
    found = []
    for one in theirs:
        row = ours.get(str(one["id"]))
        notes = one.get("notes")
        if row is None and not (isinstance(notes, dict) and "payout" in notes):
            continue
        if one.get("status") == "failed":
            continue
        there = int(one["amount"]) - int(one.get("amount_reversed") or 0)
        here = row.amount_paise - row.reversed_paise if row is not None else 0
        if there != here:
            found.append(f"{one['id']}: the gateway moved {there} paise, our books say {here}")
    return found


@transactional
def _disputes_differ(theirs: list[dict[str, Any]]) -> list[str]:
    ids = [str(one["id"]) for one in theirs]
    rows = db.session.scalars(sa.select(PaymentDispute).where(PaymentDispute.gateway_dispute_id.in_(ids)))
    ours = {row.gateway_dispute_id: row.taken_paise for row in rows}
    found = []
    for one in theirs:
        there = 0 if one.get("status") == "won" else int(one.get("amount_deducted") or 0)
        here = ours.get(str(one["id"]))
        if here is not None and there != here:
            found.append(f"{one['id']}: the gateway took {there} paise for it, our books say {here}")
    return found


@transactional
def _unknown_there(theirs: list[dict[str, Any]], since: datetime, until: datetime) -> list[str]:
    known = {str(one["id"]) for one in theirs}
    rows = db.session.scalars(
        sa.select(Payment.gateway_payment_id)
        .join(PaymentOrder, PaymentOrder.id == Payment.order_id)
        .where(PaymentOrder.receipt.startswith(RECEIPT))
        .where(Payment.captured_at.is_not(None), Payment.created_at >= since, Payment.created_at <= until)
    )
    return [f"{one}: our books have it, the gateway does not" for one in rows if one not in known]


@transactional
def books_note(findings: list[str]) -> bool:
    """Keep what a comparison found, where it is another word than the last one. Returns whether it was."""
    last = _last()
    kept = findings[:KEPT_FINDINGS]
    if last is not None and list(last.findings) == kept:
        last.at = now()
        return False
    db.session.add(BooksCheck(at=now(), findings=kept))
    db.session.flush()
    return True


def _agreed_at() -> datetime:
    """When the books were last found to agree; now where they were never compared."""
    rows = db.session.execute(sa.select(BooksCheck.at, BooksCheck.findings).order_by(BooksCheck.id.desc())).all()
    if not rows or not rows[0].findings:
        return now()
    earliest = now() - FURTHEST
    return max(earliest, next((row.at for row in rows if not row.findings), earliest))


def _last() -> BooksCheck | None:
    return db.session.execute(sa.select(BooksCheck).order_by(BooksCheck.id.desc()).limit(1)).scalar_one_or_none()


def books_findings() -> list[str]:
    """What the newest comparison with the gateway found; while there is anything, nothing is paid out."""
    last = _last()
    return list(last.findings) if last is not None else []
