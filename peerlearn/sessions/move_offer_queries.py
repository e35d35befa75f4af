"""Which moves are asked for, to which times; and how an open question ends when the lesson itself changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.move_offer_lifecycle import Offered
from peerlearn.sessions.move_offer_models import MoveOffer, MoveOfferTime


@dataclass(frozen=True)
class OpenMove:
    """An open question of a mentor: to which times, why, and until when it can be answered."""

    public_id: str
    live_session_id: int
    times: tuple[datetime, ...]
    reason: str
    waits_until: datetime


def move_offer_by_public_id(public_id: str) -> MoveOffer | None:
    """Return one move that was asked for, or None."""
    return db.session.scalar(sa.select(MoveOffer).where(MoveOffer.public_id == public_id))


def move_offer_times(move_offer_id: int) -> list[datetime]:
    """Return the times of one question, soonest first."""
    return list(
        db.session.scalars(
            sa.select(MoveOfferTime.starts_at)
            .where(MoveOfferTime.move_offer_id == move_offer_id)
            .order_by(MoveOfferTime.starts_at)
        )
    )


def open_moves(live_session_ids: Iterable[int], at: datetime | None = None) -> dict[int, OpenMove]:
    """Return the questions that wait for an answer, by lesson; lessons without one are missing."""
    rows = db.session.execute(
        sa.select(MoveOffer, MoveOfferTime.starts_at)
        .join(MoveOfferTime, MoveOfferTime.move_offer_id == MoveOffer.id)
        .where(
            MoveOffer.live_session_id.in_(set(live_session_ids)),
            MoveOffer.state == Offered.OFFERED,
            MoveOffer.waits_until > (at or now()),
        )
        .order_by(MoveOfferTime.starts_at)
    ).all()
    found: dict[int, OpenMove] = {}
    for offer, starts_at in rows:
        before = found.get(offer.live_session_id)
        times = (*(before.times if before else ()), starts_at)
        found[offer.live_session_id] = OpenMove(
            offer.public_id, offer.live_session_id, times, offer.reason, offer.waits_until
        )
    return found


def moves_asked_of(learner_id: int) -> list[tuple[LiveSession, OpenMove]]:
    """Return the lessons that a learner is asked to move, soonest first, each with the question."""
    lessons = db.session.scalars(
        sa.select(LiveSession)
        .join(MoveOffer, MoveOffer.live_session_id == LiveSession.id)
        .where(
            LiveSession.learner_id == learner_id,
            LiveSession.state == State.CONFIRMED,
            MoveOffer.state == Offered.OFFERED,
            MoveOffer.waits_until > now(),
        )
        .order_by(LiveSession.starts_at)
    ).all()
    asked = open_moves(lesson.id for lesson in lessons)
    return [(lesson, asked[lesson.id]) for lesson in lessons if lesson.id in asked]


def open_move(live_session_id: int, at: datetime | None = None) -> OpenMove | None:
    """Return the question about one lesson that waits for an answer, or None."""
    return open_moves([live_session_id], at).get(live_session_id)


def move_offers_close(live_session_id: int, after: Offered = Offered.LAPSED) -> None:
    """End what is asked about a lesson inside the open transaction: it has another time, or there is no lesson."""
    db.session.execute(
        sa.update(MoveOffer)
        .where(MoveOffer.live_session_id == live_session_id, MoveOffer.state == Offered.OFFERED)
        .values(state=after, answered_at=now())
        .execution_options(synchronize_session="fetch")
    )
