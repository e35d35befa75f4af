"""What every administration view has in common: it is closed, it edits nothing, it decides with a reason."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from blueprints.filters import when
from blueprints.numbers import whole
from peerlearn.accounts import queries as people
from peerlearn.accounts.models import User
from peerlearn.errors import Invalid, Missing, NotAllowed, PeerLearnError
from peerlearn.money import rupees


class Closed:
    """Open to administrators only. Anonymous visitors are asked to sign in, everyone else is refused."""

    def is_accessible(self) -> bool:
        """Whether the current person runs the place, read from the database on this very request."""
        return bool(current_user.is_authenticated and current_user.is_admin and current_user.is_active)

    def inaccessible_callback(self, _name: str, **_kwargs: Any) -> ResponseReturnValue:
        """Send a visitor to the sign-in page and refuse everyone else."""
        if not current_user.is_authenticated:
            return redirect(url_for("auth.sign_in", next=request.path), 303)
        raise NotAllowed(_("This page is for administrators."), code="wrong_role")


@dataclass(frozen=True)
class Decision:
    """One thing an administrator can decide about a case, as the page offers it."""

    name: str
    label: str  # what the button says: the result
    act: Callable[..., str]  # reason (and paise, where an amount is asked) -> the sentence that says what happened
    consequence: str = ""  # what it does, before it is done
    style: str = "primary"  # primary or danger
    needs_reason: bool = True
    remarks: tuple[tuple[str, str], ...] = field(default=())  # fields that take a remark of their own: (field, label)
    amount: tuple[int, int] | None = None  # an amount is asked: (proposed, at most), in paise
    proposed: str = ""  # what stands in the field for words at first
    asks: str = ""  # what that field is for, where it is not a reason that the person reads
    longest: int = 800
    leads_to: str = ""  # where the browser goes once it is decided; back to the case by default


class CaseView(Closed, ModelView):
    """A list and a page per case. The page shows facts and offers decisions."""

    can_create = can_edit = can_delete = can_export = False
    can_view_details = True
    can_set_page_size = False
    page_size = 30
    column_display_pk = False
    named_filter_urls = True
    column_display_actions = False
    details_template = "admin/case.html"
    list_template = "admin/cases.html"
    action_disallowed_list = ("delete",)
    pill_filter = ""  # the column whose values stand above the list as one-tap filters
    pill_values: tuple[str, ...] = ()

    def scaffold_form(self) -> Any:
        """No form: nothing is typed into a table here."""
        return self.form_base_class

    def notice(self) -> str:
        """A sentence that stands above the list because something is wrong with all of it; empty where nothing is."""
        return ""

    def pills(self) -> list[tuple[str, str, bool]]:
        """One-tap filters above the list: (word, address, chosen)."""
        argument = f"flt0_{self.pill_filter}_equals"
        chosen = request.args.get(argument)
        here = url_for(f"{self.endpoint}.index_view")
        return [
            (value.replace("_", " "), f"{here}?{urlencode({argument: value})}", chosen == value)
            for value in self.pill_values
        ]

    def case_title(self, model: Any) -> str:
        """What the case is called on its page."""
        return str(model)

    def case_facts(self, _model: Any) -> list[tuple[str, Any]]:
        """What is known: (label, value)."""
        return []

    def case_story(self, _model: Any) -> list[tuple[datetime, str, str]]:
        """What happened, oldest first: (when, what, more)."""
        return []

    def case_lanes(self, _model: Any) -> list[tuple[str, list[tuple[float, float]]]]:
        """Who was there when: (name, [(left, width)]) in percent; none where nobody could be."""
        return []

    def decisions(self, _model: Any) -> list[Decision]:
        """What may be decided now."""
        return []

    def case_of(self, row_id: str) -> Any:
        """The row of a case. Raises Missing."""
        number = whole(row_id)
        model = self.get_one(str(number)) if number is not None else None
        if model is None:
            raise Missing(_("There is no such case."), code="no_such_case")
        return model

    @expose("/decide/", methods=("POST",))
    def decide_view(self) -> ResponseReturnValue:
        """Carry one decision out and come back to the case with the sentence that says what happened."""
        row_id = request.form.get("id", "")
        model = self.case_of(row_id)
        chosen = next((item for item in self.decisions(model) if item.name == request.form.get("decision")), None)
        back = redirect(url_for(f"{self.endpoint}.details_view", id=row_id), 303)
        if chosen is None:
            flash(_("The case has moved on. Look again."), "warning")
            return back
        try:
            more = () if chosen.amount is None else (_amount(chosen.amount[1]),)
            flash(chosen.act(_reason(chosen), *more), "success")
            if chosen.leads_to:
                return redirect(chosen.leads_to, 303)
        except PeerLearnError as error:
            flash(error.message, "error")
        return back


def _reason(decision: Decision) -> str:
    """The typed reason; for a decision with remarks, one line per field (see peerlearn.moderation.remarks)."""
    lines = [
        f"[{name}] {' '.join(text.split())}"
        for name, _label in decision.remarks
        if (text := request.form.get(f"remark_{name}", "").strip())
    ]
    return "\n".join([*lines, request.form.get("reason", "").strip()]).strip()


def _amount(at_most: int) -> int:
    """The typed rupees, as paise. Raises Invalid for anything that is no amount up to the most."""
    try:
        paise = Decimal(request.form.get("amount", "").strip()) * 100
        if paise != paise.to_integral_value() or not 0 <= paise <= at_most:
            raise InvalidOperation
    except InvalidOperation as error:
        raise Invalid(
            _("Type an amount between ₹0 and %(most)s.", most=rupees(at_most)), code="amount", field="amount"
        ) from error
    return int(paise)


def client_ip() -> str:
    """Where the decision came from, for the audit row."""
    return request.remote_addr or ""


def person_name(user_id: int | None) -> str | Markup:
    """A person's name, linked to their case; read once per page."""
    if user_id is None:
        return "–"
    cache: dict[int, User | None] = g.setdefault("admin_people", {})
    if user_id not in cache:
        cache[user_id] = people.user_by_id(user_id)
    user = cache[user_id]
    if user is None:
        return "–"
    return Markup('<a href="{}">{}</a>').format(url_for("admin_people.details_view", id=user_id), user.name)


def person_column(_view: Any, _context: Any, model: Any, name: str) -> str | Markup:
    """Formatter: a person's name instead of an id."""
    return person_name(getattr(model, name))


def money_column(_view: Any, _context: Any, model: Any, name: str) -> str:
    """Formatter: rupees instead of paise."""
    paise = getattr(model, name)
    return "–" if paise is None else rupees(paise)


def time_column(_view: Any, _context: Any, model: Any, name: str) -> str:
    """Formatter: an instant in the administrator's zone."""
    instant = getattr(model, name)
    return "–" if instant is None else when(instant)


STATE_STYLE = {
    "open": "warning", "under_review": "warning", "returned": "danger", "won": "success", "lost": "danger",
    "settled": "success", "active": "success", "approved": "success", "confirmed": "success", "captured": "success", "completed": "success",
    "processed": "success", "banned": "danger", "failed": "danger", "quarantined": "danger", "cancelled": "danger",
    "suspended": "warning", "submitted": "warning", "pending": "warning", "wanted": "warning", "held": "warning",
}  # fmt: skip


def state_chip(state: str) -> Markup:
    """A state as a chip with its word."""
    style = STATE_STYLE.get(state, "secondary")
    return Markup('<span class="badge badge-{}">{}</span>').format(style, state.replace("_", " "))


def state_column(_view: Any, _context: Any, model: Any, name: str) -> Markup:
    """Formatter: a state as a chip."""
    return state_chip(getattr(model, name))


def role_column(_view: Any, _context: Any, model: Any, name: str) -> str | Markup:
    """Formatter: a role as a chip with its word, nothing without it."""
    return state_chip(name.removeprefix("is_")) if getattr(model, name) else ""


def open_column(label: Callable[[Any], str]) -> Callable[..., Markup]:
    """Formatter: the text that leads to the case."""

    def column(view: Any, _context: Any, model: Any, _name: str) -> Markup:
        href = url_for(f"{view.endpoint}.details_view", id=view.get_pk_value(model))
        return Markup('<a class="case-link" href="{}">{}</a>').format(href, label(model) or "–")

    return column
