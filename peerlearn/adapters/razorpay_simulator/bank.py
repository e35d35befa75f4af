"""What happens to money: orders, attempts, captures, late authorisations, refunds. The rules of the documentation."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from peerlearn.adapters.razorpay_simulator import problems, shapes
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.shapes import Body
from peerlearn.adapters.razorpay_simulator.store import Store, unix_now
from peerlearn.adapters.razorpay_simulator.webhooks import Outbox

SMALLEST = 100
_KEY = re.compile(r"[A-Za-z0-9_-]+")

Event = tuple[str, dict[str, Body]]

OPEN_DISPUTES = ("open", "under_review")
SOFT = ("fraud", "retrieval")  # questions of the bank: the merchant may still give the money back itself

DECLINED = {
    "error_code": "BAD_REQUEST_ERROR",
    "error_description": (
        "Payment was unsuccessful due to a temporary issue. If amount got deducted, it will be refunded within 5-7"
        " working days."
    ),
    "error_source": "gateway",
    "error_step": "payment_response",
    "error_reason": "payment_failed",
}
CANCELLED = {
    "error_code": "BAD_REQUEST_ERROR",
    "error_description": "You may have cancelled the payment or there was a delay in response from the UPI app.",
    "error_source": "customer",
    "error_step": "payment_authentication",
    "error_reason": "payment_cancelled",
}


class Bank:
    """Moves money and writes the events that tell of it, in one change."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self.store = store
        self._outbox = outbox
        # What was put off, by name; the other desks of this company add theirs.
        self.later: dict[str, Callable[[str], object]] = {
            "authorise": self.authorise_late,
            "refund": self.refund_finish,
        }

    # Orders -----------------------------------------------------------------------------------------------------------

    def order(self, order_id: str) -> Body:
        """An order. Raises Problem for a malformed or unknown id."""
        return self.entity("order", "order", order_id)

    def order_create(self, sent: Body) -> Body:
        """`POST /v1/orders`. Raises Problem."""
        amount, currency = amount_of(sent, required=True), sent.get("currency")
        if currency is None:
            raise problems.missing_field("currency")
        if currency != "INR":
            raise Problem("Currency is not supported", field="currency")
        known = {
            "amount",
            "currency",
            "receipt",
            "notes",
            "partial_payment",
            "first_payment_min_amount",
            "payment",
            "payment_capture",
        }
        extra = sorted(set(sent) - known)
        if extra:
            raise problems.extra_fields(extra)
        receipt = sent.get("receipt")
        if receipt is not None and (not isinstance(receipt, str) or len(receipt) > 40):
            raise Problem("The receipt may not be greater than 40 characters.", field="receipt")
        body = shapes.order_body(amount, currency, receipt, notes_of(sent), int(unix_now()))
        manual = (sent.get("payment") or {}).get("capture") == "manual" or sent.get("payment_capture") in (
            0,
            "0",
            False,
        )
        with self.store.change():
            return self.store.add("order", body, private={"manual": manual})

    def notes_edit(self, kind: str, entity_id: str, sent: Body) -> Body:
        """`PATCH`: only the notes of an entity can be changed."""
        with self.store.change():
            body = self.entity(kind, {"order": "order", "payment": "pay", "refund": "rfnd"}[kind], entity_id)
            extra = sorted(set(sent) - {"notes"})
            if extra:
                raise problems.extra_fields(extra)
            body["notes"] = shapes.notes_out(notes_of(sent))
            return self.store.save(body)

    # Payments ---------------------------------------------------------------------------------------------------------

    def payment(self, payment_id: str) -> Body:
        """A payment. Raises Problem for a malformed or unknown id."""
        return self.entity("payment", "pay", payment_id)

    def start(
        self, order_id: str, method: str, paid_with: Body, *, again: bool = False, amount: int | None = None
    ) -> Body:
        """A person starts to pay an order. Raises Problem where it is paid already.

        `again` pays a paid order a second time, as a late authorisation can; `amount` overrides the order's (a fault).
        """
        with self.store.change():
            order = self.order(order_id)
            if order["status"] == "paid" and not again:
                raise Problem(problems.ORDER_ALREADY_PAID)
            if any(p["status"] == "authorized" for p in self.store.listed("payment", order_id)) and not again:
                raise Problem("A payment for this order is already being processed.")
            order["attempts"] += 1
            if order["status"] == "created":
                order["status"] = "attempted"
            self.store.save(order)
            body = shapes.payment_body(order, amount or order["amount"], method, paid_with, int(unix_now()))
            return self.store.add("payment", body, parent=order_id)

    def succeed(self, payment_id: str) -> Body:
        """The bank says yes: authorised, and captured at once unless the order wants it by hand."""
        with self.store.change():
            payment = self.payment(payment_id)
            payment.update(
                status="authorized", acquirer_data=shapes.acquirer_data(payment["method"]), **shapes.NO_ERROR
            )
            self.store.save(payment)
            events: list[Event] = [("payment.authorized", {"payment": dict(payment)})]
            if not self.store.private(payment["order_id"]).get("manual"):
                payment, captured = self._capture(payment)
                events += captured
            self._outbox.put(events)
            return payment

    def fail(self, payment_id: str, reason: Body, *, late: bool = False) -> Body:
        """The bank says no. With `late` it changes its mind after a while, as it may for up to three days."""
        with self.store.change():
            payment = self.payment(payment_id)
            payment.update(status="failed", **reason)
            self.store.save(payment)
            self._outbox.put([("payment.failed", {"payment": dict(payment)})])
            if late:
                self.store.do_later("authorise", payment_id, unix_now() + float(self.store.option("late_seconds")))
            return payment

    def authorise_late(self, payment_id: str) -> Body:
        """A failed payment goes through after all."""
        payment = self.payment(payment_id)
        return self.succeed(payment_id) if payment["status"] == "failed" else payment

    def capture(self, payment_id: str, sent: Body) -> Body:
        """`POST /v1/payments/:id/capture`. Raises Problem."""
        with self.store.change():
            payment = self.payment(payment_id)
            amount = amount_of(sent, required=True)
            if payment["status"] in {"captured", "refunded"}:
                raise Problem(problems.ALREADY_CAPTURED)
            if payment["status"] != "authorized":
                raise Problem("Only payments which have been authorized and not yet captured can be captured")
            if amount != payment["amount"]:
                raise Problem(problems.CAPTURE_AMOUNT, field="amount")
            payment, events = self._capture(payment)
            self._outbox.put(events)
            return payment

    def _capture(self, payment: Body) -> tuple[Body, list[Event]]:
        fee, tax = shapes.fee_and_tax(payment["amount"])
        payment.update(status="captured", captured=True, fee=fee, tax=tax)
        self.store.save(payment)
        self.store.move(payment["amount"] - fee)
        order = self.order(payment["order_id"])
        first = order["status"] != "paid"
        if first:
            order.update(status="paid", amount_paid=order["amount"], amount_due=0)
            self.store.save(order)
        told = {**payment, "base_amount": payment["amount"], "amount_transferred": 0}
        events: list[Event] = [("payment.captured", {"payment": told})]
        if first:
            events.append(("order.paid", {"payment": dict(payment), "order": dict(order)}))
        return payment, events

    # Refunds ----------------------------------------------------------------------------------------------------------

    def refund(self, refund_id: str) -> Body:
        """A refund. Raises Problem for a malformed or unknown id."""
        return self.entity("refund", "rfnd", refund_id)

    def refund_create(self, payment_id: str, sent: Body, key: str | None) -> Body:
        """`POST /v1/payments/:id/refund`, with the rules of `X-Refund-Idempotency`. Raises Problem."""
        if key is not None:
            _check_key(key)
        request = hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
        with self.store.change():
            if key is not None:
                used = self.store.rows("SELECT * FROM idempotency WHERE key = ?", key)
                if used and (used[0]["payment_id"], used[0]["request"]) != (payment_id, request):
                    raise Problem(problems.KEY_OTHER_BODY, status=409)
                if used:
                    return self.refund(used[0]["refund_id"])
            refund = self._refund(self.payment(payment_id), sent)
            if key is not None:
                self.store.run(
                    "INSERT INTO idempotency (key, payment_id, request, refund_id) VALUES (?,?,?,?)",
                    key,
                    payment_id,
                    request,
                    refund["id"],
                )
            return refund

    def _refund(self, payment: Body, sent: Body) -> Body:
        extra = sorted(set(sent) - {"amount", "speed", "notes", "receipt", "reverse_all"})
        if extra:
            raise problems.extra_fields(extra)
        if payment["status"] == "refunded":
            raise Problem(problems.FULLY_REFUNDED)
        if payment["status"] != "captured":
            raise Problem("The payment status should be captured for action to be taken")
        known = self.store.listed("dispute", parent=payment["id"], count=100)
        if any(one["status"] in OPEN_DISPUTES and one["phase"] not in SOFT for one in known):
            raise Problem(problems.DISPUTED)
        lost = sum(one["amount_deducted"] for one in known if one["status"] == "lost")
        left = payment["amount"] - payment["amount_refunded"] - lost
        amount = amount_of(sent, required=False) or left
        if amount > left:
            raise Problem(problems.REFUND_TOO_LARGE, field="amount")
        speed = str(sent.get("speed") or "normal")
        refund = shapes.refund_body(payment, amount, speed, notes_of(sent), sent.get("receipt"), int(unix_now()))
        payment["amount_refunded"] += amount
        whole = payment["amount_refunded"] == payment["amount"]
        payment.update(refund_status="full" if whole else "partial", status="refunded" if whole else "captured")
        self.store.save(payment)
        self.store.move(-amount)
        self.store.add("refund", refund, parent=payment["id"])
        self._outbox.put([("refund.created", {"refund": dict(refund), "payment": dict(payment)})])
        if self.store.option("refund_outcome") == "instant":
            return self.refund_finish(refund["id"])
        self.store.do_later("refund", refund["id"], unix_now() + float(self.store.option("refund_seconds")))
        return refund

    def disputed_paise(self, payment_id: str) -> int:
        """How much of a payment banks ask back, or have got back, by disputes."""
        known = self.store.listed("dispute", parent=payment_id, count=100)
        return sum(one["amount"] for one in known if one["status"] in (*OPEN_DISPUTES, "lost"))

    def refund_finish(self, refund_id: str) -> Body:
        """A pending refund reaches its end: processed, or failed where the options say so."""
        with self.store.change():
            refund = self.refund(refund_id)
            if refund["status"] != "pending":
                return refund
            payment = self.payment(refund["payment_id"])
            if self.store.option("refund_outcome") == "failed":
                refund.update(status="failed")
                payment["amount_refunded"] -= refund["amount"]
                payment["refund_status"] = "partial" if payment["amount_refunded"] else None
                payment["status"] = "captured"
                self.store.save(payment)
                self.store.move(refund["amount"])
            else:
                refund.update(status="processed", speed_processed="normal")
            self.store.save(refund)
            told: dict[str, Body] = {"refund": dict(refund), "payment": dict(payment)}
            self._outbox.put([(f"refund.{refund['status']}", told)])
            return refund

    # --------------------------------------------------------------------------------------------------------------------

    def run_due(self) -> None:
        """Do what was put off: late authorisations and the ends of refunds. Each is struck out as it is done."""
        for row in self.store.due(unix_now()):
            with self.store.change():
                if self.store.done(row["id"]):
                    self.later[row["what"]](row["subject"])

    def entity(self, kind: str, prefix: str, entity_id: str) -> Body:
        """Anything with an id. Raises Problem for a malformed or unknown one."""
        if not shapes.is_id(entity_id, prefix):
            raise problems.malformed_id(entity_id)
        body = self.store.find(kind, entity_id)
        if body is None:
            raise Problem(problems.UNKNOWN_ID)
        return body


def amount_of(sent: Body, *, required: bool) -> int:
    """The amount that was sent in paise, 0 where there is none and none is needed. Raises Problem."""
    amount = sent.get("amount")
    if amount is None:
        if required:
            raise problems.missing_field("amount")
        return 0
    if isinstance(amount, str) and amount.isdecimal():
        amount = int(amount)
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise Problem(problems.AMOUNT_NOT_INTEGER, field="amount")
    if amount < SMALLEST:
        raise Problem(problems.AMOUNT_TOO_SMALL, field="amount")
    return amount


def notes_of(sent: Body) -> Any:
    """The notes that were sent. Raises Problem for too many or too long ones."""
    notes = sent.get("notes")
    if isinstance(notes, dict):
        if len(notes) > 15:
            raise Problem("Number of fields in notes should be less than or equal to 15", field="notes")
        if any(len(str(value)) > 256 for value in notes.values()):
            raise Problem("The notes value may not be greater than 256 characters.", field="notes")
    return notes


def _check_key(key: str) -> None:
    if len(key) < 10:
        raise Problem(problems.KEY_TOO_SHORT)
    if not _KEY.fullmatch(key):
        raise Problem(problems.KEY_WRONG_SIGNS)
