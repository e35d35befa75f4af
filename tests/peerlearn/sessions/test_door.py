"""When the door opens and closes, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from peerlearn.sessions.door import Door, door_at, door_times

START = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
END = START + timedelta(minutes=50)


@pytest.mark.parametrize(
    ("at", "door"),
    [
        (START - timedelta(minutes=11), Door.EARLY),
        (START - timedelta(minutes=10, seconds=1), Door.EARLY),
        (START - timedelta(minutes=10), Door.OPEN),
        (START, Door.OPEN),
        (END, Door.OPEN),
        (END + timedelta(minutes=15) - timedelta(seconds=1), Door.OPEN),
        (END + timedelta(minutes=15), Door.CLOSED),
    ],
)
@pytest.mark.parametrize("state", ["confirmed", "live"])
def test_the_door_opens_ten_minutes_early_and_closes_fifteen_after_the_end(
    at: datetime, door: Door, state: str
) -> None:
    assert door_at(at, START, END, state) is door


@pytest.mark.parametrize(
    ("next_in", "closes_in"), [(0, 0), (5, 5), (15, 15), (40, 15), (-5, 0)], ids=["at_once", "5", "15", "later", "past"]
)
def test_the_time_after_a_lesson_never_runs_over_the_next_one(next_in: int, closes_in: int) -> None:
    following = END + timedelta(minutes=next_in)
    closes = END + timedelta(minutes=closes_in)
    assert door_times(START, END, following).closes_at == closes
    assert door_at(closes, START, END, "live", following) is Door.CLOSED
    assert door_at(closes - timedelta(seconds=1), START, END, "live", following) is Door.OPEN


@pytest.mark.parametrize("state", ["open", "held", "completed", "cancelled", "expired"])
def test_only_a_paid_lesson_has_a_door(state: str) -> None:
    assert door_at(START, START, END, state) is Door.CLOSED
