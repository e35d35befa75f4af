"""Payments, the ledger, and whether it balances. Nothing here writes a row of money: services do."""

from functools import partial
from operator import itemgetter
from typing import Any, ClassVar

from flask_admin import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.admin.closed import (
    CaseView,
    Closed,
    Decision,
    client_ip,
    money_column,
    open_column,
    person_column,
    person_name,
    state_chip,
    state_column,
    time_column,
)
from blueprints.admin.money_story import Story, money_story
from blueprints.admin.people import audit_story
from blueprints.filters import when
from peerlearn.kernel import db
from peerlearn.moderation import service as moderation
from peerlearn.money import rupees
from peerlearn.payments import queries as payments
from peerlearn.payments.books import ledger_check
from peerlearn.payments.gone import is_claimed, refunded_paise
from peerlearn.payments.models import LedgerEntry, LedgerTransaction, Payment, PaymentOrder
from peerlearn.payments.packs import returnable_paise


class PaymentView(CaseView):
    """What was paid, and giving it back."""

    column_list = ("gateway_payment_id", "amount_paise", "state", "method", "created_at")
    column_searchable_list = ("gateway_payment_id",)
    column_filters = ("state", "method")
    pill_filter, pill_values = "state", ("captured", "refunded", "failed", "quarantined")
    column_default_sort = ("id", True)
    column_labels: ClassVar[dict[str, str]] = {
        "gateway_payment_id": "Payment", "amount_paise": "Amount", "created_at": "When",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "gateway_payment_id": open_column(lambda payment: payment.gateway_payment_id), "amount_paise": money_column,
        "state": state_column, "created_at": time_column,
    }  # fmt: skip

    def case_title(self, model: Payment) -> str:
        """Amount and who paid."""
        return _("%(amount)s, %(id)s", amount=rupees(model.amount_paise), id=model.gateway_payment_id)

    def case_facts(self, model: Payment) -> list[tuple[str, Any]]:
        """Who paid what for which lesson, and what has gone back."""
        trail = payments.trail_of(model.order_id)
        facts: list[tuple[str, Any]] = [
            (_("State"), state_chip(model.state)),
            (_("Amount"), rupees(model.amount_paise)),
            (_("Gone back"), rupees(refunded_paise(model.id))),
            (_("When"), when(model.created_at)),
        ]
        if trail is not None:
            facts += [(_("Payer"), person_name(trail.order.payer_id)), (_("Receipt"), trail.order.receipt)]
            if trail.split is not None:
                facts += [
                    (_("Mentor's share"), rupees(trail.split.mentor_paise)),
                    (_("Fee and GST"), f"{rupees(trail.split.fee_paise)}, {rupees(trail.split.gst_paise)}"),
                ]
        return facts

    def case_story(self, model: Payment) -> Story:
        """The money trail of the order and what administrators did."""
        return sorted(money_story(model.order_id) + audit_story("payment", model.gateway_payment_id), key=itemgetter(0))

    def decisions(self, model: Payment) -> list[Decision]:
        """Give back all that is left."""
        left = returnable_paise(model)
        order = db.session.get(PaymentOrder, model.order_id)
        if model.captured_at is None or left <= 0 or order is None or order.payer_id == current_user.id:
            return []
        if is_claimed(model.id):  # the gateway refuses a refund then; the dispute's own page decides
            return []
        return [
            Decision(
                "refund", _("Give back %(amount)s", amount=rupees(left)), partial(self._refund, model.id),
                _("The payer gets %(amount)s. Mentor, fee and tax give their parts; a lesson ahead is called off.", amount=rupees(left)),
                "danger",
            )
        ]  # fmt: skip

    def _refund(self, payment_id: int, reason: str) -> str:
        paise = moderation.payment_return(payment_id, current_user.id, reason, client_ip())
        return _("%(amount)s is on its way back.", amount=rupees(paise))


class LedgerView(CaseView):
    """Every line of the ledger, as it was written. Read only, by triggers of the database too."""

    can_view_details = False
    column_list = ("id", "transaction_id", "account", "owner_id", "amount_paise")
    column_filters = ("account",)
    pill_filter = "account"
    pill_values = (
        "gateway", "learner", "mentor_payable", "platform_fee", "gst_payable", "gateway_cost", "prepaid", "discount",
    )  # fmt: skip
    column_searchable_list = ("account",)
    column_default_sort = ("id", True)
    column_labels: ClassVar[dict[str, str]] = {
        "id": "Line", "transaction_id": "Happening", "owner_id": "Whose", "amount_paise": "Amount",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "transaction_id": lambda _view, _context, model, _name: _reference(model),
        "owner_id": person_column,
        "amount_paise": lambda _view, _context, model, _name: f"{model.amount_paise / 100:+,.2f}",
    }


def _reference(line: LedgerEntry) -> str:
    transaction = db.session.get(LedgerTransaction, line.transaction_id)
    return f"{transaction.kind}, {transaction.reference}, {when(transaction.at)}" if transaction is not None else "–"


class BalanceView(Closed, BaseView):
    """Whether every happening sums to zero, and what each account holds."""

    @expose("/")
    def index(self) -> Any:
        """The check, run now."""
        return self.render("admin/balance.html", report=ledger_check())
