"""Payouts that are decided once more: a failed one is tried again, and rests that are enough together are moved."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db, one_by_one, transactional, transition
from peerlearn.money import percent_of
from peerlearn.payments.books import kept_split
from peerlearn.payments.lifecycle import PAYOUT, next_state, states_before
from peerlearn.payments.models import PaymentOrder, Payout
from peerlearn.payments.payout_rests import rests_enough, rests_leave
from peerlearn.payments.payouts import payout_decide, payouts_lock, room_of, tax_left

RETRY_AFTER, MOST_TRIES = timedelta(minutes=30), 12


@transactional
def payouts_retry() -> int:
    """Want failed payouts again after a while, each as what it would be today. Returns how many."""
    moment = now()
    rows = db.session.execute(
        sa.select(Payout.id, Payout.mentor_id)
        .where(Payout.state == "failed", Payout.tries < MOST_TRIES)
        .where(sa.func.coalesce(Payout.asked_at, Payout.created_at) < moment - RETRY_AFTER)
    ).all()
    return sum(payout_retry(payout_id, mentor_id) for payout_id, mentor_id in rows)


@transactional
def payout_retry(payout_id: int, mentor_id: int) -> bool:
    """Want one failed payout again. Returns whether it was a failed one: a transfer under way is never doubled."""
    payouts_lock(mentor_id)
    if not transition(
        Payout,
        payout_id,
        states_before(PAYOUT, "wanted", "retried"),
        "wanted",
        tries=Payout.tries + 1,
        gateway_transfer_id=None,
        problem=None,
        asked_at=None,
        amount_paise=0,
        reverse_paise=0,
    ):
        return False
    payout = db.session.get(Payout, payout_id, populate_existing=True)
    order = db.session.get(PaymentOrder, payout.order_id) if payout else None
    shared = kept_split(order) if order is not None else None
    if payout is None or shared is None:
        return False
    tds, payout.tds_paise = payout.tds_paise, 0
    rests_leave(payout_id)
    db.session.flush()
    tds = tax_left(payout, tds, shared[1])
    payout_decide(payout, shared[1], tds, room_of(mentor_id))
    return True


def rests_gather(*, tds_percent: Decimal | int = 0) -> int:
    """Move what several payouts left, where it is enough together. Returns how many payouts came of it. Idempotent."""
    return sum(one_by_one(_gatherable(), partial(_gather, tds_percent), "rests of payout"))


@transactional
def _gatherable() -> list[int]:
    return rests_enough()


@transactional
def _gather(tds_percent: Decimal | int, payout_id: int) -> bool:
    """Decide a payout that left a rest anew: with the rests of others it is enough to be moved."""
    found = db.session.get(Payout, payout_id)
    if found is None:
        return False
    payee, order = payouts_lock(found.mentor_id), db.session.get(PaymentOrder, found.order_id)
    payout = db.session.get(Payout, payout_id, populate_existing=True)
    shared = kept_split(order) if order is not None else None
    if payout is None or payee is None or payee.state != "activated" or shared is None:
        return False
    if payout.carried_by_id is not None or next_state(PAYOUT, payout.state, "gathered") is None:
        return False
    tds = percent_of(shared[1].gross_paise, tds_percent)
    # Of its own share no more than it left: the remainder went against a debt.
    payout_decide(payout, shared[1], tds, room_of(payout.mentor_id), payout.rest_paise)
    return payout.state == "wanted"
