"""More time, asked and answered in the room. Paying is an HTTP matter; what follows is told by `push`."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from blueprints.live.extension_card import extension_card, time_card
from blueprints.live.seated import seated
from peerlearn.errors import Invalid, Missing
from peerlearn.live.board import parse_identifier
from peerlearn.live.seats import Seat
from peerlearn.sessions import extending
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import session_by_id


def _lesson(seat: Seat) -> LiveSession:
    lesson = session_by_id(seat.live_session_id)
    if lesson is None:
        raise Missing(_("There is no such lesson among yours."), code="no_such_lesson")
    return lesson


@seated
def extension_ask(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Ask for {minutes} more. Answers the offer; both pages hear of it."""
    minutes = payload.get("minutes")
    if type(minutes) is not int:
        raise Invalid(_("That message was not understood."), code="bad_payload")
    offer = extending.extension_offer(seat.live_session_id, seat.user_id, minutes)
    return {"extension": extension_card(_lesson(seat), offer)}


@seated
def extension_answer(payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """Say yes or no to an offer: {extension, accept}."""
    public_id = parse_identifier(payload.get("extension"), "extension")
    if type(payload.get("accept")) is not bool:
        raise Invalid(_("That message was not understood."), code="bad_payload")
    found = extending.extension_answer(public_id, seat.user_id, accept=payload["accept"])
    return {"extension": extension_card(_lesson(seat), found)}


@seated
def time_ask(_payload: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """How long the lesson lasts and what waits: asked after each sitting down, because what was told meanwhile is lost."""
    return time_card(_lesson(seat))
