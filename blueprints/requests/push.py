"""Facts of requests on their way to open pages: rings, stops, the yes, and lists that changed."""

from collections.abc import Iterable

from peerlearn.accounts.queries import users_by_ids
from peerlearn.ports import Ports
from peerlearn.requests.facts import (
    HelpAccepted,
    HelpEnded,
    HelpRung,
    HelpTaken,
    RequestAccepted,
    RequestCountered,
    RequestDeclined,
    RequestExpired,
    RequestProposed,
    RequestWithdrawn,
    RingsSwitchedOff,
)
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.queries import request_by_id
from peerlearn.sessions.queries import session_by_id


def _emit(ports: Ports, event: str, payload: dict[str, object], user_ids: Iterable[int]) -> None:
    for user in users_by_ids(user_ids).values():
        ports.bus.emit(event, payload, room=f"user:{user.public_id}")


def _call(request_id: int) -> LiveRequest | None:
    return request_by_id(request_id)


def help_rung(ports: Ports, fact: HelpRung) -> None:
    """A wave rings: the mentors' pages show the ring (the toast itself comes with its notification), the learner's who."""
    call = _call(fact.request_id)
    if call is not None:
        learner = users_by_ids([call.learner_id]).get(call.learner_id)
        payload: dict[str, object] = {
            "id": call.public_id,
            "url": f"/help/{call.public_id}",
            "topic": call.topic,
            "learner": learner.first_name if learner else "",
            "until": call.expires_at.isoformat(),
        }
        _emit(ports, "help_rung", payload, fact.mentor_ids)
        _emit(ports, "help_changed", {"id": call.public_id, "state": call.state}, [call.learner_id])


def help_stopped(ports: Ports, fact: HelpTaken) -> None:
    """These mentors' rings stop at once."""
    call = _call(fact.request_id)
    if call is not None:
        _emit(ports, "help_stopped", {"id": call.public_id, "state": call.state}, fact.mentor_ids)
        _emit(ports, "help_changed", {"id": call.public_id, "state": call.state}, [call.learner_id])


def help_accepted(ports: Ports, fact: HelpAccepted) -> None:
    """Both go: the learner to pay, the mentor to the lesson."""
    call = _call(fact.request_id)
    lesson = session_by_id(call.live_session_id) if call and call.live_session_id else None
    if call is None or lesson is None:
        return
    base: dict[str, object] = {"id": call.public_id, "session": lesson.public_id}
    _emit(ports, "help_accepted", base | {"url": f"/sessions/{lesson.public_id}/pay"}, [call.learner_id])
    _emit(ports, "help_accepted", base | {"url": f"/sessions/{lesson.public_id}"}, [lesson.mentor_id])


def rings_switched_off(ports: Ports, fact: RingsSwitchedOff) -> None:
    """The switch on the mentor's open pages says what is true; the reason stands in the bell."""
    _emit(ports, "rings_changed", {"on": False}, [fact.mentor_id])


def help_ended(ports: Ports, fact: HelpEnded) -> None:
    """The learner's page says how it ended."""
    call = _call(fact.request_id)
    if call is not None:
        _emit(ports, "help_changed", {"id": call.public_id, "state": call.state}, [call.learner_id])


def request_changed(
    ports: Ports,
    fact: RequestProposed | RequestAccepted | RequestCountered | RequestDeclined | RequestWithdrawn | RequestExpired,
) -> None:
    """Lists of requests on open pages of both people are fetched again."""
    found = _call(fact.request_id)
    if found is not None:
        people = [person for person in (found.learner_id, found.mentor_id) if person is not None]
        _emit(ports, "request_changed", {"id": found.public_id, "state": found.state}, people)
