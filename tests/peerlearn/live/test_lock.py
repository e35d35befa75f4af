"""The mentor's lock is kept by the log itself, whoever asks and in whatever order."""

from typing import Any

import pytest
from flask import Flask

from peerlearn.errors import Invalid
from peerlearn.live.board import parse_operation
from peerlearn.live.journal import Draft, journal_append
from peerlearn.live.lock import lock_refusal
from peerlearn.live.queries import last_seq, may_draw
from tests.peerlearn.live.lessons import Lesson, lesson

INK = {"do": "remove", "ids": ["x"]}


@pytest.mark.parametrize(
    ("kind", "do", "by_mentor", "locked", "code"),
    [
        ("board", "stroke", True, True, None),
        ("board", "stroke", False, False, None),
        ("board", "stroke", False, True, "board_locked"),
        ("board", "remove", False, True, "board_locked"),
        ("board", "lock", True, False, None),
        ("board", "lock", True, True, None),
        ("board", "lock", False, False, "mentor_only"),
        ("board", "lock", False, True, "mentor_only"),
        ("chat", "stroke", False, True, None),
    ],
)
def test_who_may_write_what(kind: str, do: str, by_mentor: bool, locked: bool, code: str | None) -> None:
    refusal = lock_refusal(kind, {"do": do}, by_mentor=by_mentor, locked=locked)
    assert (refusal and refusal.code) == code


@pytest.mark.parametrize("on", [None, 1, "true", {}])
def test_a_lock_is_on_or_off(on: Any) -> None:
    with pytest.raises(Invalid):
        parse_operation({"do": "lock", "on": on})
    assert parse_operation({"do": "lock", "on": True, "evil": 1}) == {"do": "lock", "on": True}


def draft(of: Lesson, client_id: str, *, mentor: bool = True, **payload: Any) -> Draft:
    return Draft(of.id, of.mentor_id if mentor else of.learner_id, client_id, "board", payload or INK)


def outcome(answers: list[Any]) -> list[Any]:
    return [getattr(answer, "seq", None) or answer.code for answer in answers]


def test_a_lock_counts_from_its_line_on_also_within_one_batch(app: Flask) -> None:
    room, other = lesson(), lesson()
    answers = journal_append(
        [
            draft(room, "a", mentor=False),
            draft(room, "b", do="lock", on=True),
            draft(room, "c", mentor=False),
            draft(other, "c", mentor=False),
            draft(room, "d"),
            draft(room, "e", do="lock", on=False),
            draft(room, "f", mentor=False),
        ]
    )
    assert outcome(answers) == [1, 2, "board_locked", 1, 3, 4, 5]
    assert last_seq(room.id) == 5


def test_a_lock_outlives_the_batch_and_a_repeated_step_is_answered_as_before(app: Flask) -> None:
    room = lesson()
    journal_append([draft(room, "a", mentor=False), draft(room, "b", do="lock", on=True)])
    assert (may_draw(room.id, "learner"), may_draw(room.id, "mentor")) == (False, True)
    again = journal_append(
        [
            draft(room, "a", mentor=False),
            draft(room, "c", mentor=False),
            draft(room, "l", mentor=False, do="lock", on=False),
        ]
    )
    assert outcome(again) == [1, "board_locked", "mentor_only"]
    journal_append([draft(room, "d", do="lock", on=False)])
    # The old lock said once more is an old line, and locks nothing.
    journal_append([draft(room, "b", do="lock", on=True)])
    assert may_draw(room.id, "learner")
