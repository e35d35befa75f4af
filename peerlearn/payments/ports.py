"""What payments needs from outside: a gateway that takes and gives back money."""

from datetime import datetime
from typing import Any, Protocol

# Kept here and not beside the SDK, so that it is found among the sentences that are translated.
NO_ANSWER = "Our payment partner did not answer. Nothing is lost: try again in a minute."


class Gateway(Protocol):
    """Razorpay as the house sees it. Amounts are paise of INR; dicts are the gateway's own entities.

    Every call has a time limit. Raises Upstream where the gateway did not answer, or answered with an error of its
    own; `details["outcome"]` is "unknown" where the change may have happened all the same. Raises Conflict with
    the gateway's reason where it refused.
    """

    @property
    def key_id(self) -> str:
        """The public key that a browser's checkout needs."""
        ...

    @property
    def checkout_url(self) -> str:
        """Address of the checkout script."""
        ...

    def open_order(self, amount_paise: int, receipt: str, notes: dict[str, str]) -> str:
        """Open an order and return its gateway id. An unknown outcome is looked up by receipt before a second try."""
        ...

    def find_order(self, receipt: str) -> str | None:
        """Gateway id of the newest order with this receipt, or None."""
        ...

    def fetch_payment(self, gateway_payment_id: str) -> dict[str, Any]:
        """The payment as it is now."""
        ...

    def payments_of(self, gateway_order_id: str) -> list[dict[str, Any]]:
        """All payments that were tried for an order."""
        ...

    def capture(self, gateway_payment_id: str, amount_paise: int) -> dict[str, Any]:
        """Take an authorised payment in full and return it."""
        ...

    def refund(self, gateway_payment_id: str, amount_paise: int, key: str, notes: dict[str, str]) -> dict[str, Any]:
        """Give money back. The same key never gives back twice."""
        ...

    def fetch_refund(self, gateway_refund_id: str) -> dict[str, Any]:
        """The refund as it is now."""
        ...

    def account_open(self, body: dict[str, Any]) -> str:
        """Open a linked account for a mentor and return its id; one that is open under the same mail is returned."""
        ...

    def stakeholder_add(self, account_id: str, body: dict[str, Any]) -> str:
        """Name the person behind an account, once."""
        ...

    def product_ask(self, account_id: str) -> dict[str, Any]:
        """Ask for payouts on an account."""
        ...

    def product_bank(self, account_id: str, product_id: str, settlements: dict[str, str]) -> dict[str, Any]:
        """Say which bank account gets the payouts."""
        ...

    def fetch_product(self, account_id: str, product_id: str) -> dict[str, Any]:
        """How the review of an account stands."""
        ...

    def transfer(
        self, gateway_payment_id: str | None, account_id: str, amount_paise: int, key: str, notes: dict[str, str]
    ) -> dict[str, Any]:
        """Move money into a linked account, on hold; from a payment, or (None) from our balance under a key."""
        ...

    def transfers_of(self, gateway_payment_id: str) -> list[dict[str, Any]]:
        """All transfers from a payment: looked at before a second try."""
        ...

    def transfers_in(self, settlement_id: str) -> list[dict[str, Any]]:
        """All transfers that a settlement paid out."""
        ...

    def fetch_transfer(self, transfer_id: str) -> dict[str, Any]:
        """The transfer as it is now."""
        ...

    def transfer_release(self, transfer_id: str) -> dict[str, Any]:
        """Lift the hold of a transfer."""
        ...

    def transfer_hold(self, transfer_id: str) -> dict[str, Any]:
        """Put a hold back on a transfer that no settlement has paid out."""
        ...

    def transfer_reverse(self, transfer_id: str, amount_paise: int, notes: dict[str, str]) -> dict[str, Any]:
        """Take a part of a transfer back."""
        ...

    def fetch_settlement(self, settlement_id: str) -> dict[str, Any]:
        """The settlement as it is now."""
        ...

    def fetch_dispute(self, gateway_dispute_id: str) -> dict[str, Any]:
        """The dispute as it is now."""
        ...

    def disputes_page(self, *, skip: int, count: int) -> list[dict[str, Any]]:
        """A page of all disputes, newest first."""
        ...

    def dispute_accept(self, gateway_dispute_id: str) -> dict[str, Any]:
        """Let the payer have the money. For good."""
        ...

    def dispute_contest(self, gateway_dispute_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer a dispute with evidence."""
        ...

    def document_add(self, name: str, pdf: bytes) -> str:
        """Keep a document of evidence at the gateway and return its id."""
        ...

    def payments_between(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """All payments that were begun in a time."""
        ...

    def transfers_between(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """All transfers that were begun in a time."""
        ...

    def verify_return(self, gateway_order_id: str, gateway_payment_id: str, signature: str) -> bool:
        """Whether the gateway signed this success for this order."""
        ...

    def verify_webhook(self, raw: bytes, signature: str | None) -> bool:
        """Whether the gateway signed these bytes, with the current or the previous secret."""
        ...
