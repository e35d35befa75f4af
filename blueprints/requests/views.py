"""Asking one mentor for a time, and the mentor's answer in one tap."""

from collections import Counter
from datetime import date, datetime, timedelta

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import limiter, my_zone
from blueprints.filters import clock_time, day, time_of
from blueprints.guards import role, signed_in
from blueprints.requests import bp
from blueprints.requests.counters import chain_of, suggested_times
from blueprints.sessions.showing import parse_instant, sheet_or_page, terms
from blueprints.sessions.wall_time import instant_of
from peerlearn.accounts.models import User
from peerlearn.accounts.presence_service import rings_of as rings_on
from peerlearn.accounts.queries import user_by_public_id, users_by_ids
from peerlearn.catalog.models import MentorProfile
from peerlearn.catalog.queries import mentor_profile_of, topics_for
from peerlearn.clock import local, now
from peerlearn.errors import Conflict, Invalid, Missing, TooMany
from peerlearn.money import split_gross
from peerlearn.requests import service
from peerlearn.requests.counters import counters_for
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.queries import (
    open_count_for,
    request_by_public_id,
    requests_for_mentor,
    ringing_for,
    times_for,
)
from peerlearn.sessions.free_times import slots_for_mentors
from peerlearn.sessions.queries import sessions_by_ids

SUGGESTED = 3
OFFERED = 4
LOOKED_AT = 60


def _mentor(public_id: str) -> tuple[User, MentorProfile]:
    mentor = user_by_public_id(public_id)
    profile = mentor_profile_of(mentor.id) if mentor else None
    if mentor is None or profile is None or profile.state != "approved":
        raise Missing(_("This mentor takes no requests at the moment. Choose another one."), code="no_such_mentor")
    return mentor, profile


def _spread(free: list[datetime]) -> tuple[list[datetime], list[datetime]]:
    """The times to offer, in order, and those chosen beforehand: the first of each near day before a day's second."""
    zone, in_day, turns = my_zone(), Counter[date](), list[tuple[int, datetime]]()
    for one in free:
        today = local(one, zone).date()
        turns.append((in_day[today], one))
        in_day[today] += 1
    picked = [one for _turn, one in sorted(turns)][:OFFERED]
    return sorted(picked), picked[:SUGGESTED]


def _day_word(one: datetime) -> str:
    """ "Today", "Tomorrow", "Wed, 25 Nov"."""
    near = (local(one, my_zone()).date() - local(now(), my_zone()).date()).days < 2
    return day(one).partition(",")[0] if near else day(one)


def _ask_view(
    mentor: User, profile: MentorProfile, *, problem: Invalid | TooMany | None = None, status: int = 200
) -> ResponseReturnValue:
    free, suggested = _spread(slots_for_mentors([mentor.id], limit=LOOKED_AT).get(mentor.id, []))
    chosen = request.form.getlist("times") or [one.isoformat() for one in suggested]
    rates = terms()
    return sheet_or_page(
        "requests/ask",
        status,
        mentor=mentor,
        profile=profile,
        topics=topics_for([mentor.id]).get(mentor.id, ()),
        times=[(one.isoformat(), _day_word(one), clock_time(one), one.isoformat() in chosen) for one in free],
        topic=request.form.get("topic") or request.args.get("topic", ""),
        message=request.form.get("message", ""),
        own_time=request.form.get("own_time", ""),
        error_field=problem.details.get("field") if problem else None,
        error=told(problem) if problem else None,
        twice=problem is not None and problem.code == "twice",
        split=split_gross(profile.price_paise, rates.fee_percent, rates.gst_percent),
    )


@bp.get("/mentors/<public_id>/ask")
@signed_in
def propose(public_id: str) -> ResponseReturnValue:
    """The ask sheet: the topic in focus, three near free times chosen."""
    return _ask_view(*_mentor(public_id))


@bp.post("/mentors/<public_id>/ask")
@limiter.limit("20/hour")
@signed_in
def propose_send(public_id: str) -> ResponseReturnValue:
    """Send it. Up to three times, and one the learner writes where the mentor offers none."""
    mentor, profile = _mentor(public_id)
    try:
        times = [parse_instant(text, "times") for text in request.form.getlist("times")]
        own = request.form.get("own_time", "")
        if own and not times:
            times = [instant_of(own, my_zone(), request.form.get("which", ""), "times")]
        sent = service.request_propose(
            current_user.id,
            mentor.id,
            request.form.get("topic", ""),
            request.form.get("message", ""),
            times,
            terms=terms(),
        )
    except (Invalid, TooMany) as problem:
        if wants_json():
            raise
        return _ask_view(mentor, profile, problem=problem, status=problem.status)
    if wants_json():
        return {"ok": True, "id": sent.public_id}
    flash(_("Sent. %(name)s has a day to answer, and we tell you at once.", name=mentor.first_name), "check")
    return redirect(url_for("dashboard.lessons", tab="asked"), 303)


def _own(public_id: str) -> LiveRequest:
    found = request_by_public_id(public_id)
    if found is None or current_user.id not in (found.mentor_id, found.learner_id):
        raise Missing(_("There is no such request among yours."), code="no_such_request")
    return found


@bp.get("/requests", endpoint="list")
@role("mentor")
def requests_list() -> ResponseReturnValue:
    """What waits for the mentor's answer, what rings now, and how earlier ones went."""
    rows = requests_for_mentor(current_user.id)
    ringing = ringing_for(current_user.id)
    people = users_by_ids({row.learner_id for row in [*rows, *ringing]})
    booked = sessions_by_ids(row.live_session_id for row in rows if row.live_session_id)
    rates = terms()
    session["requests_open"] = open_count_for(current_user.id)
    at = now()
    times = times_for([row.id for row in rows])
    waiting = [row for row in rows if row.state == "open" and row.expires_at > at]
    offers = counters_for([row.id for row in waiting])
    part = request.headers.get("X-Part") == "requests"
    return render_template(
        "requests/_list.html" if part else "requests/list.html",
        waiting=waiting,
        suggested=suggested_times(waiting, times),
        chains={row.id: chain_of(row, offers[row.id], None) for row in waiting},
        earlier=[row for row in rows if row.state != "open" or row.expires_at <= at][:20],
        ringing=ringing,
        times=times,
        people=people,
        booked=booked,
        earn={
            row.id: split_gross(row.price_paise, rates.fee_percent, rates.gst_percent).mentor_paise
            for row in [*rows, *ringing]
        },
        rings_on=rings_on(current_user.id),
        soon=at + timedelta(hours=3),
    )


@bp.post("/requests/<public_id>/accept")
@role("mentor")
def accept(public_id: str) -> ResponseReturnValue:
    """Accept one of the times (the first free one by default): one tap from toast, bell or list."""
    found = _own(public_id)
    text = request.form.get("starts_at")
    lesson = service.request_accept(
        found.id, current_user.id, parse_instant(text, "starts_at") if text else None, terms=terms()
    )
    words = _("Accepted. %(when)s is held until it is paid.", when=time_of(lesson.starts_at))
    if wants_json():
        return {"ok": True, "message": words, "session": lesson.public_id}
    flash(words, "check")
    return redirect(url_for("requests.list"), 303)


@bp.post("/requests/<public_id>/decline")
@role("mentor")
def decline(public_id: str) -> ResponseReturnValue:
    """Say no, kindly."""
    service.request_decline(_own(public_id).id, current_user.id, request.form.get("reason", ""))
    if wants_json():
        return {"ok": True, "message": _("Declined. We told them kindly.")}
    flash(_("Declined. We told them kindly."), "check")
    return redirect(url_for("requests.list"), 303)


@bp.post("/requests/<public_id>/withdraw")
@signed_in
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take one's own request back."""
    try:
        service.request_withdraw(_own(public_id).id, current_user.id)
    except Conflict as conflict:
        if wants_json():
            raise
        flash(told(conflict), "info")
        return redirect(url_for("dashboard.lessons"), 303)
    if wants_json():
        return {"ok": True, "message": _("Withdrawn.")}
    flash(_("Withdrawn."), "check")
    return redirect(url_for("dashboard.lessons", tab="asked"), 303)
