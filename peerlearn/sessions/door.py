"""The door of a lesson's room: when it opens, when it closes. Pure; the server's clock decides, never the device's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

OPENS_BEFORE = timedelta(minutes=10)
CLOSES_AFTER = timedelta(minutes=15)


class Door(StrEnum):
    """Whether one may go in."""

    EARLY = "early"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class DoorTimes:
    """The two instants of a lesson's door."""

    opens_at: datetime
    closes_at: datetime


def door_times(starts_at: datetime, ends_at: datetime, next_starts_at: datetime | None = None) -> DoorTimes:
    """Return when the door of a lesson opens (10 minutes early) and closes (15 minutes after the end).

    `next_starts_at` is the start of the next lesson of either person: the grace never runs over it.
    """
    closes_at = ends_at + CLOSES_AFTER
    if next_starts_at is not None:
        closes_at = max(ends_at, min(closes_at, next_starts_at))
    return DoorTimes(starts_at - OPENS_BEFORE, closes_at)


def door_at(
    at: datetime, starts_at: datetime, ends_at: datetime, state: str, next_starts_at: datetime | None = None
) -> Door:
    """Return the door's position at an instant for a lesson in this state.

    Only a confirmed or live lesson has a door that opens. The opening instant is inside, the closing one outside.
    """
    times = door_times(starts_at, ends_at, next_starts_at)
    if state not in {"confirmed", "live"} or at >= times.closes_at:
        return Door.CLOSED
    return Door.EARLY if at < times.opens_at else Door.OPEN
