"""Whom a call for help rings: gathered here from presence, prices, history and meaning; ordered by a pure rule."""

from datetime import timedelta
from statistics import median

from blueprints.extensions import ports
from peerlearn.accounts.presence_service import ringable_ids
from peerlearn.accounts.queries import blocked_ids
from peerlearn.catalog.queries import mentor_card_rows
from peerlearn.clock import now
from peerlearn.errors import Upstream
from peerlearn.recommend.learner import closeness_to, vectors_of
from peerlearn.recommend.ports import Vectors
from peerlearn.requests.help import CAP_LEAST_PAISE, CAP_MOST_PAISE
from peerlearn.requests.waves import ring_order
from peerlearn.sessions.checkout import INSTANT_PAY_WITHIN
from peerlearn.sessions.free_times import busy_for
from peerlearn.sessions.ratings import favourite_mentors, ratings_for

ROUND_PAISE = 50_00
USUAL_PAISE = 249_00


def help_candidates(topic: str, learner_id: int, cap_paise: int, minutes: int) -> list[int]:
    """Return the ids of mentors to ring, best first. Nobody whose own price for that many minutes is above the offer."""
    here = set(ringable_ids()) - blocked_ids(learner_id) - {learner_id}
    rows = mentor_card_rows(sorted(here))
    fair = {row.id for row in rows if row.price_paise * minutes <= cap_paise * row.lesson_minutes}
    at = now()
    # A ring that could not be answered is no help: who has a lesson too soon is left out.
    taken = busy_for(sorted(fair), (at, at + timedelta(minutes=minutes) + INSTANT_PAY_WITHIN))
    fair = {mentor_id for mentor_id in fair if not taken[mentor_id]}
    index = ports().index
    index.refresh()
    closeness = closeness_to(vectors_of(fair, index), _direction(topic))
    stars = {mentor_id: average for mentor_id, (average, _count) in ratings_for(sorted(fair)).items()}
    return ring_order(fair, closeness=closeness, stars=stars, favourites=favourite_mentors(learner_id))


def _direction(topic: str) -> Vectors | None:
    """What the question means; None while no model is at hand, and stars decide alone."""
    encoder = ports().encoder
    encoder.refresh()
    try:
        rows: Vectors = ports().offload(encoder.encode, [topic])
    except Upstream:
        return None
    return rows[0]


def usual_price_paise(minutes: int) -> int:
    """Return what most of those who are here take for so many minutes, as the first offer: ₹249, ₹299 ..."""
    rows = mentor_card_rows(sorted(ringable_ids()))
    if not rows:
        return USUAL_PAISE
    middle = median(row.price_paise * minutes / row.lesson_minutes for row in rows)
    return min(CAP_MOST_PAISE, max(CAP_LEAST_PAISE, int(-(-(middle + 100) // ROUND_PAISE) * ROUND_PAISE) - 100))
