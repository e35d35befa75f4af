"""Events that the gateway sends: verified over their raw bytes, stored as they came, handled by a job."""

import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from peerlearn.clock import now
from peerlearn.errors import Invalid, Missing, PeerLearnError
from peerlearn.kernel import announce, db, transactional
from peerlearn.payments.dispute_record import dispute_record
from peerlearn.payments.facts import WebhookStored
from peerlearn.payments.models import Payment, WebhookEvent
from peerlearn.payments.payees import payee_record
from peerlearn.payments.payout_record import payout_record
from peerlearn.payments.ports import Gateway
from peerlearn.payments.receive import order_of_captured, payment_record
from peerlearn.payments.refunds import refund_record
from peerlearn.payments.signature import signed_by_any
from peerlearn.payments.transfers import settlement_look

log = logging.getLogger(__name__)

LARGEST_BYTES = 256 * 1024
WAKE_AGAIN_AFTER = timedelta(minutes=1)  # a second copy soon after the first is on its way to the worker already
# So many payments of the last day since the last event, each so old: nobody tells us any more.
SILENT_PAYMENTS, SILENT_AFTER, SILENT_WITHIN = 3, timedelta(minutes=10), timedelta(days=1)
KEEP_TRYING_FOR = timedelta(days=14)  # a worker that was away for days must still hear of money
PAYMENT_KINDS = {"payment.authorized", "payment.captured", "payment.failed", "order.paid"}
TRANSFER_KINDS = {"transfer.processed", "transfer.failed"}
SETTLEMENT_KINDS = {"settlement.processed", "settlement.failed"}
PRODUCT_KINDS = {"product.route.under_review", "product.route.needs_clarification", "product.route.activated"}
DISPUTE_KINDS = {
    f"payment.dispute.{what}" for what in ("created", "under_review", "action_required", "won", "lost", "closed")
}
REFUND_KINDS = {"refund.created", "refund.processed", "refund.failed", "refund.speed_changed"}


def webhook_store(raw: bytes, signature: str | None, event_id: str | None, secrets: Sequence[str]) -> int:
    """Check an event's signature and keep it. Returns its row id; the same event twice is kept once.

    The event id comes in a header and is the same on every retry. Raises Invalid, with no effect at all, where the
    signature is not made with one of the secrets (current, previous), or there is no secret.
    """
    if not signed_by_any(raw, signature, secrets):
        raise Invalid("This event is not signed by our payment partner.", code="webhook_signature")
    kind = _kind(raw)
    key = (event_id or "").strip()[:255] or "sha256:" + hashlib.sha256(raw).hexdigest()
    return _keep(key, kind, raw.decode())


def _kind(raw: bytes) -> str:
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Invalid("This event is not JSON.", code="webhook_body") from error
    if len(raw) > LARGEST_BYTES or not isinstance(body, dict) or not isinstance(body.get("event"), str):
        raise Invalid("This event has no known form.", code="webhook_body")
    return str(body["event"])[:64]


_EVENTS = cast(sa.Table, WebhookEvent.__table__)
_INSERT = {
    "sqlite": sqlite.insert(_EVENTS).on_conflict_do_nothing(index_elements=["event_id"]).returning(_EVENTS.c.id),
    "postgresql": postgresql.insert(_EVENTS)
    .on_conflict_do_nothing(index_elements=["event_id"])
    .returning(_EVENTS.c.id),
}
_KNOWN = sa.select(WebhookEvent.id, WebhookEvent.handled_at, WebhookEvent.received_at).where(
    WebhookEvent.event_id == sa.bindparam("key")
)


@transactional
def _keep(key: str, kind: str, body: str) -> int:
    """One statement for a new event: the gateway waits for this, and for nothing else."""
    connection = db.session.connection()
    event = {"event_id": key, "kind": kind, "body": body, "received_at": now(), "attempts": 0}
    made = connection.scalar(_INSERT[connection.dialect.name], event)
    if made is not None:
        announce(WebhookStored(made))
        return int(made)
    row = connection.execute(_KNOWN, {"key": key}).one()
    if row.handled_at is None and row.received_at <= now() - WAKE_AGAIN_AFTER:
        announce(WebhookStored(row.id))
    return int(row.id)


def webhook_handle(webhook_id: int, *, gateway: Gateway) -> int | None:
    """Do what an event tells. Returns the order that it moved, to be settled; None where there is nothing to do.

    The event is a snapshot and may be old, so the payment or refund is fetched as it is now. A failure is noted, the
    event stays unhandled and a later run tries again. Idempotent.
    """
    taken = _take(webhook_id)
    if taken is None:
        return None
    kind, body = taken
    problem: str | None = None
    try:
        order_id = _apply(kind, json.loads(body), gateway)
    except Missing as error:  # signed, but about money of another product on the same account
        log.error("webhook %s (%s): %s", webhook_id, kind, error.message)
        order_id, problem = None, error.code
    except PeerLearnError as error:
        _note(webhook_id, f"{error.code}: {error.message}")
        raise
    except Exception as error:
        _note(webhook_id, repr(error))
        raise
    _done(webhook_id, problem)
    return order_id


def _apply(kind: str, body: dict[str, Any], gateway: Gateway) -> int | None:
    if kind in PAYMENT_KINDS:
        gateway_payment_id = _id_in(body, "payment")
        known = order_of_captured(gateway_payment_id)
        if known is not None:  # the second and third event of a success tell nothing new
            return known
        payment = payment_record(gateway.fetch_payment(gateway_payment_id))
        return payment.order_id if payment else None
    if kind in REFUND_KINDS:
        refund = gateway.fetch_refund(_id_in(body, "refund"))
        gateway_payment_id = str(refund.get("payment_id"))
        if order_of_captured(gateway_payment_id) is None:
            # The way back may be told of before the way in, or it is money that was never taken and went back by itself.
            payment = payment_record(gateway.fetch_payment(gateway_payment_id))
            refund_record(refund)
            return payment.order_id if payment else None
        refund_record(refund)
    elif kind in DISPUTE_KINDS:
        dispute_record(gateway.fetch_dispute(_id_in(body, "dispute")))
    elif kind in TRANSFER_KINDS:
        payout_record(gateway.fetch_transfer(_id_in(body, "transfer")))
    elif kind in SETTLEMENT_KINDS:
        settlement_look(_id_in(body, "settlement"), gateway=gateway)
    elif kind in PRODUCT_KINDS:
        account_id = str(body.get("account_id"))
        payee_record(account_id, gateway.fetch_product(account_id, _id_in(body, "merchant_product")))
    return None


def _id_in(body: dict[str, Any], entity: str) -> str:
    try:
        return str(body["payload"][entity]["entity"]["id"])
    except (KeyError, TypeError) as error:
        raise Invalid(f"This event names no {entity}.", code="webhook_body") from error


@transactional
def _take(webhook_id: int) -> tuple[str, str] | None:
    event = db.session.get(WebhookEvent, webhook_id, populate_existing=True)
    if event is None or event.handled_at is not None:
        return None
    event.attempts += 1
    return event.kind, event.body


@transactional
def _note(webhook_id: int, problem: str) -> None:
    statement = sa.update(WebhookEvent).where(WebhookEvent.id == webhook_id)
    db.session.execute(statement.values(problem=problem[:500]))


@transactional
def _done(webhook_id: int, problem: str | None) -> None:
    statement = sa.update(WebhookEvent).where(WebhookEvent.id == webhook_id)
    db.session.execute(statement.values(handled_at=now(), problem=problem))


def webhooks_waiting(limit: int = 1000) -> list[int]:
    """Events that are stored and not handled: what a lost wake-up or a gateway that was away left behind.

    Those least often tried come first, so that some that always fail never keep the others waiting.
    """
    statement = (
        sa.select(WebhookEvent.id)
        .where(WebhookEvent.handled_at.is_(None), WebhookEvent.received_at > now() - KEEP_TRYING_FOR)
        .order_by(WebhookEvent.attempts, WebhookEvent.id)
        .limit(limit)
    )
    return list(db.session.execute(statement).scalars())


def hook_is_silent() -> bool:
    """Whether money comes in and no event tells of it: the gateway turns a hook off that failed for a day.

    Reconciliation finds the money all the same, only later; a person must turn the hook on again.
    """
    heard = db.session.scalar(sa.select(sa.func.max(WebhookEvent.received_at)))
    since = max(heard, now() - SILENT_WITHIN) if heard is not None else now() - SILENT_WITHIN
    untold = sa.select(sa.func.count(Payment.id)).where(
        Payment.captured_at > since, Payment.captured_at <= now() - SILENT_AFTER
    )
    return int(db.session.scalar(untold) or 0) >= SILENT_PAYMENTS
