"""Facts of live sessions on their way to open pages."""

from peerlearn.accounts.queries import public_ids_of
from peerlearn.ports import Ports
from peerlearn.sessions.facts import (
    MoveOfferChanged,
    SessionCancelled,
    SessionConfirmed,
    SessionEnded,
    SessionExtended,
    SessionHeld,
    SessionMoved,
    SessionReleased,
    SessionStarted,
    VerdictFinal,
    VerdictObjected,
)
from peerlearn.sessions.queries import session_by_id

Changed = (
    MoveOfferChanged
    | SessionCancelled
    | SessionConfirmed
    | SessionEnded
    | SessionExtended
    | SessionHeld
    | SessionMoved
    | SessionReleased
    | SessionStarted
    | VerdictFinal
    | VerdictObjected
)


def session_changed(ports: Ports, fact: Changed) -> None:
    """Tell both people's open pages that a lesson has another state. An instant one that is paid leads to its door."""
    lesson = session_by_id(fact.live_session_id)
    if lesson is None:
        return
    url = None
    if isinstance(fact, SessionConfirmed) and lesson.kind == "instant":
        url = f"/lesson/{lesson.public_id}"
    payload = {"session": lesson.public_id, "state": lesson.state, "url": url}
    people = [person_id for person_id in (lesson.mentor_id, lesson.learner_id) if person_id is not None]
    for public_id in public_ids_of(people):
        ports.bus.emit("session_changed", payload, room=f"user:{public_id}")
