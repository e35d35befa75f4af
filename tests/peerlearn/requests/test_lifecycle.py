"""The tables of requests and rings, cell by cell, and the rhythm of the waves."""

from datetime import UTC, datetime, timedelta

import pytest

from peerlearn.errors import Conflict
from peerlearn.requests.lifecycle import (
    RING_TABLE,
    TABLE,
    Event,
    Ignored,
    IllegalTransition,
    RingEvent,
    RingState,
    State,
    next_ring_state,
    next_state,
    refuse,
)
from peerlearn.requests.waves import given_up, percentile, wave_due

EXPECTED = """
            accept    decline   withdraw   expire
open        accepted  declined  withdrawn  expired
accepted    !         !         !          -
declined    !         -         -          -
withdrawn   !         -         -          -
expired     !         -         -          -
"""
RINGS = """
            ring     accept    decline   miss    stop
waiting     ringing  !         declined  -       stopped
ringing     -        accepted  declined  missed  stopped
accepted    -        -         !         -       -
declined    -        !         -         -       -
missed      -        !         -         -       -
stopped     -        !         -         -       -
"""


def _cells(text: str) -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in text.strip().splitlines()]
    return [(row[0], event, cell) for row in rows for event, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("state", "event", "cell"), _cells(EXPECTED))
def test_the_request_table_says_what_is_written_here(state: str, event: str, cell: str) -> None:
    outcome = next_state(state, Event(event))
    if cell in "-!":
        assert isinstance(outcome, Ignored if cell == "-" else IllegalTransition)
    else:
        assert outcome is State(cell)


@pytest.mark.parametrize(("state", "event", "cell"), _cells(RINGS))
def test_the_ring_table_says_what_is_written_here(state: str, event: str, cell: str) -> None:
    outcome = next_ring_state(state, RingEvent(event))
    if cell in "-!":
        assert isinstance(outcome, Ignored if cell == "-" else IllegalTransition)
    else:
        assert outcome is RingState(cell)


def test_every_pair_is_spelled_out() -> None:
    assert set(TABLE) == {(state, event) for state in State for event in Event}
    assert set(RING_TABLE) == {(state, event) for state in RingState for event in RingEvent}


def test_who_comes_second_hears_taken() -> None:
    with pytest.raises(Conflict) as caught:
        refuse(next_ring_state("stopped", RingEvent.ACCEPT))
    assert caught.value.code == "taken"


def test_a_wave_every_twenty_seconds_and_the_honest_end_at_three_minutes() -> None:
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert wave_due(at, None)
    assert not wave_due(at + timedelta(seconds=19), at)
    assert wave_due(at + timedelta(seconds=20), at)
    assert not given_up(at + timedelta(seconds=179), at)
    assert given_up(at + timedelta(seconds=180), at)


def test_too_few_answers_promise_nothing() -> None:
    assert percentile([10, 20, 30, 40], 0.5) is None
    assert percentile([50, 10, 40, 20, 30], 0.5) == 30
    assert percentile(list(range(1, 101)), 0.9) == 90
