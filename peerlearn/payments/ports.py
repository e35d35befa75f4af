"""What payments needs from outside: a gateway that takes and gives back money."""

from typing import Any, Protocol


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

    def verify_return(self, gateway_order_id: str, gateway_payment_id: str, signature: str) -> bool:
        """Whether the gateway signed this success for this order."""
        ...

    def verify_webhook(self, raw: bytes, signature: str | None) -> bool:
        """Whether the gateway signed these bytes, with the current or the previous secret."""
        ...
