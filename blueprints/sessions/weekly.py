"""The same lesson every week: what can be had is shown week by week, then one tap holds it and leads to paying."""

from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.clock_notes import clock_note
from blueprints.errors import told, wants_json
from blueprints.extensions import limiter, my_zone, ports
from blueprints.filters import clock_time
from blueprints.guards import signed_in
from blueprints.numbers import whole
from blueprints.sessions import bp
from blueprints.sessions.showing import parse_instant, sheet_or_page, terms
from peerlearn.accounts.models import User
from peerlearn.accounts.queries import user_by_public_id
from peerlearn.catalog.queries import mentor_profile_of
from peerlearn.clock import local
from peerlearn.errors import Conflict, Missing
from peerlearn.sessions import checkout, recurring
from peerlearn.sessions.recurring import TIMES, Planned, Trouble

SHOWN_TIMES = (2, 4, 6, 8, 12)
USUAL_TIMES = 4


def _mentor(public_id: str) -> User:
    mentor = user_by_public_id(public_id)
    if mentor is None:
        raise Missing(_("This mentor is not here any more. Choose another one."), code="no_such_mentor")
    return mentor


def _row(week: Planned, name: str, horizon_days: int) -> dict[str, Any]:
    """One week as it is read: when, and why it can't be had."""
    words = {
        Trouble.TAKEN: _("%(name)s is taken then", name=name),
        Trouble.YOURS: _("You have another lesson then"),
        Trouble.NOT_OFFERED: _("%(name)s does not teach then", name=name),
        Trouble.TOO_FAR: _("%(name)s takes bookings %(n)s days ahead", name=name, n=horizon_days),
        Trouble.NO_SUCH_HOUR: _("The clocks change that night, this hour does not exist"),
    }
    return {
        "day": format_date(local(week.starts_at, my_zone()).date() if week.starts_at else week.day.date(), "EEE d MMM"),
        "clock": clock_time(week.starts_at) if week.starts_at else format_time(week.day, "HH:mm", rebase=False),
        "trouble": words[week.trouble] if week.trouble else None,
    }


def _view(mentor: User, starts_at: datetime, times: int, title: str, problem: str = "", status: int = 200) -> Any:
    profile = mentor_profile_of(mentor.id)
    if profile is None or profile.state != "approved":
        raise Missing(_("This mentor takes no bookings at the moment. Choose another one."), code="not_bookable")
    plan = recurring.series_plan(mentor.id, starts_at, current_user.id, times)
    good = [week for week in plan if week.trouble is None]
    here: dict[str, Any] = {"public_id": mentor.public_id, "at": starts_at.isoformat(), "title": title or None}
    return sheet_or_page(
        "sessions/weekly",
        status,
        mentor=mentor,
        title=title or profile.headline or _("A lesson"),
        minutes=profile.lesson_minutes,
        price_paise=profile.price_paise,
        rows=[_row(week, mentor.first_name, profile.horizon_days) for week in plan],
        good=len(good),
        left_out=len(plan) - len(good),
        possible=plan[0].trouble is None and len(good) > 1,
        problem=problem,
        clocks=clock_note(mentor.first_name, mentor.time_zone, my_zone(), 7 * times, starts_at),
        once=url_for("sessions.slot_sheet", **here),
        choices=[
            (n, url_for("sessions.weekly_sheet", **here, times=n), n == times)
            for n in sorted({*SHOWN_TIMES, times})
            if n in TIMES
        ],
        action=url_for("sessions.weekly_book", **here, times=times),
    )


@bp.get("/mentors/<public_id>/weekly")
@signed_in
def weekly_sheet(public_id: str) -> ResponseReturnValue:
    """Every week of a series (`?at=` ISO instant, `?times=` 2 to 12), with the weeks that can't be had."""
    times = whole(request.args.get("times")) or USUAL_TIMES
    title = (request.args.get("title") or "").strip()[:120]
    answer: ResponseReturnValue = _view(_mentor(public_id), parse_instant(request.args.get("at")), times, title)
    return answer


@bp.post("/mentors/<public_id>/weekly")
@limiter.limit("20/minute")
@signed_in
def weekly_book(public_id: str) -> ResponseReturnValue:
    """Hold the first lesson, keep the others, and go to pay the first. Free lessons are booked at once."""
    mentor, starts_at = _mentor(public_id), parse_instant(request.args.get("at"))
    times = whole(request.args.get("times")) or USUAL_TIMES
    title = (request.args.get("title") or "").strip()[:120]
    try:
        kept = recurring.series_hold(mentor.id, starts_at, current_user.id, times, title or None, terms=terms())
    except Conflict as conflict:
        if wants_json():
            raise
        answer: ResponseReturnValue = _view(mentor, starts_at, times, title, told(conflict), 409)
        return answer
    order = checkout.order_open(kept[0].id, gateway=ports().gateway)
    if order is not None:
        return redirect(url_for("payments.pay", order_public_id=order.public_id), 303)
    for lesson in kept[1:]:
        if lesson.state == "held":
            checkout.order_open(lesson.id, gateway=ports().gateway)
    return redirect(url_for("sessions.show", public_id=kept[0].public_id), 303)
