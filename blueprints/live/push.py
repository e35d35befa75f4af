"""What rooms hear when something has happened to their lesson."""

from __future__ import annotations

from typing import Any

from blueprints.live.desk import room_of
from blueprints.live.extension_card import extension_card, time_card
from peerlearn.live.facts import RoomEntered, RoomLeft
from peerlearn.live.protocol import TELL
from peerlearn.live.room import side_of
from peerlearn.live.service import seats_close
from peerlearn.ports import Ports
from peerlearn.sessions.extension_queries import extension_by_id
from peerlearn.sessions.facts import (
    ExtensionChanged,
    SessionCancelled,
    SessionEnded,
    SessionExtended,
    SessionStarted,
)
from peerlearn.sessions.queries import session_by_id


def news_missed(sockets: Any) -> None:
    """The bus of this process was deaf for a while: its pages ask again for what they may have missed."""
    sockets.emit(TELL["NEWS_MISSED"], {}, namespace="/", ignore_queue=True)


def room_entered(ports: Ports, fact: RoomEntered) -> None:
    """Whoever waits at the door goes in too."""
    _tell_lobbies(ports, fact, "room")


def room_left(ports: Ports, fact: RoomLeft) -> None:
    """Whoever waits at the door goes on waiting."""
    _tell_lobbies(ports, fact, "gone")


def _tell_lobbies(ports: Ports, fact: RoomEntered | RoomLeft, where: str) -> None:
    lesson = session_by_id(fact.live_session_id)
    if lesson is not None:
        side = side_of(lesson, fact.user_id)
        ports.bus.emit(TELL["LOBBY_CHANGED"], {"side": side, "where": where}, room=room_of(lesson.public_id))


def room_started(ports: Ports, fact: SessionStarted) -> None:
    """Both are here: the pages may say so."""
    lesson = session_by_id(fact.live_session_id)
    if lesson is not None:
        ports.bus.emit(TELL["ROOM_STARTED"], {}, room=room_of(lesson.public_id))


def room_ended(ports: Ports, fact: SessionEnded | SessionCancelled) -> None:
    """The lesson is over: every page of it goes on to its feedback (or to the lesson, when it was cancelled)."""
    lesson = session_by_id(fact.live_session_id)
    if lesson is not None:
        seats_close(lesson.id)
        ports.bus.emit(TELL["ROOM_ENDED"], {"state": lesson.state}, room=room_of(lesson.public_id))


def time_changed(ports: Ports, fact: ExtensionChanged | SessionExtended) -> None:
    """More time is asked for, agreed, paid or off: both clocks and both offers follow."""
    lesson, extension = session_by_id(fact.live_session_id), extension_by_id(fact.extension_id)
    if lesson is not None and extension is not None:
        card = time_card(lesson) | {"extension": extension_card(lesson, extension)}
        ports.bus.emit(TELL["TIME_CHANGED"], card, room=room_of(lesson.public_id))
