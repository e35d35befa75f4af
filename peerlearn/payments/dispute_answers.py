"""Answering a dispute: give in, or contest it with one document of evidence. Network between short transactions."""

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.kernel import connection_release, db, transactional
from peerlearn.payments.dispute_record import dispute_record
from peerlearn.payments.models import PaymentDispute
from peerlearn.payments.ports import Gateway

LONGEST_SUMMARY = 1000  # the gateway's limit
# What the one document proves: the gateway wants each kind of proof by its name.
PROOFS = ("proof_of_service", "access_activity_log", "billing_proof", "refund_cancellation_policy")


def dispute_open_one(dispute_id: int) -> PaymentDispute:
    """The dispute, if it can still be answered. Raises Missing, Conflict("answered", "too_late")."""
    dispute = db.session.get(PaymentDispute, dispute_id, populate_existing=True)
    if dispute is None:
        raise Missing("There is no such dispute.", code="no_such_dispute")
    if dispute.state != "open":
        raise Conflict("The bank has our answer, or has decided. Load the page again.", code="answered")
    if dispute.respond_by <= now():
        raise Conflict("The time to answer is over. The bank decides without us.", code="too_late")
    return dispute


def dispute_accept(dispute_id: int, *, gateway: Gateway) -> PaymentDispute:
    """Let the payer have the money, for good. A lost answer is found by asking again. Raises Conflict, Upstream."""
    gateway_id = dispute_open_one(dispute_id).gateway_dispute_id
    connection_release()
    return dispute_record(gateway.dispute_accept(gateway_id))


def dispute_contest(dispute_id: int, summary: str, pdf: bytes, *, gateway: Gateway) -> PaymentDispute:
    """Send the evidence: a summary of at most 1,000 letters and a document. Raises Invalid, Conflict, Upstream.

    The document is sent once: its id is kept, so a try after a lost answer uses it again.
    """
    summary = summary.strip()
    if not summary or len(summary) > LONGEST_SUMMARY:
        raise Invalid("Say it in 1 to 1,000 letters.", code="summary", field="summary")
    dispute = dispute_open_one(dispute_id)
    gateway_id, name = dispute.gateway_dispute_id, f"evidence-{dispute.public_id}.pdf"
    # Evidence that was sent back is sent anew.
    document_id = dispute.document_id if dispute.submitted_at is None else None
    connection_release()
    document_id = document_id or gateway.document_add(name, pdf)
    _keep(dispute_id, summary, document_id)
    body = {"summary": summary, **{name: [document_id] for name in PROOFS}, "action": "submit"}
    return dispute_record(gateway.dispute_contest(gateway_id, body))


@transactional
def _keep(dispute_id: int, summary: str, document_id: str) -> None:
    table = sa.update(PaymentDispute).where(PaymentDispute.id == dispute_id)
    db.session.execute(table.values(answer=summary, document_id=document_id))
