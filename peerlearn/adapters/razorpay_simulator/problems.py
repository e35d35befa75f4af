"""Razorpay's error bodies, word for word where its documentation or its users give the words."""

from __future__ import annotations

from typing import Any

UNKNOWN_ID = "The id provided does not exist"
WRONG_URL = "The requested URL was not found on the server."
AUTHENTICATION_FAILED = "Authentication failed"
AMOUNT_TOO_SMALL = "The amount must be at least INR 1.00"
AMOUNT_NOT_INTEGER = "The amount must be an integer."
CAPTURE_AMOUNT = "Capture amount must be equal to the amount authorized"
ALREADY_CAPTURED = "This payment has already been captured"
ORDER_ALREADY_PAID = (
    "Your payment has been declined as the order is already paid. Please initiate the payment with a new order."
)
REFUND_TOO_LARGE = "The refund amount provided is greater than amount captured"
FULLY_REFUNDED = "The payment has been fully refunded already"
DISPUTED = "Refund is not allowed while the payment is disputed."  # the reference names no text; the rule is the banks'
KEY_OTHER_BODY = "Different request with the same idempotency key has already been processed."
KEY_TOO_SHORT = "The idempotency key must be at least 10 characters long."
KEY_WRONG_SIGNS = "The idempotency key must only contain alphanumeric characters, underscores, and hyphens"
TRANSFER_SUM = "The sum of amount requested for transfer is greater than the captured amount"
TRANSFER_BALANCE = "Transfer cannot be made due to insufficient balance"
TRANSFER_SMALL = "The transfers.0.amount must be at least 100."
NOTE_KEYS = "Keys sent in linked_account_notes must exist in notes"
HOLD_RANGE = "on_hold_until must be between 946684800 and 4765046400"
REVERSAL_BALANCE = "The linked account does not have sufficient balance to process reversal."
ACCOUNT_MAIL = "Merchant email already exists for account - "
TIME_RANGE = "must be between 946684800 and 4765046400"
TOO_MANY = "Too many requests"
SERVER_ERROR = "The server encountered an error. The incident has been reported to admins."


class Problem(Exception):
    """A refused call: the HTTP status and the error body that goes with it."""

    def __init__(self, description: str, status: int = 400, code: str = "BAD_REQUEST_ERROR", field: str | None = None):
        super().__init__(description)
        self.description = description
        self.status = status
        self.code = code
        self.field = field

    def body(self) -> dict[str, Any]:
        """The envelope that the API answers with."""
        error: dict[str, Any] = {
            "code": self.code,
            "description": self.description,
            "source": "business" if self.code == "BAD_REQUEST_ERROR" else "internal",
            "step": "payment_initiation",
            "reason": "input_validation_failed" if self.code == "BAD_REQUEST_ERROR" else "server_error",
            "metadata": {},
        }
        if self.field is not None:
            error["field"] = self.field
        return {"error": error}


def missing_field(name: str) -> Problem:
    """A required field was not sent."""
    return Problem(f"The {name} field is required.", field=name)


def extra_fields(names: list[str]) -> Problem:
    """Fields were sent that the call does not know."""
    return Problem(f"{', '.join(names)} is/are not required and should not be sent")


def malformed_id(text: str) -> Problem:
    """The id has the wrong form."""
    return Problem(f"{text} is not a valid id")
