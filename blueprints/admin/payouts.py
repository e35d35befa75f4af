"""Payouts to mentors: which are stuck or came back, why each one stands where it stands, and what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from blueprints.admin.closed import (
    CaseView,
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
from blueprints.admin.money_story import Story, money_story, payout_words
from blueprints.admin.people import audit_story
from blueprints.filters import when
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.moderation import payouts as moderation
from peerlearn.money import rupees
from peerlearn.payments.agreement import books_findings
from peerlearn.payments.books import ledger_check
from peerlearn.payments.gone import order_waits
from peerlearn.payments.models import Payee, PaymentOrder, Payout
from peerlearn.payments.payees import bank_waits_until
from peerlearn.payments.payout_again import MOST_TRIES, RETRY_AFTER
from peerlearn.sessions.disputing import disputes_of_lesson, lesson_of_order

STUCK_AFTER = timedelta(days=2)  # a transfer moves within minutes, a settlement within two working days


@dataclass(frozen=True)
class Standing:
    """Why a payout stands where it stands, and what a person does about it."""

    why: str
    todo: str


def frozen_because() -> list[str]:
    """What keeps all payouts from moving: our ledger, or a difference to the gateway's books. Read once a page."""
    if "admin_frozen" not in g:
        report = ledger_check()
        words = [*report.unbalanced, *report.missing] or [_("the ledger does not sum to zero")]
        g.admin_frozen = ([] if report.balanced else words) + books_findings()
    found: list[str] = g.admin_frozen
    return found


def standing_of(payout: Payout) -> Standing:
    """Say why, and what to do."""
    nothing = _("Nothing to do.")
    match payout.state:
        case "failed" if payout.tries >= MOST_TRIES:
            return Standing(payout.problem or _("The transfer failed."), _("Not tried any more. Retry it."))
        case "failed":
            again = when((payout.asked_at or payout.created_at) + RETRY_AFTER)
            return Standing(
                payout.problem or _("The transfer failed."), _("Tried again by itself: %(when)s.", when=again)
            )
        case "returned":
            return Standing(payout.problem or _("The bank sent it back."), _("Ask the mentor for a new account."))
        case "released" | "sent":
            return Standing(_("On its way to the bank."), nothing)
        case "settled":
            return Standing(_("In the bank, %(id)s.", id=payout.settlement_id or ""), nothing)
        case "netted" if payout.carried_by_id is not None:
            return Standing(_("Too little to be moved by itself. It went with a later payout."), nothing)
        case "netted" if payout.rest_paise:
            return Standing(_("Too little to be moved by itself. It goes with the next payout."), nothing)
        case "netted" if not payout.share_paise:
            return Standing(_("All of it went back to the learner first."), nothing)
        case "netted":
            return Standing(_("The whole share went against a debt."), nothing)
        case "reversed":
            return Standing(_("All of it came back to us."), nothing)
    return _waiting(payout)


def _waiting(payout: Payout) -> Standing:
    payee = db.session.get(Payee, payout.mentor_id)
    order = db.session.get(PaymentOrder, payout.order_id)
    disputed = db.session.scalar(
        sa.select(order_waits()).select_from(PaymentOrder).where(PaymentOrder.id == payout.order_id)
    )
    if disputed:
        return Standing(_("A bank looks at its payment."), _("Answer the dispute."))
    if payee is None or payee.state != "activated":
        state = payee.state.replace("_", " ") if payee is not None else _("missing")
        return Standing(_("The mentor's account is %(state)s.", state=state), _("Ask the mentor for a new account."))
    if bank_waits_until(payee) is not None:
        return Standing(_("The mentor's bank account is new: payouts wait for a day."), _("Nothing to do."))
    if order is not None and order.released_at is None and payout.state == "held":
        return Standing(_("On hold until its lesson is done and a day has passed."), _("Nothing to do."))
    if frozen_because():
        return Standing(_("Frozen: the books do not agree."), _("Look at Balance."))
    if payout.reverse_paise > payout.reversed_paise:
        return Standing(_("A part of it goes back first."), _("Nothing to do."))
    return Standing(_("Goes on within a minute."), _("Nothing to do."))


def stuck(at: datetime) -> sa.ColumnElement[bool]:
    """Payouts that a person may want to look at: failed, returned, or longer on their way than money takes."""
    slow = sa.and_(
        Payout.state.in_(("wanted", "sent", "released")),
        sa.func.coalesce(Payout.released_at, Payout.created_at) < at - STUCK_AFTER,
    )
    return sa.or_(Payout.state.in_(("failed", "returned")), slow)


def _lesson_title(payout: Payout) -> str:
    order = db.session.get(PaymentOrder, payout.order_id)
    lesson = lesson_of_order(order) if order is not None else None
    return lesson.title if lesson is not None else payout.public_id


class PayoutView(CaseView):
    """Every mentor's share on its way."""

    column_list = ("public_id", "amount_paise", "state", "problem", "mentor_id", "created_at")
    column_searchable_list = ("public_id", "gateway_transfer_id", "settlement_id")
    column_filters = ("state",)
    pill_filter, pill_values = "state", ("failed", "returned", "held", "wanted", "released", "settled", "netted")
    column_default_sort = ("id", True)
    column_labels: ClassVar[dict[str, str]] = {
        "public_id": "Lesson", "amount_paise": "Amount", "mentor_id": "Mentor", "problem": "Why", "created_at": "Since",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "public_id": open_column(_lesson_title), "amount_paise": money_column,
        "mentor_id": person_column, "state": state_column, "created_at": time_column,
        "problem": lambda _view, _context, model, _name: _why(model),
    }  # fmt: skip

    def notice(self) -> str:
        """Whether all payouts are frozen, and by what."""
        because = frozen_because()
        return _("All payouts are frozen: %(why)s.", why=", ".join(because[:3])) if because else ""

    def pills(self) -> list[tuple[str, str, bool]]:
        """First what a person may want to look at, then the states."""
        here = url_for(f"{self.endpoint}.index_view")
        return [(_("stuck"), f"{here}?stuck=1", "stuck" in request.args), *super().pills()]

    def get_query(self) -> Any:
        """The rows of the list; only the stuck ones where they are asked for."""
        return self._only_stuck(super().get_query())

    def get_count_query(self) -> Any:
        """As many as the list has."""
        return self._only_stuck(super().get_count_query())

    def _only_stuck(self, query: Any) -> Any:
        return query.filter(stuck(now())) if "stuck" in request.args else query

    def case_title(self, model: Payout) -> str:
        """Amount and whose it is."""
        name = person_name(model.mentor_id)
        plain = name.striptags() if isinstance(name, Markup) else name
        return _("%(amount)s to %(name)s", amount=rupees(model.amount_paise), name=plain)

    def case_facts(self, model: Payout) -> list[tuple[str, Any]]:
        """How the amount came to be, where it is, why, what to do."""
        order, payee = db.session.get(PaymentOrder, model.order_id), db.session.get(Payee, model.mentor_id)
        stands = standing_of(model)
        return [
            (_("State"), state_chip(model.state)),
            (_("Why"), stands.why),
            (_("What to do"), stands.todo),
            (_("Lesson"), _links(order)),
            (_("Mentor"), person_name(model.mentor_id)),
            (_("Bank account"), f"{payee.state.replace('_', ' ')}, •••• {payee.last_four}" if payee else "–"),
            (_("Amount"), f"{rupees(model.amount_paise)}: {payout_words(model)}"),
            (_("Taken back"), rupees(model.reversed_paise)),
            (_("Order"), order.receipt if order is not None else "–"),
            (_("Transfer"), model.gateway_transfer_id or "–"),
            (_("Settlement"), model.settlement_id or "–"),
            (_("Tries"), str(model.tries)),
        ]

    def case_story(self, model: Payout) -> Story:
        """The money of its order and what administrators did."""
        return sorted(money_story(model.order_id) + audit_story(moderation.SUBJECT, model.public_id), key=itemgetter(0))

    def decisions(self, model: Payout) -> list[Decision]:
        """Retry a failed one; ask the mentor where the account is what fails."""
        if model.mentor_id == current_user.id:
            return []
        payee = db.session.get(Payee, model.mentor_id)
        found = []
        if model.state == "failed":
            found.append(
                Decision(
                    "retry", _("Try it again"), partial(self._retry, model.id),
                    _("It is decided anew from today's ledger. A transfer under way is never doubled."), needs_reason=False,
                )
            )  # fmt: skip
        if model.state in ("failed", "returned") or (
            model.state == "wanted" and (not payee or payee.state != "activated")
        ):
            found.append(
                Decision(
                    "ask", _("Ask for another account"), partial(self._ask, model.id),
                    _("The mentor gets a bell and a letter that lead to the bank account."),
                    asks=_("What is wrong, the mentor will read it"), proposed=model.problem or "",
                )
            )  # fmt: skip
        return found

    def _retry(self, payout_id: int, reason: str) -> str:
        moderation.payout_again(payout_id, current_user.id, reason, client_ip())
        return _("It goes out again within a minute.")

    def _ask(self, payout_id: int, reason: str) -> str:
        moderation.account_ask(payout_id, current_user.id, reason, client_ip())
        return _("The mentor is asked.")


def _links(order: PaymentOrder | None) -> Markup:
    """The lesson and the disputes behind a payout."""
    lesson = lesson_of_order(order) if order is not None else None
    found = []
    if lesson is not None:
        found.append((url_for("admin_lessons.details_view", id=lesson.id), lesson.title))
        found += [
            (url_for("admin_disputes.details_view", id=one.id), _("dispute %(state)s", state=one.state))
            for one in disputes_of_lesson(lesson)
        ]
    return Markup(", ").join(Markup('<a href="{}">{}</a>').format(*one) for one in found) or Markup("–")


def _why(payout: Payout) -> Markup:
    stands = standing_of(payout)
    return Markup('{}<br><span class="text-muted">{}</span>').format(stands.why, stands.todo)
