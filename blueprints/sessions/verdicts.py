"""What was seen of a lesson, and the two taps that answer it: object, or agree."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.guards import member_of_session
from blueprints.sessions import bp
from blueprints.sessions.showing import other_of, sheet_or_page
from peerlearn.clock import now
from peerlearn.errors import Invalid
from peerlearn.live.evidence import evidence_of
from peerlearn.money import rupees
from peerlearn.sessions import judging, objecting
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import verdict_of
from peerlearn.sessions.verdict import Finding
from peerlearn.sessions.waiting import missing_side

Lane = tuple[str, list[tuple[float, float]]]


def finding_words(finding: str) -> str:
    """What was seen, in a sentence."""
    return _(judging.SENTENCES[Finding(finding)])


@dataclass(frozen=True)
class Shown:
    """A verdict as the lesson's page shows it. Lanes are (name, [(left, width)]) in percent of the booked time."""

    sentence: str
    money: str
    state: str
    holds_from: datetime | None
    lanes: list[Lane]
    together_minutes: int
    whole_minutes: int
    may_object: bool
    may_agree: bool


def lanes_of(lesson: LiveSession, names: tuple[str, str]) -> list[Lane]:
    """Both people's time in the room, and the platform's outages where there were any."""
    seen = evidence_of(lesson)
    whole = (lesson.ends_at - lesson.starts_at).total_seconds()

    def share(stays: Any) -> list[tuple[float, float]]:
        parts = []
        for start, end in stays:
            left = (max(start, lesson.starts_at) - lesson.starts_at).total_seconds() / whole * 100
            right = (min(end, lesson.ends_at) - lesson.starts_at).total_seconds() / whole * 100
            if right > left:
                parts.append((round(left, 2), round(right - left, 2)))
        return parts

    lanes = [(names[0], share(seen.mentor)), (names[1], share(seen.learner))]
    return [*lanes, (_("PeerLearn was down"), share(seen.outages))] if seen.outages else lanes


def shown_verdict(lesson: LiveSession, side: str | None) -> Shown | None:
    """What the two people of a lesson see of its verdict; None before there is one, and for others."""
    row = verdict_of(lesson.id) if side else None
    other = other_of(lesson)
    if row is None or other is None:
        return None
    mine = _("You")
    names = (mine, other.first_name) if side == "mentor" else (other.first_name, mine)
    loses = "mentor" if row.refund_paise or row.back_minutes or row.waived_paise else "learner"
    return Shown(
        sentence=finding_words(row.finding),
        money=_money(row.refund_paise, row.back_minutes, row.state, side),
        state=row.state,
        holds_from=row.holds_from if row.state == "open" else None,
        lanes=lanes_of(lesson, names),
        together_minutes=row.seconds.get("together", 0) // 60,
        whole_minutes=row.seconds.get("whole", 0) // 60,
        may_object=row.state == "open" and row.holds_from > now(),
        may_agree=row.state == "open" and side == loses and row.finding != Finding.TAUGHT,
    )


def _money(refund_paise: int, back_minutes: int, state: str, side: str | None) -> str:
    if not refund_paise and not back_minutes:
        return _("Nothing goes back.") if state == "final" else ""
    parts = [rupees(refund_paise)] if refund_paise else []
    parts += [_("%(n)s prepaid minutes", n=back_minutes)] if back_minutes else []
    amount = _(" and ").join(parts)
    if side == "learner":
        return (
            _("%(amount)s comes back to you.", amount=amount)
            if state == "final"
            else _("%(amount)s will come back to you.", amount=amount)
        )
    return (
        _("%(amount)s goes back to the learner.", amount=amount)
        if state == "final"
        else _("%(amount)s will go back to the learner.", amount=amount)
    )


def shown_absence(lesson: LiveSession, side: str | None) -> dict[str, Any] | None:
    """What someone who has waited ten minutes for the other one sees: what leaving now comes to."""
    if side is None or lesson.state not in {"confirmed", "live"} or lesson.starts_at > now():
        return None
    evidence = evidence_of(lesson)
    missing = missing_side(lesson, evidence)
    if missing is None or missing == side:
        return None
    found = judging.verdict_preview(lesson, evidence)
    return {"refund_paise": found.refund_paise, "back_minutes": found.back_minutes, "mine": side == "learner"}


@bp.post("/sessions/<public_id>/leave")
@member_of_session
def leave(public_id: str) -> ResponseReturnValue:
    """End it after waiting long enough for someone who never came."""
    lesson: LiveSession = g.live_session
    if judging.absence_claim(lesson.id, current_user.id, evidence_of(lesson)):
        flash(_("Ended. What was seen is written down; it holds after a day."), "check")
    return redirect(url_for("sessions.show", public_id=public_id), 303)


def _objection_view(lesson: LiveSession, *, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    verdict = shown_verdict(lesson, lesson.side_of(current_user.id))
    return sheet_or_page(
        "sessions/objection",
        status,
        lesson=lesson,
        verdict=verdict,
        problem=problem,
        words=request.form.get("objection", ""),
    )


@bp.get("/sessions/<public_id>/objection")
@member_of_session
def objection(public_id: str) -> ResponseReturnValue:
    """Where one says what was different."""
    lesson: LiveSession = g.live_session
    verdict = verdict_of(lesson.id)
    if verdict is None or verdict.state != "open":
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    return _objection_view(lesson)


@bp.post("/sessions/<public_id>/objection")
@member_of_session
def object_to(public_id: str) -> ResponseReturnValue:
    """Object: a person looks at it, and the money of this lesson waits."""
    lesson: LiveSession = g.live_session
    try:
        objecting.verdict_object(lesson.id, current_user.id, request.form.get("objection", ""))
    except Invalid as problem:
        if wants_json():
            raise
        return _objection_view(lesson, problem=told(problem), status=400)
    flash(_("Thank you. A person looks at it, and the money waits until then."), "check")
    return redirect(url_for("sessions.show", public_id=public_id), 303)


@bp.post("/sessions/<public_id>/agree")
@member_of_session
def agree(public_id: str) -> ResponseReturnValue:
    """Agree to a verdict that one loses by: it settles now and not tomorrow."""
    lesson: LiveSession = g.live_session
    objecting.verdict_accept(lesson.id, current_user.id)
    flash(_("Settled."), "check")
    return redirect(url_for("sessions.show", public_id=public_id), 303)
