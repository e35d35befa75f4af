"""Free times in every zone of the tz database, around every change of its clocks from 2025 to 2027."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from peerlearn.catalog.slots import WeeklyRange, free_slots

FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
MINUTES = 45
STEP = timedelta(minutes=30)
# Round the clock but for one hour, so that there is a stretch of the day in which nothing may be offered.
HOURS = [WeeklyRange(day, start, end) for day in range(7) for start, end in ((0, 720), (780, 1440))]
HOUR = timedelta(hours=1)


def changes_by_rule() -> dict[tuple[tuple[datetime, timedelta, timedelta], ...], list[str]]:
    """Zones by their changes: (instant to the minute, offset before, offset after). Many zones share one rule."""
    rules: dict[tuple[tuple[datetime, timedelta, timedelta], ...], list[str]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        changes, at = [], FIRST
        while at < LAST:
            following = at + timedelta(days=7)
            before, after = at.astimezone(zone).utcoffset(), following.astimezone(zone).utcoffset()
            if before != after:
                low, high = at, following
                while high - low > timedelta(minutes=1):
                    middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
                    low, high = (low, middle) if middle.astimezone(zone).utcoffset() == after else (middle, high)
                changes.append((high, before or timedelta(0), after or timedelta(0)))
            at = following
        if changes:
            rules.setdefault(tuple(changes), []).append(name)
    return rules


def test_around_every_change_in_every_zone_the_free_times_are_right() -> None:
    rules = changes_by_rule()
    everywhere = sorted(name for names in rules.values() for name in names)
    assert len(everywhere) > 100
    assert {"Australia/Lord_Howe", "Pacific/Chatham", "America/St_Johns", "Africa/Casablanca"} <= set(everywhere)
    seen = 0
    for changes, names in rules.items():
        for change, before, after in changes:
            seen += 1
            check(names[0], change, before, after)
            # The other zones of the same rule, every one of them, have the very same free times then.
            around = (change - timedelta(hours=3), change + timedelta(hours=3))
            first = free_slots(HOURS, [], names[0], [], MINUTES, *around, notice_minutes=0)
            for name in names[1:]:
                assert free_slots(HOURS, [], name, [], MINUTES, *around, notice_minutes=0) == first, (name, change)
    assert seen > 150
    assert everywhere == sorted(name for name in available_timezones() if changes_its_clocks(name))


def changes_its_clocks(name: str) -> bool:
    """Whether its distance from UTC changes in these years, asked every fifth day: no summer time is shorter."""
    zone, days = ZoneInfo(name), (LAST - FIRST).days
    offsets = [(FIRST + timedelta(days=day)).astimezone(zone).utcoffset() for day in range(0, days, 5)]
    return len(set(offsets)) > 1


def test_where_a_day_was_left_out_or_lived_twice_the_times_are_those_of_the_days_there_were() -> None:
    for name, missing, zone_day in (
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("Pacific/Kwajalein", date(1993, 8, 21), datetime(1993, 8, 21, 12, tzinfo=UTC)),
    ):
        found = free_slots(HOURS, [], name, [], MINUTES, zone_day - 48 * HOUR, zone_day + 48 * HOUR, notice_minutes=0)
        walls = [slot.astimezone(ZoneInfo(name)) for slot in found]
        days = sorted({wall.date() for wall in walls})
        assert missing not in days and {missing - timedelta(days=1), missing + timedelta(days=1)} <= set(days)
        per_day = Counter(wall.date() for wall in walls)
        assert per_day[missing - timedelta(days=1)] == per_day[missing + timedelta(days=1)], (
            "each of them is a whole day"
        )


def check(name: str, change: datetime, before: timedelta, after: timedelta) -> None:
    zone, where = ZoneInfo(name), (name, change)
    start, end = change - timedelta(hours=30), change + timedelta(hours=30)
    taken = (change - timedelta(hours=5), change - timedelta(hours=4))
    found = free_slots(HOURS, [], name, [taken], MINUTES, start, end, notice_minutes=0)
    assert found == sorted(set(found)) and len(found) > 60, where
    walls = [slot.astimezone(zone).replace(tzinfo=None) for slot in found]
    for slot, wall in zip(found, walls, strict=True):
        for minute in range(0, MINUTES, 15):
            there = (slot + timedelta(minutes=minute)).astimezone(zone)
            assert there.hour != 12, where
        assert not (taken[0] < slot + timedelta(minutes=MINUTES) and slot < taken[1]), where
        # Its wall time leads back to it: an hour that the clocks jump over has no such way.
        ways = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        assert slot in ways, where
    # The grid is the same from whichever moment one looks, and a later look sees a part of what an earlier one saw.
    later = change + timedelta(minutes=7)
    assert free_slots(HOURS, [], name, [taken], MINUTES, later, end, notice_minutes=0) == [
        slot for slot in found if slot >= later
    ], where
    shift = after - before
    if shift < timedelta(0):  # the clocks go back: what is offered in the doubled stretch is offered twice
        doubled = [
            wall
            for wall in walls
            if (change + after).replace(tzinfo=None) <= wall < (change + before).replace(tzinfo=None)
        ]
        if shift == -HOUR and not 11 <= (change + before).hour <= 14:
            assert len(doubled) >= 4 and len(set(doubled)) * 2 == len(doubled), where
    else:  # forward: nothing begins in the missing stretch
        gap = ((change + before).replace(tzinfo=None), (change + after).replace(tzinfo=None))
        assert not any(gap[0] <= wall < gap[1] for wall in walls), where
