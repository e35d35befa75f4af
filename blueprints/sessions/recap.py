"""What is left of a lesson: its page, its log for the replay, the mentor's note, the tick at the goal."""

import json
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import wants_json
from blueprints.extensions import limiter
from blueprints.guards import member_of_session, member_or_admin
from blueprints.live.words import replay_words
from blueprints.numbers import since_asked
from blueprints.sessions import bp
from blueprints.sessions.showing import other_of, slot_chips
from peerlearn.accounts.queries import user_by_id
from peerlearn.audit.service import audit_write
from peerlearn.clock import now
from peerlearn.live.queries import chat_lines, presence_in
from peerlearn.live.replay import board_count, log_page
from peerlearn.sessions import aftermath
from peerlearn.sessions.free_times import slots_for_mentors
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.ratings import feedback_by

RECAP_CHAT_LINES = 500


@bp.get("/sessions/<public_id>/recap")
@member_of_session
def recap(public_id: str) -> ResponseReturnValue:
    """The board, the chat, the files, the note, the goal, and the way to the next lesson."""
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
            "text": line.payload.get("text", ""),
            "file": line.payload.get("file"),
        }
        for line in chat_lines(lesson.id)
    ]
    mine = current_user.id == lesson.learner_id
    free = slots_for_mentors([lesson.mentor_id], limit=3).get(lesson.mentor_id, []) if mine else []
    return render_template(
        "sessions/recap.html",
        lesson=lesson,
        other=other,
        mentor=mentor,
        lines=lines[:RECAP_CHAT_LINES],
        files=[line for line in lines if line["file"]],
        steps=board_count(lesson.id),
        together=presence_in(lesson.id).together,
        given=feedback_by(lesson.id, current_user.id),
        kept=aftermath.recap_of(lesson.id),
        note_chars=aftermath.NOTE_CHARS,
        next_free=free[0] if free else None,
        chips=slot_chips(mentor, free, lesson.title) if mentor else [],
        mine=mine,
        now=now(),
        facts=_facts(lesson, names),
    )


def _facts(lesson: LiveSession, names: dict[int, Any]) -> dict[str, Any]:
    """What the replay's script must know. Times are milliseconds since 1970."""
    started = lesson.started_at or lesson.starts_at
    ended = max(lesson.ended_at or lesson.ends_at, started)
    sides = {"mentor": lesson.mentor_id, "learner": lesson.learner_id}
    return {
        "url": url_for("sessions.log", public_id=lesson.public_id),
        "title": lesson.title,
        "started": int(started.timestamp() * 1000),
        "ended": int(ended.timestamp() * 1000),
        "names": {side: names[who].first_name if who in names else "" for side, who in sides.items()},
        "words": replay_words(),
    }


@bp.get("/sessions/<public_id>/log")
@limiter.limit("120 per minute")
@member_or_admin
def log(public_id: str) -> ResponseReturnValue:
    """The lesson's log after ?since=, a page at a time. An administrator's reading is written into the audit trail."""
    lesson: LiveSession = g.live_session
    since = since_asked()
    if since == 0 and lesson.side_of(current_user.id) is None:
        audit_write(current_user.id, "lesson_read", "live_session", public_id, ip=request.remote_addr or "")
    lines, more = log_page(lesson.id, since)
    sides = {lesson.mentor_id: "mentor", lesson.learner_id: "learner"}
    # The payloads are JSON already: they are put together as text, and not read and written again.
    entries = ",".join(
        f'{{"seq":{line.seq},"kind":"{line.kind}","side":"{sides.get(line.author_id, "")}",'
        f'"at":{int(line.at.timestamp() * 1000)},"payload":{line.payload}}}'
        for line in lines
    )
    answer = Response(f'{{"ok":true,"entries":[{entries}],"more":{json.dumps(more)}}}', mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/sessions/<public_id>/note")
@limiter.limit("120 per minute")
@member_of_session
def note(public_id: str) -> ResponseReturnValue:
    """Keep the mentor's note."""
    aftermath.note_write(g.live_session.id, current_user.id, str(_form().get("note", "")))
    if wants_json():
        return {"ok": True}
    flash(_("Saved."), "check")
    return redirect(url_for("sessions.recap", public_id=public_id), 303)


@bp.post("/sessions/<public_id>/goal-reached")
@limiter.limit("60 per minute")
@member_of_session
def goal_reached(public_id: str) -> ResponseReturnValue:
    """Tick the goal, or take the tick away."""
    aftermath.goal_reach(g.live_session.id, current_user.id, reached=bool(_form().get("reached")))
    if wants_json():
        return {"ok": True}
    return redirect(url_for("sessions.recap", public_id=public_id), 303)


def _form() -> Any:
    """The fields of a form, sent by the browser itself or by the script that saves while one writes."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    return sent if isinstance(sent, dict) or sent is request.form else {}
