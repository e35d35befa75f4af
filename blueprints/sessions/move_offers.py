"""A mentor asks to move a lesson: the sheet that asks, and the learner's one tap that answers."""

from datetime import datetime
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import limiter, my_zone
from blueprints.filters import dated, day_and_time
from blueprints.guards import member_of_session
from blueprints.sessions import bp
from blueprints.sessions.showing import other_of, parse_instant, sheet_or_page
from blueprints.sessions.wall_time import instant_of
from peerlearn.errors import Conflict, Invalid, Missing, TooMany
from peerlearn.sessions import move_offers
from peerlearn.sessions.cancelling import cancel_preview
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.move_offer_queries import OpenMove, open_move

GONE = {"slot_taken", "overlap", "not_proposed"}


def asked_move(lesson: LiveSession, side: str | None) -> dict[str, Any] | None:
    """What a lesson's page shows of an open question, for either side; None where there is none."""
    asked = open_move(lesson.id) if side is not None else None
    if asked is None:
        return None
    # The learner may take one of these; the mentor may take the question back.
    # Side by side with the time that stands, so in the same words; the mentor reads them in one line.
    say = dated if side == "learner" else day_and_time
    return {
        "asked": asked,
        "times": [(one.isoformat(), say(one)) for one in asked.times],
        "back_paise": cancel_preview(lesson, current_user).refund_paise if side == "learner" else 0,
    }


def _mentor_only(lesson: LiveSession) -> None:
    if lesson.mentor_id != current_user.id:
        raise Missing(_("There is no such lesson among yours."), code="no_such_lesson")


def _ask_view(lesson: LiveSession, problem: Any = None, status: int = 200) -> ResponseReturnValue:
    chosen = set(request.form.getlist("times"))
    choices = [(one.isoformat(), day_and_time(one)) for one in move_offers.move_offer_choices(lesson, my_zone())]
    return sheet_or_page(
        "sessions/move_ask",
        status,
        lesson=lesson,
        other=other_of(lesson),
        choices=[(value, text, value in chosen) for value, text in choices],
        own_time=request.form.get("own_time", ""),
        reason=request.form.get("reason", ""),
        problem=told(problem) if problem else None,
        wrong=problem.details.get("field") if problem else None,
        twice=problem is not None and problem.code == "twice",
    )


@bp.get("/sessions/<public_id>/move-offer")
@member_of_session
def move_ask_sheet(public_id: str) -> ResponseReturnValue:
    """Where a mentor chooses up to three other times. The learner's answer stands on the lesson's own page."""
    lesson: LiveSession = g.live_session
    if lesson.mentor_id != current_user.id or lesson.state != "confirmed":
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    return _ask_view(lesson)


@bp.post("/sessions/<public_id>/move-offer")
@limiter.limit("20/minute")
@member_of_session
def move_ask(public_id: str) -> ResponseReturnValue:
    """Ask. The lesson keeps its time until the learner says yes."""
    lesson: LiveSession = g.live_session
    _mentor_only(lesson)
    try:
        times = [parse_instant(text, "times") for text in request.form.getlist("times")]
        own = request.form.get("own_time", "").strip()
        if own:
            times.append(instant_of(own, current_user.time_zone, request.form.get("which", ""), "own_time"))
        move_offers.move_offer_make(lesson.id, current_user.id, times, request.form.get("reason", ""))
    except (Invalid, Conflict, TooMany) as problem:
        if wants_json():
            raise
        return _ask_view(lesson, problem, problem.status)
    other = other_of(lesson)
    flash(
        _("Asked. The lesson stays where it is until %(name)s answers.", name=other.first_name if other else ""),
        "check",
    )
    return redirect(url_for("sessions.show", public_id=public_id), 303)


def _said(lesson: LiveSession, words: str) -> ResponseReturnValue:
    if wants_json():
        return {"ok": True, "message": words}
    flash(words, "check")
    return redirect(url_for("sessions.show", public_id=lesson.public_id), 303)


@bp.post("/sessions/<public_id>/move-offer/<offer_id>/accept")
@limiter.limit("20/minute")
@member_of_session
def move_accept(public_id: str, offer_id: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has read it
    """Take one of the times (`starts_at`, ISO instant): same booking, same price."""
    lesson: LiveSession = g.live_session
    starts_at = parse_instant(request.values.get("starts_at"), "starts_at")
    try:
        moved = move_offers.move_offer_accept(offer_id, current_user.id, starts_at)
    except Conflict as conflict:
        asked = open_move(lesson.id)
        if wants_json() or conflict.code not in GONE or asked is None:
            raise
        return _gone(lesson, asked, conflict)
    return _said(moved, _("Moved to %(when)s", when=day_and_time(moved.starts_at)))


def _gone(lesson: LiveSession, asked: OpenMove, conflict: Conflict) -> ResponseReturnValue:
    """The time is gone: what else suits both, one tap away."""
    instead = sorted(datetime.fromisoformat(one) for one in conflict.details.get("alternatives", ()))
    return sheet_or_page(
        "sessions/move_gone",
        409,
        lesson=lesson,
        other=other_of(lesson),
        asked=asked,
        message=told(conflict),
        instead=[(one.isoformat(), dated(one)) for one in instead],
        move=asked_move(lesson, "learner"),
    )


@bp.post("/sessions/<public_id>/move-offer/<offer_id>/keep")
@member_of_session
def move_keep(public_id: str, offer_id: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has read it
    """Keep the time as it was booked."""
    lesson = move_offers.move_offer_keep(offer_id, current_user.id)
    return _said(lesson, _("It stays as you booked it."))


@bp.post("/sessions/<public_id>/move-offer/<offer_id>/withdraw")
@member_of_session
def move_withdraw(public_id: str, offer_id: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has read it
    """The mentor takes the question back."""
    lesson = move_offers.move_offer_withdraw(offer_id, current_user.id)
    return _said(lesson, _("Taken back. The lesson stays at its time."))
