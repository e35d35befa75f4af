"""Shaping rules: weeks, months, the map of the week, streaks."""

from datetime import UTC, date, datetime, timedelta

import pytest

from peerlearn.insights.shape import (
    WeekSum,
    best_hour,
    by_week,
    covers,
    in_month,
    month_before,
    part_of_day,
    streak_weeks,
    typical_seconds,
    week_map,
)

TODAY = date(2026, 3, 4)  # a Wednesday


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_weeks_begin_on_monday_in_the_viewers_zone_and_none_is_missing():
    # Sunday 20:00 UTC is Monday 01:30 in Kolkata.
    events = [(utc(2026, 3, 1, 20), 100), (utc(2026, 2, 24, 12), 7)]
    assert by_week(events, "Asia/Kolkata", TODAY, 3) == [
        WeekSum(date(2026, 2, 16), 0), WeekSum(date(2026, 2, 23), 7), WeekSum(date(2026, 3, 2), 100),
    ]  # fmt: skip


def test_a_month_is_the_viewers_month():
    events = [(utc(2026, 2, 28, 20), 5), (utc(2026, 3, 31, 23), 9)]
    assert in_month(events, "Asia/Kolkata", date(2026, 3, 1)) == 5
    assert in_month(events, "UTC", date(2026, 3, 1)) == 9
    assert month_before(date(2026, 1, 1)) == date(2025, 12, 1)


def test_the_map_counts_by_weekday_and_two_hours_and_names_the_best():
    instants = [utc(2026, 3, 3, 17, 10), utc(2026, 3, 10, 18, 50), utc(2026, 3, 4, 9)]
    bands = week_map(instants, "UTC")
    best = best_hour(bands)
    assert (best.weekday, best.band.first_hour, best.asked) == (1, 17, 2)
    assert sum(sum(band.counts) for band in bands) == 3


def test_a_map_without_requests_is_empty_and_a_small_one_shows_three_bands():
    assert week_map([], "UTC") == []
    assert best_hour([]) is None
    assert len(week_map([utc(2026, 3, 3, 22)], "UTC")) == 3


def test_hours_in_another_zone_cover_a_band_seen_from_here():
    # 13:00 to 14:00 in London on Tuesdays is 18:30 to 19:30 in Kolkata.
    hours = [(1, 13 * 60, 14 * 60)]
    at = utc(2026, 3, 4, 12)
    assert covers(hours, "Europe/London", "Asia/Kolkata", 1, 17, at)
    assert not covers(hours, "Europe/London", "Asia/Kolkata", 1, 13, at)
    assert not covers(hours, "Europe/London", "Asia/Kolkata", 2, 17, at)


@pytest.mark.parametrize(
    ("totals", "streak"),
    [([], 0), ([0], 0), ([5], 1), ([5, 0, 5, 5], 2), ([5, 5, 0], 2), ([5, 0, 0], 0)],
)
def test_a_streak_survives_a_present_week_that_is_still_empty(totals, streak):
    assert streak_weeks([WeekSum(TODAY, total) for total in totals]) == streak


def test_the_typical_answer_is_the_median():
    assert typical_seconds([timedelta(minutes=m) for m in (1, 6, 90)]) == 360
    assert typical_seconds([]) is None


@pytest.mark.parametrize(
    ("hour", "word"), [(4, "morning"), (11, "morning"), (12, "afternoon"), (17, "evening"), (2, "night")]
)
def test_the_day_has_four_parts(hour, word):
    assert part_of_day(hour) == word
