"""Mentor and learner agree on a time and a price: the request becomes a lesson that is held for paying."""

from datetime import datetime, timedelta

from peerlearn.clock import now
from peerlearn.errors import Conflict
from peerlearn.kernel import transition
from peerlearn.requests.lifecycle import State
from peerlearn.requests.models import LiveRequest
from peerlearn.sessions.checkout import Terms, hold_agreed
from peerlearn.sessions.models import LiveSession

PAY_WITHIN = timedelta(hours=2)


def agreed_hold(request: LiveRequest, starts_at: datetime, price_paise: int, terms: Terms | None) -> LiveSession:
    """Hold the time that both agreed on, at their price, for the learner to pay. Inside the open transaction; raises Conflict."""
    return hold_agreed(
        request.mentor_id or 0,
        request.learner_id,
        starts_at,
        request.minutes,
        price_paise,
        request.topic,
        kind="private",
        request_id=request.id,
        hold_for=PAY_WITHIN,
        goal=request.topic,
        terms=terms,
    )


def accepted_note(request: LiveRequest, live_session: LiveSession) -> None:
    """The request has become this lesson. Inside the open transaction; raises Conflict("taken") where it is answered already."""
    if not transition(
        LiveRequest,
        request.id,
        [State.OPEN],
        State.ACCEPTED,
        accepted_by=request.mentor_id,
        answered_at=now(),
        live_session_id=live_session.id,
    ):
        raise Conflict("This request is already answered.", code="taken")
