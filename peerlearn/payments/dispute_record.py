"""What the gateway says about a dispute, written down once, with the ledger's entries. Idempotent, in any order."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import announce, db, one_by_one, transactional
from peerlearn.payments.books import ledger_post
from peerlearn.payments.dispute_lifecycle import DISPUTE, DISPUTE_EVENTS, OPEN
from peerlearn.payments.facts import DisputeChanged
from peerlearn.payments.gone import MOST_MOVES
from peerlearn.payments.ledger import dispute_taken_postings
from peerlearn.payments.lifecycle import IllegalTransition, next_state
from peerlearn.payments.models import Payment, PaymentDispute
from peerlearn.payments.orders import lock_order
from peerlearn.payments.ports import Gateway

log = logging.getLogger(__name__)

ASK_AFTER = timedelta(minutes=15)
ASK_AT_ONCE = 50
PAGE, PAGES = 100, 20


@transactional
def dispute_record(entity: dict[str, Any]) -> PaymentDispute:
    """Write down what the gateway says about a dispute, and post what it has taken from us or brought back.

    The order's row is locked, so equal messages at once have one effect. Who bears a loss is decided by
    `dispute_settle`. Raises Missing for a payment that is not ours, Conflict where money moved after that decision.
    """
    payment = db.session.execute(
        sa.select(Payment).where(Payment.gateway_payment_id == str(entity.get("payment_id")))
    ).scalar_one_or_none()
    if payment is None:
        raise Missing("This dispute belongs to no payment of ours.", code="no_such_payment")
    lock_order(payment.order_id)
    status = str(entity.get("status"))
    if status not in DISPUTE_EVENTS:
        raise IllegalTransition(f"A dispute can't be {status}. Look at it by hand.", event=status)
    row = _found(str(entity["id"]))
    target = next_state(DISPUTE, row.state if row else "absent", status)
    if row is None:
        row = PaymentDispute(
            payment_id=payment.id,
            gateway_dispute_id=str(entity["id"]),
            amount_paise=int(entity["amount"]),
            state=str(target),
            created_at=_instant(entity.get("created_at")) or now(),
            respond_by=_instant(entity.get("respond_by")) or now(),
            phase=str(entity.get("phase") or "chargeback")[:24],
        )
        db.session.add(row)
    elif target is None and status != row.state:
        return row  # an old answer: it ended meanwhile
    _describe(row, entity)
    db.session.flush()
    _follow_money(row, status, int(entity.get("amount_deducted") or 0))
    if target is not None:
        row.state = target
        if target not in OPEN:
            row.ended_at = now()
        announce(DisputeChanged(row.id))
    db.session.flush()
    return row


def _found(gateway_dispute_id: str) -> PaymentDispute | None:
    statement = sa.select(PaymentDispute).where(PaymentDispute.gateway_dispute_id == gateway_dispute_id)
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one_or_none()


def _instant(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def _describe(row: PaymentDispute, entity: dict[str, Any]) -> None:
    row.phase = str(entity.get("phase") or row.phase)[:24]
    row.reason_code = str(entity.get("reason_code") or "")[:80]
    row.reason = str(entity.get("reason_description") or "")[:255]
    row.respond_by = _instant(entity.get("respond_by")) or row.respond_by
    evidence = entity.get("evidence")
    submitted = _instant(evidence.get("submitted_at")) if isinstance(evidence, dict) else None
    row.submitted_at = submitted or row.submitted_at


def _follow_money(row: PaymentDispute, status: str, deducted_paise: int) -> None:
    """The gateway's own word of what it took. After a win all of it is ours again, whatever the field still says."""
    taken = 0 if status == "won" else deducted_paise
    more = taken - row.taken_paise
    if not more:
        return
    if taken < row.covered_paise + row.shared_paise + row.borne_paise or row.moves >= MOST_MOVES:
        raise Conflict(
            "Money of this dispute moved again after its loss was shared out. Look at it by hand.",
            code="dispute_differs",
        )
    row.moves += 1
    kind = "dispute_taken" if more > 0 else "dispute_returned"
    ledger_post(kind, f"{kind}:{row.id}:{row.moves}", dispute_taken_postings(more))
    row.taken_paise = taken


@transactional
def _to_ask(limit: int) -> list[str]:
    """Take open disputes that nobody has asked about for a while."""
    moment = now()
    asked = sa.func.coalesce(PaymentDispute.asked_at, PaymentDispute.created_at)
    rows = db.session.execute(
        sa.select(PaymentDispute.id, PaymentDispute.gateway_dispute_id)
        .where(PaymentDispute.state.in_(OPEN), sa.or_(asked <= moment - ASK_AFTER, asked > moment))
        .order_by(asked)
        .limit(limit)
    ).all()
    ids = [row_id for row_id, _ in rows]
    db.session.execute(sa.update(PaymentDispute).where(PaymentDispute.id.in_(ids)).values(asked_at=moment))
    return [str(gateway_id) for _, gateway_id in rows]


@transactional
def _ended(ids: list[str]) -> set[str]:
    known = sa.select(PaymentDispute.gateway_dispute_id)
    return set(
        db.session.scalars(
            known.where(PaymentDispute.gateway_dispute_id.in_(ids), PaymentDispute.state.not_in(OPEN))
        ).all()
    )


def disputes_reconcile(*, gateway: Gateway) -> int:
    """Read the gateway's disputes, for any event may be lost. Returns how many were written down.

    New ones are found in its list, newest first, up to the first page that tells nothing new; open ones that the list
    did not show are asked about one by one. Raises Upstream where the list can't be read.
    """
    seen: set[str] = set()
    for page in range(PAGES):
        found = gateway.disputes_page(skip=page * PAGE, count=PAGE)
        ended = _ended([str(one["id"]) for one in found])
        news = [one for one in found if str(one["id"]) not in ended]
        seen |= {str(one["id"]) for one in one_by_one(news, _taken_in, "dispute") if one is not None}
        if not news or len(found) < PAGE:
            break
    rest = [one for one in _to_ask(ASK_AT_ONCE) if one not in seen]
    return len(seen) + len(one_by_one(rest, lambda one: dispute_record(gateway.fetch_dispute(one)), "open dispute"))


def _taken_in(entity: dict[str, Any]) -> dict[str, Any] | None:
    """The entity where it was written down; None where it is about another product on the same account."""
    try:
        dispute_record(entity)
    except Missing:
        return None
    return entity
