"""The one clock of a process: aware UTC instants. Nothing else in the house reads the time of day.

Tests, demos and drills move it; a person's zone is applied at the edge with `local`.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = [
    "UTC",
    "Clock",
    "MovableClock",
    "SystemClock",
    "clock_in_use",
    "clock_text",
    "local",
    "now",
    "set_clock",
    "zone_or_none",
]


class Clock(Protocol):
    """Anything that can tell the time as an aware UTC instant."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock, shifted by a fixed number of seconds (0 in production)."""

    def __init__(self, offset_seconds: float = 0) -> None:
        self._offset = timedelta(seconds=offset_seconds)

    def now(self) -> datetime:
        """Return the machine's time plus the offset."""
        return datetime.now(UTC) + self._offset


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("A clock needs an aware instant.")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant it was last moved to."""
        return self._now

    def move(self, **delta: float) -> datetime:
        """Move forward by `timedelta(**delta)` and return the new instant."""
        self._now += timedelta(**delta)
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Jump to an aware instant."""
        self._now = instant.astimezone(UTC)


_clock: Clock = SystemClock()


def set_clock(clock: Clock) -> None:
    """Install the clock of this process. Called by the composition root and by tests."""
    global _clock
    _clock = clock


def clock_in_use() -> Clock:
    """Return the installed clock."""
    return _clock


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return _clock.now()


def zone_or_none(name: str | None) -> ZoneInfo | None:
    """Return the IANA zone of that name, or None where there is none."""
    if not name or len(name) > 64:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local(instant: datetime, zone: str) -> datetime:
    """Return the same instant on the wall clock of an IANA zone (UTC where the zone is unknown)."""
    return instant.astimezone(zone_or_none(zone) or UTC)


def clock_text(instant: datetime, zone: str) -> str:
    """Return "18:30" on the wall clock of a zone; in the hour that comes twice also which of the two: "01:30 BST".

    A zone whose two times have no letters is told apart by its distance from UTC: "01:45 UTC+10:30".
    """
    there = local(instant, zone)
    twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    return f"{there:%H:%M} {_zone_letters(there)}" if twice else f"{there:%H:%M}"


def _zone_letters(there: datetime) -> str:
    letters = there.tzname() or ""
    if letters.isalpha():
        return letters
    minutes = int((there.utcoffset() or timedelta(0)).total_seconds() // 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
