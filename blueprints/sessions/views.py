"""The page of a session, in every state with its one action, and its calendar file."""

from typing import Any

from flask import Response, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import ports
from blueprints.guards import member_of_session, public
from blueprints.payments.lesson_lines import MoneyLine, lesson_lines
from blueprints.sessions import bp
from blueprints.sessions.calendar_file import lesson_file
from blueprints.sessions.disputed import dispute_lines
from blueprints.sessions.move_offers import asked_move
from blueprints.sessions.showing import extension_rows, other_of, slot_chips, when_lines
from blueprints.sessions.verdicts import shown_absence, shown_verdict
from peerlearn.accounts.models import User
from peerlearn.accounts.queries import user_by_id
from peerlearn.accounts.service import presence_of
from peerlearn.catalog.queries import mentor_profile_of, topics_for
from peerlearn.clock import now
from peerlearn.errors import Missing
from peerlearn.money import split_gross
from peerlearn.payments.credits import credit_because_of
from peerlearn.payments.queries import order_by_id
from peerlearn.payments.tenders import returns_of
from peerlearn.sessions.door import door_at, door_times
from peerlearn.sessions.free_times import nearest_free
from peerlearn.sessions.lesson_money import money_of_lesson
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import next_start_after, session_by_public_id
from peerlearn.sessions.ratings import feedback_by, ratings_for


def _visible(public_id: str) -> tuple[LiveSession, str | None]:
    """The session and the viewer's side of it. An offer is for everybody, a booked one for its two people."""
    lesson = session_by_public_id(public_id)
    mine = current_user.id if current_user.is_authenticated else 0
    side = lesson.side_of(mine) if lesson else None
    if lesson is None or (side is None and (lesson.kind != "public" or lesson.state not in {"open", "held"})):
        raise Missing(_("There is no such lesson, or it is not yours. The link may be old."), code="no_such_session")
    return lesson, side


@bp.get("/sessions/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    """A session: what, who, when in both zones, and the one thing to do next."""
    lesson, side = _visible(public_id)
    mentor = user_by_id(lesson.mentor_id)
    if mentor is None:
        raise Missing(_("There is no such lesson. The link may be old."), code="no_such_session")
    at, other = now(), other_of(lesson)
    times = door_times(lesson.starts_at, lesson.ends_at)
    profile = mentor_profile_of(mentor.id)
    hold_runs = lesson.state == "held" and lesson.hold_expires_at is not None and lesson.hold_expires_at > at
    values: dict[str, Any] = {
        "lesson": lesson,
        "side": side,
        "mentor": mentor,
        "other": other or mentor,
        "place": ", ".join(part for part in (_field(mentor.id), profile.city if profile else "") if part),
        "presence": presence_of([(other or mentor).id]).get((other or mentor).id),
        "rating": ratings_for([mentor.id]).get(mentor.id),
        "when": when_lines(
            lesson.starts_at, lesson.lasts_until, other if other and other is not current_user else None
        ),
        "split": split_gross(lesson.gross_paise, lesson.fee_percent, lesson.gst_percent),
        "minutes_back": _minutes_back(lesson),
        "door": door_at(at, lesson.starts_at, lesson.ends_at, lesson.state, next_start_after(lesson, at)),
        "door_times": times,
        "hold_runs": hold_runs,
        "past": lesson.starts_at <= at,
        "chips": [],
        "extensions": extension_rows(lesson, side) if side else [],
        "rated": feedback_by(lesson.id, current_user.id) if side else None,
        "title_of_state": _title(lesson, side),
        "verdict": shown_verdict(lesson, side),
        "absence": shown_absence(lesson, side),
        "move": asked_move(lesson, side) if lesson.state == "confirmed" else None,
        "disputes": dispute_lines(lesson, side),
        "money_lines": _money_lines(lesson, side, mentor, other) if side else [],
        "receipt_url": _receipt_url(lesson) if side == "learner" else None,
        "credit": credit_because_of(lesson.id) if side == "learner" and lesson.state == "cancelled" else None,
    }
    gone = lesson.state in {"cancelled", "expired", "completed"} or (lesson.state == "held" and side != "learner")
    if gone and side != "mentor":
        values["chips"] = slot_chips(mentor, nearest_free(mentor.id, max(at, lesson.starts_at)), lesson.title)
    return render_template("sessions/show.html", **values)


def _money_lines(lesson: LiveSession, side: str, mentor: User, other: User | None) -> list[MoneyLine]:
    money = money_of_lesson(lesson.id)
    learner = other if side == "mentor" else current_user
    return lesson_lines(money, side, mentor.first_name, learner.first_name if learner else "") if money else []


def _receipt_url(lesson: LiveSession) -> str | None:
    order = order_by_id(lesson.order_id) if lesson.order_id else None
    paid = order is not None and lesson.confirmed_at is not None
    return url_for("payments.receipt", order_public_id=order.public_id) if order is not None and paid else None


def _field(mentor_id: int) -> str:
    """What a mentor teaches, in one word."""
    taught = topics_for([mentor_id]).get(mentor_id, ())
    return taught[0].field if taught else ""


def _minutes_back(lesson: LiveSession) -> int:
    """How many prepaid minutes of a lesson went back into their packs."""
    if not lesson.prepaid_minutes or lesson.order_id is None:
        return 0
    return sum(row.units for row in returns_of(lesson.order_id))


def _title(lesson: LiveSession, side: str | None) -> str:
    if side is None:
        return _("Lesson")
    return _("Your offer") if side == "mentor" and lesson.learner_id is None else _("Your lesson")


@bp.get("/sessions/<public_id>.ics")
@member_of_session
def calendar(public_id: str) -> ResponseReturnValue:
    """The lesson for a calendar app: the same entry however often it moves, gone where it is cancelled."""
    lesson: LiveSession = g.live_session
    url = ports().settings.public_url.rstrip("/") + url_for("sessions.show", public_id=public_id)
    return Response(
        lesson_file(lesson, other_of(lesson), url),
        mimetype="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="peerlearn-{public_id}.ics"'},
    )
