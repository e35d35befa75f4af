"""What rooms hear when something has happened to their lesson."""

from __future__ import annotations

from blueprints.live.desk import room_of
from peerlearn.live.protocol import TELL
from peerlearn.live.service import seats_close
from peerlearn.ports import Ports
from peerlearn.sessions.facts import SessionCancelled, SessionEnded, SessionStarted
from peerlearn.sessions.queries import session_by_id


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
