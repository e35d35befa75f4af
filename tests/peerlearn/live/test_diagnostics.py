"""What a call went through: parsed strictly, kept with the server's times, bounded for each person."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from peerlearn.clock import MovableClock, now
from peerlearn.errors import Invalid
from peerlearn.live.diagnostics import marks_keep, marks_of, parse_marks
from peerlearn.live.protocol import LIMIT
from tests.peerlearn.live.lessons import lesson


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        [[1, "call"]],
        [[-1, "call", "x"]],
        [[True, "call", "x"]],
        [[1, "", "x"]],
        [[1, "k" * 17, "x"]],
        [[1, "call", "x" * 121]],
        [[1, "call", 5]],
        [[10**9, "call", "x"]],
        [[1, "call", "x"]] * (LIMIT["MARKS"] + 1),
    ],
)
def test_malformed_diagnostics_are_refused(raw: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_marks(raw)
    assert refusal.value.code == "diagnostics_invalid"


def test_what_no_row_can_hold_is_dropped() -> None:
    assert parse_marks([[1, "call", "a\x00b\ud800c"]]) == [[1, "call", "abc"]]


def test_times_are_counted_back_on_the_servers_clock(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    begun = now()
    marks_keep(room.id, room.learner_id, [[0, "call", "connected"]])
    clock.move(seconds=10)
    marks_keep(room.id, room.mentor_id, [[30_000, "call", "connecting"], [5_000, "ice", "failed"]])
    story = [(mark.at - begun, mark.user_id, mark.value) for mark in marks_of(room.id)]
    assert story == [
        (timedelta(seconds=-20), room.mentor_id, "connecting"),
        (timedelta(seconds=0), room.learner_id, "connected"),
        (timedelta(seconds=5), room.mentor_id, "failed"),
    ]
    assert marks_of(lesson().id) == []


def test_a_person_can_fill_no_database(app: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMIT, "MARK_REPORTS", 3)
    room = lesson()
    kept = [marks_keep(room.id, room.learner_id, [[0, "call", str(n)]]) for n in range(5)]
    assert kept == [1, 1, 1, 0, 0]
    assert marks_keep(room.id, room.mentor_id, [[0, "call", "x"]]) == 1
