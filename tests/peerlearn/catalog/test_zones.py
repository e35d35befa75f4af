"""Wall time across clock changes, odd zones and the date line."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerlearn.catalog.zones import instants_at, merged, next_clock_change, wall_range

ZONES = [
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Casablanca",
    "America/St_Johns",
    "UTC",
]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_an_ordinary_range_is_one_interval_at_the_zones_offset() -> None:
    assert wall_range("Asia/Kolkata", date(2026, 11, 22), 18 * 60, 19 * 60) == (
        (utc(2026, 11, 22, 12, 30), utc(2026, 11, 22, 13, 30)),
    )


def test_an_hour_that_does_not_exist_gives_no_time() -> None:
    assert wall_range("America/New_York", date(2026, 3, 8), 120, 180) == ()


def test_an_hour_that_comes_twice_gives_two_times() -> None:
    assert wall_range("America/New_York", date(2026, 11, 1), 60, 90) == (
        (utc(2026, 11, 1, 5, 0), utc(2026, 11, 1, 5, 30)),
        (utc(2026, 11, 1, 6, 0), utc(2026, 11, 1, 6, 30)),
    )


def test_a_range_across_the_spring_change_is_shorter_and_one_piece() -> None:
    ((start, end),) = wall_range("Europe/London", date(2026, 3, 29), 0, 180)
    assert end - start == timedelta(hours=2)


def test_a_day_that_a_zone_skipped_has_no_time() -> None:
    assert wall_range("Pacific/Apia", date(2011, 12, 30), 0, 1440) == ()


def test_0230_on_the_spring_day_is_no_instant_and_0130_in_autumn_is_two() -> None:
    assert instants_at(datetime(2026, 3, 8, 2, 30), "America/New_York") == ()  # noqa: DTZ001 - a wall time has no zone
    assert instants_at(datetime(2026, 11, 1, 1, 30), "America/New_York") == (  # noqa: DTZ001
        utc(2026, 11, 1, 5, 30),
        utc(2026, 11, 1, 6, 30),
    )


def test_the_next_clock_change_is_told_with_its_shift() -> None:
    assert next_clock_change("Europe/London", utc(2026, 3, 20)) == (utc(2026, 3, 29, 1), timedelta(hours=1))
    assert next_clock_change("Asia/Kolkata", utc(2026, 3, 20), days=365) is None


def test_intervals_that_touch_become_one() -> None:
    a, b, c, d = (utc(2026, 1, 1, hour) for hour in (1, 2, 3, 4))
    assert merged([(c, d), (a, b), (b, c)]) == [(a, d)]


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    start=st.integers(0, 95),
    length=st.integers(1, 40),
)
def test_every_instant_of_a_range_shows_the_ranges_wall_time_and_no_other_does(
    zone: str, day: date, start: int, length: int
) -> None:
    low, high = start * 15, min(1440, (start + length) * 15)
    intervals = wall_range(zone, day, low, high)
    tz, step = ZoneInfo(zone), timedelta(minutes=15)
    at = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=16)
    while at < datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=40):
        there = at.astimezone(tz)
        shows = there.date() == day and low <= there.hour * 60 + there.minute < high
        assert shows == any(begin <= at < end for begin, end in intervals)
        at += step


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_both_sides_of_the_date_line_keep_their_own_day(zone: str) -> None:
    ((start, _),) = wall_range(zone, date(2026, 5, 4), 0, 60)
    assert start.astimezone(ZoneInfo(zone)).date() == date(2026, 5, 4)
