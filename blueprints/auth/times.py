"""`/me/times`: days off, vacation, extra hours, and the rules by which a mentor's time is booked."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.auth import bp
from blueprints.auth.week import parse_clock, show_clock
from blueprints.errors import told
from blueprints.guards import role
from blueprints.numbers import whole
from peerlearn.catalog import queries as catalog
from peerlearn.catalog import rules, service
from peerlearn.catalog.models import DayException
from peerlearn.clock import local, now
from peerlearn.errors import Invalid, Missing
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import sessions_for


def _day(name: str, fallback: str = "") -> date:
    try:
        return date.fromisoformat(request.form.get(name) or fallback)
    except ValueError as error:
        raise Invalid(_("Choose a day."), code="bad_day", field=name) from error


def _span(minutes: int) -> str:
    if minutes < 60:
        return _("%(n)s minutes", n=minutes)
    return _("%(n)s hours", n=minutes // 60) if minutes < 2880 else _("%(n)s days", n=minutes // 1440)


def _rows(found: list[DayException]) -> list[dict[str, Any]]:
    """Days that differ, with whole days off that follow each other as one row."""
    rows: list[dict[str, Any]] = []
    for one in found:
        whole_day = one.kind == "off" and one.start_minute is None
        last = rows[-1] if rows else None
        if whole_day and last and last["off"] and (one.day - last["last"]).days == 1:
            last["last"] = one.day
            continue
        hours = f"{show_clock(one.start_minute or 0)} – {show_clock(one.end_minute or 0)}"
        rows.append({"off": whole_day, "first": one.day, "last": one.day, "hours": None if whole_day else hours,
                     "kind": one.kind})  # fmt: skip
    for row in rows:
        first, last = format_date(row["first"], "EEE d MMM"), format_date(row["last"], "EEE d MMM")
        row["when"] = first if row["first"] == row["last"] else f"{first} – {last}"
    return rows


def _booked_on(rows: list[dict[str, Any]]) -> list[LiveSession]:
    """Lessons that are booked on days taken off: they stay, and their pages ask for another time."""
    off = [(row["first"], row["last"]) for row in rows if row["off"]]
    if not off:
        return []
    zone = current_user.time_zone
    return [
        lesson
        for lesson in sessions_for(current_user.id, "mentor")
        if lesson.state == "confirmed"
        and lesson.starts_at > now()
        and any(first <= local(lesson.starts_at, zone).date() <= last for first, last in off)
    ]


def _page(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    profile = catalog.mentor_profile_of(current_user.id)
    if profile is None:
        raise Missing(_("Start your mentor profile first."), code="no_profile")
    rows = _rows(rules.exceptions_ahead(current_user.id, current_user.time_zone))
    return render_template(
        "auth/times.html",
        errors=errors or {},
        typed=request.form,
        profile=profile,
        rows=rows,
        booked=_booked_on(rows),
        today=local(now(), current_user.time_zone).date().isoformat(),
        zone_was=session.get("zone_was"),
        notices=[(n, _span(n)) for n in sorted({*rules.NOTICE_MINUTES, profile.notice_minutes})],
        buffers=[(n, _span(n) if n else _("None")) for n in sorted({*rules.BUFFER_MINUTES, profile.buffer_minutes})],
        horizons=[(n, _("%(n)s days", n=n)) for n in sorted({*rules.HORIZON_DAYS, profile.horizon_days})],
        daily=[("", _("No limit")), *((n, str(n)) for n in rules.LESSONS_IN_A_DAY)],
    ), status


@bp.route("/me/times", methods=["GET", "POST"])
@role("mentor")
def times() -> ResponseReturnValue:
    """The page; a POST does the one thing that its form names in `act`."""
    if request.method == "GET":
        return _page()
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        raise Invalid(_("Load the page again, then save once more."), code="no_such_act")
    try:
        act()
    except Invalid as error:
        return _page({error.field or "act": told(error)}, 400)
    flash(_("Saved. Learners see it at once. Booked lessons stay as they are."), "check")
    return redirect(url_for("auth.times"), 303)


def _rules() -> None:
    form = request.form
    values = [whole(form.get(name), 100_000) for name in ("notice_minutes", "buffer_minutes", "horizon_days")]
    notice, buffer, horizon = (value if value is not None else -1 for value in values)
    daily = whole(form.get("max_per_day"), 1000) if form.get("max_per_day") else None
    rules.booking_rules_set(
        current_user.id, notice_minutes=notice, buffer_minutes=buffer, max_per_day=daily, horizon_days=horizon
    )


def _off() -> None:
    first = _day("first")
    service.days_off_set(current_user.id, first, _day("last", first.isoformat()))


def _extra() -> None:
    day, edges = _day("day"), []
    for name in ("start", "end"):
        try:
            edges.append(parse_clock(request.form.get(name, ""), is_end=name == "end"))
        except Invalid as error:
            raise Invalid(error.message, code=error.code, field=name) from error
    rules.extra_hours_add(current_user.id, day, edges[0], edges[1])


def _clear() -> None:
    rules.days_clear(current_user.id, _day("first"), _day("last"))


def _keep() -> None:
    """The week covers the same moments as in the old zone."""
    old = session.pop("zone_was", None)
    if old:
        rules.week_keep_instants(current_user.id, old)


def _stay() -> None:
    """The week keeps its wall time in the new zone."""
    session.pop("zone_was", None)


_ACTS = {"rules": _rules, "off": _off, "extra": _extra, "clear": _clear, "keep": _keep, "stay": _stay}
