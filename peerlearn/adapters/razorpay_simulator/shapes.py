"""Bodies of Razorpay's entities, their ids and the fee model. Pure but for the random ids.

Field names, nulls and the empty notes that come back as a list follow Razorpay's API reference.
"""

from __future__ import annotations

import secrets
import string
from typing import Any

Body = dict[str, Any]

_ALPHABET = string.digits + string.ascii_letters
FEE_PERCENT = 2
GST_ON_FEE_PERCENT = 18

NO_ERROR: Body = {
    "error_code": None,
    "error_description": None,
    "error_source": None,
    "error_step": None,
    "error_reason": None,
}


def new_id(prefix: str) -> str:
    """A Razorpay id: the prefix, an underscore and fourteen case-sensitive letters or digits."""
    return f"{prefix}_{random_part()}"


def random_part() -> str:
    """Fourteen letters or digits, as in the ids and in the event id header."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(14))


def is_id(text: str, prefix: str) -> bool:
    """Whether the text has the form of an id with this prefix."""
    head, _, tail = text.partition("_")
    return head == prefix and len(tail) == 14 and all(sign in _ALPHABET for sign in tail)


def fee_and_tax(amount_paise: int) -> tuple[int, int]:
    """Gateway fee (it includes the tax) and the tax in it, in paise: 2 % of the amount plus 18 % GST on that.

    The documentation's example: 500000 paise cost 11800, of which 1800 are tax.
    """
    base = (amount_paise * FEE_PERCENT + 50) // 100
    tax = (base * GST_ON_FEE_PERCENT + 50) // 100
    return base + tax, tax


def notes_out(notes: Any) -> Any:
    """Notes as the API gives them back: an object, or an empty list where there are none."""
    return dict(notes) if isinstance(notes, dict) and notes else []


def order_body(amount: int, currency: str, receipt: str | None, notes: Any, at: int) -> Body:
    """A new order."""
    return {
        "id": new_id("order"),
        "entity": "order",
        "amount": amount,
        "amount_paid": 0,
        "amount_due": amount,
        "currency": currency,
        "receipt": receipt,
        "offer_id": None,
        "status": "created",
        "attempts": 0,
        "notes": notes_out(notes),
        "created_at": at,
    }


def payment_body(order: Body, amount: int, method: str, paid_with: Body, at: int) -> Body:
    """A payment that has just been started. `paid_with` holds vpa, bank, wallet, email and contact as far as known."""
    vpa = paid_with.get("vpa") if method == "upi" else None
    body: Body = {
        "id": new_id("pay"),
        "entity": "payment",
        "amount": amount,
        "currency": order["currency"],
        "status": "created",
        "order_id": order["id"],
        "invoice_id": None,
        "international": False,
        "method": method,
        "amount_refunded": 0,
        "refund_status": None,
        "captured": False,
        "description": paid_with.get("description"),
        "card_id": new_id("card") if method == "card" else None,
        "bank": paid_with.get("bank", "HDFC") if method == "netbanking" else None,
        "wallet": paid_with.get("wallet") if method == "wallet" else None,
        "vpa": vpa,
        "email": paid_with.get("email") or "void@razorpay.com",
        "contact": paid_with.get("contact") or "+919999999999",
        "notes": order["notes"],
        "fee": None,
        "tax": None,
        **NO_ERROR,
        "acquirer_data": {"rrn": None} if method == "upi" else {},
        "created_at": at,
    }
    if vpa:
        body["upi"] = {"vpa": vpa}
    return body


def acquirer_data(method: str) -> Body:
    """The bank's own references for a payment that went through."""
    digits = "".join(secrets.choice(string.digits) for _ in range(12))
    if method == "upi":
        return {"rrn": digits, "upi_transaction_id": secrets.token_hex(16).upper()}
    if method == "card":
        return {"auth_code": digits[:6]}
    if method == "netbanking":
        return {"bank_transaction_id": digits[:7]}
    return {"transaction_id": digits}


def refund_body(payment: Body, amount: int, speed: str, notes: Any, receipt: str | None, at: int) -> Body:
    """A refund that has just been asked for."""
    return {
        "id": new_id("rfnd"),
        "entity": "refund",
        "amount": amount,
        "currency": payment["currency"],
        "payment_id": payment["id"],
        "notes": notes_out(notes),
        "receipt": receipt,
        "acquirer_data": {"arn": None},
        "created_at": at,
        "batch_id": None,
        "status": "pending",
        "speed_processed": None,
        "speed_requested": speed,
    }


def collection(items: list[Body]) -> Body:
    """A list as the API wraps it."""
    return {"entity": "collection", "count": len(items), "items": items}
