"""Sockets of every page: who may connect, who is here, what was missed while away."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from flask_login import current_user
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, join_room
from sqlalchemy.exc import SQLAlchemyError

from blueprints.guards import socket_forget, socket_signed_in
from blueprints.notifications.payload import notification_payloads
from peerlearn.accounts import service as accounts
from peerlearn.notifications import queries

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., None])

MENTORS_ROOM = "mentors:online"


def looks_itself(handler: F) -> F:
    """Mark a handler of the connection itself: it is called with nothing to answer and looks at the person first."""
    handler.guard = "socket_signed_in"  # type: ignore[attr-defined]
    return handler


@looks_itself
def connect(_auth: Any = None) -> None:
    """Let a signed-in person in and put the socket into their room. Everyone else is refused.

    While the database is away nobody can be let in; said in words, or the page would wait for ever for an answer.
    """
    try:
        if not current_user.is_authenticated:
            raise Refused("Sign in first.", {"code": "signed_out"})
        join_room(f"user:{current_user.public_id}")
        if current_user.is_mentor:
            join_room(MENTORS_ROOM)
        accounts.presence_touch(current_user.id)
    except SQLAlchemyError as error:
        log.warning("socket: nobody can be let in now: %s", error)
        raise Refused("Try again in a moment.", {"code": "busy"}) from error


@looks_itself
def disconnect(_reason: str = "") -> None:
    """A page closed: its person is away soon, unless another page of theirs is open."""
    socket_forget()
    if current_user.is_authenticated:
        accounts.presence_leave(current_user.id)


@socket_signed_in
def presence_touch(_payload: dict[str, Any]) -> dict[str, Any]:
    """An open page says "still here", every 25 seconds."""
    accounts.presence_touch(current_user.id)
    return {}


@socket_signed_in
def notifications_since(payload: dict[str, Any]) -> dict[str, Any]:
    """What came while this page was away: `after` is the public id of the last notification it knows.

    Without one (or with one that is not theirs) only the unread count is answered: there is nothing to catch up with.
    """
    known = payload.get("after")
    after_id = queries.notification_id_of(current_user.id, known) if isinstance(known, str) else None
    rows = queries.notifications_for(current_user.id, after_id=after_id) if after_id is not None else []
    return {"notifications": notification_payloads(rows), "unread": queries.unread_count(current_user.id)}


def register(sockets: SocketIO) -> None:
    """Attach the handlers to an application's Socket.IO server."""
    sockets.on_event("connect", connect)
    sockets.on_event("disconnect", disconnect)
    sockets.on_event("presence_touch", presence_touch)
    sockets.on_event("notifications_since", notifications_since)
