"""Giving money back: decided here once, sent by a job as often as it takes, final when the gateway says so."""

import hashlib
import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, TooMany, Upstream
from peerlearn.kernel import announce, db, one_by_one, transactional, transition
from peerlearn.payments.books import ledger_post, settle_mark, split_of, unsplit_post
from peerlearn.payments.facts import RefundFailed, RefundProcessed, RefundWanted
from peerlearn.payments.gone import payment_claimed, refunded_paise, shares_gave_paise
from peerlearn.payments.ledger import refund_postings
from peerlearn.payments.lifecycle import PAYMENT, REFUND, next_state, states_before
from peerlearn.payments.models import Payment, PaymentOrder, Refund
from peerlearn.payments.orders import lock_order
from peerlearn.payments.packs import PURPOSE as PACK
from peerlearn.payments.packs import pack_shrink
from peerlearn.payments.ports import Gateway
from peerlearn.payments.replacing import failed_replace
from peerlearn.payments.tender import SMALLEST_PAISE

log = logging.getLogger(__name__)

SEND_AT_ONCE = 50
ASK_PENDING_AFTER = timedelta(minutes=2)


@transactional
def refund_want(payment_id: int, amount_paise: int, reason: str, key: str) -> Refund:
    """Decide that money goes back. The same key decides once; a second call returns the first refund.

    `reason` is a sentence for the learner. The shares of mentor, fee and tax give their parts at once; the gateway
    is asked after the commit, or, while a bank claims the payment, after that (the gateway would refuse).
    Raises Missing, Invalid (more than is left, or less than one rupee), Conflict (nothing captured, or the same key
    with another amount).
    """
    payment = db.session.get(Payment, payment_id)
    if payment is None:
        raise Missing("There is no such payment.", code="no_such_payment")
    order = lock_order(payment.order_id)
    db.session.refresh(payment)
    known = db.session.execute(sa.select(Refund).where(Refund.key == key)).scalar_one_or_none()
    if known is not None:
        if (known.payment_id, known.amount_paise) != (payment_id, amount_paise):
            raise Conflict("This refund was already made with another amount.", code="refund_differs")
        return known
    if payment.captured_at is None or payment.state == "refunded":
        raise Conflict("There is no money of this payment to give back.", code="nothing_to_refund")
    if amount_paise < SMALLEST_PAISE:
        raise Invalid("Less than ₹1 can't be given back.", code="refund_too_small")
    refund = _refund_add(order, payment, amount_paise, reason, key)
    announce(RefundWanted(refund.id))
    return refund


def _refund_add(
    order: PaymentOrder,
    payment: Payment,
    amount_paise: int,
    reason: str,
    key: str,
    gateway_refund_id: str | None = None,
) -> Refund:
    before = refunded_paise(payment.id)
    by_hand = gateway_refund_id is not None
    # What a failed refund still owed and a person gave back by hand leaves no share a second time.
    freed = failed_replace(payment.id, before + amount_paise - payment.amount_paise) if by_hand else 0
    left = payment.amount_paise - before + freed
    if by_hand and amount_paise > left:
        raise Conflict("Another refund of this payment is under way. Wait for its end.", code="refund_waits")
    if not 0 < amount_paise <= left:
        raise Invalid("That is more than is left of this payment.", code="refund_too_large", left_paise=left)
    refund = Refund(
        payment_id=payment.id,
        amount_paise=amount_paise,
        key=key,
        reason=reason[:255],
        created_at=now(),
        state="wanted",
        gateway_refund_id=gateway_refund_id,
    )
    db.session.add(refund)
    db.session.flush()
    if order.paid_payment_id == payment.id:
        shared = split_of(order.id)
        if shared is not None and amount_paise > freed:
            mentor_id, split = shared
            units = amount_paise - freed
            unsplit_post(order, f"unsplit:{refund.id}", mentor_id, split, shares_gave_paise(payment.id) - units, units)
        elif order.purpose == PACK and order.settled_at is not None:
            pack_shrink(order, str(refund.id), amount_paise)
        elif shared is None and amount_paise == left:
            settle_mark(order.id)  # all of it goes back before any lesson used it
    return refund


def gateway_key(gateway_payment_id: str, refund_key: str, tries: int) -> str:
    """The idempotency key for the gateway: letters, digits and hyphens, the same for the same try.

    The payment's own id is part of it, so that a new database behind the same account never repeats a key.
    """
    name = f"{gateway_payment_id}/{refund_key}/{tries}"
    return "pl-" + hashlib.sha256(name.encode()).hexdigest()[:40]


@transactional
def _wanted(limit: int) -> list[tuple[int, str, int, str, int]]:
    left = Refund.amount_paise - Refund.covered_paise
    rows = db.session.execute(
        sa.select(Refund.id, Payment.gateway_payment_id, left, Refund.key, Refund.tries)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.state == "wanted", ~payment_claimed(Payment.id))
        .order_by(Refund.id)
        .limit(limit)
    )
    return [(refund_id, payment_id, amount, key, tries) for refund_id, payment_id, amount, key, tries in rows]


def refunds_send(*, gateway: Gateway, limit: int = SEND_AT_ONCE) -> int:
    """Ask the gateway for every refund that waits. Returns how many it took.

    Safe to run twice at once and after a lost answer: the gateway gives back once for one key. Where the gateway can't
    be reached the refund simply keeps waiting.
    """
    return sum(one_by_one(_wanted(limit), partial(_send, gateway), "refund"))


def _send(gateway: Gateway, wanted: tuple[int, str, int, str, int]) -> bool:
    refund_id, payment_id, amount_paise, key, tries = wanted
    try:
        entity = gateway.refund(
            payment_id, amount_paise, gateway_key(payment_id, key, tries), {"refund": f"{refund_id}.{tries}"}
        )
    except (Upstream, TooMany):
        log.warning("refund %s waits: the gateway did not answer", refund_id)
        return False
    except Conflict as refused:
        refund_fail(refund_id, str(refused.details.get("reason", refused.message)))
        return False
    refund_record(entity, refund_id)
    return True


@transactional
def _pending(asked_before: datetime, limit: int) -> list[tuple[int, str]]:
    rows = db.session.execute(
        sa.select(Refund.id, Refund.gateway_refund_id)
        .where(Refund.state == "pending", Refund.gateway_refund_id.is_not(None))
        .where(sa.func.coalesce(Refund.asked_at, Refund.created_at) < asked_before)
        .order_by(Refund.id)
        .limit(limit)
    )
    found = [(refund_id, str(gateway_id)) for refund_id, gateway_id in rows]
    ids = [refund_id for refund_id, _ in found]
    db.session.execute(sa.update(Refund).where(Refund.id.in_(ids)).values(asked_at=now()))
    return found


def refunds_ask(*, gateway: Gateway, limit: int = SEND_AT_ONCE) -> None:
    """Ask the gateway about refunds that have been pending for a while: their webhook may be lost."""
    one_by_one(
        _pending(now() - ASK_PENDING_AFTER, limit),
        lambda pending: refund_record(gateway.fetch_refund(pending[1]), pending[0]),
        "pending refund",
    )


@transactional
def refund_record(entity: dict[str, Any], refund_id: int | None = None) -> Refund | None:
    """Write down what the gateway says about a refund. Idempotent, in any order, never backwards.

    A refund that was made at the gateway by hand is adopted. Returns None where its payment is not one of ours.
    """
    payment = db.session.execute(
        sa.select(Payment).where(Payment.gateway_payment_id == str(entity.get("payment_id")))
    ).scalar_one_or_none()
    if payment is None:
        return None
    order = lock_order(payment.order_id)
    refund = _find(entity, payment, refund_id) or _adopt(entity, order, payment)
    if refund is None:
        return None
    if refund.gateway_refund_id is None:
        refund.gateway_refund_id = str(entity["id"])
        db.session.flush()
    target = next_state(REFUND, refund.state, str(entity.get("status")))
    if target is None or not transition(Refund, refund.id, states_before(REFUND, target, target), target):
        return refund
    if target == "processed":
        refund.processed_at = now()
        if payment.captured_at is not None:
            sent = refund.amount_paise - refund.covered_paise
            ledger_post("refund", f"refund:{refund.id}", refund_postings(order.payer_id, sent))
        _close_if_all_back(payment)
        announce(RefundProcessed(refund.id))
    elif target == "failed":
        announce(RefundFailed(refund.id))
    return refund


def _find(entity: dict[str, Any], payment: Payment, refund_id: int | None) -> Refund | None:
    by_gateway = sa.select(Refund).where(Refund.gateway_refund_id == str(entity["id"]))
    found: Refund | None = db.session.execute(
        by_gateway, execution_options={"populate_existing": True}
    ).scalar_one_or_none()
    if found is not None:
        return found
    by_id = sa.select(Refund).where(Refund.payment_id == payment.id, Refund.gateway_refund_id.is_(None))
    if refund_id is not None:
        by_id = by_id.where(Refund.id == refund_id)
    else:
        # The webhook may be faster than the answer to our own call: our id and the try travel in the notes.
        notes = entity.get("notes")
        ours, _, tries = str(notes.get("refund", "") if isinstance(notes, dict) else "").partition(".")
        if not (ours.isdecimal() and tries.isdecimal()):
            return None
        by_id = by_id.where(Refund.id == int(ours), Refund.tries == int(tries))
    return db.session.execute(by_id, execution_options={"populate_existing": True}).scalar_one_or_none()


def _adopt(entity: dict[str, Any], order: PaymentOrder, payment: Payment) -> Refund | None:
    if entity.get("status") == "failed" or payment.captured_at is None:
        return None
    log.warning("refund %s was made at the gateway by hand", entity["id"])
    return _refund_add(
        order,
        payment,
        int(entity["amount"]),
        "Given back by our support.",
        f"gateway:{entity['id']}",
        str(entity["id"]),
    )


def _close_if_all_back(payment: Payment) -> None:
    statement = sa.select(sa.func.sum(Refund.amount_paise)).where(
        Refund.payment_id == payment.id, Refund.state == "processed"
    )
    if db.session.execute(statement).scalar_one() == payment.amount_paise:
        transition(Payment, payment.id, states_before(PAYMENT, "refunded", "refunded"), "refunded")


@transactional
def refund_fail(refund_id: int, problem: str) -> None:
    """The gateway refused a refund. It is still owed; a person must look at it."""
    if transition(Refund, refund_id, states_before(REFUND, "failed", "failed"), "failed", problem=problem[:500]):
        log.error("refund %s was refused: %s", refund_id, problem)
        announce(RefundFailed(refund_id))


@transactional
def refund_retry(refund_id: int) -> bool:
    """Ask again for a refund that failed. Returns whether it was a failed one."""
    again = transition(
        Refund,
        refund_id,
        states_before(REFUND, "wanted", "retried"),
        "wanted",
        tries=Refund.tries + 1,
        problem=None,
        gateway_refund_id=None,
    )
    if again:
        announce(RefundWanted(refund_id))
    return again


def payment_refunds(payment_id: int) -> list[Refund]:
    """Refunds of a payment, oldest first."""
    statement = sa.select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.id)
    return list(db.session.execute(statement).scalars())
