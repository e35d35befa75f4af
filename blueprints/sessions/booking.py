"""Booking in two taps: a time chip opens the sheet, the button holds, orders and leads to paying."""

from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import limiter
from blueprints.guards import signed_in
from blueprints.sessions import bp
from blueprints.sessions.asked import Asked, code_asked, code_kept, code_own
from blueprints.sessions.paying import pay_held, to_pay
from blueprints.sessions.showing import Sheet, make_sheet, parse_instant, sheet_or_page, slot_chips, terms
from peerlearn.accounts.models import User
from peerlearn.accounts.queries import user_by_id, user_by_public_id
from peerlearn.catalog.queries import mentor_profile_of
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.sessions import checkout
from peerlearn.sessions.free_times import nearest_free, offers_in_principle
from peerlearn.sessions.holds import Terms
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import held_by_learner, session_by_public_id
from peerlearn.sessions.waitlist import place_in_line

GONE = {"slot_taken", "not_offered", "too_late"}


def _on_offer(public_id: str) -> tuple[LiveSession, User]:
    lesson = session_by_public_id(public_id)
    mentor = user_by_id(lesson.mentor_id) if lesson else None
    if lesson is None or mentor is None or lesson.kind != "public":
        raise Missing(_("This lesson is not on offer. Choose another one."), code="no_such_session")
    return lesson, mentor


def _offer_sheet(lesson: LiveSession, mentor: User, asked: Asked | None = None) -> Sheet:
    mine = lesson.state == "held" and lesson.held_by == current_user.id
    return make_sheet(
        title=lesson.title,
        mentor=mentor,
        starts_at=lesson.starts_at,
        minutes=lesson.minutes,
        price_paise=lesson.price_paise,
        kind="public",
        action=url_for("sessions.book", public_id=lesson.public_id),
        rates=Terms(lesson.fee_percent, lesson.gst_percent),
        held_until=lesson.hold_expires_at if mine else None,
        asked=asked or (code_kept(lesson) if mine else code_own(mentor.id, lesson.price_paise)),
        goal=request.form.get("goal") or (lesson.goal if mine else None) or "",
    )


@bp.get("/sessions/<public_id>/book")
@signed_in
def book_sheet(public_id: str) -> ResponseReturnValue:
    """The sheet of a public session; where it is taken, what else is free."""
    lesson, mentor = _on_offer(public_id)
    at = now()
    if lesson.learner_id == current_user.id and lesson.state in {"confirmed", "live"}:
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    held_by_other = (
        lesson.state == "held"
        and lesson.held_by != current_user.id
        and lesson.hold_expires_at
        and lesson.hold_expires_at > at
    )
    if held_by_other or lesson.state not in {"open", "held"} or lesson.starts_at <= at:
        return _taken(
            lesson, mentor, lesson.hold_expires_at.isoformat() if held_by_other and lesson.hold_expires_at else None
        )
    return sheet_or_page("sessions/book", sheet=_offer_sheet(lesson, mentor))


def _taken(lesson: LiveSession, mentor: User, free_at: str | None) -> ResponseReturnValue:
    message = _("Someone is paying for this time.") if free_at else _("This time is taken.")
    times = nearest_free(mentor.id, lesson.starts_at)
    line = _line(mentor, lesson.starts_at, lesson)
    return _show_taken(mentor, message, times, free_at, status=200, line=line, wanted=lesson.starts_at)


def _show_taken(
    mentor: User,
    message: str,
    times: Any,
    free_at: str | None,
    *,
    status: int = 409,
    title: str | None = None,
    line: dict[str, Any] | None = None,
    wanted: datetime | None = None,
) -> ResponseReturnValue:
    return sheet_or_page(
        "sessions/taken",
        status,
        mentor=mentor,
        message=message,
        free_at=free_at,
        line=line,
        wanted=wanted,
        tried=status == 409,
        chips=slot_chips(mentor, times, title),
    )


def _line(mentor: User, starts_at: datetime, offer: LiveSession | None = None) -> dict[str, Any] | None:
    """The line before a taken time: where to stand in it, and one's place; None where there is nothing to wait for."""
    if starts_at <= now() or mentor.id == current_user.id:
        return None
    if offer is not None and offer.state not in {"held", "confirmed"}:
        return None
    if offer is None and not offers_in_principle(mentor.id, starts_at):
        return None
    at, session = starts_at.isoformat(), offer.public_id if offer else None
    return {
        "url": url_for("sessions.line", public_id=mentor.public_id, at=at, session=session),
        "place": place_in_line(mentor.id, starts_at, current_user.id),
    }


@bp.post("/sessions/<public_id>/book")
@limiter.limit("30/minute")
@signed_in
def book(public_id: str) -> ResponseReturnValue:
    """Hold a public session and go to pay."""
    lesson, mentor = _on_offer(public_id)
    if request.form.get("apply"):
        asked = code_asked(mentor.id, lesson.price_paise)
        return sheet_or_page("sessions/book", sheet=_offer_sheet(lesson, mentor, asked))
    try:
        held = checkout.hold_public(public_id, current_user.id, goal=request.form.get("goal"))
    except Conflict as conflict:
        return _second(conflict, mentor, lesson.starts_at, offer=session_by_public_id(public_id))
    try:
        return pay_held(held)
    except (Conflict, Invalid) as refused:
        if wants_json() or refused.code == "hold_expired":
            raise
        asked = code_asked(mentor.id, held.price_paise, told(refused))
        return sheet_or_page("sessions/book", 409, sheet=_offer_sheet(held, mentor, asked))


def _mentor(public_id: str) -> User:
    mentor = user_by_public_id(public_id)
    if mentor is None:
        raise Missing(_("This mentor is not here any more. Choose another one."), code="no_such_mentor")
    return mentor


@bp.get("/mentors/<public_id>/book")
@signed_in
def slot_sheet(public_id: str) -> ResponseReturnValue:
    """The sheet of one of a mentor's free times (`?at=` ISO instant, `title` optional)."""
    return _slot_sheet(_mentor(public_id))


def _slot_sheet(mentor: User, *, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    starts_at = parse_instant(request.args.get("at"))
    title = (request.args.get("title") or "").strip()[:120]
    profile = mentor_profile_of(mentor.id)
    if profile is None or profile.state != "approved":
        raise Missing(_("This mentor takes no bookings at the moment. Choose another one."), code="not_bookable")
    mine = held_by_learner(mentor.id, current_user.id, starts_at)
    free = nearest_free(mentor.id, starts_at)
    if mine is None and starts_at not in free:
        line = _line(mentor, starts_at)
        message = _("This time is taken.")
        return _show_taken(mentor, message, free, None, status=200, title=title, line=line, wanted=starts_at)
    price = mine.price_paise if mine else profile.price_paise
    return sheet_or_page(
        "sessions/book",
        status,
        sheet=make_sheet(
            title=(mine.title if mine else title) or profile.headline or _("A lesson"),
            mentor=mentor,
            starts_at=starts_at,
            minutes=profile.lesson_minutes,
            price_paise=price,
            kind="private",
            action=url_for(
                "sessions.slot_book", public_id=mentor.public_id, at=starts_at.isoformat(), title=title or None
            ),
            rates=terms(),
            held_until=mine.hold_expires_at if mine else None,
            goal=request.form.get("goal") or (mine.goal if mine else None) or "",
            weekly=None
            if mine
            else url_for(
                "sessions.weekly_sheet", public_id=mentor.public_id, at=starts_at.isoformat(), title=title or None
            ),
            asked=_code(mentor, price, mine, problem),
        ),
    )


def _code(mentor: User, price_paise: int, mine: LiveSession | None, problem: str | None) -> Asked:
    if request.method == "POST":
        return code_asked(mentor.id, price_paise, problem)
    return code_kept(mine) if mine is not None else code_own(mentor.id, price_paise)


@bp.post("/mentors/<public_id>/book")
@limiter.limit("30/minute")
@signed_in
def slot_book(public_id: str) -> ResponseReturnValue:
    """Hold one of a mentor's free times and go to pay."""
    mentor = _mentor(public_id)
    if request.form.get("apply"):
        return _slot_sheet(mentor)
    starts_at = parse_instant(request.args.get("at"))
    title = (request.args.get("title") or "").strip()[:120] or None
    try:
        goal = request.form.get("goal")
        held = checkout.hold_slot(mentor.id, starts_at, current_user.id, title, goal=goal, terms=terms())
    except Conflict as conflict:
        return _second(conflict, mentor, starts_at, title)
    try:
        return pay_held(held)
    except (Conflict, Invalid) as refused:
        if wants_json() or refused.code == "hold_expired":
            raise
        return _slot_sheet(mentor, problem=told(refused), status=409)


def _second(
    conflict: Conflict, mentor: User, starts_at: datetime, title: str | None = None, offer: LiveSession | None = None
) -> ResponseReturnValue:
    """Who comes second gets the three nearest times; who has another lesson, the way to it."""
    if wants_json() or conflict.code not in GONE | {"overlap", "already_booked"}:
        raise conflict
    if conflict.code in GONE:
        times = conflict.details.get("alternatives", [])
        line = _line(mentor, starts_at, offer)
        free_at = conflict.details.get("free_at")
        return _show_taken(mentor, told(conflict), times, free_at, title=title, line=line, wanted=starts_at)
    return sheet_or_page(
        "sessions/overlap", 409, message=told(conflict), url=conflict.details["url"], code=conflict.code
    )


@bp.get("/sessions/<public_id>/pay")
@limiter.limit("30/minute")
@signed_in
def pay(public_id: str) -> ResponseReturnValue:
    """From a bell or a list straight to paying one's own hold. Safe to open twice: a hold has one order."""
    lesson = session_by_public_id(public_id)
    if lesson is None or lesson.learner_id != current_user.id:
        raise Missing(_("There is no such lesson among yours."), code="no_such_lesson")
    if lesson.state != "held":
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    if lesson.hold_expires_at is not None and lesson.hold_expires_at <= now():
        return redirect(url_for("sessions.show", public_id=public_id), 303)
    return to_pay(lesson)


@bp.post("/sessions/<public_id>/drop")
@signed_in
def drop(public_id: str) -> ResponseReturnValue:
    """Let go of one's own unpaid hold."""
    lesson = session_by_public_id(public_id)
    if lesson is None or lesson.learner_id != current_user.id:
        raise Missing(_("There is no such lesson among yours."), code="no_such_lesson")
    checkout.hold_drop(lesson.id, current_user.id)
    mentor = user_by_id(lesson.mentor_id)
    return redirect(url_for("catalog.mentor", public_id=mentor.public_id) if mentor else "/", 303)
