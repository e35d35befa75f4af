"""Payouts and disputes in the crash drill: the steps after the lesson, and what must be true of a transfer."""

from typing import Any

import sqlalchemy as sa

from peerlearn.jobs.queue import PERIODIC
from peerlearn.kernel import db, transactional
from peerlearn.payments import service as payments
from peerlearn.payments.models import LedgerTransaction, Payee, Payment, PaymentDispute, PaymentOrder, Payout
from peerlearn.payments.orders import order_release
from peerlearn.payments.payees import BankForm, payee_onboard, payee_record
from peerlearn.payments.queries import balance_of
from tests.drills.crash_house import Case, House

PART_PAISE = 9_980  # a fifth of the price


class Payouts:
    """The steps of paying a mentor out, on a house."""

    def __init__(self, house: House) -> None:
        self.house, self.bank = house, house.bank

    # Steps --------------------------------------------------------------------------------------------------------------

    def onboard(self, case: Case) -> None:
        """The mentor sends the form of the bank account."""
        form = BankForm(
            "Asha Rao", f"m{case.mentor_id}@drill.test", "9876543210", "ABCPE1234F", "50100012345678", "HDFC0000123"
        )
        payee_onboard(case.mentor_id, form, gateway=self.house.ports.gateway)

    def activate(self, case: Case) -> None:
        """The gateway has looked at the account and its event was heard; the first day of the account is over."""
        payee = self._payee(case)
        product = self.bank.route.review(str(payee.gateway_account_id), "activated")
        payee_record(str(payee.gateway_account_id), product)
        db.session.execute(sa.update(Payee).where(Payee.mentor_id == case.mentor_id).values(bank_since=None))
        db.session.commit()

    def pay_out(self, _case: Case) -> None:
        """The worker's round of payouts."""
        PERIODIC["run_payouts"].function(self.house.ports)

    def gateway_works(self, case: Case) -> None:
        """The gateway carries its transfers out, and the worker hears of it a quarter of an hour later."""
        self.bank.store.run("UPDATE later SET due_at = 0 WHERE what = 'transfer'")
        self.bank.bank.run_due()
        self.house.clock.move(minutes=20)
        self.pay_out(case)

    def release(self, case: Case) -> None:
        """The lesson is over and beyond objection."""
        order_release(case.order_id)

    def give_part(self, case: Case) -> None:
        """A part goes back to the learner after the transfer."""
        payment = self._payment(case)
        payments.refund_want(payment.id, PART_PAISE, "A part comes back.", f"part-{payment.id}")

    def day_ends(self, case: Case) -> None:
        """The gateway pays the mentor's bank; its event is on its way."""
        self._settlement_event(case, self.bank.route.settle_all()[-1]["id"], "settlement.processed")

    def bank_returns(self, case: Case) -> None:
        """The mentor's bank sends it back."""
        made = self._payout(case).settlement_id
        self.bank.route.bank_returns(str(made))
        self._settlement_event(case, str(made), "settlement.failed")

    def dispute(self, case: Case) -> None:
        """The learner's bank wants the money of the payment back."""
        case.dispute_id = self.bank.disputes.open(case.payment_id)["id"]
        self.house.events(case, "payment.dispute.created")

    def lose(self, case: Case) -> None:
        """The bank decides against us."""
        self.bank.disputes.rule(case.dispute_id, "lost")
        self.house.events(case, "payment.dispute.lost")

    def hear_and_bear(self, case: Case) -> None:
        """The dispute's event is taken in and handled, and somebody bears the loss."""
        self.house.hear_and_handle(case)
        PERIODIC["settle_disputes"].function(self.house.ports)

    def _settlement_event(self, case: Case, settlement_id: str, kind: str) -> None:
        rows = self.bank.store.rows("SELECT * FROM delivery WHERE subject = ? AND event = ?", settlement_id, kind)
        case.events = [dict(row) for row in rows]

    @staticmethod
    @transactional
    def set_aside(case: Case) -> None:
        """A booking that was looked at is not asked about in later rounds: each round counts the steps of one."""
        never = sa.update(Payout).where(Payout.order_id == case.order_id)
        payout = db.session.scalar(sa.select(Payout).where(Payout.order_id == case.order_id))
        if payout is not None:
            db.session.execute(never.values(asked_at=payout.created_at.replace(year=payout.created_at.year + 1)))

    # What must be true --------------------------------------------------------------------------------------------------

    def wrong(self, case: Case, end: str) -> list[str]:
        """What is not as it must be of the payout that should be in this state (or `onboarded`, or `disputed`...)."""
        db.session.rollback()
        if end == "onboarded":
            return self._wrong_account(case)
        if end in {"disputed", "lost"}:
            return self._wrong_dispute(case, end)
        payout = self._payout(case)
        found = [] if payout.state == end else [f"the payout is {payout.state}, not {end}"]
        there = [
            one
            for one in self.bank.store.listed("transfer", count=1000)
            if str(dict(one["notes"] or {}).get("payout", "")).startswith(f"{payout.id}.")
        ]
        if [one["id"] for one in there] != [payout.gateway_transfer_id]:
            return [*found, f"{len(there)} transfers of one payout"]
        if there[0]["amount_reversed"] != payout.reversed_paise or payout.reversed_paise != payout.reverse_paise:
            found.append(f"{there[0]['amount_reversed']} paise taken back, not {payout.reverse_paise}")
        reversals = self.bank.store.listed("reversal", there[0]["id"])
        if len(reversals) != (1 if payout.reverse_paise else 0):
            found.append(f"{len(reversals)} reversals")
        if there[0]["on_hold"] != (end == "held"):
            found.append("the hold at the gateway is not as here")
        at_bank = balance_of("transfer_held", case.mentor_id) + balance_of("mentor_payable", case.mentor_id)
        if end == "settled" and at_bank:
            found.append(f"{at_bank} paise are with the bank and still owed")
        if end == "settled" and self._posted(f"payout:{payout.id}:{payout.settlement_id}") != 1:
            found.append("the payout is not posted once")
        if end == "returned" and self._posted(f"return:{payout.id}:{payout.settlement_id}") != 1:
            found.append("the return is not posted once")
        return found

    def _wrong_account(self, case: Case) -> list[str]:
        payee = self._payee(case)
        accounts = [
            one
            for one in self.bank.store.listed("account", count=1000)
            if one.get("reference_id") == f"mentor-{case.mentor_id}"
        ]
        counts = [
            len(accounts),
            *(len(self.bank.store.listed(kind, accounts[0]["id"])) for kind in ("stakeholder", "product")),
        ]
        found = [] if counts == [1, 1, 1] else [f"accounts, stakeholders, products: {counts}"]
        if not (payee.stakeholder_id and payee.product_id and payee.last_four == "5678"):
            found.append("a step of the account is missing")
        return found

    def _wrong_dispute(self, case: Case, end: str) -> list[str]:
        rows = db.session.scalars(
            sa.select(PaymentDispute).where(PaymentDispute.gateway_dispute_id == case.dispute_id)
        ).all()
        if len(rows) != 1:
            return [f"{len(rows)} disputes of one"]
        dispute = rows[0]
        wanted = "open" if end == "disputed" else "lost"
        found = [] if dispute.state == wanted else [f"the dispute is {dispute.state}, not {wanted}"]
        borne = dispute.covered_paise + dispute.shared_paise + dispute.borne_paise
        taken = self._payment(case).amount_paise if end == "lost" else 0
        if (dispute.taken_paise, borne) != (taken, taken):
            found.append(f"{dispute.taken_paise} paise taken and {borne} borne, not {taken}")
        return found

    @staticmethod
    def _posted(reference: str) -> int:
        count = sa.select(sa.func.count()).where(LedgerTransaction.reference == reference)
        return db.session.scalar(count) or 0

    @staticmethod
    def _one(statement: Any) -> Any:
        return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()

    def _payee(self, case: Case) -> Payee:
        found: Payee = self._one(sa.select(Payee).where(Payee.mentor_id == case.mentor_id))
        return found

    def _payment(self, case: Case) -> Payment:
        found: Payment = self._one(sa.select(Payment).where(Payment.gateway_payment_id == case.payment_id))
        return found

    def _payout(self, case: Case) -> Payout:
        orders = sa.select(PaymentOrder.id).where(PaymentOrder.id == case.order_id)
        found: Payout = self._one(sa.select(Payout).where(Payout.order_id.in_(orders)))
        return found
