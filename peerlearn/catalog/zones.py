"""Wall time and instants: which instants a local range covers on a given day, in any zone, across clock changes."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Interval = tuple[datetime, datetime]

# No zone is further than this from UTC, now or in the past.
FURTHEST = timedelta(hours=16)
_PROBE = timedelta(hours=2)
_SECOND = timedelta(seconds=1)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant in (before, after] that has the offset of `after`."""
    target = _offset(after, zone)
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle <= before:
            break
        if _offset(middle, zone) == target:
            after = middle
        else:
            before = middle
    return after


@lru_cache(maxsize=20_000)
def _segments(zone_name: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Return (from, to, offset) for the stretches of one offset that could hold part of this local day."""
    zone = ZoneInfo(zone_name)
    start = datetime.combine(day, time(), UTC) - FURTHEST
    end = datetime.combine(day, time(), UTC) + timedelta(days=1) + FURTHEST
    segments: list[tuple[datetime, datetime, timedelta]] = []
    since, offset, at = start, _offset(start, zone), start
    while at < end:
        following = min(at + _PROBE, end)
        new_offset = _offset(following, zone)
        if new_offset != offset:
            change = _change_between(at, following, zone)
            segments.append((since, change, offset))
            since, offset = change, new_offset
        at = following
    segments.append((since, end, offset))
    return tuple(segments)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@lru_cache(maxsize=50_000)
def wall_range(zone_name: str, day: date, start_minute: int, end_minute: int) -> tuple[Interval, ...]:
    """Return the instants at which the wall clock of a zone shows `day`, from start to end minute of that day.

    Usually one interval. A range inside an hour that does not exist gives none; a range inside an hour that comes
    twice gives two; a day that the zone skipped (the date line) gives none. Minutes run 0..1440.
    """
    wall_start = _midnight(day) + timedelta(minutes=start_minute)
    wall_end = _midnight(day) + timedelta(minutes=end_minute)
    intervals: list[Interval] = []
    for since, until, offset in _segments(zone_name, day):
        start, end = max(wall_start - offset, since), min(wall_end - offset, until)
        if start < end:
            intervals.append((start, end))
    return tuple(merged(intervals))


def merged(intervals: list[Interval]) -> list[Interval]:
    """Return the union of intervals as sorted, disjoint ones; those that touch become one."""
    union: list[Interval] = []
    for start, end in sorted(intervals):
        if union and start <= union[-1][1]:
            if end > union[-1][1]:
                union[-1] = (union[-1][0], end)
        else:
            union.append((start, end))
    return union


def instants_at(wall: datetime, zone_name: str) -> tuple[datetime, ...]:
    """Return the UTC instants at which a zone's wall clock shows `wall` (naive, whole minutes).

    None where the clock jumps over it, two where it comes twice (earlier first).
    """
    minute = wall.hour * 60 + wall.minute
    return tuple(start for start, _ in wall_range(zone_name, wall.date(), minute, minute + 1))


def next_clock_change(zone_name: str, after: datetime, days: int = 14) -> tuple[datetime, timedelta] | None:
    """Return (instant, shift) of the next clock change within so many days, or None. Shift is +1 h in spring."""
    zone = ZoneInfo(zone_name)
    at, end = after, after + timedelta(days=days)
    while at < end:
        following = at + _PROBE
        if _offset(following, zone) != _offset(at, zone):
            change = _change_between(at, following, zone)
            return change, _offset(following, zone) - _offset(at, zone)
        at = following
    return None


def covers(intervals: list[Interval], start: datetime, end: datetime) -> bool:
    """Whether one of the sorted, disjoint intervals holds all of [start, end)."""
    position = bisect_right(intervals, (start, datetime.max.replace(tzinfo=UTC))) - 1
    return position >= 0 and intervals[position][0] <= start and end <= intervals[position][1]
