"""Free times: what a mentor offers, less what is taken, as instants a learner can book. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from peerlearn.catalog.zones import FURTHEST, Interval, merged, wall_range

DAY_MINUTES = 24 * 60
ONE_DAY = timedelta(days=1)
MIDNIGHT = time()


class Hours(Protocol):
    """One weekly range: weekday 0 = Monday, minutes of the day in the mentor's zone."""

    @property
    def weekday(self) -> int: ...
    @property
    def start_minute(self) -> int: ...
    @property
    def end_minute(self) -> int: ...


class Exceptional(Protocol):
    """One day that differs, `off` or `extra`; no minutes means the whole day."""

    @property
    def day(self) -> date: ...
    @property
    def start_minute(self) -> int | None: ...
    @property
    def end_minute(self) -> int | None: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class WeeklyRange:
    """A weekly range as a value."""

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day exception as a value."""

    day: date
    kind: str
    start_minute: int | None = None
    end_minute: int | None = None


@dataclass(frozen=True)
class Availability:
    """All that decides when a mentor can be booked, but for what is already taken."""

    zone: str
    weekly: tuple[WeeklyRange, ...]
    exceptions: tuple[DayChange, ...]
    lesson_minutes: int
    notice_minutes: int = 15
    buffer_minutes: int = 0
    max_per_day: int | None = None
    horizon_days: int = 28

    def slots(
        self, busy: Sequence[Interval], *, now: datetime, until: datetime | None = None, limit: int | None = None
    ) -> list[datetime]:
        """Return the bookable starts from now on, by all of the mentor's own rules, earliest first."""
        horizon = now + timedelta(days=self.horizon_days)
        return free_slots(
            self.weekly,
            self.exceptions,
            self.zone,
            busy,
            self.lesson_minutes,
            now,
            min(until, horizon) if until else horizon,
            notice_minutes=self.notice_minutes,
            buffer_minutes=self.buffer_minutes,
            max_per_day=self.max_per_day,
            limit=limit,
        )

    def offers(self, starts_at: datetime, busy: Sequence[Interval], *, now: datetime) -> bool:
        """Whether this very start is bookable, by the rule that lists them; looks at nothing but its own day.

        `busy` must hold what is taken on the day of the start and around it.
        """
        if starts_at >= now + timedelta(days=self.horizon_days):
            return False
        return starts_at in free_slots(
            self.weekly,
            self.exceptions,
            self.zone,
            busy,
            self.lesson_minutes,
            starts_at,
            starts_at + timedelta(minutes=1),
            notice_minutes=self.notice_minutes,
            now=now,
            buffer_minutes=self.buffer_minutes,
            max_per_day=self.max_per_day,
        )


def _less(ranges: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Return wall ranges without [start, end)."""
    rest: list[tuple[int, int]] = []
    for low, high in ranges:
        if low < min(high, start):
            rest.append((low, min(high, start)))
        if max(low, end) < high:
            rest.append((max(low, end), high))
    return rest


def wall_ranges(weekly: Iterable[Hours], exceptions: Iterable[Exceptional], day: date) -> list[tuple[int, int]]:
    """Return what a mentor offers on one local day, as minutes of that day: weekly hours, less `off`, plus `extra`."""
    weekday = day.weekday()
    ranges = [(hours.start_minute, hours.end_minute) for hours in weekly if hours.weekday == weekday]
    today = [exception for exception in exceptions if exception.day == day]
    for exception in today:
        if exception.kind == "off":
            start = 0 if exception.start_minute is None else exception.start_minute
            end = DAY_MINUTES if exception.end_minute is None else exception.end_minute
            ranges = _less(ranges, start, end)
    ranges.extend(
        (exception.start_minute, exception.end_minute)
        for exception in today
        if exception.kind == "extra" and exception.start_minute is not None and exception.end_minute is not None
    )
    return ranges


def open_intervals(
    weekly: Sequence[Hours], exceptions: Sequence[Exceptional], zone: str, start: datetime, end: datetime
) -> Iterator[Interval]:
    """Yield the stretches of time a mentor offers that touch [start, end), as sorted, disjoint UTC intervals.

    They are given whole, so that the grid of starts doesn't move with the window. Ranges that meet at midnight are one.
    Days are read only as far as the caller goes.
    """
    tz = ZoneInfo(zone)
    # Ranges that meet at midnight are one stretch, so the day before and the day after belong to it.
    day, last = start.astimezone(tz).date() - ONE_DAY, end.astimezone(tz).date() + ONE_DAY
    waiting: list[Interval] = []
    while day <= last:
        for low, high in wall_ranges(weekly, exceptions, day):
            waiting.extend(wall_range(zone, day, low, high))
        day += ONE_DAY
        if waiting:
            waiting = merged(waiting)
            # No later day of any zone begins before this instant: what ends earlier is complete.
            settled = datetime.combine(day, MIDNIGHT, UTC) - FURTHEST
            while waiting and waiting[0][1] < settled:
                interval = waiting.pop(0)
                if interval[1] > start and interval[0] < end:
                    yield interval
    yield from (interval for interval in waiting if interval[1] > start and interval[0] < end)


def free_slots(
    weekly: Sequence[Hours],
    exceptions: Sequence[Exceptional],
    zone: str,
    busy: Sequence[Interval],
    minutes: int,
    window_start: datetime,
    window_end: datetime,
    notice_minutes: int = 15,
    step_minutes: int = 30,
    *,
    now: datetime | None = None,
    buffer_minutes: int = 0,
    max_per_day: int | None = None,
    limit: int | None = None,
) -> list[datetime]:
    """Return the starts (aware UTC, ascending) at which a lesson of `minutes` fits into a mentor's free time.

    `weekly` and `exceptions` are wall time in `zone`; `busy` are UTC intervals that are taken. Starts lie on a grid of
    `step_minutes` that begins where each stretch of free time begins, in [window_start, window_end), and not earlier
    than `notice_minutes` after `now` (the window's start where no `now` is given). `buffer_minutes` are kept free
    around what is taken; a local day that has `max_per_day` lessons offers no more. Real minutes are counted, so a
    lesson across a clock change keeps its length, an hour that does not exist is never offered and one that comes
    twice is offered twice.
    """
    earliest = max(window_start, (now or window_start) + timedelta(minutes=notice_minutes))
    if earliest >= window_end:
        return []
    tz = ZoneInfo(zone)
    length, step = timedelta(minutes=minutes), timedelta(minutes=step_minutes)
    buffer = timedelta(minutes=buffer_minutes)
    taken = sorted((start - buffer, end + buffer) for start, end in busy if end + buffer > earliest)
    full_days = _full_days(busy, tz, max_per_day)
    found: list[datetime] = []
    for start, end in open_intervals(weekly, exceptions, zone, earliest, window_end):
        at = start
        if at < earliest:
            at += step * -((at - earliest) // step)
        while at + length <= end and at < window_end:
            blocked = next((until for since, until in taken if since < at + length and until > at), None)
            if blocked is not None:
                at += step * max(1, -((at - blocked) // step))
                continue
            if not full_days or at.astimezone(tz).date() not in full_days:
                found.append(at)
                if limit is not None and len(found) >= limit:
                    return found
            at += step
    return found


def _full_days(busy: Sequence[Interval], tz: ZoneInfo, max_per_day: int | None) -> set[date]:
    """Return the local days on which as many lessons begin as the mentor gives in a day."""
    if max_per_day is None:
        return set()
    counts: dict[date, int] = {}
    for start, _ in busy:
        day = start.astimezone(tz).date()
        counts[day] = counts.get(day, 0) + 1
    return {day for day, count in counts.items() if count >= max_per_day}
