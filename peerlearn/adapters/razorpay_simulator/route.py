"""Route: linked accounts and their review, transfers on hold, reversals, settlements and banks that send money back."""

from __future__ import annotations

import re

from peerlearn.adapters.razorpay_simulator import problems, route_shapes, shapes
from peerlearn.adapters.razorpay_simulator.bank import SMALLEST, Bank, amount_of, notes_of
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.shapes import Body
from peerlearn.adapters.razorpay_simulator.store import unix_now
from peerlearn.adapters.razorpay_simulator.webhooks import Outbox

EARLIEST, LATEST = 946684800, 4765046400
_KEY = re.compile(r"[A-Za-z0-9\-_ ]{4,36}")
REVIEWS = ("requested", "needs_clarification", "under_review", "activated", "suspended")


class Route:
    """The marketplace desk of the same company: it moves what the bank has taken."""

    def __init__(self, bank: Bank, outbox: Outbox) -> None:
        self._bank = bank
        self._store = bank.store
        self._outbox = outbox
        bank.later.update(
            {"review": self.review, "transfer": self.transfer_finish, "settle": lambda _: self.settle_all()}
        )

    # Linked accounts ------------------------------------------------------------------------------------------------

    def account(self, account_id: str) -> Body:
        """A linked account. Raises Problem for a malformed or unknown id."""
        return self._bank.entity("account", "acc", account_id)

    def account_create(self, sent: Body) -> Body:
        """`POST /v2/accounts`. Raises Problem; a mail opens one account only."""
        for name in ("email", "phone", "type", "legal_business_name", "business_type"):
            if not sent.get(name):
                raise problems.missing_field(name)
        with self._store.change():
            known = self._store.rows("SELECT id FROM entity WHERE kind = 'account' AND receipt = ?", sent["email"])
            if known:
                raise Problem(problems.ACCOUNT_MAIL + known[0]["id"])
            body = route_shapes.account_body(sent, int(unix_now()))
            self._store.add("account", {**body, "receipt": sent["email"]})
            return self._store.save(body)

    def stakeholders(self, account_id: str) -> list[Body]:
        """The people behind an account."""
        self.account(account_id)
        return self._store.listed("stakeholder", parent=account_id)

    def stakeholder_create(self, account_id: str, sent: Body) -> Body:
        """`POST /v2/accounts/:id/stakeholders`. Raises Problem."""
        for name in ("name", "email"):
            if not sent.get(name):
                raise problems.missing_field(name)
        with self._store.change():
            if self.stakeholders(account_id):
                raise Problem("Only one stakeholder is allowed.")
            body = {
                "id": shapes.new_id("sth"),
                "entity": "stakeholder",
                "name": sent["name"],
                "email": sent["email"],
                "kyc": sent.get("kyc") or {},
                "notes": shapes.notes_out(notes_of(sent)),
                "created_at": int(unix_now()),
            }
            return self._store.add("stakeholder", body, parent=account_id)

    def product_of(self, account_id: str) -> Body | None:
        """Route on an account, if it was asked for."""
        found = self._store.listed("product", parent=account_id, count=1)
        return found[0] if found else None

    def product(self, account_id: str, product_id: str) -> Body:
        """`GET` of a product. Raises Problem for one of another account."""
        body = self._store.find("product", product_id)
        if body is None or body["account_id"] != account_id:
            raise Problem(problems.UNKNOWN_ID)
        return body

    def product_create(self, account_id: str, sent: Body) -> Body:
        """`POST /v2/accounts/:id/products`. Asking again gives the same product."""
        if sent.get("product_name") != "route":
            raise problems.missing_field("product_name")
        with self._store.change():
            self.account(account_id)
            known = self.product_of(account_id)
            body = known or route_shapes.product_body(account_id, int(unix_now()))
            return known or self._store.add("product", body, parent=account_id)

    def product_edit(self, account_id: str, product_id: str, sent: Body) -> Body:
        """`PATCH` with the bank account: the review begins, and ends as the options say. Raises Problem."""
        settlements = sent.get("settlements") or {}
        for name in ("account_number", "ifsc_code", "beneficiary_name"):
            if not settlements.get(name):
                raise problems.missing_field(f"settlements.{name}")
        with self._store.change():
            body = self.product(account_id, product_id)
            body["active_configuration"] = {"settlements": settlements}
            if body["activation_status"] != "activated":
                body["activation_status"], body["requirements"] = "under_review", []
                self._store.do_later("review", account_id, unix_now() + float(self._store.option("transfer_seconds")))
            return self._store.save(body)

    def review(self, account_id: str, to: str | None = None) -> Body:
        """The review of an account comes to an end (by the options, or to the one that is given). Tells of it."""
        outcome = str(to or self._store.option("review"))
        if outcome not in REVIEWS:
            raise Problem(f"There is no review called {outcome}.")
        with self._store.change():
            body = self.product_of(account_id)
            if body is None:
                raise Problem(problems.UNKNOWN_ID)
            body["activation_status"], body["requirements"] = outcome, []
            if outcome == "needs_clarification":
                asked = {"field_reference": "settlements.account_number", "reason_code": "bank_account_not_verified"}
                body["requirements"] = [{**asked, "resolution_url": f"/accounts/{account_id}", "status": "required"}]
            self._store.save(body)
            if outcome in ("under_review", "needs_clarification", "activated"):
                self._outbox.put([(f"product.route.{outcome}", {"merchant_product": body})], account_id)
            return body

    # Transfers ------------------------------------------------------------------------------------------------------

    def transfer(self, transfer_id: str) -> Body:
        """A transfer. Raises Problem for a malformed or unknown id."""
        return self._bank.entity("transfer", "trf", transfer_id)

    def transfers_in(self, settlement_id: str) -> list[Body]:
        """What a settlement paid out."""
        found = self._store.rows(
            "SELECT id FROM entity WHERE kind = 'transfer' AND json_extract(body, '$.recipient_settlement_id') = ?",
            settlement_id,
        )
        return [self.transfer(row["id"]) for row in found]

    def transfers_create(self, payment_id: str, sent: Body) -> Body:
        """`POST /v1/payments/:id/transfers`. All or none. Raises Problem."""
        wanted = sent.get("transfers")
        if not isinstance(wanted, list) or not wanted:
            raise problems.missing_field("transfers")
        with self._store.change():
            payment = self._bank.payment(payment_id)
            if payment["status"] != "captured" or payment["amount_refunded"]:
                raise Problem("The payment status should be captured for action to be taken")
            given = list(self._store.listed("transfer", parent=payment_id, count=100))
            before = sum(one["amount"] - one["amount_reversed"] for one in given if one["status"] != "failed")
            made = [self._transfer(payment_id, one) for one in wanted]
            if before + sum(one["amount"] for one in made) > payment["amount"]:
                raise Problem(problems.TRANSFER_SUM)
            return shapes.collection(made)

    def transfer_direct(self, sent: Body, key: str | None) -> Body:
        """`POST /v1/transfers`: from the merchant's own balance; one key moves money once. Raises Problem."""
        if key is not None and not _KEY.fullmatch(key):
            raise Problem(problems.KEY_WRONG_SIGNS)
        with self._store.change():
            if key is not None:
                used = self._store.rows("SELECT refund_id FROM idempotency WHERE key = ?", f"transfer {key}")
                if used:
                    return self.transfer(used[0]["refund_id"])
            made = self._transfer(self._outbox.account_id, sent)
            if key is not None:
                self._store.run(
                    "INSERT INTO idempotency (key, payment_id, request, refund_id) VALUES (?, '', '', ?)",
                    f"transfer {key}",
                    made["id"],
                )
            return made

    def _transfer(self, source: str, sent: Body) -> Body:
        account_id = str(sent.get("account") or "")
        if not shapes.is_id(account_id, "acc"):
            raise Problem(f"{account_id} is an invalid account_code.")
        self.account(account_id)
        amount = sent.get("amount")
        if not isinstance(amount, int) or amount < SMALLEST:
            raise Problem(problems.TRANSFER_SMALL, field="amount")
        until = sent.get("on_hold_until")
        if until is not None and not EARLIEST <= int(until) <= LATEST:
            raise Problem(problems.HOLD_RANGE, field="on_hold_until")
        notes = notes_of(sent)
        if set(sent.get("linked_account_notes") or ()) - set(notes or ()):
            raise Problem(problems.NOTE_KEYS)
        body = route_shapes.transfer_body(source, {**sent, "amount": amount}, notes, int(unix_now()))
        if self._store.balance() < amount + body["fees"]:
            raise Problem(problems.TRANSFER_BALANCE)
        self._store.add("transfer", body, parent=source)
        self._store.do_later("transfer", body["id"], unix_now() + float(self._store.option("transfer_seconds")))
        return body

    def transfer_finish(self, transfer_id: str) -> Body:
        """A pending transfer is carried out, or fails where the options or the balance say so. Tells of it."""
        with self._store.change():
            body = self.transfer(transfer_id)
            if body["status"] != "pending":
                return body
            cost = body["amount"] + body["fees"]
            if self._store.option("transfer_outcome") == "failed" or self._store.balance() < cost:
                body.update(status="failed", error={**route_shapes.SHORT_OF_MONEY, "id": transfer_id})
            else:
                self._store.move(-cost)
                self._store.move(body["amount"], body["recipient"])
                hold = "on_hold" if body["on_hold"] else "pending"
                body.update(status="processed", processed_at=int(unix_now()), settlement_status=hold)
                self._settle_later()
            self._store.save(body)
            self._outbox.put([(f"transfer.{body['status']}", {"transfer": body})])
            return body

    def transfer_edit(self, transfer_id: str, sent: Body) -> Body:
        """`PATCH`: a hold is put on or lifted until the money is paid out. Raises Problem."""
        extra = sorted(set(sent) - {"on_hold", "on_hold_until"})
        if extra:
            raise problems.extra_fields(extra)
        with self._store.change():
            body = self.transfer(transfer_id)
            if "on_hold" in sent and body["settlement_status"] != "settled":
                body["on_hold"] = bool(sent["on_hold"])
                if body["status"] in ("processed", "partially_reversed"):
                    body["settlement_status"] = "on_hold" if body["on_hold"] else "pending"
                self._settle_later()
            return self._store.save(body)

    def reversal_create(self, transfer_id: str, sent: Body) -> Body:
        """`POST /v1/transfers/:id/reversals`. Raises Problem."""
        with self._store.change():
            body = self.transfer(transfer_id)
            left = body["amount"] - body["amount_reversed"]
            amount = amount_of(sent, required=False) or left
            enough = self._store.balance(body["recipient"]) >= amount
            if body["status"] not in ("processed", "partially_reversed") or amount > left or not enough:
                raise Problem(problems.REVERSAL_BALANCE)
            body["amount_reversed"] += amount
            body["status"] = "reversed" if amount == left else "partially_reversed"
            self._store.move(-amount, body["recipient"])
            self._store.move(amount)
            self._store.save(body)
            made = route_shapes.reversal_body(body, amount, notes_of(sent), int(unix_now()))
            return self._store.add("reversal", made, parent=transfer_id)

    # Settlements ----------------------------------------------------------------------------------------------------

    def _settle_later(self) -> None:
        if not self._store.rows("SELECT id FROM later WHERE what = 'settle'"):
            self._store.do_later("settle", "", unix_now() + float(self._store.option("settlement_seconds")))

    def settle_all(self) -> list[Body]:
        """Pay out what is not on hold, one settlement for each account that is active. Returns the settlements."""
        with self._store.change():
            found = self._store.rows(
                "SELECT id FROM entity WHERE kind = 'transfer' AND json_extract(body, '$.settlement_status') = 'pending'"
                " AND json_extract(body, '$.status') IN ('processed', 'partially_reversed')"
            )
            by_account: dict[str, list[Body]] = {}
            for row in found:
                body = self.transfer(row["id"])
                by_account.setdefault(body["recipient"], []).append(body)
            return [
                self._settle(account_id, bodies) for account_id, bodies in by_account.items() if self._may(account_id)
            ]

    def _may(self, account_id: str) -> bool:
        product = self.product_of(account_id)
        return product is not None and product["activation_status"] == "activated"

    def _settle(self, account_id: str, transfers: list[Body]) -> Body:
        amount = sum(one["amount"] - one["amount_reversed"] for one in transfers)
        made = route_shapes.settlement_body(amount, int(unix_now()))
        self._store.add("settlement", made, parent=account_id)
        self._store.move(-amount, account_id)
        for one in transfers:
            one.update(settlement_status="settled", recipient_settlement_id=made["id"])
            self._store.save(one)
        self._outbox.put([("settlement.processed", {"settlement": made})], account_id)
        if self._store.option("settlement_outcome") == "failed":
            return self.bank_returns(made["id"])
        return made

    def bank_returns(self, settlement_id: str) -> Body:
        """The bank sends a settlement back: its money lies in the linked account again and waits for the next one."""
        with self._store.change():
            made = self._bank.entity("settlement", "setl", settlement_id)
            if made["status"] != "processed":
                return made
            account_id = self._store.rows("SELECT parent FROM entity WHERE id = ?", settlement_id)[0]["parent"]
            made["status"] = "failed"
            self._store.save(made)
            self._store.move(made["amount"], account_id)
            for one in self.transfers_in(settlement_id):
                one.update(settlement_status="pending", recipient_settlement_id=None)
                self._store.save(one)
            self._outbox.put([("settlement.failed", {"settlement": made})], account_id)
            return made
