"""A mentor puts a public session on offer: three taps, everything but the title filled in."""

import re
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.guards import role
from blueprints.numbers import whole
from blueprints.sessions import bp
from blueprints.sessions.showing import terms
from blueprints.sessions.wall_time import instant_of
from peerlearn.accounts.service import draft_drop, draft_for
from peerlearn.catalog.queries import mentor_profile_of, topics, topics_for
from peerlearn.clock import local, now
from peerlearn.errors import Conflict, Invalid
from peerlearn.money import split_gross
from peerlearn.sessions import service
from peerlearn.sessions.free_times import slots_for_mentors
from peerlearn.sessions.queries import sessions_for

DRAFT = "session"
PRICE_LETTERS = 12
LENGTHS = (30, 45, 50, 60, 90, 120)


def _zone() -> str:
    return str(current_user.time_zone)


def _paise(text: str) -> int:
    try:
        rupees = Decimal(re.sub(r"[₹,\s]", "", text)[:PRICE_LETTERS] or "0")
        if not rupees.is_finite() or abs(rupees.adjusted()) > PRICE_LETTERS:
            raise InvalidOperation
        return int(rupees * 100)
    except InvalidOperation as error:
        raise Invalid(_("Write the price as a number, for example 499."), code="price", field="price") from error


def _suggestion() -> dict[str, Any]:
    """The next free time and the usual price and length."""
    profile = mentor_profile_of(current_user.id)
    free = slots_for_mentors([current_user.id], limit=6).get(current_user.id, [])
    start = free[0] if free else (now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    mine = topics_for([current_user.id]).get(current_user.id, ())
    return {
        "title": "",
        "description": "",
        "topic": str(mine[0].id) if mine else "",
        "starts_at": f"{local(start, _zone()):%Y-%m-%dT%H:%M}",
        "minutes": str(profile.lesson_minutes if profile else 50),
        "price": f"{(profile.price_paise if profile else 49900) / 100:g}",
        "free": free,
    }


def _view(
    values: dict[str, Any], *, problem: Invalid | Conflict | None = None, status: int = 200
) -> ResponseReturnValue:
    chosen = whole(values["minutes"], 1440)
    minutes = {*LENGTHS, chosen} if chosen is not None else set(LENGTHS)
    rates = terms()
    try:
        split = split_gross(_paise(str(values["price"])), rates.fee_percent, rates.gst_percent)
    except Invalid:
        split = None
    return render_template(
        "sessions/publish.html",
        values=values,
        error_field=problem.details.get("field", "starts_at") if problem else None,
        error=told(problem) if problem else None,
        twice=problem is not None and problem.code == "twice",
        error_url=problem.details.get("url") if problem else None,
        topics=[("", _("No topic"))] + [(str(topic.id), topic.name) for topic in topics()],
        lengths=[(str(length), _("%(n)s minutes", n=length)) for length in sorted(minutes)],
        free=[
            (f"{local(one, _zone()):%Y-%m-%dT%H:%M}", one)
            for one in slots_for_mentors([current_user.id], limit=3).get(current_user.id, [])
        ],
        split=split,
        zone=_zone(),
        offers=[
            lesson
            for lesson in sessions_for(current_user.id, "mentor")
            if lesson.state == "open" and lesson.starts_at > now()
        ],
    ), status


@bp.get("/sessions/new")
@role("mentor")
def publish() -> ResponseReturnValue:
    """The form, with the draft of last time where there is one."""
    values = _suggestion()
    draft = draft_for(current_user.id, DRAFT)
    if draft is not None:
        values |= {name: text for name, text in draft.payload.items() if name in values and name != "free" and text}
    return _view(values)


@bp.post("/sessions/new")
@role("mentor")
def publish_save() -> ResponseReturnValue:
    """Put it on offer."""
    form = request.form
    values = _suggestion() | {
        name: form.get(name, "") for name in ("title", "description", "topic", "starts_at", "minutes", "price")
    }
    try:
        lesson = service.session_publish(
            current_user.id,
            values["title"],
            values["description"],
            whole(values["topic"]),
            instant_of(values["starts_at"], _zone(), form.get("which", "")),
            whole(values["minutes"], 1440) or 0,
            _paise(values["price"]),
            terms=terms(),
        )
    except (Invalid, Conflict) as problem:
        if wants_json():
            raise
        return _view(values, problem=problem, status=problem.status)
    draft_drop(current_user.id, DRAFT)
    flash(_("Published. Learners can book it now."), "check")
    return redirect(url_for("sessions.show", public_id=lesson.public_id), 303)
