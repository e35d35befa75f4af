"""Bodies of disputes and of their documents, with the words that Razorpay's reference allows in them."""

from __future__ import annotations

from peerlearn.adapters.razorpay_simulator.shapes import Body, new_id, random_part

PHASES = ("fraud", "retrieval", "chargeback", "pre_arbitration", "arbitration")
ACTIONS = ("draft", "submit")
MIME_TYPES = ("image/jpg", "image/jpeg", "image/png", "application/pdf")
PROOFS = (
    "shipping_proof",
    "billing_proof",
    "cancellation_proof",
    "customer_communication",
    "proof_of_service",
    "explanation_letter",
    "refund_confirmation",
    "access_activity_log",
    "refund_cancellation_policy",
    "term_and_conditions",
)
REASONS = {
    "goods_or_services_not_received_or_partially_received": "Goods or services were not received.",
    "goods_or_services_not_as_described": "Goods or services were not as described.",
    "fraudulent_transaction": "The payer says that this was not them.",
    "duplicate_processing": "The payer was charged twice.",
    "credit_not_processed": "A refund that was promised did not come.",
}


def dispute_body(payment: Body, amount: int, phase: str, reason: tuple[str, str], respond_by: int, at: int) -> Body:
    """A new dispute. `reason` is the code and its description."""
    proofs: Body = dict.fromkeys(PROOFS)
    return {
        "id": new_id("disp"),
        "entity": "dispute",
        "payment_id": payment["id"],
        "amount": amount,
        "currency": payment["currency"],
        "amount_deducted": 0,
        "gateway_dispute_id": random_part(),
        "reason_code": reason[0],
        "reason_description": reason[1],
        "respond_by": respond_by,
        "status": "open",
        "phase": phase,
        "comments": None,
        "evidence": {"amount": amount, "summary": None, **proofs, "others": None, "submitted_at": None},
        "created_at": at,
    }


def document_body(purpose: str, name: str, mime_type: str, size: int, at: int) -> Body:
    """A document that was uploaded."""
    return {
        "id": new_id("doc"),
        "entity": "document",
        "purpose": purpose,
        "name": name,
        "mime_type": mime_type,
        "size": size,
        "created_at": at,
    }
