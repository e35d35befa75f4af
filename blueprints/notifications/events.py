"""Sockets of every page: who may connect, who is here, what was missed while away."""

from typing import Any

from flask_login import current_user
from flask_socketio import ConnectionRefusedError, SocketIO, join_room

from blueprints.guards import socket_signed_in
from blueprints.notifications.payload import notification_payloads
from peerlearn.accounts import service as accounts
from peerlearn.notifications import queries

MENTORS_ROOM = "mentors:online"


def connect(_auth: Any = None) -> None:
    """Let a signed-in person in and put the socket into their room. Everyone else is refused."""
    if not current_user.is_authenticated:
        raise ConnectionRefusedError({"code": "signed_out", "message": "Sign in first."})
    join_room(f"user:{current_user.public_id}")
    if current_user.is_mentor:
        join_room(MENTORS_ROOM)
    accounts.presence_touch(current_user.id)


connect.guard = "socket_signed_in"  # type: ignore[attr-defined] - it refuses by itself, before there is anything to ask


def disconnect(_reason: str = "") -> None:
    """A page closed: its person is away soon, unless another page of theirs is open."""
    if current_user.is_authenticated:
        accounts.presence_leave(current_user.id)


disconnect.guard = "socket_signed_in"  # type: ignore[attr-defined]


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
