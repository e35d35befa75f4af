"""The rhythm of "help now": whom to ring when, and when to say honestly that nobody comes. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

WAVE_SIZE = 3
WAVE_EVERY = timedelta(seconds=20)
GIVE_UP_AFTER = timedelta(seconds=180)
MISSED_RINGS_OFF = 2
# Fewer answers than this promise nothing: the page says so instead of guessing.
WAIT_SAMPLE_MIN = 5


def next_wave_at(wave_at: datetime) -> datetime:
    """Return when the wave after the one rung at `wave_at` is due."""
    return wave_at + WAVE_EVERY


def wave_due(at: datetime, wave_at: datetime | None) -> bool:
    """Return whether the next wave should ring at this instant."""
    return wave_at is None or at >= next_wave_at(wave_at)


def given_up(at: datetime, created_at: datetime) -> bool:
    """Return whether the asking is over: nobody came within three minutes."""
    return at >= created_at + GIVE_UP_AFTER


# Being liked by this learner before outweighs a slightly better match of words, not a different subject.
FAVOURITE_WEIGHT = 0.15
STAR_WEIGHT = 0.04


def ring_order(
    mentor_ids: Collection[int],
    *,
    closeness: Mapping[int, float],
    stars: Mapping[int, float],
    favourites: Collection[int],
) -> list[int]:
    """Return mentors in the order to ring them.

    `closeness` is the cosine of the question and what they teach (missing: unknown), `stars` their average of five,
    `favourites` whom this learner rated four or five before. Ties go by id, so that the order is the same twice.
    """
    kept = set(favourites)

    def score(mentor_id: int) -> float:
        known = closeness.get(mentor_id, 0.0) + STAR_WEIGHT * (stars.get(mentor_id, 4.0) - 4.0)
        return known + (FAVOURITE_WEIGHT if mentor_id in kept else 0.0)

    return sorted(mentor_ids, key=lambda mentor_id: (-score(mentor_id), mentor_id))


def percentile(seconds: Sequence[float], share: float) -> float | None:
    """Return the nearest-rank percentile of waiting times, or None for too small a sample."""
    if len(seconds) < WAIT_SAMPLE_MIN:
        return None
    ordered = sorted(seconds)
    rank = max(1, -(-int(share * 100) * len(ordered) // 100))
    return ordered[rank - 1]
