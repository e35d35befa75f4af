"""The rings of a call for help: who hears the next wave, what a ring says, and when rings go quiet. Called inside the call's own writes."""

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.accounts.presence_service import ringable_ids
from peerlearn.accounts.service import rings_set
from peerlearn.clock import now
from peerlearn.kernel import announce, db, transition
from peerlearn.money import rupees, split_gross
from peerlearn.notifications.service import notify
from peerlearn.requests.facts import HelpRung, HelpTaken, RingsSwitchedOff
from peerlearn.requests.lifecycle import RingState, State
from peerlearn.requests.models import LiveRequest, Ring
from peerlearn.requests.waves import MISSED_RINGS_OFF, WAVE_SIZE
from peerlearn.sessions.checkout import Terms
from peerlearn.sessions.words import sentence


def ring_next(request: LiveRequest, terms: Terms) -> bool:
    """Ring the next three who are still there; return whether anybody was rung. One caller wins the wave."""
    seen = request.wave
    if not transition(
        LiveRequest, request.id, [State.OPEN], State.OPEN, LiveRequest.wave == seen, wave=seen + 1, wave_at=now()
    ):
        return False
    waiting = db.session.scalars(
        sa.select(Ring).where(Ring.request_id == request.id, Ring.state == RingState.WAITING).order_by(Ring.position)
    ).all()
    here = set(ringable_ids(ring.mentor_id for ring in waiting)) if seen and waiting else None
    rung: list[int] = []
    for ring in waiting:
        if here is not None and ring.mentor_id not in here:
            continue  # has left or switched rings off since; keeps the place in line in case they come back
        if transition(Ring, ring.id, [RingState.WAITING], RingState.RINGING, rung_at=now()):
            rung.append(ring.mentor_id)
            _tell_ring(request, ring.mentor_id, terms)
        if len(rung) == WAVE_SIZE:
            break
    if rung:
        announce(HelpRung(request.id, tuple(rung)))
    return bool(rung)


def _tell_ring(request: LiveRequest, mentor_id: int, terms: Terms) -> None:
    learner = db.session.get(User, request.learner_id)
    split = split_gross(request.price_paise, terms.fee_percent, terms.gst_percent)
    base = f"/help/{request.public_id}"
    notify(
        mentor_id,
        "ring",
        f"{learner.first_name if learner else 'A learner'} needs help now",
        f"{sentence(request.topic)} {request.minutes} minutes, you earn {rupees(split.mentor_paise)}.",
        base,
        [
            {"label": "Not now", "method": "post", "url": f"{base}/decline", "style": "quiet"},
            {"label": "Accept", "method": "post", "url": f"{base}/accept", "style": "accent"},
        ],
        request.learner_id,
        f"ring:{request.public_id}:{mentor_id}",
    )


def stop_rings(request_id: int) -> None:
    """Every ring of this call goes quiet, those that wait in line too."""
    stopped = db.session.scalars(
        sa.select(Ring.mentor_id).where(Ring.request_id == request_id, Ring.state == RingState.RINGING)
    ).all()
    db.session.execute(
        sa.update(Ring)
        .where(Ring.request_id == request_id, Ring.state.in_([RingState.RINGING, RingState.WAITING]))
        .values(state=RingState.STOPPED, answered_at=now())
        .execution_options(synchronize_session=False)
    )
    if stopped:
        announce(HelpTaken(request_id, tuple(stopped)))


def switch_off_after_misses(mentor_id: int, learner_id: int) -> None:
    """Two missed rings in a row: no more rings, and a kind word on how to come back."""
    last = db.session.scalars(
        sa.select(Ring.state)
        .where(Ring.mentor_id == mentor_id, Ring.rung_at.is_not(None), Ring.state != RingState.STOPPED)
        .order_by(Ring.rung_at.desc(), Ring.id.desc())
        .limit(MISSED_RINGS_OFF)
    ).all()
    if len(last) < MISSED_RINGS_OFF or any(state != RingState.MISSED for state in last):
        return
    rings_set(mentor_id, False)
    learner = db.session.get(User, learner_id)
    notify(
        mentor_id,
        "rings_off",
        f"{learner.first_name if learner else 'A learner'} asked, you were away",
        "Two rings went by, so rings are off now. Switch them on in Requests when you have time again.",
        "/requests",
        [{"label": "Open requests", "method": "get", "url": "/requests", "style": "primary"}],
        learner_id,
    )
    announce(RingsSwitchedOff(mentor_id))
