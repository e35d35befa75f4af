"""After the lesson: two taps of feedback, and the recap."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.guards import member_of_session
from blueprints.numbers import whole
from blueprints.sessions import bp
from blueprints.sessions.showing import other_of, sheet_or_page, slot_chips
from peerlearn.accounts.queries import user_by_id
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid
from peerlearn.live.queries import board_steps, chat_lines, presence_in
from peerlearn.sessions import service
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import feedback_by, slots_for_mentors

RECAP_CHAT_LINES = 200


def _feedback_view(lesson: LiveSession, *, error: str | None = None, status: int = 200) -> ResponseReturnValue:
    given = feedback_by(lesson.id, current_user.id)
    return sheet_or_page(
        "sessions/feedback",
        status,
        lesson=lesson,
        other=other_of(lesson),
        stars=request.form.get("stars") or (given.stars if given else None),
        text=request.form.get("text") or (given.text if given else ""),
        given=given,
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
    except (Invalid, Conflict) as problem:
        if wants_json():
            raise
        return _feedback_view(lesson, error=told(problem), status=problem.status)
    if wants_json():
        return {"ok": True}
    flash(_("Thank you. It helps the next person."), "check")
    return redirect(url_for("sessions.recap", public_id=public_id), 303)


@bp.get("/sessions/<public_id>/recap")
@member_of_session
def recap(public_id: str) -> ResponseReturnValue:
    """What is left of a lesson: the board, the chat, the goal, and the way to the next one."""
    lesson: LiveSession = g.live_session
    if lesson.state != "completed":
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    other, mentor = other_of(lesson), user_by_id(lesson.mentor_id)
    started = lesson.started_at or lesson.starts_at
    names = {person.id: person for person in (current_user, other) if person is not None}
    lines: list[dict[str, Any]] = [
        {
            "at": max(0, int((line.at - started).total_seconds())),
            "author": names.get(line.author_id),
            "text": (line.payload or {}).get("text", ""),
        }
        for line in chat_lines(lesson.id)[:RECAP_CHAT_LINES]
    ]
    mine = current_user.id == lesson.learner_id
    free = slots_for_mentors([lesson.mentor_id], limit=3).get(lesson.mentor_id, []) if mine else []
    return render_template(
        "sessions/recap.html",
        lesson=lesson,
        other=other,
        mentor=mentor,
        lines=lines,
        steps=len(board_steps(lesson.id)),
        together=presence_in(lesson.id).together,
        given=feedback_by(lesson.id, current_user.id),
        next_free=free[0] if free else None,
        chips=slot_chips(mentor, free, lesson.title) if mentor else [],
        mine=mine,
        now=now(),
    )
