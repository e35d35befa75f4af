"""A lesson as a row of a list: its state in words, and the one thing to do next, for either side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from blueprints.extensions import my_zone
from blueprints.filters import day_and_time, time_of, zone_city
from peerlearn.accounts.models import User
from peerlearn.clock import clock_text, local, now
from peerlearn.money import rupees
from peerlearn.requests.models import LiveRequest
from peerlearn.sessions.door import Door, door_at
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.move_offer_queries import OpenMove
from peerlearn.sessions.queries import next_start_after

COMING = ("open", "held", "confirmed", "live")
PAST = ("completed", "cancelled")


@dataclass(frozen=True)
class Viewer:
    """Who looks, from which side, and when."""

    user_id: int
    side: str
    zone: str
    at: datetime


def viewer_now(user_id: int, side: str) -> Viewer:
    """The present viewer."""
    return Viewer(user_id, side, my_zone(), now())


def clock(instant: datetime, zone: str) -> str:
    """ "18:30" on a zone's wall clock."""
    return clock_text(instant, zone)


def minutes_words(minutes: int) -> str:
    """ "50 min"."""
    return _("%(n)s min", n=minutes)


def left_words(instant: datetime, at: datetime) -> str:
    """How long is left, short: "2 h 59", "41 min"."""
    minutes = max(0, int((instant - at).total_seconds() // 60))
    if minutes >= 24 * 60:
        return _("%(n)s days", n=minutes // (24 * 60))
    return _("%(h)s h %(m)s", h=minutes // 60, m=f"{minutes % 60:02d}") if minutes >= 60 else minutes_words(minutes)


def is_open(lesson: LiveSession, at: datetime) -> bool:
    """Whether the lesson's door stands open."""
    return door_at(at, lesson.starts_at, lesson.ends_at, lesson.state, next_start_after(lesson, at)) is Door.OPEN


def other_id(lesson: LiveSession, user_id: int) -> int | None:
    """The other person of a lesson."""
    return lesson.learner_id if user_id == lesson.mentor_id else lesson.mentor_id


def person_of(lesson: LiveSession, viewer: Viewer, people: Mapping[int, User]) -> User | None:
    """Whose face the row shows: the other one, or the mentor's own where nobody has booked yet."""
    return people.get(other_id(lesson, viewer.user_id) or viewer.user_id)


def live_row(lesson: LiveSession, viewer: Viewer, people: Mapping[int, User]) -> dict[str, Any]:
    """The card of a lesson whose door is open."""
    person = person_of(lesson, viewer, people)
    return {
        "public_id": lesson.public_id,
        "title": lesson.title,
        "person": person,
        "sub": _(
            "%(name)s, %(start)s to %(end)s",
            name=person.first_name if person else "",
            start=time_of(lesson.starts_at, viewer.zone),
            end=clock(lesson.ends_at, viewer.zone),
        ),
        "span": _(
            "%(start)s to %(end)s", start=clock(lesson.starts_at, viewer.zone), end=clock(lesson.ends_at, viewer.zone)
        ),
        "goal": lesson.goal,
        "starts_at_iso": lesson.starts_at.isoformat() if lesson.starts_at > viewer.at else None,
        "join_url": url_for("live.lobby", public_id=lesson.public_id),
        "more_url": url_for("sessions.show", public_id=lesson.public_id),
        "state_text": _("Running") if lesson.state == "live" else None,
    }


def coming_row(
    lesson: LiveSession,
    viewer: Viewer,
    people: Mapping[int, User],
    order_ids: Mapping[int, str],
    moves: Mapping[int, OpenMove],
) -> dict[str, Any]:
    """One lesson ahead. A held one is paid, a confirmed one opened, an offered one read again, a question answered."""
    person = person_of(lesson, viewer, people)
    sub = f"{clock(lesson.starts_at, viewer.zone)}, {minutes_words(lesson.minutes)}"
    if lesson.moved_count and person is not None and person.time_zone != viewer.zone:
        sub = _(
            "%(mine)s, %(theirs)s in %(city)s",
            mine=clock(lesson.starts_at, viewer.zone),
            theirs=clock(lesson.starts_at, person.time_zone),
            city=zone_city(person.time_zone),
        )
    row: dict[str, Any] = {
        "title": _title(lesson, viewer, people),
        "url": url_for("sessions.show", public_id=lesson.public_id),
        "person": person,
        "sub": sub,
        "state": {"open": "open", "held": "held"}.get(lesson.state, "moved" if lesson.moved_count else "paid"),
        "state_text": None,
        "action": None,
        "held_until": None,
    }
    if lesson.state == "held" and lesson.hold_expires_at is not None:
        row["held_until"] = lesson.hold_expires_at.isoformat()
        if viewer.side == "learner":
            row["sub"] = clock(lesson.starts_at, viewer.zone)
            row["action"] = {"text": _("Pay %(sum)s", sum=rupees(lesson.due_paise)), **_pay(lesson, order_ids)}
    asked = moves.get(lesson.id)
    if asked is not None:
        row["state"], row["state_text"] = "asked", _("Other time asked")
        if viewer.side == "learner" and person is not None:
            row["sub"] = _("%(when)s. %(name)s asks to move it", when=row["sub"], name=person.first_name)
            row["action"] = {"text": _("Answer"), "href": row["url"], "sheet": False}
    return row


def _pay(lesson: LiveSession, order_ids: Mapping[int, str]) -> dict[str, Any]:
    """Where a held lesson is paid: at its open order, or where one is opened; for a public one that is its sheet."""
    order = order_ids.get(lesson.order_id or 0)
    if order is not None:
        return {"href": url_for("payments.pay", order_public_id=order), "sheet": False}
    if lesson.kind == "public":
        return {"href": url_for("sessions.book_sheet", public_id=lesson.public_id), "sheet": True}
    return {"href": url_for("sessions.pay", public_id=lesson.public_id), "sheet": False}


def _title(lesson: LiveSession, viewer: Viewer, people: Mapping[int, User]) -> str:
    """A mentor knows the lesson by its learner, a learner by its title."""
    learner = people.get(lesson.learner_id or 0)
    if viewer.side == "mentor" and learner is not None:
        return _("%(title)s, %(name)s", title=lesson.title, name=learner.first_name)
    return lesson.title


def past_row(lesson: LiveSession, viewer: Viewer, people: Mapping[int, User], rated: frozenset[int]) -> dict[str, Any]:
    """One lesson behind: rate it once, then look at it again; a cancelled one says where the money went."""
    day = _short_day(local(lesson.starts_at, viewer.zone).date())
    row: dict[str, Any] = {
        "title": _title(lesson, viewer, people),
        "url": url_for("sessions.recap", public_id=lesson.public_id),
        "person": person_of(lesson, viewer, people),
        "sub": f"{day}, {clock(lesson.starts_at, viewer.zone)}",
        "state": lesson.state,
        "state_text": None,
        "action": None,
        "held_until": None,
    }
    if lesson.state == "cancelled":
        row["url"] = url_for("sessions.show", public_id=lesson.public_id)
        if lesson.refund_paise:
            row["sub"] = _("%(day)s, %(sum)s went back", day=day, sum=rupees(lesson.refund_paise))
            row["state"] = "refunded"
    elif lesson.id not in rated:
        href = url_for("sessions.feedback", public_id=lesson.public_id)
        row["action"] = {"text": _("Rate"), "href": href, "kind": "secondary", "sheet": True}
    else:
        row["action"] = {"text": _("Recap"), "href": row["url"], "kind": "quiet", "sheet": False}
    return row


def asked_row(
    request: LiveRequest, viewer: Viewer, people: Mapping[int, User], times: Sequence[datetime]
) -> dict[str, Any]:
    """One request for a time: the mentor answers with one tap, the learner may take it back."""
    mine = viewer.side == "learner"
    person = people.get((request.mentor_id if mine else request.learner_id) or 0)
    open_ = request.state == "open" and request.expires_at > viewer.at
    free = [instant for instant in times if instant > viewer.at]
    id_ = request.public_id
    return {
        "anchor": request.public_id,
        "title": request.topic,
        "person": person,
        "name": person.name if person else "",
        "message": request.message,
        "times": [day_and_time(instant, viewer.zone) for instant in free],
        "when": time_of(free[0], viewer.zone) if free else "",
        "more": max(0, len(free) - 1),
        "state": "asked" if open_ else "expired" if request.state == "open" else request.state,
        "state_text": _("Asked, %(left)s", left=left_words(request.expires_at, viewer.at)) if open_ else None,
        "accept_url": url_for("requests.accept", public_id=id_) if open_ and not mine else None,
        "decline_url": url_for("requests.decline", public_id=id_) if open_ and not mine else None,
        "withdraw_url": url_for("requests.withdraw", public_id=id_) if open_ and mine else None,
        "url": url_for("requests.list"),
    }


def day_heading(day: date, today: date) -> str:
    """ "Today", "Tomorrow", "Monday 23 November"."""
    words = {0: _("Today"), 1: _("Tomorrow")}
    return words.get((day - today).days) or format_date(day, "EEEE d MMMM")


def _short_day(day: date) -> str:
    return str(format_date(day, "EEE d MMM"))
