"""The session's table, cell by cell."""

import pytest

from peerlearn.errors import Conflict
from peerlearn.sessions.lifecycle import TABLE, Event, Ignored, IllegalTransition, State, next_state, refuse, sources

EXPECTED = """
            hold       release    lapse      pay        start      end        cancel
open        held       -          expired    confirmed  !          !          cancelled
held        !          open       expired    confirmed  !          !          cancelled
confirmed   !          -          -          -          live       completed  cancelled
live        !          -          -          -          -          completed  cancelled
completed   !          -          -          -          !          -          !
cancelled   !          -          -          !          !          -          -
expired     !          -          -          confirmed  !          -          -
"""


def _cells() -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in EXPECTED.strip().splitlines()]
    return [(row[0], event, cell) for row in rows for event, cell in zip(head, row[1:], strict=True)]


def test_every_pair_of_state_and_event_is_spelled_out() -> None:
    assert set(TABLE) == {(state, event) for state in State for event in Event}
    assert len(_cells()) == len(TABLE)


@pytest.mark.parametrize(("state", "event", "cell"), _cells())
def test_the_table_says_what_is_written_here(state: str, event: str, cell: str) -> None:
    outcome = next_state(state, Event(event))
    if cell == "-":
        assert outcome == Ignored(State(state))
    elif cell == "!":
        assert isinstance(outcome, IllegalTransition)
        assert outcome.message.endswith(".") and "!" not in outcome.message
    else:
        assert outcome is State(cell)


def test_nothing_leaves_completed_or_cancelled() -> None:
    for state in (State.COMPLETED, State.CANCELLED):
        assert not [event for event in Event if isinstance(next_state(state, event), State)]


def test_an_illegal_transition_is_refused_with_its_sentence() -> None:
    with pytest.raises(Conflict, match="not paid yet") as caught:
        refuse(next_state("held", Event.START))
    assert caught.value.code == "cannot_start"


def test_sources_are_the_expected_side_of_the_update() -> None:
    assert set(sources(Event.CANCEL, State.CANCELLED)) == {State.OPEN, State.HELD, State.CONFIRMED, State.LIVE}
