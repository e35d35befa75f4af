"""Disputes: a bank asks for a payment's money back, the merchant accepts or contests, the bank decides.

How to drive it, from a test (`simulator.disputes`), a drill (`Disputes(bank, outbox)`) or over HTTP (`/_control`):

    dispute = disputes.open(payment_id)                     POST /_control/payments/<pay_>/dispute
    disputes.rule(dispute["id"], "won")                     POST /_control/disputes/<disp_>/rule  {"to": "won"}
    disputes.rule(dispute["id"], "lost")                    ... lost, closed or action_required

`open` takes an amount (less than the payment's: a part is disputed), a phase, a reason code and the time to answer.
Where nobody answers by then (in the simulator's own, real time) the dispute is lost by itself. The
option `dispute_deducts` says when the money is taken: at the `loss`, as the entity's reference says, or at the `onset`,
as Razorpay does for accounts with Deduct at Onset; then a win brings it back.
"""

from __future__ import annotations

import base64
from typing import Any

from peerlearn.adapters.razorpay_simulator import problems
from peerlearn.adapters.razorpay_simulator.bank import OPEN_DISPUTES, Bank
from peerlearn.adapters.razorpay_simulator.dispute_shapes import (
    ACTIONS,
    MIME_TYPES,
    PHASES,
    PROOFS,
    REASONS,
    dispute_body,
    document_body,
)
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.shapes import Body
from peerlearn.adapters.razorpay_simulator.store import unix_now
from peerlearn.adapters.razorpay_simulator.webhooks import Outbox

ANSWER_SECONDS = 3 * 86_400  # the first phase gives three working days
RULINGS = ("won", "lost", "closed", "action_required")
LONGEST_SUMMARY = 1000


class Disputes:
    """The desk that speaks with the payers' banks."""

    def __init__(self, bank: Bank, outbox: Outbox) -> None:
        self._bank = bank
        self._store = bank.store
        self._outbox = outbox
        bank.later["dispute"] = self.lapse

    # The bank ---------------------------------------------------------------------------------------------------------

    def dispute(self, dispute_id: str) -> Body:
        """A dispute. Raises Problem for a malformed or unknown id."""
        return self._bank.entity("dispute", "disp", dispute_id)

    def open(
        self,
        payment_id: str,
        amount: int | None = None,
        *,
        phase: str = "chargeback",
        reason_code: str = "goods_or_services_not_received_or_partially_received",
        respond_by: int | None = None,
    ) -> Body:
        """A payer's bank disputes a captured payment, or a part of it. Raises Problem where nothing is left of it."""
        with self._store.change():
            payment = self._bank.payment(payment_id)
            left = payment["amount"] - payment["amount_refunded"] - self._bank.disputed_paise(payment_id)
            amount = amount or left
            if not payment["captured"] or phase not in PHASES or not 0 < amount <= left:
                raise Problem("There is nothing of this payment that could be disputed.")
            onset = self._store.option("dispute_deducts") == "onset" and phase not in ("fraud", "retrieval")
            by = respond_by or int(unix_now()) + ANSWER_SECONDS
            words = REASONS.get(reason_code, reason_code.replace("_", " "))
            body = dispute_body(payment, amount, phase, (reason_code, words), by, int(unix_now()))
            if onset:
                body["amount_deducted"] = amount
                self._store.move(-amount)
            self._store.add("dispute", body, parent=payment_id)
            self._store.do_later("dispute", body["id"], max(float(by), unix_now()))
            self._tell("created", body)
            return body

    def rule(self, dispute_id: str, to: str) -> Body:
        """The bank decides: won, lost, closed, or it asks for better evidence. Again is the same. Raises Problem."""
        if to not in RULINGS:
            raise Problem(f"There is no ruling called {to}.")
        with self._store.change():
            body = self.dispute(dispute_id)
            if body["status"] not in OPEN_DISPUTES:
                return body
            if to == "action_required":
                if body["status"] != "under_review":
                    raise Problem("There is no evidence yet.")
                body["status"] = "open"
            elif to == "lost" and self._left(body):
                self._deduct(body, min(body["amount"], self._left(body)))
                body["status"] = "lost"
            else:  # a payer who has all of it back from the merchant has lost nothing: then it is closed
                self._deduct(body, 0)
                body["status"] = "closed" if to == "lost" else to
            self._store.save(body)
            self._tell("action_required" if to == "action_required" else body["status"], body)
            return body

    def _left(self, body: Body) -> int:
        """What the payer has not got back of the disputed payment. A question about fraud lets the merchant refund it."""
        payment = self._bank.payment(body["payment_id"])
        known = self._store.listed("dispute", parent=payment["id"], count=100)
        lost = sum(one["amount_deducted"] for one in known if one["status"] == "lost")
        return int(max(0, payment["amount"] - payment["amount_refunded"] - lost))

    def lapse(self, dispute_id: str) -> None:
        """The time to answer is over: a dispute that nobody answered is lost."""
        body = self.dispute(dispute_id)
        if body["status"] == "open" and body["respond_by"] > unix_now():
            self._store.do_later("dispute", dispute_id, float(body["respond_by"]))
        elif body["status"] == "open":
            self.rule(dispute_id, "lost")

    def _deduct(self, body: Body, paise: int) -> None:
        self._store.move(body["amount_deducted"] - paise)
        body["amount_deducted"] = paise

    def _tell(self, what: str, body: Body) -> None:
        payment = self._bank.payment(body["payment_id"])
        self._outbox.put([(f"payment.dispute.{what}", {"payment": dict(payment), "dispute": dict(body)})])

    # The merchant -----------------------------------------------------------------------------------------------------

    def accept(self, dispute_id: str, sent: Body) -> Body:
        """`POST /v1/disputes/:id/accept`: the dispute is lost, for good. Raises Problem."""
        if sent:
            raise problems.extra_fields(sorted(sent))
        with self._store.change():
            self._check_open(self.dispute(dispute_id))
            return self.rule(dispute_id, "lost")

    def contest(self, dispute_id: str, sent: Body) -> Body:
        """`PATCH /v1/disputes/:id/contest`: a draft of the evidence, or its submission. Raises Problem."""
        extra = sorted(set(sent) - {"amount", "summary", "others", "action", *PROOFS})
        if extra:
            raise problems.extra_fields(extra)
        with self._store.change():
            body = self.dispute(dispute_id)
            self._check_open(body)
            self._write_down(body, sent)
            if (sent.get("action") or "draft") == "submit":
                if not any(body["evidence"][name] for name in (*PROOFS, "others")):
                    raise Problem("At least one document is needed to contest a dispute.")
                body["evidence"]["submitted_at"] = int(unix_now())
                body["status"] = "under_review"
            self._store.save(body)
            if body["status"] == "under_review":
                self._tell("under_review", body)
            return body

    def _check_open(self, body: Body) -> None:
        if body["status"] != "open":
            raise Problem(f"Action not allowed when dispute is in {body['status']} status.")
        if body["respond_by"] < unix_now():
            raise Problem("Action not allowed as deadline to respond has elapsed.")

    def _write_down(self, body: Body, sent: Body) -> None:
        if sent.get("action") not in (None, *ACTIONS):
            raise Problem("The selected action is invalid.", field="action")
        amount = sent.get("amount", body["evidence"]["amount"])
        if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
            raise Problem(problems.AMOUNT_NOT_INTEGER, field="amount")
        if amount > body["amount"]:
            raise Problem("contest amount cannot be greater than dispute amount.", field="amount")
        summary = sent.get("summary", body["evidence"]["summary"])
        if summary is not None and len(str(summary)) > LONGEST_SUMMARY:
            raise Problem("The summary may not be greater than 1000 characters.", field="summary")
        for name in PROOFS:
            for document_id in sent.get(name) or []:
                self._check_document(document_id)
        for one in sent.get("others") or []:
            for document_id in one.get("document_ids") or []:
                self._check_document(document_id)
        given = {name: sent[name] for name in (*PROOFS, "others") if sent.get(name)}
        body["evidence"].update(amount=amount, summary=summary, **given)

    def _check_document(self, document_id: Any) -> None:
        if self._store.find("document", str(document_id)) is None:
            raise Problem("Invalid file id provided or merchant is unauthorized to access the fileId(s) provided")

    # Documents --------------------------------------------------------------------------------------------------------

    def document(self, document_id: str) -> Body:
        """A document. Raises Problem for a malformed or unknown id."""
        return self._bank.entity("document", "doc", document_id)

    def document_create(self, purpose: str | None, name: str, mime_type: str, content: bytes) -> Body:
        """`POST /v1/documents`: keep a picture or a PDF. Raises Problem."""
        if purpose != "dispute_evidence":
            raise Problem("The selected purpose is invalid.", field="purpose")
        if not content:
            raise problems.missing_field("file")
        if mime_type not in MIME_TYPES:
            raise Problem("The file must be a file of type: jpg, jpeg, png, pdf.", field="file")
        body = document_body(purpose, name, mime_type, len(content), int(unix_now()))
        with self._store.change():
            return self._store.add("document", body, private={"content": base64.b64encode(content).decode()})

    def document_content(self, document_id: str) -> bytes:
        """`GET /v1/documents/:id/content`: what was sent."""
        self.document(document_id)
        return base64.b64decode(self._store.private(document_id)["content"])
