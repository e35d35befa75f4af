"""Outages are gaps between heartbeats, and nothing is claimed where nothing was ever heard."""

from datetime import timedelta
from typing import Any

from flask import Flask

from peerlearn.live.heartbeat import heartbeat, outages_between


def test_a_gap_is_an_outage_and_silence_from_the_beginning_is_none(app: Flask, clock: Any) -> None:
    start = clock.now()
    end = start + timedelta(minutes=60)
    clock.move(minutes=90)
    assert outages_between(start, end) == []
    clock.move_to(start)
    for _ in range(3 * 20):
        heartbeat()
        clock.move(seconds=20)
    down = clock.now() - timedelta(seconds=20)
    clock.move(minutes=10)
    back = clock.now()
    heartbeat()
    heartbeat()
    assert outages_between(start, end) == [(down, back)]
    assert outages_between(down + timedelta(minutes=1), down + timedelta(minutes=2)) == [
        (down + timedelta(minutes=1), down + timedelta(minutes=2))
    ]


def test_an_outage_that_lasts_counts_until_now(app: Flask, clock: Any) -> None:
    start = clock.now()
    heartbeat()
    clock.move(minutes=5)
    assert outages_between(start, start + timedelta(minutes=50)) == [(start, clock.now())]
    clock.move(days=4)
    heartbeat()
    clock.move(minutes=1)
    assert outages_between(start, start + timedelta(minutes=50)) == [], "too long ago: the beats of then are gone"
