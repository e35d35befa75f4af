"""A short walk down the street of `make drill-money`: everything about money at random, with crashes, and it agrees."""

from pathlib import Path

from flask import Flask

from peerlearn.clock import MovableClock
from tests.drills import money
from tests.drills.money_people import give_bank
from tests.drills.money_street import street_close, street_open


def test_80_random_steps_with_crashes_leave_books_that_agree_with_the_gateway(
    app: Flask, clock: MovableClock, tmp_path: Path
) -> None:
    ports = app.extensions["peerlearn.ports"]
    street = street_open(app, clock, tmp_path, 22, money.people_make)
    try:
        for _ in range(6):
            street.step(give_bank)
        result = money.run(street, 80, kill=False)
    finally:
        street_close(street)
        app.extensions["peerlearn.ports"] = ports
    assert result.wrong == []
    assert result.steps == 80
    assert result.looked_at > 20
    assert result.counts["crashed"] > 0
    assert result.states["payout"]
    assert result.states["refund"]["processed"] > 0
