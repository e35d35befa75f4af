"""Free times: on the grid, long enough, not taken, right across every clock change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from peerlearn.catalog.slots import Availability, DayChange, WeeklyRange, free_slots
from tests.peerlearn.catalog.test_zones import ZONES, utc

EVERY_DAY = [WeeklyRange(day, 9 * 60, 12 * 60) for day in range(7)]


def local_times(slots: list[datetime], zone: str) -> list[str]:
    return [slot.astimezone(ZoneInfo(zone)).strftime("%a %H:%M") for slot in slots]


def test_starts_lie_on_the_half_hour_and_a_lesson_fits_before_the_end() -> None:
    found = free_slots(EVERY_DAY, [], "Asia/Kolkata", [], 50, utc(2026, 3, 4), utc(2026, 3, 5))
    assert local_times(found, "Asia/Kolkata") == ["Wed 09:00", "Wed 09:30", "Wed 10:00", "Wed 10:30", "Wed 11:00"]


def test_the_grid_does_not_move_with_the_window() -> None:
    found = free_slots(EVERY_DAY, [], "UTC", [], 50, utc(2026, 3, 4, 9, 7), utc(2026, 3, 4, 23))
    assert found == [utc(2026, 3, 4, 9, 30), utc(2026, 3, 4, 10), utc(2026, 3, 4, 10, 30), utc(2026, 3, 4, 11)]


def test_notice_is_kept_to_the_minute() -> None:
    at = utc(2026, 3, 4, 9, 15)
    assert free_slots(EVERY_DAY, [], "UTC", [], 50, at, utc(2026, 3, 5))[0] == utc(2026, 3, 4, 9, 30)
    assert free_slots(EVERY_DAY, [], "UTC", [], 50, at + timedelta(minutes=1), utc(2026, 3, 5))[0] == utc(
        2026, 3, 4, 10
    )


def test_notice_and_horizon_are_real_hours_on_the_night_of_a_change() -> None:
    noon = utc(2026, 3, 28, 12)  # London's clocks go forward in the following night
    hours = tuple(WeeklyRange(weekday, 0, 1440) for weekday in range(7))
    rules = Availability("Europe/London", hours, (), 30, notice_minutes=1440, horizon_days=7)
    offered = rules.slots([], now=noon)
    assert offered[0] == utc(2026, 3, 29, 12), "13:00 on the clock: 24 hours, not the same time tomorrow"
    assert offered[-1] == noon + timedelta(days=7, minutes=-30)
    assert not rules.offers(offered[0] - timedelta(minutes=30), [], now=noon)
    assert not rules.offers(noon + timedelta(days=7), [], now=noon)


def test_what_is_taken_is_not_offered_and_touching_lessons_are_allowed() -> None:
    busy = [(utc(2026, 3, 4, 10), utc(2026, 3, 4, 10, 50))]
    found = free_slots(EVERY_DAY, [], "UTC", busy, 50, utc(2026, 3, 4), utc(2026, 3, 5))
    assert found == [utc(2026, 3, 4, 9), utc(2026, 3, 4, 11)]


def test_a_pause_between_lessons_is_kept_on_both_sides() -> None:
    busy = [(utc(2026, 3, 4, 10), utc(2026, 3, 4, 10, 50))]
    found = free_slots(EVERY_DAY, [], "UTC", busy, 50, utc(2026, 3, 4), utc(2026, 3, 5), buffer_minutes=15)
    assert found == []


def test_a_full_day_offers_no_more() -> None:
    busy = [(utc(2026, 3, 4, 9), utc(2026, 3, 4, 9, 50))]
    found = free_slots(EVERY_DAY, [], "UTC", busy, 50, utc(2026, 3, 4), utc(2026, 3, 6), max_per_day=1)
    assert {slot.day for slot in found} == {5}


def test_a_day_off_hides_its_hours_and_an_extra_hour_adds_some() -> None:
    changes = [
        DayChange(date(2026, 3, 4), "off"),
        DayChange(date(2026, 3, 4), "extra", 20 * 60, 21 * 60),
        DayChange(date(2026, 3, 5), "off", 9 * 60, 11 * 60),
    ]
    found = free_slots(EVERY_DAY, changes, "UTC", [], 50, utc(2026, 3, 4), utc(2026, 3, 6))
    assert found == [utc(2026, 3, 4, 20), utc(2026, 3, 5, 11)]


def test_nine_in_new_york_stays_nine_over_both_changes() -> None:
    for before, after in ((date(2026, 3, 7), date(2026, 3, 9)), (date(2026, 10, 31), date(2026, 11, 2))):
        slots = [
            free_slots(EVERY_DAY, [], "America/New_York", [], 50, utc(day.year, day.month, day.day, 5),
                       utc(day.year, day.month, day.day, 23), limit=1)[0]
            for day in (before, after)
        ]  # fmt: skip
        assert [slot.astimezone(ZoneInfo("America/New_York")).hour for slot in slots] == [9, 9]
        assert slots[0].hour != slots[1].hour


def test_a_night_across_the_spring_change_offers_no_hour_that_does_not_exist() -> None:
    night = [WeeklyRange(6, 60, 240)]
    found = free_slots(night, [], "America/New_York", [], 50, utc(2026, 3, 8), utc(2026, 3, 9))
    assert local_times(found, "America/New_York") == ["Sun 01:00", "Sun 01:30", "Sun 03:00"]


def test_a_night_across_the_autumn_change_offers_the_doubled_hour_twice() -> None:
    night = [WeeklyRange(6, 60, 180)]
    found = free_slots(night, [], "America/New_York", [], 30, utc(2026, 11, 1), utc(2026, 11, 2))
    assert local_times(found, "America/New_York") == [
        "Sun 01:00", "Sun 01:30", "Sun 01:00", "Sun 01:30", "Sun 02:00", "Sun 02:30",
    ]  # fmt: skip
    assert len(set(found)) == 6


def test_hours_that_meet_at_midnight_are_one_stretch() -> None:
    late = [WeeklyRange(2, 23 * 60, 1440), WeeklyRange(3, 0, 60)]
    found = free_slots(late, [], "Asia/Kathmandu", [], 50, utc(2026, 3, 4), utc(2026, 3, 5))
    assert local_times(found, "Asia/Kathmandu") == ["Wed 23:00", "Wed 23:30", "Thu 00:00"]


def test_what_the_page_offers_is_what_the_hold_accepts() -> None:
    availability = Availability("Europe/London", tuple(EVERY_DAY), (), 50, horizon_days=3)
    at = utc(2026, 3, 4)
    offered = availability.slots([], now=at)
    assert offered
    assert all(availability.offers(slot, [], now=at) for slot in offered)
    assert not availability.offers(offered[0] + timedelta(minutes=5), [], now=at)
    assert not availability.offers(offered[0] + timedelta(days=7), [], now=at)


hours = st.builds(
    lambda day, start, length: WeeklyRange(day, start * 15, min(1440, (start + length) * 15)),
    st.integers(0, 6), st.integers(0, 90), st.integers(2, 40),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    weekly=st.lists(hours, min_size=1, max_size=6),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(lambda wall: wall.replace(tzinfo=UTC)),  # noqa: DTZ001
    minutes=st.sampled_from([30, 50, 60, 90]),
    busy_hours=st.lists(st.integers(0, 160), max_size=5),
)
def test_every_start_in_every_zone_is_inside_the_hours_free_and_in_the_window(
    zone: str, weekly: list[WeeklyRange], start: datetime, minutes: int, busy_hours: list[int]
) -> None:
    end = start + timedelta(days=7)
    busy = [(start + timedelta(hours=h), start + timedelta(hours=h, minutes=50)) for h in busy_hours]
    found = free_slots(weekly, [], zone, busy, minutes, start, end)
    assert found == sorted(set(found))
    tz = ZoneInfo(zone)
    for slot in found:
        assert start + timedelta(minutes=15) <= slot < end
        assert not any(a < slot + timedelta(minutes=minutes) and slot < b for a, b in busy)
        for minute in (0, minutes - 1):
            there = (slot + timedelta(minutes=minute)).astimezone(tz)
            of_day = there.hour * 60 + there.minute
            assert any(row.weekday == there.weekday() and row.start_minute <= of_day < row.end_minute for row in weekly)
    assert free_slots(weekly, [], zone, busy, minutes, start, end, limit=2) == found[:2]


def test_one_start_is_offered_exactly_where_the_list_has_it() -> None:
    at_noon = utc(2026, 3, 4, 12)
    hours = tuple(WeeklyRange(day, 540, 1080) for day in range(7))
    availability = Availability("Asia/Kathmandu", hours, (), 50, notice_minutes=90, buffer_minutes=10, max_per_day=3)
    taken = [(at_noon + timedelta(days=1, hours=h), at_noon + timedelta(days=1, hours=h, minutes=50)) for h in (-8, -5)]
    listed = set(availability.slots(taken, now=at_noon))
    asked = [at_noon - timedelta(hours=1) + timedelta(minutes=15 * step) for step in range(4 * 24 * 30)]
    assert {start for start in asked if availability.offers(start, taken, now=at_noon)} == listed
