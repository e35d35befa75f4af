"""Our books beside the gateway's own, entity by entity."""

import collections
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.payments.agreement import gateway_differs
from peerlearn.payments.credit_notes import ENDS
from peerlearn.payments.dispute_lifecycle import OPEN
from peerlearn.payments.gone import UNSETTLED, gone_from_shares, refunded_paise
from peerlearn.payments.models import (
    CreditNote,
    Payee,
    Payment,
    PaymentDispute,
    PaymentOrder,
    Payout,
    Receipt,
    Refund,
    WebhookEvent,
)
from peerlearn.payments.payout_queries import payout_sums
from peerlearn.payments.queries import balance_of, trail_of
from peerlearn.sessions.models import Extension, LiveSession, SessionVerdict
from tests.drills.money_street import Street
from tests.drills.money_views import owed_to_learner, verdict_holds

MOVED = ("sent", "held", "released", "settled", "returned", "reversed")
SMALLEST_PAISE = 100


def _by_id(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in found}


def beyond_the_gateway(street: Street) -> Iterator[str]:
    """Money in our books that the gateway does not have. The other way round it may be on its way to us."""
    theirs = _by_id(street.company.everything("payment"))
    for payment in db.session.scalars(sa.select(Payment).where(Payment.captured_at.is_not(None))):
        there = theirs.get(payment.gateway_payment_id)
        if there is None or not there["captured"] or there["amount"] != payment.amount_paise:
            yield f"payment {payment.gateway_payment_id}: {payment.amount_paise} here, {there} there"
    returned = _by_id(street.company.everything("refund"))
    for refund in db.session.scalars(sa.select(Refund).where(Refund.state == "processed")):
        there = returned.get(str(refund.gateway_refund_id))
        sent = refund.amount_paise - refund.covered_paise
        if there is None or there["status"] != "processed" or there["amount"] != sent:
            yield f"refund {refund.id}: {sent} here, {there} there"
    moved = _by_id(street.company.everything("transfer"))
    for payout in db.session.scalars(sa.select(Payout).where(Payout.gateway_transfer_id.is_not(None))):
        there = moved.get(str(payout.gateway_transfer_id))
        if there is None or there["amount"] != payout.amount_paise:
            yield f"payout {payout.id}: {payout.amount_paise} here, {there} there"
    orders = collections.Counter(one["receipt"] for one in street.company.everything("order"))
    yield from (f"order {receipt} is at the gateway {times} times" for receipt, times in orders.items() if times > 1)


def released_early(street: Street) -> Iterator[str]:
    """Transfers whose hold was lifted at the gateway while it was open what their lesson is worth."""
    for transfer in street.company.everything("transfer"):
        payout_id, _, _ = str((transfer["notes"] or {}).get("payout", "")).partition(".")
        payout = db.session.get(Payout, int(payout_id)) if payout_id.isdecimal() else None
        if payout is None:
            yield f"transfer {transfer['id']} belongs to no payout"
        elif not transfer["on_hold"] and not _sure(payout):
            yield f"transfer {transfer['id']}: the hold was lifted too early"


def _sure(payout: Payout) -> bool:
    order = db.session.get(PaymentOrder, payout.order_id)
    if order is None or order.released_at is None:
        return False
    longer = db.session.get(Extension, order.purpose_id) if order.purpose == "extension" else None
    lesson = db.session.get(LiveSession, longer.live_session_id if longer else order.purpose_id)
    return lesson is not None and verdict_holds(lesson)


def books_differ(street: Street) -> Iterator[str]:
    """At rest: where our books and the gateway's differ, in either direction, by their entities and by their sums."""
    yield from beyond_the_gateway(street)
    yield from released_early(street)
    ours = set(db.session.scalars(sa.select(Payment.gateway_payment_id).where(Payment.captured_at.is_not(None))))
    for one in street.company.everything("payment"):
        if one["captured"] and one["id"] not in ours:
            yield f"payment {one['id']} of {one['order_id']}: taken there, not here"
    never_ours = {one["id"] for one in street.company.everything("payment") if not one["captured"]}
    given = set(db.session.scalars(sa.select(Refund.gateway_refund_id).where(Refund.state == "processed")))
    for one in street.company.everything("refund"):
        if one["status"] == "processed" and one["id"] not in given and one["payment_id"] not in never_ours:
            yield f"refund {one['id']} of {one['payment_id']}: given there, not here"
    rows = db.session.scalars(sa.select(Payout).where(Payout.state.in_(MOVED)))
    moved = {str(row.gateway_transfer_id): row.amount_paise - row.reversed_paise for row in rows}
    for one in street.company.everything("transfer"):
        there = one["amount"] - one["amount_reversed"]
        if one["status"] != "failed" and moved.get(one["id"]) != there:
            yield f"transfer {one['id']}: {there} there, {moved.get(one['id'])} here"
    yield from _balances_differ(street)
    yield from gateway_differs(gateway=street.gateway, since=now() - timedelta(days=4000), until=now())


def _balances_differ(street: Street) -> Iterator[str]:
    store = street.company.store
    if store.balance() != balance_of("gateway"):
        yield f"balance: {store.balance()} at the gateway, {balance_of('gateway')} here"
    for payee in db.session.scalars(sa.select(Payee)).all():
        there, here = store.balance(str(payee.gateway_account_id)), balance_of("transfer_held", payee.mentor_id)
        if there != here:
            yield f"account of mentor {payee.mentor_id}: {there} at the gateway, {here} here"


def left_undone(street: Street) -> Iterator[str]:
    """At rest: what should have come to its end and did not."""
    waiting = {
        "event": sa.select(WebhookEvent.id).where(WebhookEvent.handled_at.is_(None)),
        "order": sa.select(PaymentOrder.id).where(PaymentOrder.state == "paid", PaymentOrder.settled_at.is_(None)),
        "payment": sa.select(Payment.id).where(Payment.state == "authorized"),
        "refund": sa.select(Refund.id).where(Refund.state.not_in(("processed", "covered", "replaced")), _sendable()),
        "dispute": sa.select(PaymentDispute.id).where(sa.or_(PaymentDispute.state.in_(OPEN), UNSETTLED)),
        "verdict of lesson": sa.select(SessionVerdict.live_session_id).where(SessionVerdict.state != "final"),
        "share of order": sa.select(PaymentOrder.id).where(
            PaymentOrder.released_at.is_(None), PaymentOrder.settled_at.is_not(None), _kept()
        ),
        "payout": sa.select(Payout.id).where(Payout.state.not_in(("settled", "netted", "reversed"))),
    }
    for what, statement in waiting.items():
        ids = list(db.session.scalars(statement.limit(5)))
        if ids:
            yield f"at rest, and these still wait: {what} {ids}"
    yield from _papers_wrong()
    for order_id in db.session.scalars(sa.select(PaymentOrder.id).where(PaymentOrder.purpose != "pack")).all():
        trail = trail_of(order_id)
        aside = 0 if trail is None else sum(map(_set_aside, trail.payments)) + sum(map(_too_small, trail.refunds))
        if trail is not None and owed_to_learner(trail) != aside:
            yield f"at rest, and the learner of order {order_id} is owed {owed_to_learner(trail)}, {aside} set aside"
    for payee in db.session.scalars(sa.select(Payee).where(Payee.state == "activated")):
        held = payout_sums(payee.mentor_id).held_paise
        if held >= SMALLEST_PAISE:
            yield f"at rest, and {held} paise of mentor {payee.mentor_id} wait for nothing"


def _papers_wrong() -> Iterator[str]:
    """Receipts and credit notes: each what it is about has one, and their numbers have no gap."""
    notes = sa.select(sa.func.count(Refund.id)).join(PaymentOrder, PaymentOrder.paid_payment_id == Refund.payment_id)
    lost = sa.select(sa.func.count(PaymentDispute.id)).join(
        PaymentOrder, PaymentOrder.paid_payment_id == PaymentDispute.payment_id
    )
    refunds = db.session.scalar(notes.where(Refund.state.in_(ENDS), Refund.amount_paise > 0)) or 0
    disputes = db.session.scalar(lost.where(PaymentDispute.shared_paise > 0)) or 0
    due: dict[Any, int] = {
        Receipt: db.session.scalar(sa.select(sa.func.count(PaymentOrder.paid_payment_id))) or 0,
        CreditNote: refunds + disputes,
    }
    for papers, wanted in due.items():
        years = sa.select(sa.func.count(), sa.func.max(papers.number)).group_by(papers.financial_year)
        rows = db.session.execute(years).all()
        if sum(count for count, _ in rows) != wanted or any(count != last for count, last in rows):
            yield f"{papers.__tablename__}: {wanted} are due, by year there are {rows}"


def _sendable() -> sa.ColumnElement[bool]:
    return Refund.amount_paise - Refund.covered_paise >= SMALLEST_PAISE


def _set_aside(payment: Payment) -> int:
    quarantined = payment.state == "quarantined" and payment.captured_at is not None
    return payment.amount_paise - refunded_paise(payment.id) if quarantined else 0


def _too_small(refund: Refund) -> int:
    """What a refund by hand left of ours can be less than the gateway gives back: a person has to."""
    left = refund.amount_paise - refund.covered_paise
    return left if refund.state == "failed" and left < SMALLEST_PAISE else 0


def _kept() -> sa.ColumnElement[bool]:
    back = gone_from_shares(PaymentOrder.paid_payment_id)
    return sa.and_(PaymentOrder.purpose != "pack", PaymentOrder.amount_paise > back)
