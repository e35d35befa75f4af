"""Help now in two taps: say what it is, ring, wait honestly, go in together."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import limiter
from blueprints.guards import role, signed_in
from blueprints.numbers import whole
from blueprints.requests import bp
from blueprints.requests.candidates import help_candidates, usual_price_paise
from blueprints.sessions.showing import sheet_or_page, slot_chips, terms
from peerlearn.accounts.queries import user_by_id
from peerlearn.accounts.service import rings_set
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.money import split_gross
from peerlearn.requests import help as helping
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.queries import expected_wait, open_help_for, request_by_public_id, ring_of, rings_of
from peerlearn.requests.waves import GIVE_UP_AFTER, next_wave_at
from peerlearn.sessions.free_times import slots_for_mentors
from peerlearn.sessions.queries import session_by_id
from peerlearn.sessions.ratings import favourite_mentors

STEP_PAISE = 50_00
CAP_MOST_RUPEES = 1_000_000
TOPIC_LETTERS = 160


def _help_view(*, problem: Invalid | Conflict | None = None, status: int = 200) -> ResponseReturnValue:
    usual = usual_price_paise(helping.HELP_MINUTES)
    cap = whole(request.form.get("cap"), CAP_MOST_RUPEES)
    chosen = cap * 100 if cap is not None else usual
    offers = sorted(
        {max(helping.CAP_LEAST_PAISE, usual - STEP_PAISE), usual, usual + STEP_PAISE, usual + 2 * STEP_PAISE, chosen}
    )
    return sheet_or_page(
        "requests/help",
        status,
        topic=request.form.get("topic") or request.args.get("topic", ""),
        offers=offers,
        chosen=chosen,
        minutes=helping.HELP_MINUTES,
        error=told(problem) if problem else None,
        error_field=problem.details.get("field", "topic") if problem else None,
        nobody=problem is not None and problem.code == "nobody_here",
        lesson_url=problem.details["url"] if problem is not None and problem.code == "overlap" else None,
    )


@bp.get("/help")
@signed_in
def help() -> ResponseReturnValue:  # noqa: A001 - the endpoint's name is the product's word
    """The help sheet; a call that rings already is shown instead."""
    running = open_help_for(current_user.id)
    if running is not None:
        return redirect(url_for("requests.help_wait", public_id=running.public_id), 303)
    return _help_view()


@bp.post("/help")
@limiter.limit("20/hour")
@signed_in
def help_ask() -> ResponseReturnValue:
    """Ring."""
    topic = request.form.get("topic", "")
    cap_paise = (whole(request.form.get("cap"), CAP_MOST_RUPEES) or 0) * 100
    # What is too long is refused below; until then nobody reads a book to find out whom to ring.
    candidates = help_candidates(topic[:TOPIC_LETTERS], current_user.id, cap_paise, helping.HELP_MINUTES)
    try:
        call = helping.help_ask(current_user.id, topic, cap_paise, candidates, terms=terms())
    except (Invalid, Conflict) as problem:
        if problem.code == "help_running":
            return redirect(problem.details["url"], 303)
        if wants_json():
            raise
        return _help_view(problem=problem, status=problem.status)
    return redirect(url_for("requests.help_wait", public_id=call.public_id), 303)


def _call(public_id: str) -> LiveRequest:
    """A call for help that the viewer made or that rings at them."""
    call = request_by_public_id(public_id)
    if call is None or call.kind != "now":
        raise Missing(_("There is no such call. The link may be old."), code="no_such_request")
    if call.learner_id != current_user.id and ring_of(call.id, current_user.id) is None:
        raise Missing(_("There is no such call. The link may be old."), code="no_such_request")
    return call


def _line(call: LiveRequest) -> dict[str, Any]:
    """Everything that changes while it rings."""
    rings = rings_of(call.id)
    ringing = [ring for ring in rings if ring.state == "ringing"]
    waiting = [ring for ring in rings if ring.state == "waiting"]
    lesson = session_by_id(call.live_session_id) if call.live_session_id else None
    winner = user_by_id(call.accepted_by) if call.accepted_by else None
    gave_up = call.state == "expired"
    asked = [ring.mentor_id for ring in rings if ring.state in {"missed", "declined"}]
    free = slots_for_mentors(asked, limit=1) if gave_up else {}
    favourites = favourite_mentors(call.learner_id)
    return {
        "call": call,
        "favourites": len([ring for ring in ringing[:3] if ring.mentor_id in favourites]),
        "ringing": ringing[-3:],
        "asked": len([ring for ring in rings if ring.rung_at is not None]),
        "line": [ring for ring in rings if ring not in ringing[-3:]][:4],
        "more": min(3, len(waiting)),
        "next_at": next_wave_at(call.wave_at).isoformat() if call.wave_at and waiting else None,
        "until": (call.created_at + GIVE_UP_AFTER).isoformat(),
        "waited_from": call.created_at.isoformat(),
        "wait": expected_wait(),
        "lesson": lesson,
        "winner": winner,
        "later": [
            (mentor, slot_chips(mentor, slots, call.topic)[0])
            for mentor_id, slots in free.items()
            if slots and (mentor := user_by_id(mentor_id)) is not None
        ][:3],
    }


@bp.get("/help/<public_id>")
@signed_in
def help_wait(public_id: str) -> ResponseReturnValue:
    """The wait, for the learner; the ring, for a mentor."""
    call = _call(public_id)
    if call.learner_id != current_user.id:
        return _ring_page(call)
    if call.state == "accepted" and call.live_session_id is not None:
        lesson = session_by_id(call.live_session_id)
        if lesson is not None and lesson.state == "held":
            return redirect(url_for("sessions.pay", public_id=lesson.public_id), 303)
        if lesson is not None:
            return redirect(url_for("sessions.show", public_id=lesson.public_id), 303)
    return render_template("requests/wait.html", **_line(call))


def _ring_page(call: LiveRequest) -> ResponseReturnValue:
    ring = ring_of(call.id, current_user.id)
    if call.state == "accepted" and call.accepted_by == current_user.id and call.live_session_id:
        lesson = session_by_id(call.live_session_id)
        if lesson is not None:
            return redirect(url_for("sessions.show", public_id=lesson.public_id), 303)
    rates = terms()
    return render_template(
        "requests/ring.html",
        call=call,
        learner=user_by_id(call.learner_id),
        rings=ring is not None and ring.state == "ringing" and call.state == "open",
        taken=call.state == "accepted",
        until=(call.created_at + GIVE_UP_AFTER).isoformat(),
        split=split_gross(call.price_paise, rates.fee_percent, rates.gst_percent),
    )


@bp.post("/help/<public_id>/tick")
@signed_in
def help_tick(public_id: str) -> ResponseReturnValue:
    """The waiting page asks what is new; a wave that is due goes out now rather than with the next minute."""
    call = _call(public_id)
    if call.learner_id != current_user.id:
        raise Missing(_("There is no such call. The link may be old."), code="no_such_request")
    helping.help_widen_one(call.id, terms=terms())
    call = _call(public_id)
    url = None
    if call.state == "accepted" and call.live_session_id is not None:
        url = url_for("requests.help_wait", public_id=public_id)
    return {"ok": True, "state": call.state, "url": url, "html": render_template("requests/_line.html", **_line(call))}


@bp.post("/help/<public_id>/stop")
@signed_in
def help_stop(public_id: str) -> ResponseReturnValue:
    """Everybody's ring stops."""
    call = _call(public_id)
    try:
        helping.help_stop(call.id, current_user.id)
    except Conflict as conflict:
        if wants_json():
            raise
        flash(told(conflict), "info")
        return redirect(url_for("requests.help_wait", public_id=public_id), 303)
    if wants_json():
        return {"ok": True, "url": url_for("dashboard.home")}
    flash(_("Stopped. Nothing was charged."), "check")
    return redirect(url_for("dashboard.home"), 303)


@bp.post("/help/<public_id>/accept")
@role("mentor")
def help_accept(public_id: str) -> ResponseReturnValue:
    """The first yes wins, and leads to the lesson."""
    call = _call(public_id)
    lesson = helping.help_accept(call.id, current_user.id, terms=terms())
    url = url_for("sessions.show", public_id=lesson.public_id)
    if wants_json():
        return {"ok": True, "url": url}
    return redirect(url, 303)


@bp.post("/help/<public_id>/decline")
@role("mentor")
def help_decline(public_id: str) -> ResponseReturnValue:
    """Not now."""
    helping.help_decline(_call(public_id).id, current_user.id)
    if wants_json():
        return {"ok": True}
    return redirect(url_for("requests.list"), 303)


@bp.post("/help/available")
@role("mentor")
def rings() -> ResponseReturnValue:
    """Switch one's own rings on or off."""
    on = (request.get_json(silent=True) or request.form).get("on") in {"1", "on", "true", True}
    rings_set(current_user.id, bool(on))
    words = _("Rings are on. We ring you while a page is open.") if on else _("Rings are off.")
    if wants_json():
        return {"ok": True, "on": bool(on), "message": words}
    flash(words, "check")
    return redirect(request.referrer or url_for("requests.list"), 303)
