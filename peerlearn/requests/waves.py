"""The rhythm of "help now": whom to ring when, and when to say honestly that nobody comes. Pure."""

from collections.abc import Sequence
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


def percentile(seconds: Sequence[float], share: float) -> float | None:
    """Return the nearest-rank percentile of waiting times, or None for too small a sample."""
    if len(seconds) < WAIT_SAMPLE_MIN:
        return None
    ordered = sorted(seconds)
    rank = max(1, -(-int(share * 100) * len(ordered) // 100))
    return ordered[rank - 1]
