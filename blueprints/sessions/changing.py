"""Changing a booked lesson: the cancel sheet that says what comes back, moving, the goal."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import my_zone
from blueprints.filters import clock_time, day, day_and_time, zone_city
from blueprints.guards import member_of_session
from blueprints.numbers import whole
from blueprints.sessions import bp
from blueprints.sessions.showing import other_of, parse_instant, sheet_or_page
from peerlearn.accounts.models import User
from peerlearn.clock import local, now
from peerlearn.errors import Conflict, Invalid
from peerlearn.money import rupees
from peerlearn.payments.queries import payments_of_order
from peerlearn.sessions import service
from peerlearn.sessions.apology import apology_preview, is_let_down
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.moving import move_days
from peerlearn.sessions.policy import CancelResult, Rule


def _rule_words(rule: Rule, lesson: LiveSession, name: str) -> tuple[str, str]:
    """The sentence of the promise that applies, and what follows for the bank."""
    bank = _("The money shows in your bank in 5 to 7 working days.")
    sentences = {
        Rule.NOTHING_PAID: (_("Nothing was paid, so nothing is lost."), ""),
        Rule.MENTOR_CANCELS: (_("You cancel, so all of it goes back to the learner."), ""),
        Rule.PLATFORM_CANCELS: (_("PeerLearn cancels, so all of it comes back."), bank),
        Rule.ASKED_TO_MOVE: (_("%(name)s asked for another time, so all of it comes back.", name=name), bank),
        Rule.WRONG_MATCH: (_("Within the first three minutes all of it comes back."), bank),
        Rule.EARLY: (_("24 hours or more before, all of it returns."), bank),
        Rule.PART: (_("Between 24 and 12 hours before, 80% returns."), bank),
        Rule.LATE: (_("Less than 12 hours before, nothing returns."), ""),
    }
    if lesson.kind == "instant" and rule is Rule.LATE:
        return _("After the first three minutes, nothing returns."), ""
    return sentences[rule]


def _zones(lesson: LiveSession, other: User | None) -> str:
    mine = _(
        "%(day)s, %(time)s in %(city)s",
        day=day(lesson.starts_at),
        time=clock_time(lesson.starts_at),
        city=zone_city(current_user.time_zone),
    )
    if other is None or other.time_zone == current_user.time_zone:
        return f"{mine}."
    theirs = _(
        "%(time)s in %(city)s", time=clock_time(lesson.starts_at, other.time_zone), city=zone_city(other.time_zone)
    )
    return f"{mine}, {theirs}."


def _back_to(lesson: LiveSession) -> str:
    """Where the money goes: the way it came."""
    ways = {"upi": _("Back to your UPI"), "card": _("Back to your card"), "netbanking": _("Back to your bank")}
    paid = (
        [payment for payment in payments_of_order(lesson.order_id) if payment.state == "captured"]
        if lesson.order_id
        else []
    )
    return ways.get(paid[0].method or "", _("Back to you")) if paid else _("Back to you")


def _cancel_title(lesson: LiveSession) -> str:
    """ "Cancel Monday’s lesson?" """
    if lesson.learner_id is None:
        return _("Take it off?")
    here = local(lesson.starts_at, my_zone()).date()
    ahead = (here - local(now(), my_zone()).date()).days
    if ahead == 0:
        return _("Cancel today’s lesson?")
    if ahead == 1:
        return _("Cancel tomorrow’s lesson?")
    if 1 < ahead < 7:
        return _("Cancel %(day)s’s lesson?", day=format_date(here, "EEEE"))
    return _("Cancel the lesson of %(day)s?", day=format_date(here, "d MMM"))


def _cancel_view(lesson: LiveSession, *, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    other = other_of(lesson)
    result: CancelResult = service.cancel_preview(lesson, current_user)
    mine = current_user.id == lesson.learner_id
    choices = service.move_choices(lesson, 1) if mine else []
    rule, bank = _rule_words(result.rule, lesson, other.first_name if other else "")
    values: dict[str, Any] = {
        "lesson": lesson,
        "other": other,
        "zones": _zones(lesson, other),
        "result": result,
        "mine": mine,
        "button": _button(result, mine),
        "back_to": _back_to(lesson),
        "rule": rule,
        "bank": bank if result.refund_paise else "",
        "sorry_paise": 0 if mine or current_user.id != lesson.mentor_id else apology_preview(lesson),
        "late": current_user.id == lesson.mentor_id and result.rule is Rule.MENTOR_CANCELS and is_let_down(lesson),
        "begins": lesson.starts_at if lesson.starts_at > now() else None,
        "title": _cancel_title(lesson),
        "move_to": choices[0] if choices else None,
        "move_text": day_and_time(choices[0]) if choices else None,
        "problem": problem,
    }
    return sheet_or_page("sessions/cancel", status, **values)


def _amounts(result: CancelResult) -> str:
    """What comes back: money, prepaid minutes, or both; empty for nothing."""
    parts = [rupees(result.refund_paise)] if result.refund_paise else []
    parts += [_("%(n)s minutes", n=result.back_minutes)] if result.back_minutes else []
    return _(" and ").join(parts)


def _button(result: CancelResult, mine: bool) -> str:
    back = _amounts(result)
    if not mine:
        return _("Cancel and return %(amount)s", amount=back) if back else _("Cancel it")
    if back:
        return _("Cancel and get %(amount)s", amount=back)
    return _("Cancel, nothing comes back") if result.paid_paise or result.minutes else _("Cancel it")


@bp.get("/sessions/<public_id>/cancel")
@member_of_session
def cancel_sheet(public_id: str) -> ResponseReturnValue:
    """What cancelling gives back, to the paisa, before anything happens."""
    lesson: LiveSession = g.live_session
    if lesson.state not in {"open", "held", "confirmed", "live"}:
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    return _cancel_view(lesson)


@bp.post("/sessions/<public_id>/cancel")
@member_of_session
def cancel(public_id: str) -> ResponseReturnValue:
    """Cancel at the terms that were shown; where they changed meanwhile, show the new ones."""
    lesson: LiveSession = g.live_session
    shown = whole(request.form.get("refund_paise"))
    if shown is None:
        raise Invalid(_("Open the cancel sheet again, so that you see what comes back."), code="terms_unseen")
    try:
        result = service.session_cancel(
            lesson.id,
            current_user.id,
            request.form.get("reason", "")[:200],
            expect_paise=shown,
            expect_minutes=whole(request.form.get("back_minutes")),
        )
    except Conflict as conflict:
        if wants_json() or conflict.code != "terms_changed":
            raise
        return _cancel_view(lesson, problem=told(conflict), status=409)
    words = _("Cancelled. %(amount)s is on its way back.", amount=rupees(result.refund_paise))
    if result.back_minutes and not result.refund_paise:
        words = _("Cancelled. %(n)s prepaid minutes came back.", n=result.back_minutes)
    flash(words if _amounts(result) else _("Cancelled. The time is free again."), "check")
    return redirect(url_for("sessions.show", public_id=public_id), 303)


@bp.get("/sessions/<public_id>/move")
@member_of_session
def move_sheet(public_id: str) -> ResponseReturnValue:
    """The nearest times to which the learner can move a lesson, free of charge."""
    lesson: LiveSession = g.live_session
    if lesson.state != "confirmed":
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    choices = move_days(lesson, my_zone()) if current_user.id == lesson.learner_id else []
    return sheet_or_page(
        "sessions/move",
        lesson=lesson,
        other=other_of(lesson),
        choices=[(one.isoformat(), day_and_time(one)) for one in choices],
    )


@bp.post("/sessions/<public_id>/move")
@member_of_session
def move(public_id: str) -> ResponseReturnValue:
    """Move a lesson: same booking, same price."""
    lesson: LiveSession = g.live_session
    try:
        moved = service.session_move(
            lesson.id,
            current_user.id,
            parse_instant(request.form.get("starts_at"), "starts_at"),
            sequence=whole(request.form.get("sequence")),
        )
    except Conflict as conflict:
        other = other_of(lesson)
        if wants_json() or conflict.code != "slot_taken" or other is None:
            raise
        return sheet_or_page(
            "sessions/move",
            409,
            lesson=lesson,
            other=other,
            problem=told(conflict),
            choices=[(one.isoformat(), day_and_time(one)) for one in move_days(lesson, my_zone())],
        )
    flash(_("Moved to %(when)s", when=day_and_time(moved.starts_at)), "check")
    return redirect(url_for("sessions.show", public_id=public_id), 303)


@bp.post("/sessions/<public_id>/goal")
@member_of_session
def goal(public_id: str) -> ResponseReturnValue:
    """Pin what the lesson is for."""
    service.goal_set(g.live_session.id, current_user.id, request.form.get("goal", ""))
    if wants_json():
        return {"ok": True}
    if request.form.get("from") == "lobby":
        return redirect(url_for("live.lobby", public_id=public_id), 303)
    flash(_("Saved. You both see it in the lobby."), "check")
    return redirect(url_for("sessions.show", public_id=public_id), 303)
