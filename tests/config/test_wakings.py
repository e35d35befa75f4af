"""When the green server rests before it looks for messages, on a clock of the test's own."""

from __future__ import annotations

from config.wakings import REMEMBERED, TOGETHER, Wakings


class Stream:
    """Messages that come evenly; the clock goes on only where somebody sleeps, waits or works."""

    def __init__(self, apart: float) -> None:
        self.now = 100.0
        self.apart = apart
        self.next = self.now + apart
        self.rests: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds

    def poll(self, seconds: float) -> list[float]:
        """What has come; if nothing has, wait for the next."""
        self.now = max(self.now, min(self.next, self.now + seconds))
        came = []
        while self.next <= self.now:
            came.append(self.next)
            self.next += self.apart
        return came

    def served(self, seconds: float = 60.0) -> list[list[float]]:
        """What one look after another gave, long enough for the rate to be known."""
        wakings = Wakings(self.poll, self.sleep, lambda: self.now)
        for _ in range(REMEMBERED * 12):
            wakings(seconds)
        self.rests.clear()
        return [wakings(seconds) for _ in range(REMEMBERED)]


def test_at_a_high_rate_messages_meet_in_one_waking_and_wait_for_little_more_than_the_next() -> None:
    stream = Stream(1 / 1500)
    looks = stream.served()
    assert sum(map(len, looks)) > len(looks) * 1.05
    assert max(stream.rests) < 1.05 * TOGETHER / 1500


def test_at_a_low_rate_nothing_rests() -> None:
    stream = Stream(1 / 100)
    assert all(len(look) == 1 for look in stream.served())
    assert not stream.rests


def test_a_timer_that_is_due_is_not_slept_over() -> None:
    stream = Stream(1 / 1500)
    stream.served(seconds=0.0003)
    assert stream.rests
    assert max(stream.rests) <= 0.0003


def test_when_the_stream_ends_resting_ends_with_it() -> None:
    stream = Stream(1 / 1500)
    wakings = Wakings(stream.poll, stream.sleep, lambda: stream.now)
    for _ in range(REMEMBERED * 12):
        wakings(60.0)
    stream.apart = 1.0
    stream.next = stream.now + 1.0
    for _ in range(8):
        wakings(60.0)
    stream.rests.clear()
    for _ in range(8):
        assert len(wakings(60.0)) == 1
    assert not stream.rests
