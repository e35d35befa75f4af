"""A short walk down the street of `make drill-money`: everything about money at random, with crashes, and it agrees."""

from pathlib import Path

from flask import Flask

from peerlearn.clock import MovableClock
from peerlearn.kernel import db
from tests.drills import money
from tests.drills.money_street import street_open


def test_100_random_steps_with_crashes_leave_books_that_agree_with_the_gateway(
    app: Flask, clock: MovableClock, tmp_path: Path
) -> None:
    ports = app.extensions["peerlearn.ports"]
    street = street_open(app, clock, tmp_path, 11, money.people_make)
    try:
        result = money.run(street, 100)
    finally:
        del db.session.commit
        app.extensions["peerlearn.ports"] = ports
        street.store.close()
    assert result.wrong == []
    assert result.steps == 100
    assert result.counts["crashed"] > 0
    assert result.settled > 0
