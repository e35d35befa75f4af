"""Pages of a lesson: the lobby, the room, and the servers through which two browsers find each other."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import limiter, ports
from blueprints.filters import clock_time
from blueprints.guards import member_of_session
from blueprints.live import bp
from blueprints.live.words import lobby_words, room_words
from blueprints.payments.checkout_options import checkout_options
from peerlearn.accounts.models import User
from peerlearn.accounts.queries import user_by_id
from peerlearn.clock import now
from peerlearn.errors import Missing
from peerlearn.live.room import side_of
from peerlearn.live.turn import ice_servers
from peerlearn.payments.packs import minutes_left
from peerlearn.sessions import extending
from peerlearn.sessions.door import Door, door_at, door_times
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.prepaid import extend_with_minutes
from peerlearn.sessions.queries import next_lesson_after, next_start_after


@bp.get("/lesson/<public_id>")
@member_of_session
def lobby(_public_id: str) -> ResponseReturnValue:
    """The lobby. Before the door opens it is a countdown; when the lesson is over it leads to what is left of it."""
    lesson: LiveSession = g.live_session
    door = door_at(now(), lesson.starts_at, lesson.ends_at, lesson.state, next_start_after(lesson, now()))
    if door is Door.CLOSED:
        return redirect(_after(lesson))
    other = _other(lesson)
    return render_template(
        "live/lobby.html" if door is Door.OPEN else "live/early.html",
        lesson=lesson,
        other=other,
        times=door_times(lesson.starts_at, lesson.ends_at),
        facts=_facts(lesson, other) | {"words": lobby_words()},
    )


@bp.get("/lesson/<public_id>/room")
@member_of_session
def room(public_id: str) -> ResponseReturnValue:
    """The room itself. Whoever may not be in it now is sent to the lobby, which says why."""
    lesson: LiveSession = g.live_session
    if door_at(now(), lesson.starts_at, lesson.ends_at, lesson.state, next_start_after(lesson, now())) is not Door.OPEN:
        return redirect(url_for("live.lobby", public_id=public_id))
    other = _other(lesson)
    return render_template(
        "live/room.html",
        lesson=lesson,
        other=other,
        facts=_facts(lesson, other) | {"words": room_words() | _closing_words(lesson, other)},
    )


@bp.get("/lesson/<public_id>/ice")
@limiter.limit("30 per minute")
@member_of_session
def ice(_public_id: str) -> ResponseReturnValue:
    """STUN and TURN servers with a short-lived credential, for the two people of a lesson whose door is open."""
    lesson: LiveSession = g.live_session
    if door_at(now(), lesson.starts_at, lesson.ends_at, lesson.state, next_start_after(lesson, now())) is not Door.OPEN:
        raise Missing("The room is not open.", code="room_closed")
    settings = ports().settings
    servers = ice_servers(
        stun_urls=settings.stun_urls,
        turn_urls=settings.turn_urls,
        turn_secret=settings.turn_secret,
        person=current_user.public_id,
        at=now(),
        ttl_seconds=settings.turn_ttl_seconds,
    )
    answer = jsonify({"ok": True, "ice_servers": servers, "ttl_seconds": settings.turn_ttl_seconds})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/lesson/<public_id>/extension/<extension_id>/order")
@limiter.limit("20 per minute")
@member_of_session
def extension_order(_public_id: str, extension_id: str) -> ResponseReturnValue:
    """What the room needs to open the gateway's checkout for agreed time, without leaving the call.

    Posted `{"with": "minutes"}` it pays with prepaid minutes at once.
    """
    lesson: LiveSession = g.live_session
    if (request.get_json(silent=True) or {}).get("with") == "minutes":
        extend_with_minutes(extension_id, current_user.id)
        return jsonify({"ok": True})
    order = extending.extension_order(extension_id, current_user.id, gateway=ports().gateway)
    title = _("More time: %(title)s", title=lesson.title)
    return jsonify(
        {
            "ok": True,
            "order": order.public_id,
            "options": checkout_options(order, title),
            "script": ports().gateway.checkout_url,
            "return_url": url_for("payments.return_"),
            "status_url": url_for("payments.status", order_public_id=order.public_id),
            "pay_url": url_for("payments.pay", order_public_id=order.public_id),
        }
    )


def _closing_words(lesson: LiveSession, other: User) -> dict[str, str]:
    """The warnings of the last minutes, where the next lesson of one of the two closes the door."""
    found = next_lesson_after(lesson)
    if found is None:
        return {}
    at = clock_time(found.starts_at)
    if found.person_id == other.id:
        why = _("%(name)s’s next lesson starts at %(time)s, and this room closes then.", name=other.first_name, time=at)
    else:
        why = _("Your next lesson starts at %(time)s, and this room closes then.", time=at)
    return {"warning_5": f"{_('5 minutes left.')} {why}", "warning_1": f"{_('1 minute left.')} {why}"}


def _other(lesson: LiveSession) -> User:
    """The person across the board."""
    other_id = lesson.learner_id if current_user.id == lesson.mentor_id else lesson.mentor_id
    other = user_by_id(other_id) if other_id is not None else None
    if other is None:
        raise Missing("There is no such lesson here.", code="room_missing")
    return other


def _after(lesson: LiveSession) -> str:
    """Where a closed door leads: the recap of what took place, else the lesson's own page."""
    endpoint = "sessions.recap" if lesson.state == "completed" else "sessions.show"
    return url_for(endpoint, public_id=lesson.public_id)


def _facts(lesson: LiveSession, other: User) -> dict[str, Any]:
    """What the page's script must know. Times are milliseconds since 1970 on the server's clock."""

    def ms(instant: Any) -> int:
        return int(instant.timestamp() * 1000)

    times = door_times(lesson.starts_at, lesson.ends_at)
    # Never in production: a link must not slow a lesson down.
    forced = not ports().settings.production
    return {
        "session": lesson.public_id,
        "me": current_user.public_id,
        "my_name": current_user.first_name,
        "side": side_of(lesson, current_user.id),
        "name": other.first_name,
        "other": other.public_id,
        "starts": ms(lesson.starts_at),
        "ends": ms(lesson.ends_at),
        "opens": ms(times.opens_at),
        "server": ms(now()),
        "log_url": url_for("live.log", public_id=lesson.public_id),
        "ice_url": url_for("live.ice", public_id=lesson.public_id),
        "room_url": url_for("live.room", public_id=lesson.public_id),
        "lobby_url": url_for("live.lobby", public_id=lesson.public_id),
        "feedback_url": url_for("sessions.feedback", public_id=lesson.public_id),
        "prepaid_minutes": minutes_left(current_user.id, lesson.mentor_id),
        "extension_url": url_for("live.extension_order", public_id=lesson.public_id, extension_id="EXTENSION"),
        "lesson_url": url_for("sessions.show", public_id=lesson.public_id),
        "policy": "relay" if forced and request.args.get("ice") == "relay" else "all",
    }
