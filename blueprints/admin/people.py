"""People and mentors: closing accounts, reading profiles."""

from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.admin.closed import (
    CaseView,
    Decision,
    client_ip,
    open_column,
    person_name,
    role_column,
    state_chip,
    state_column,
    time_column,
)
from blueprints.filters import when
from blueprints.viewing import view_begin, view_end
from peerlearn.accounts import presence_service
from peerlearn.accounts import queries as accounts
from peerlearn.accounts.models import ACTIVE, User
from peerlearn.audit.queries import audit_for
from peerlearn.catalog import queries as catalog
from peerlearn.catalog.models import MentorProfile
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.moderation import service as moderation
from peerlearn.money import rupees
from peerlearn.payments import queries as payments
from peerlearn.sessions import queries as sessions
from peerlearn.sessions.absences import absences_of
from peerlearn.sessions.reliability import reliability_of

Story = list[tuple[datetime, str, str]]


def audit_story(kind: str, ref: str) -> Story:
    """What administrators did to a subject."""
    return [
        (row.at, row.action.replace("_", " "), f"{person_text(row.actor_id)}: {row.reason}" if row.reason else "")
        for row in audit_for(kind, ref)
    ]


def person_text(user_id: int | None) -> str:
    """A person's bare name."""
    shown = person_name(user_id)
    return shown.striptags() if hasattr(shown, "striptags") else shown


def _absences(person: User) -> str:
    """How many lessons they stayed away from, and until when that limits them."""
    count, until = absences_of(person.id), person.limited_until
    if until is None or until <= now():
        return str(count)
    return _("%(n)s, limited until %(when)s", n=count, when=when(until))


class PersonView(CaseView):
    """Everyone with an account."""

    column_list = ("name", "email", "is_mentor", "is_admin", "state", "time_zone", "created_at")
    column_searchable_list = ("name", "email", "public_id")
    column_filters = ("state", "is_mentor", "is_admin", "locale")
    pill_filter, pill_values = "state", ("active", "banned")
    column_default_sort = ("id", True)
    column_labels: ClassVar[dict[str, str]] = {
        "is_mentor": "Mentor", "is_admin": "Admin", "time_zone": "Zone", "created_at": "Since",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "name": open_column(lambda user: user.name),
        "state": state_column,
        "is_mentor": role_column,
        "is_admin": role_column,
        "created_at": time_column,
    }  # fmt: skip

    def case_title(self, model: User) -> str:
        """The person's name."""
        return model.name

    def case_facts(self, model: User) -> list[tuple[str, Any]]:
        """Who they are and what they have done here."""
        lessons = sessions.sessions_for(model.id, "both", limit=500)
        earned = payments.mentor_earnings(model.id) if model.is_mentor else None
        facts: list[tuple[str, Any]] = [
            (_("State"), state_chip(model.state)),
            (_("E-mail"), model.email),
            (_("Since"), when(model.created_at)),
            (_("Zone and language"), f"{model.time_zone}, {model.locale}"),
            (_("Missed lessons in 30 days"), _absences(model)),
            (_("Here now"), presence_service.presence_of([model.id])[model.id]),
            (_("Lessons"), str(len(lessons))),
        ]
        if model.state_reason:
            facts.append((_("Closed because"), model.state_reason))
        if earned is not None:
            kept = reliability_of([model.id])[model.id]
            facts.append((_("Lessons kept"), _("%(n)s of %(all)s", n=kept.kept, all=kept.booked)))
            facts.append((_("Earned, and owed now"), f"{rupees(earned.earned_paise)}, {rupees(earned.payable_paise)}"))
        return facts

    def case_story(self, model: User) -> Story:
        """What administrators did, and the last lessons."""
        story = audit_story("user", model.public_id) + audit_story("mentor", model.public_id)
        story += [
            (lesson.starts_at, lesson.title, lesson.state)
            for lesson in sessions.sessions_for(model.id, "both", limit=12)
        ]
        return sorted(story, key=itemgetter(0))

    def decisions(self, model: User) -> list[Decision]:
        """Close the account, or open it again; look at it; lift a limit."""
        if model.id == current_user.id or model.is_admin:
            return []
        return [*self._account(model), *self._limit(model), self._look(model)]

    def _look(self, model: User) -> Decision:
        return Decision(
            "view",
            _("See their pages"),
            partial(self._view, model),
            _(
                "For 15 minutes this browser shows what they see, in their zone. Nothing can be changed, and rooms stay closed."
            ),
            "secondary",
            asks=_("Why you look; it stays in the audit log"),
            leads_to=url_for("dashboard.mentor" if model.is_mentor else "dashboard.home"),
        )

    def _limit(self, model: User) -> list[Decision]:
        if model.limited_until is None or model.limited_until <= now():
            return []
        return [Decision("lift", _("Lift the limit"), partial(self._lift, model.id),
                         _("They can book as everybody does again."))]  # fmt: skip

    def _account(self, model: User) -> list[Decision]:
        if model.state == ACTIVE:
            ahead = [lesson for lesson in sessions.sessions_for(model.id, "both", limit=500) if lesson.state in
                     {"open", "held", "confirmed", "live"}]  # fmt: skip
            running = sum(lesson.state == "live" for lesson in ahead)
            return [
                Decision(
                    "ban",
                    _("Close this account"),
                    partial(self._ban, model.id),
                    _(
                        "Cuts every open page at once, ends %(live)s running lessons, calls off %(n)s and pays learners back.",
                        live=running,
                        n=len(ahead),
                    ),
                    "danger",
                )
            ]
        return [
            Decision(
                "unban", _("Open this account again"), partial(self._unban, model.id),
                _("They can sign in again. Lessons that were called off do not come back."),
            )
        ]  # fmt: skip

    def _ban(self, user_id: int, reason: str) -> str:
        count = moderation.person_ban(user_id, current_user.id, reason, client_ip())
        return _("The account is closed. %(n)s lessons were called off.", n=count)

    def _unban(self, user_id: int, reason: str) -> str:
        moderation.person_unban(user_id, current_user.id, reason, client_ip())
        return _("The account is open again.")

    def _view(self, person: User, reason: str) -> str:
        moderation.person_view(person.id, current_user.id, reason, client_ip())
        view_begin(person)
        return _("You see their pages.")

    def _lift(self, user_id: int, reason: str) -> str:
        moderation.limit_lift(user_id, current_user.id, reason, client_ip())
        return _("The limit is lifted.")

    @expose("/stop-view/", methods=("POST",))
    def stop_view(self) -> ResponseReturnValue:
        """Back to the administration, to the person whose pages these were."""
        person = accounts.user_by_public_id(view_end() or "")
        if person is None:
            return redirect(url_for(".index_view"), 303)
        moderation.person_view_end(person.id, current_user.id, client_ip())
        return redirect(url_for(".details_view", id=person.id), 303)


class MentorView(CaseView):
    """Mentors' profiles, those that wait first."""

    column_list = ("headline", "user_id", "city", "price_paise", "state", "submitted_at")
    column_searchable_list = ("headline", "city")
    column_filters = ("state", "city")
    pill_filter, pill_values = "state", ("submitted", "approved", "rejected", "suspended", "draft")
    column_labels: ClassVar[dict[str, str]] = {
        "user_id": "Mentor", "price_paise": "Price", "submitted_at": "Sent",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "headline": open_column(lambda profile: profile.headline),
        "user_id": lambda _view, _context, model, _name: person_name(model.user_id),
        "price_paise": lambda _view, _context, model, _name: rupees(model.price_paise),
        "state": state_column,
        "submitted_at": time_column,
    }

    def get_query(self) -> Any:
        """Those that wait for a decision stand on top."""
        waiting = sa.case((MentorProfile.state == "submitted", 0), else_=1)
        return super().get_query().order_by(waiting, MentorProfile.submitted_at.desc())

    def case_title(self, model: MentorProfile) -> str:
        """The mentor's name."""
        return person_text(model.user_id)

    def case_facts(self, model: MentorProfile) -> list[tuple[str, Any]]:
        """The whole profile, as it would stand in the catalogue."""
        topics = catalog.topics_for([model.user_id]).get(model.user_id, ())
        hours = catalog.weekly_hours_for(model.user_id)
        days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
        week = ", ".join(
            f"{days[item.weekday]} {item.start_minute // 60:02d}:{item.start_minute % 60:02d}"
            f"–{item.end_minute // 60 % 24:02d}:{item.end_minute % 60:02d}"
            for item in hours
        )
        return [
            (_("State"), state_chip(model.state)),
            (_("Person"), person_name(model.user_id)),
            (_("In one line"), model.headline),
            (_("About"), model.bio),
            (_("Topics"), ", ".join(topic.name for topic in topics)),
            (_("Levels"), ", ".join(model.level or [])),
            (_("Languages"), ", ".join(model.languages or [])),
            (_("City"), model.city),
            (_("Price"), _("%(price)s for %(n)s minutes", price=rupees(model.price_paise), n=model.lesson_minutes)),
            (_("Week"), week),
            *([(_("Last reason"), model.state_reason)] if model.state_reason else []),
        ]

    def case_story(self, model: MentorProfile) -> Story:
        """What administrators did to this profile."""
        user = db.session.get(User, model.user_id)
        story = audit_story("mentor", user.public_id) if user is not None else []
        if model.submitted_at is not None:
            story.append((model.submitted_at, _("sent for approval"), ""))
        return sorted(story, key=itemgetter(0))

    def decisions(self, model: MentorProfile) -> list[Decision]:
        """Approve, send back, pause, bring back: what the state allows."""
        if model.user_id == current_user.id:
            return []
        approve = Decision(
            "approve", _("Approve"), partial(self._approve, model.user_id),
            _("Learners can find and book them at once. They hear of it by bell and mail."), needs_reason=False,
        )  # fmt: skip
        send_back = Decision(
            "reject", _("Send back with remarks"), partial(self._send_back, model.user_id),
            _("Each remark leads the mentor to its field."), "danger",
            remarks=(
                ("headline", _("About the line")), ("bio", _("About the text")), ("topics", _("About the topics")),
                ("price", _("About the price")), ("hours", _("About the hours")),
            ),
        )  # fmt: skip
        pause = Decision(
            "suspend", _("Pause this mentor"), partial(self._pause, model.user_id),
            _("Out of the catalogue at once. Booked lessons stay booked."), "danger",
        )  # fmt: skip
        restore = Decision(
            "restore", _("Bring back"), partial(self._restore, model.user_id), _("In the catalogue at once."),
            needs_reason=False,
        )  # fmt: skip
        offered = {
            "submitted": [approve, send_back],
            "rejected": [approve],
            "approved": [pause],
            "suspended": [restore],
        }
        return offered.get(model.state, [])

    def _approve(self, user_id: int, reason: str) -> str:
        moderation.mentor_admit(user_id, current_user.id, reason, client_ip())
        return _("Approved. Learners can find them now.")

    def _send_back(self, user_id: int, reason: str) -> str:
        moderation.mentor_send_back(user_id, current_user.id, reason, client_ip())
        return _("Sent back with your remarks.")

    def _pause(self, user_id: int, reason: str) -> str:
        moderation.mentor_pause(user_id, current_user.id, reason, client_ip())
        return _("Paused. Nobody new can book them.")

    def _restore(self, user_id: int, reason: str) -> str:
        moderation.mentor_resume(user_id, current_user.id, reason, client_ip())
        return _("Back in the catalogue.")
