"""After the lesson: two taps of feedback. Then the recap."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.guards import member_of_session
from blueprints.numbers import whole
from blueprints.sessions import bp
from blueprints.sessions.showing import other_of, sheet_or_page
from peerlearn.errors import Conflict, Invalid
from peerlearn.sessions import aftermath, service
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.ratings import feedback_by


def _feedback_view(lesson: LiveSession, *, error: str | None = None, status: int = 200) -> ResponseReturnValue:
    given, kept = feedback_by(lesson.id, current_user.id), aftermath.recap_of(lesson.id)
    return sheet_or_page(
        "sessions/feedback",
        status,
        lesson=lesson,
        other=other_of(lesson),
        stars=request.form.get("stars") or (given.stars if given else None),
        text=request.form.get("text") or (given.text if given else ""),
        given=given,
        reached="goal_reached" in request.form if request.form else bool(kept and kept.goal_reached_at),
        error=error,
    )


@bp.get("/sessions/<public_id>/feedback")
@member_of_session
def feedback(public_id: str) -> ResponseReturnValue:
    """Stars, and words if they like."""
    lesson: LiveSession = g.live_session
    if lesson.state != "completed":
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    return _feedback_view(lesson)


@bp.post("/sessions/<public_id>/feedback")
@member_of_session
def feedback_save(public_id: str) -> ResponseReturnValue:
    """Keep it, and go on to the recap."""
    lesson: LiveSession = g.live_session
    stars = request.form.get("stars", "")
    try:
        service.feedback_give(lesson.id, current_user.id, whole(stars, 5) or 0, request.form.get("text", ""))
        if lesson.goal and "goal_asked" in request.form:
            aftermath.goal_reach(lesson.id, current_user.id, reached="goal_reached" in request.form)
    except (Invalid, Conflict) as problem:
        if wants_json():
            raise
        return _feedback_view(lesson, error=told(problem), status=problem.status)
    if wants_json():
        return {"ok": True}
    flash(_("Thank you. It helps the next person."), "check")
    return redirect(url_for("sessions.recap", public_id=public_id), 303)
