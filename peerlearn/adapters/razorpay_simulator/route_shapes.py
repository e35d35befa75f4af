"""Bodies of Route's entities: linked accounts, products, transfers, reversals, settlements. Field names as documented."""

from __future__ import annotations

import secrets
import string
from typing import Any

from peerlearn.adapters.razorpay_simulator.shapes import Body, new_id, notes_out, random_part

NO_ERROR: Body = {"code": None, "description": None, "reason": None, "field": None, "step": None, "source": None}
SHORT_OF_MONEY: Body = {
    "code": "BAD_REQUEST_TRANSFER_INSUFFICIENT_BALANCE",
    "description": "Transfer failed due to insufficient balance",
    "field": None,
    "source": "transfer",
    "step": "balance_check",
    "reason": "insufficient_balance",
}


def transfer_fee(amount: int) -> tuple[int, int]:
    """Fee (it includes the tax) and the tax in it: 0.25 % of the amount plus 18 % GST on that."""
    base = (amount * 25 + 5000) // 10000
    tax = (base * 18 + 50) // 100
    return base + tax, tax


def account_body(sent: Body, at: int) -> Body:
    """A new linked account. What is secret in it is not echoed."""
    return {
        "id": new_id("acc"),
        "type": "route",
        "status": "created",
        "email": sent["email"],
        "phone": sent["phone"],
        "profile": sent.get("profile") or {},
        "reference_id": sent.get("reference_id"),
        "business_type": sent["business_type"],
        "legal_business_name": sent["legal_business_name"],
        "contact_name": sent.get("contact_name"),
        "legal_info": sent.get("legal_info") or {},
        "created_at": at,
    }


def product_body(account_id: str, at: int) -> Body:
    """Route on an account, as it is asked for first: everything about the bank is missing."""
    missing = [
        {
            "field_reference": f"settlements.{name}",
            "resolution_url": f"/accounts/{account_id}/products",
            "reason_code": "field_missing",
            "status": "required",
        }
        for name in ("account_number", "ifsc_code", "beneficiary_name")
    ]
    return {
        "id": f"acc_prd_{random_part()}",
        "account_id": account_id,
        "product_name": "route",
        "activation_status": "needs_clarification",
        "active_configuration": {},
        "requested_configuration": {},
        "requirements": missing,
        "tnc": {"accepted": True},
        "requested_at": at,
        "created_at": at,
    }


def transfer_body(source: str, sent: Body, notes: Any, at: int) -> Body:
    """A transfer that has just been asked for."""
    transfer_id = new_id("trf")
    fee, tax = transfer_fee(sent["amount"])
    return {
        "id": transfer_id,
        "entity": "transfer",
        "status": "pending",
        "source": source,
        "recipient": sent["account"],
        "amount": sent["amount"],
        "currency": "INR",
        "amount_reversed": 0,
        "fees": fee,
        "tax": tax,
        "notes": notes_out(notes),
        "linked_account_notes": sent.get("linked_account_notes") or [],
        "on_hold": bool(sent.get("on_hold")),
        "on_hold_until": sent.get("on_hold_until"),
        "settlement_status": None,
        "recipient_settlement_id": None,
        "created_at": at,
        "processed_at": None,
        "error": {**NO_ERROR, "id": transfer_id},
    }


def reversal_body(transfer: Body, amount: int, notes: Any, at: int) -> Body:
    """Money that came back from a linked account."""
    return {
        "id": new_id("rvrsl"),
        "entity": "reversal",
        "transfer_id": transfer["id"],
        "amount": amount,
        "fee": 0,
        "tax": 0,
        "currency": "INR",
        "notes": notes_out(notes),
        "initiator_id": random_part(),
        "customer_refund_id": None,
        "created_at": at,
    }


def settlement_body(amount: int, at: int) -> Body:
    """A payment of the company into a linked account's bank."""
    return {
        "id": new_id("setl"),
        "entity": "settlement",
        "amount": amount,
        "status": "processed",
        "fees": 0,
        "tax": 0,
        "utr": "AXISCN" + "".join(secrets.choice(string.digits) for _ in range(10)),
        "created_at": at,
    }
