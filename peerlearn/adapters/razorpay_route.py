"""Razorpay Route over the SDK: mentors' linked accounts, transfers on hold, reversals, settlements read back."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from peerlearn.errors import Conflict

CURRENCY = "INR"
PAGE = 100
TAKEN = re.compile(r"already exists for account - (acc_[0-9A-Za-z]{14})")


class RouteCalls:
    """The part of the Gateway port about payouts. Mixed into the gateway, which brings `_call` and its time limit."""

    _timeout: tuple[float, float]
    _call: Callable[[Callable[[Any], Any]], dict[str, Any]]

    # Linked accounts ------------------------------------------------------------------------------------------------

    def account_open(self, body: dict[str, Any]) -> str:
        """Open a linked account and return its id; one that an earlier lost answer opened is found by its mail.

        The mail alone proves nothing: an account that carries another reference is somebody else's. Raises Conflict.
        """
        try:
            made = self._call(lambda client: client.account.create(body, timeout=self._timeout))
        except Conflict as refused:
            taken = TAKEN.search(str(refused.details.get("reason", "")))
            if taken is None:
                raise
            known = self._call(lambda client: client.account.fetch(taken.group(1), {}, timeout=self._timeout))
            if known.get("reference_id") != body.get("reference_id"):
                raise
            return taken.group(1)
        return str(made["id"])

    def stakeholder_add(self, account_id: str, body: dict[str, Any]) -> str:
        """Name the person behind an account and return the stakeholder's id. Only one is allowed: a first one stays."""
        found = self._call(lambda client: client.stakeholder.all(account_id, {}, timeout=self._timeout))
        items = found.get("items") or []
        if items:
            return str(items[0]["id"])
        made = self._call(lambda client: client.stakeholder.create(account_id, body, timeout=self._timeout))
        return str(made["id"])

    def product_ask(self, account_id: str) -> dict[str, Any]:
        """Ask for Route on an account and return the product with its activation status."""
        body = {"product_name": "route", "tnc_accepted": True}
        return self._call(
            lambda client: client.product.requestProductConfiguration(account_id, body, timeout=self._timeout)
        )

    def product_bank(self, account_id: str, product_id: str, settlements: dict[str, str]) -> dict[str, Any]:
        """Say which bank account gets the payouts and return the product."""
        body = {"settlements": settlements, "tnc_accepted": True}
        return self._call(lambda client: client.product.edit(account_id, product_id, body, timeout=self._timeout))

    def fetch_product(self, account_id: str, product_id: str) -> dict[str, Any]:
        """The product as it is now."""
        return self._call(lambda client: client.product.fetch(account_id, product_id, {}, timeout=self._timeout))

    # Transfers ------------------------------------------------------------------------------------------------------

    def transfer(
        self, gateway_payment_id: str | None, account_id: str, amount_paise: int, key: str, notes: dict[str, str]
    ) -> dict[str, Any]:
        """Move money into a linked account, on hold, and return the transfer.

        From a payment (no idempotency key: look at `transfers_of` before a second try), or, without one, from our own
        balance under a key.
        """
        one = {"account": account_id, "amount": amount_paise, "currency": CURRENCY, "notes": notes, "on_hold": True}
        if gateway_payment_id is None:
            return self._call(
                lambda client: client.transfer.create(
                    one, headers={"X-Transfer-Idempotency": key}, timeout=self._timeout
                )
            )
        made = self._call(
            lambda client: client.payment.transfer(gateway_payment_id, {"transfers": [one]}, timeout=self._timeout)
        )
        first: dict[str, Any] = made["items"][0]
        return first

    def transfers_of(self, gateway_payment_id: str) -> list[dict[str, Any]]:
        """All transfers from a payment."""
        found = self._call(lambda client: client.payment.transfers(gateway_payment_id, {}, timeout=self._timeout))
        return list(found.get("items") or [])

    def transfers_in(self, settlement_id: str) -> list[dict[str, Any]]:
        """All transfers that a settlement paid out, however many."""
        found: dict[str, dict[str, Any]] = {}
        while True:
            ask = {"recipient_settlement_id": settlement_id, "count": PAGE, "skip": len(found)}
            page = self._page(lambda client, asked: client.transfer.all(asked, timeout=self._timeout), ask)
            before = len(found)
            found |= {str(one["id"]): one for one in page}
            if len(page) < PAGE or len(found) == before:
                return list(found.values())

    def fetch_transfer(self, transfer_id: str) -> dict[str, Any]:
        """The transfer as it is now."""
        return self._call(lambda client: client.transfer.fetch(transfer_id, {}, timeout=self._timeout))

    def transfer_release(self, transfer_id: str) -> dict[str, Any]:
        """Lift the hold: the next settlement pays it out. Again is the same."""
        return self._call(lambda client: client.transfer.edit(transfer_id, {"on_hold": False}, timeout=self._timeout))

    def transfer_hold(self, transfer_id: str) -> dict[str, Any]:
        """Put the hold back on a transfer that was released and is not settled, without an end. Again is the same."""
        return self._call(lambda client: client.transfer.edit(transfer_id, {"on_hold": True}, timeout=self._timeout))

    def transfer_reverse(self, transfer_id: str, amount_paise: int, notes: dict[str, str]) -> dict[str, Any]:
        """Take a part of a transfer back. Not idempotent: compare `amount_reversed` before a second try."""
        body = {"amount": amount_paise, "notes": notes}
        return self._call(lambda client: client.transfer.reverse(transfer_id, body, timeout=self._timeout))

    def fetch_settlement(self, settlement_id: str) -> dict[str, Any]:
        """The settlement as it is now: `failed` means that the bank sent the money back."""
        return self._call(lambda client: client.settlement.fetch(settlement_id, {}, timeout=self._timeout))

    # Whole days, to compare books -----------------------------------------------------------------------------------

    def payments_between(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """All payments that were begun in a time."""
        return self._pages(lambda client, ask: client.payment.all(ask, timeout=self._timeout), since, until)

    def transfers_between(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """All transfers that were begun in a time."""
        return self._pages(lambda client, ask: client.transfer.all(ask, timeout=self._timeout), since, until)

    def _pages(
        self, ask_for: Callable[[Any, dict[str, int]], Any], since: datetime, until: datetime
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            ask = {"from": int(since.timestamp()), "to": int(until.timestamp()), "count": PAGE, "skip": len(found)}
            page = self._page(ask_for, ask)
            found += page
            if len(page) < PAGE:
                return found

    def _page(self, ask_for: Callable[[Any, dict[str, Any]], Any], ask: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._call(lambda client: ask_for(client, ask)).get("items") or [])
