"""Lessons and reviews."""

from functools import partial
from operator import itemgetter
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import url_for
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
from blueprints.admin.money_story import Story, money_story
from blueprints.admin.people import audit_story, person_text
from blueprints.filters import clock_time, when
from blueprints.payments.lesson_lines import lesson_lines
from blueprints.sessions.verdicts import Lane, finding_words, lanes_of
from peerlearn.accounts import queries as people
from peerlearn.kernel import db
from peerlearn.live.activity import activity_in
from peerlearn.live.diagnostics import marks_of
from peerlearn.live.models import Attendance
from peerlearn.moderation import service as moderation
from peerlearn.money import rupees
from peerlearn.sessions import queries as sessions
from peerlearn.sessions.cancelling import cancel_preview
from peerlearn.sessions.disputing import disputes_of_lesson
from peerlearn.sessions.extension_queries import extensions_of
from peerlearn.sessions.lesson_money import money_of_lesson
from peerlearn.sessions.models import Feedback, LiveSession, SessionVerdict
from peerlearn.sessions.objecting import decidable_paise
from peerlearn.sessions.words import amounts

OFF = frozenset({"open", "held", "confirmed", "live"})


def _gives(verdict: SessionVerdict) -> str:
    return amounts(verdict.refund_paise, verdict.back_minutes) or rupees(verdict.waived_paise)


def line_story(session_id: int) -> Story:
    """What the call went through, by both browsers."""
    words = {
        "call": _("call"),
        "ice": _("connection"),
        "round": _("connection number"),
        "try": _("tried"),
        "rung": _("sends"),
        "path": _("way"),
        "ice_error": _("relay did not answer"),
        "access": _("relay access"),
        "network": _("network"),
        "device": _("device"),
        "line": _("server line"),
    }
    return [
        (
            mark.at,
            _("%(name)s, %(what)s", name=person_text(mark.user_id), what=words.get(mark.kind, mark.kind)),
            mark.value,
        )
        for mark in marks_of(session_id)
    ]


def _left_behind(lesson: LiveSession) -> list[tuple[str, Any]]:
    """What an objection or a dispute is judged by, beside the time in the room: how much each wrote and drew, and when.

    Counts and times; the words of the chat are the two people's own.
    """
    words = {"chat": _("messages"), "board": _("steps on the board")}
    facts: list[tuple[str, Any]] = [
        (
            person_text(one.person_id),
            _("%(n)s %(what)s, %(first)s to %(last)s", n=one.count, what=words[one.kind], first=when(one.first_at),
              last=clock_time(one.last_at)),
        )
        for one in activity_in(lesson.id)
        if one.kind in words
    ]  # fmt: skip
    facts += [
        (
            _("Dispute"),
            Markup('<a href="{}">{}</a>').format(
                url_for("admin_disputes.details_view", id=one.id), f"{rupees(one.amount_paise)}, {one.state}"
            ),
        )
        for one in disputes_of_lesson(lesson)
    ]
    return facts


def _money(lesson: LiveSession) -> Story:
    """The money of the booking and of time that was added."""
    orders = [lesson.order_id, *(row.order_id for row in extensions_of(lesson.id))]
    return [line for order_id in orders for line in money_story(order_id)]


class LessonView(CaseView):
    """All lessons: booking, presence and money of one lesson on one timeline."""

    column_list = ("title", "mentor_id", "learner_id", "kind", "starts_at", "price_paise", "state")
    column_searchable_list = ("title", "public_id")
    column_filters = ("state", "kind")
    pill_filter, pill_values = "state", ("live", "confirmed", "held", "open", "completed", "cancelled")
    column_default_sort = ("starts_at", True)
    column_labels: ClassVar[dict[str, str]] = {
        "mentor_id": "Mentor", "learner_id": "Learner", "starts_at": "When", "price_paise": "Price",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "title": open_column(lambda lesson: lesson.title), "mentor_id": person_column, "learner_id": person_column,
        "starts_at": time_column, "price_paise": money_column, "state": state_column,
    }  # fmt: skip

    def case_title(self, model: LiveSession) -> str:
        """Title and the two people."""
        if model.learner_id is None:
            return model.title
        return _("%(title)s, %(learner)s with %(mentor)s", title=model.title, learner=person_text(model.learner_id),
                 mentor=person_text(model.mentor_id))  # fmt: skip

    def case_facts(self, model: LiveSession) -> list[tuple[str, Any]]:
        """Who, when, how much."""
        facts: list[tuple[str, Any]] = [
            (_("State"), state_chip(model.state)),
            (_("When"), f"{when(model.starts_at)}, {model.minutes} min"),
            (_("Mentor"), person_name(model.mentor_id)),
            (_("Learner"), person_name(model.learner_id)),
            (_("Price"), rupees(model.price_paise)),
            (_("Public id"), model.public_id),
        ]
        money = money_of_lesson(model.id)
        if money is not None:
            names = person_text(model.mentor_id), person_text(model.learner_id)
            facts += [(line.label, rupees(line.paise, exact=True)) for line in lesson_lines(money, "admin", *names)]
        verdict = sessions.verdict_of(model.id)
        if verdict is not None:
            facts.append((_("Seen"), f"{finding_words(verdict.finding)} {_gives(verdict)}, {verdict.state}"))
        if verdict is not None and verdict.objection:
            facts.append((_("Objection"), f"{person_text(verdict.objected_by)}: {verdict.objection}"))
        facts += _left_behind(model)
        if model.end_reason:
            facts.append((_("Ended because"), model.end_reason))
        return facts

    def case_story(self, model: LiveSession) -> Story:
        """Booking, presence, money and decisions, oldest first."""
        story: Story = [(model.created_at, _("written down"), model.kind)]
        for instant, what in (
            (model.confirmed_at, _("paid and confirmed")),
            (model.started_at, _("both in the room")),
            (model.ended_at, _("ended")),
        ):
            if instant is not None:
                story.append((instant, what, ""))
        for stay in db.session.scalars(sa.select(Attendance).where(Attendance.live_session_id == model.id)):
            story.append((stay.entered_at, _("%(name)s came in", name=person_text(stay.user_id)), ""))
            if stay.left_at is not None:
                story.append((stay.left_at, _("%(name)s left", name=person_text(stay.user_id)), ""))
        return sorted(
            story + line_story(model.id) + _money(model) + audit_story("live_session", model.public_id),
            key=itemgetter(0),
        )

    def case_lanes(self, model: LiveSession) -> list[Lane]:
        """Both people's time in the room, within the booked time."""
        if model.learner_id is None:
            return []
        lanes = lanes_of(model, (person_text(model.mentor_id), person_text(model.learner_id)))
        return lanes if any(parts for _name, parts in lanes) else []

    def decisions(self, model: LiveSession) -> list[Decision]:
        """Decide an objection, or call it off in the name of the platform."""
        actor = people.user_by_id(current_user.id)
        verdict = sessions.verdict_of(model.id)
        if verdict is not None and verdict.state == "objected":
            words = _("What was seen gives back %(refund)s. Both read your reason.", refund=_gives(verdict))
            act = partial(self._decide, model.id)
            amount = decidable_paise(model, verdict)
            return [Decision("verdict", _("Decide the objection"), act, words, amount=amount)]
        if model.state not in OFF or actor is None or actor.id in (model.mentor_id, model.learner_id):
            return []
        result = cancel_preview(model, actor)
        consequence = _("Nobody has booked it. It leaves the catalogue.")
        if model.learner_id is not None:
            consequence = _(
                "The learner gets %(refund)s of %(paid)s back, the mentor keeps %(kept)s. Both read your reason.",
                refund=amounts(result.refund_paise, result.back_minutes) or rupees(0),
                paid=amounts(result.paid_paise, result.minutes) or rupees(0),
                kept=rupees(result.kept.mentor_paise),
            )
        return [Decision("cancel", _("Call this lesson off"), partial(self._cancel, model.id), consequence, "danger")]

    def _decide(self, session_id: int, reason: str, refund_paise: int) -> str:
        moderation.objection_decide(session_id, current_user.id, refund_paise, reason, client_ip())
        return _("Decided. %(refund)s goes back.", refund=rupees(refund_paise))

    def _cancel(self, session_id: int, reason: str) -> str:
        refund = moderation.lesson_call_off(session_id, current_user.id, reason, client_ip())
        return _("Called off. %(refund)s goes back.", refund=rupees(refund))


class ReviewView(CaseView):
    """What people said about lessons."""

    column_list = ("text", "stars", "author_id", "about_id", "created_at", "hidden_at")
    column_searchable_list = ("text",)
    column_filters = ("stars",)
    column_default_sort = ("created_at", True)
    column_labels: ClassVar[dict[str, str]] = {
        "author_id": "From", "about_id": "About", "created_at": "When", "hidden_at": "Hidden",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "text": open_column(lambda review: review.text[:80] or _("Stars only")), "author_id": person_column,
        "about_id": person_column, "created_at": time_column, "hidden_at": time_column,
    }  # fmt: skip

    def case_title(self, model: Feedback) -> str:
        """Stars and who said it."""
        return _("%(n)s stars from %(name)s", n=model.stars, name=person_text(model.author_id))

    def case_facts(self, model: Feedback) -> list[tuple[str, Any]]:
        """The words, and where they stand."""
        lesson = sessions.session_by_id(model.live_session_id)
        return [
            (_("Words"), model.text or "–"),
            (_("About"), person_name(model.about_id)),
            (_("Lesson"), lesson.title if lesson is not None else "–"),
            (_("When"), when(model.created_at)),
            (_("Hidden because"), model.hidden_reason or "–"),
        ]

    def case_story(self, model: Feedback) -> Story:
        """What administrators did."""
        return sorted(
            [(model.created_at, _("written"), ""), *audit_story("feedback", model.public_id)], key=itemgetter(0)
        )

    def decisions(self, model: Feedback) -> list[Decision]:
        """Hide, or bring back."""
        if model.hidden_at is None:
            return [
                Decision(
                    "hide", _("Take it off the page"), partial(self._hide, model.id),
                    _("It no longer shows or counts. Its author reads your reason."), "danger",
                )
            ]  # fmt: skip
        return [
            Decision("show", _("Bring it back"), partial(self._show, model.id), _("It shows and counts again."),
                     needs_reason=False)
        ]  # fmt: skip

    def _hide(self, review_id: int, reason: str) -> str:
        moderation.review_hide(review_id, current_user.id, reason, client_ip())
        return _("It is off the page.")

    def _show(self, review_id: int, reason: str) -> str:
        moderation.review_show(review_id, current_user.id, reason, client_ip())
        return _("It is back.")
