"""Razorpay's disputes over the SDK: read them, accept or contest them, and send the documents of the evidence."""

from collections.abc import Callable
from typing import Any

PURPOSE = "dispute_evidence"


class DisputeCalls:
    """The part of the Gateway port about disputes. Mixed into the gateway, which brings `_call` and its time limit."""

    _timeout: tuple[float, float]
    _call: Callable[[Callable[[Any], Any]], dict[str, Any]]

    def fetch_dispute(self, gateway_dispute_id: str) -> dict[str, Any]:
        """The dispute as it is now. Raises Conflict for an unknown id, Upstream."""
        return self._call(lambda client: client.dispute.fetch(gateway_dispute_id, {}, timeout=self._timeout))

    def disputes_page(self, *, skip: int, count: int) -> list[dict[str, Any]]:
        """A page of all disputes, newest first. Raises Upstream."""
        ask = {"skip": skip, "count": count}
        found = self._call(lambda client: client.dispute.all(ask, timeout=self._timeout))
        return list(found.get("items") or [])

    def dispute_accept(self, gateway_dispute_id: str) -> dict[str, Any]:
        """Let the payer have the money, for good. Raises Conflict where there is nothing to accept any more, Upstream."""
        return self._call(lambda client: client.dispute.accept(gateway_dispute_id, {}, timeout=self._timeout))

    def dispute_contest(self, gateway_dispute_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer with evidence: `summary`, lists of document ids by kind of proof, `action` draft or submit."""
        return self._call(lambda client: client.dispute.contest(gateway_dispute_id, body, timeout=self._timeout))

    def document_add(self, name: str, pdf: bytes) -> str:
        """Send a PDF and return its id. Razorpay takes pictures and PDFs, and keeps each copy that is sent."""
        body = {"file": (name, pdf, "application/pdf"), "purpose": PURPOSE}
        made = self._call(lambda client: client.document.create(body, timeout=self._timeout))
        return str(made["id"])
