"""Turning rows into what a dashboard shows: weeks, months, a map of the week, a streak. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from peerlearn.clock import local

Stretch = tuple[int, int, int]
"""Weekly hours as (weekday 0 = Monday, start minute, end minute)."""

BAND_HOURS = 2
FIRST_HOUR, LAST_HOUR = 7, 23
DAYS = 7
BANDS_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class WeekSum:
    """What a week, beginning on a Monday, adds up to."""

    start: date
    total: int


@dataclass(frozen=True, slots=True)
class Band:
    """Two hours of the day, and what each weekday counts in them (Monday first)."""

    first_hour: int
    counts: tuple[int, ...]

    @property
    def last_hour(self) -> int:
        """Where the band ends."""
        return self.first_hour + BAND_HOURS


@dataclass(frozen=True, slots=True)
class BestHour:
    """The weekday and band in which most is asked."""

    weekday: int
    band: Band
    asked: int


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def month_before(first: date) -> date:
    """The first day of the month before the one that begins on `first`."""
    return (first - timedelta(days=1)).replace(day=1)


def by_week(events: Iterable[tuple[datetime, int]], zone: str, today: date, weeks: int) -> list[WeekSum]:
    """Sum (instant, amount) by week on the zone's calendar: `weeks` of them, the present one last, none missing."""
    last = monday_of(today)
    starts = [last - timedelta(weeks=weeks - 1 - index) for index in range(weeks)]
    sums: Counter[date] = Counter()
    for instant, amount in events:
        sums[monday_of(local(instant, zone).date())] += amount
    return [WeekSum(start, sums[start]) for start in starts]


def in_month(events: Iterable[tuple[datetime, int]], zone: str, first: date) -> int:
    """Sum the amounts whose instants lie in the month that begins on `first`, on the zone's calendar."""
    return sum(
        amount
        for instant, amount in events
        if (local(instant, zone).year, local(instant, zone).month) == (first.year, first.month)
    )


def week_map(instants: Iterable[datetime], zone: str) -> list[Band]:
    """Count instants by two-hour band of the day and weekday on the zone's clock.

    Bands reach from the first to the last one that holds anything; at least three are shown, and at most the five
    neighbours in which most is asked.
    """
    cells: Counter[tuple[int, int]] = Counter()
    for instant in instants:
        there = local(instant, zone)
        hour = min(max(there.hour, FIRST_HOUR), LAST_HOUR - 1)
        cells[FIRST_HOUR + (hour - FIRST_HOUR) // BAND_HOURS * BAND_HOURS, there.weekday()] += 1
    bands = [
        Band(first, tuple(cells[first, weekday] for weekday in range(DAYS)))
        for first in range(FIRST_HOUR, LAST_HOUR, BAND_HOURS)
    ]
    filled = [index for index, band in enumerate(bands) if any(band.counts)]
    if not filled:
        return []
    low, high = filled[0], filled[-1]
    while high - low < 2:
        low, high = max(0, low - 1), min(len(bands) - 1, high + 1)
    shown = bands[low : high + 1]
    width = min(BANDS_AT_MOST, len(shown))
    starts = range(len(shown) - width + 1)
    fullest = max(starts, key=lambda at: sum(sum(band.counts) for band in shown[at : at + width]))
    return shown[fullest : fullest + width]


def best_hour(bands: Sequence[Band]) -> BestHour | None:
    """The fullest cell of the map, the earliest of equals; None where nothing was asked."""
    best: BestHour | None = None
    for band in bands:
        for weekday, asked in enumerate(band.counts):
            if asked and (best is None or asked > best.asked):
                best = BestHour(weekday, band, asked)
    return best


def covers(hours: Iterable[Stretch], zone: str, seen_from: str, weekday: int, first_hour: int, at: datetime) -> bool:
    """Whether weekly hours in `zone` touch a two-hour band of a weekday as seen from another zone, around `at`."""
    there = local(at, seen_from)
    begin = (there + timedelta(days=(weekday - there.weekday()) % DAYS)).replace(
        hour=first_hour, minute=0, second=0, microsecond=0
    )
    spans = list(hours)
    for half_hour in range(BAND_HOURS * 2):
        own = local(begin + timedelta(minutes=30 * half_hour), zone)
        minute = own.hour * 60 + own.minute
        if any(day == own.weekday() and start <= minute < end for day, start, end in spans):
            return True
    return False


def streak_weeks(sums: Sequence[WeekSum]) -> int:
    """How many weeks in a row, up to now, had anything. The present week may still be empty."""
    filled = [bool(week.total) for week in sums]
    if filled and not filled[-1]:
        filled = filled[:-1]
    count = 0
    for week in reversed(filled):
        if not week:
            break
        count += 1
    return count


def typical_seconds(answers: Iterable[timedelta]) -> int | None:
    """The median of answering times in seconds, or None without any."""
    seconds = [answer.total_seconds() for answer in answers]
    return round(median(seconds)) if seconds else None


def part_of_day(hour: int) -> str:
    """ "night" until 4, "morning" until 12, "afternoon" until 17, "evening" until midnight."""
    if hour < 4:
        return "night"
    if hour < 12:
        return "morning"
    return "afternoon" if hour < 17 else "evening"
