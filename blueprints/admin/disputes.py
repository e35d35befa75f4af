"""Disputes: what a bank asks, what the house knows, one tap to answer, and the evidence on paper."""

from datetime import timedelta
from functools import partial
from operator import itemgetter
from typing import Any, ClassVar

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from blueprints.admin.closed import (
    CaseView,
    Decision,
    client_ip,
    money_column,
    open_column,
    person_name,
    state_chip,
    state_column,
    time_column,
)
from blueprints.admin.money_story import Story, borne_words, money_story
from blueprints.admin.people import audit_story, person_text
from blueprints.extensions import ports
from blueprints.filters import when
from blueprints.sessions.verdicts import Lane, finding_words, lanes_of
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.moderation import disputes as moderation
from peerlearn.moderation.evidence import evidence_pack
from peerlearn.money import rupees
from peerlearn.payments.dispute_answers import LONGEST_SUMMARY
from peerlearn.payments.models import Payment, PaymentDispute, PaymentOrder
from peerlearn.sessions import queries as sessions
from peerlearn.sessions.disputing import lesson_of_dispute, was_given
from peerlearn.sessions.models import LiveSession

DAY = timedelta(days=1)


def _deadline_column(_view: Any, _context: Any, model: PaymentDispute, _name: str) -> str:
    return deadline_words(model)


def deadline_words(dispute: PaymentDispute) -> str:
    """Until when we may answer, and how much time that leaves; a dash where no answer is due."""
    if dispute.state != "open":
        return "–"
    left = dispute.respond_by - now()
    if left <= timedelta():
        return _("%(when)s, too late", when=when(dispute.respond_by))
    if left >= 2 * DAY:
        return _("%(when)s, %(n)s days left", when=when(dispute.respond_by), n=left // DAY)
    return _("%(when)s, %(n)s hours left", when=when(dispute.respond_by), n=left // timedelta(hours=1))


def _payer_of(dispute: PaymentDispute) -> str:
    order = _order_of(dispute)
    return person_text(order.payer_id) if order is not None else dispute.gateway_dispute_id


def _order_of(dispute: PaymentDispute) -> PaymentOrder | None:
    payment = db.session.get(Payment, dispute.payment_id)
    return db.session.get(PaymentOrder, payment.order_id) if payment is not None else None


class DisputeView(CaseView):
    """What payers' banks ask back."""

    column_list = ("gateway_dispute_id", "amount_paise", "state", "respond_by", "phase", "created_at")
    column_searchable_list = ("gateway_dispute_id", "reason")
    column_filters = ("state", "phase")
    pill_filter, pill_values = "state", ("open", "under_review", "won", "lost", "closed")
    column_default_sort = ("id", True)
    column_labels: ClassVar[dict[str, str]] = {
        "gateway_dispute_id": "Payer", "amount_paise": "Amount", "respond_by": "Answer until", "created_at": "Since",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "gateway_dispute_id": open_column(_payer_of), "amount_paise": money_column,
        "phase": lambda _view, _context, model, _name: model.phase.replace("_", " "), "state": state_column,
        "respond_by": _deadline_column, "created_at": time_column,
    }  # fmt: skip

    def case_title(self, model: PaymentDispute) -> str:
        """Amount and the payer."""
        return _("%(amount)s of %(name)s", amount=rupees(model.amount_paise), name=_payer_of(model))

    def case_facts(self, model: PaymentDispute) -> list[tuple[str, Any]]:
        """The claim, the time to answer, the lesson, the money."""
        order, lesson = _order_of(model), lesson_of_dispute(model)
        facts: list[tuple[str, Any]] = [
            (_("Dispute"), model.gateway_dispute_id),
            (_("State"), state_chip(model.state)),
            (_("Answer until"), deadline_words(model)),
            (_("The bank says"), model.reason or model.reason_code.replace("_", " ") or "–"),
            (_("Phase"), model.phase.replace("_", " ")),
            (_("Amount"), rupees(model.amount_paise)),
            (_("Taken from us"), rupees(model.taken_paise)),
        ]
        if model.settled_at is not None:
            facts.append((_("Borne by"), borne_words(model)))
        if order is not None:
            facts.append((_("Payer"), person_name(order.payer_id)))
            facts.append((_("Payment"), _link("admin_payments", model.payment_id, order.receipt)))
        if lesson is not None:
            facts += [
                (_("Mentor"), person_name(lesson.mentor_id)),
                (_("Lesson"), _link("admin_lessons", lesson.id, lesson.title)),
                (_("Seen"), _seen(lesson)),
            ]
        paper = Markup('<a href="{}">{}</a>, <a href="{}">PDF</a>').format(
            url_for(".evidence_view", id=model.id), _("Read and print"), url_for(".evidence_pdf", id=model.id)
        )
        return [*facts, (_("Evidence"), paper)]

    def case_story(self, model: PaymentDispute) -> Story:
        """The claim, our answer, the money of its order, and what administrators did."""
        order = _order_of(model)
        return sorted(
            money_story(order.id if order else None) + audit_story(moderation.SUBJECT, model.public_id),
            key=itemgetter(0),
        )

    def case_lanes(self, model: PaymentDispute) -> list[Lane]:
        """Both people's time in the room."""
        lesson = lesson_of_dispute(model)
        if lesson is None or lesson.learner_id is None:
            return []
        lanes = lanes_of(lesson, (person_text(lesson.mentor_id), person_text(lesson.learner_id)))
        return lanes if any(parts for _name, parts in lanes) else []

    def decisions(self, model: PaymentDispute) -> list[Decision]:
        """Send the evidence, or let the payer have the money."""
        lesson = lesson_of_dispute(model)
        people = (lesson.mentor_id, lesson.learner_id) if lesson is not None else ()
        if model.state != "open" or model.respond_by <= now() or current_user.id in people:
            return []
        fight = Decision(
            "contest", _("Contest it, send the evidence"), partial(self._contest, model.id),
            _("Until %(when)s. The bank gets these words and a PDF: who was in the room, how much was written, terms, receipt.",
              when=deadline_words(model)),
            needs_reason=False, proposed=evidence_pack(model.id).summary, asks=_("What we say to the bank"),
            longest=LONGEST_SUMMARY,
        )  # fmt: skip
        accept = Decision(
            "accept", _("Accept it, %(amount)s goes back", amount=rupees(model.amount_paise)),
            partial(self._accept, model.id), _("For good. %(bears)s", bears=_bears(lesson)), "danger",
            asks=_("Reason, for the audit log"),
        )  # fmt: skip
        return [fight, accept]

    def _contest(self, dispute_id: int, words: str) -> str:
        moderation.dispute_fight(dispute_id, current_user.id, words, client_ip(), gateway=ports().gateway)
        return _("The bank has the evidence. We hear from it here.")

    def _accept(self, dispute_id: int, reason: str) -> str:
        moderation.dispute_give_in(dispute_id, current_user.id, reason, client_ip(), gateway=ports().gateway)
        return _("Accepted. The payer's bank gives the money back.")

    @expose("/evidence/")
    def evidence_view(self) -> ResponseReturnValue:
        """The evidence on a page that prints well."""
        model = self.case_of(request.args.get("id", ""))
        pack = evidence_pack(model.id)
        return self.render("admin/evidence.html", model=model, pack=pack, summary=model.answer or pack.summary)

    @expose("/evidence.pdf")
    def evidence_pdf(self) -> ResponseReturnValue:
        """The document as the bank gets it."""
        model = self.case_of(request.args.get("id", ""))
        name = f'inline; filename="evidence-{model.public_id}.pdf"'
        pdf = evidence_pack(model.id).pdf(model.answer)
        return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


def _link(endpoint: str, row_id: int, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url_for(f"{endpoint}.details_view", id=row_id), text)


def _seen(lesson: LiveSession) -> str:
    verdict = sessions.verdict_of(lesson.id)
    return f"{finding_words(verdict.finding)} {verdict.state}" if verdict is not None else _("Nothing yet")


def _bears(lesson: LiveSession | None) -> str:
    given = was_given(lesson)
    if given is None:
        return _("Who bears it is decided when the verdict of the lesson holds.")
    if given:
        return _("The lesson was given, so PeerLearn bears it and the mentor keeps the share.")
    return _("The lesson was not given, so mentor, fee and tax give it back.")
