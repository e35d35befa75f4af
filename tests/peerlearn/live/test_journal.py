"""The log numbers every entry once, in order, whoever writes and however often."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from peerlearn.errors import Conflict
from peerlearn.kernel import db
from peerlearn.live.journal import Draft, Entry, journal_append
from peerlearn.live.journal_writer import JournalWriter
from peerlearn.live.queries import chat_lines, entries_since, last_seq
from peerlearn.sessions.models import LiveSession
from tests.peerlearn.live.lessons import Lesson, lesson


def draft(of: Lesson, client_id: str, *, mentor: bool = True, kind: str = "chat") -> Draft:
    return Draft(of.id, of.mentor_id if mentor else of.learner_id, client_id, kind, {"text": client_id})


def seqs(answers: list[Any]) -> list[int]:
    return [answer.seq for answer in answers]


def test_entries_are_numbered_in_their_order(app: Flask) -> None:
    one, other = lesson(), lesson()
    written = journal_append([draft(one, "a"), draft(other, "a"), draft(one, "b", mentor=False), draft(one, "c")])
    assert seqs(written) == [1, 1, 2, 3]
    assert [row.payload["text"] for row in chat_lines(one.id)] == ["a", "b", "c"]
    assert [row.seq for row in entries_since(one.id, 1, 10)] == [2, 3]
    assert last_seq(one.id) == 3


def test_a_repeated_client_id_is_answered_with_the_first_number(app: Flask) -> None:
    room = lesson()
    first = journal_append([draft(room, "a"), draft(room, "b")])
    again = journal_append([draft(room, "b"), draft(room, "a"), draft(room, "c"), draft(room, "c")])
    assert seqs(first) == [1, 2]
    assert seqs(again) == [2, 1, 3, 3]
    assert [answer.new for answer in again if isinstance(answer, Entry)] == [False, False, True, False]


def test_the_two_people_may_use_the_same_client_id(app: Flask) -> None:
    room = lesson()
    assert seqs(journal_append([draft(room, "a"), draft(room, "a", mentor=False)])) == [1, 2]


def test_an_ended_lesson_takes_nothing_and_others_go_on(app: Flask) -> None:
    over, room = lesson(state="completed"), lesson()
    refused, written = journal_append([draft(over, "a"), draft(room, "a")])
    assert isinstance(refused, Conflict)
    assert refused.code == "room_ended"
    assert isinstance(written, Entry)
    assert last_seq(over.id) == 0


def test_two_processes_append_to_one_room_without_a_gap_or_a_double(app: Flask) -> None:
    room, own = lesson(), lesson()
    # Two writers know nothing of each other, as those of two processes.
    writers = [JournalWriter(app.app_context), JournalWriter(app.app_context)]
    heard: list[int] = []
    problems: list[Exception] = []

    def work(name: int) -> None:
        try:
            for step in range(25):
                writer = writers[name % 2]
                answers = writer.append(
                    [draft(room, f"{name}-{step}", mentor=name % 3 == 0), draft(own, f"{name}-{step}")]
                )
                heard.append(answers[0].seq)  # type: ignore[union-attr]
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert sorted(heard) == list(range(1, 151))
    db.session.rollback()
    assert [row.seq for row in entries_since(room.id, 0, 1000)] == list(range(1, 151))
    assert last_seq(own.id) == 150


def test_a_retry_over_another_process_writes_once(app: Flask) -> None:
    room = lesson()
    writers = [JournalWriter(app.app_context), JournalWriter(app.app_context)]
    answers: list[Any] = [None] * 8

    def work(index: int) -> None:
        answers[index] = writers[index % 2].append([draft(room, "same")])[0]

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.seq for answer in answers} == {1}
    assert sum(answer.new for answer in answers) == 1


def test_one_impossible_draft_does_not_spoil_the_batch(app: Flask) -> None:
    room = lesson()
    writer = JournalWriter(app.app_context)
    results: list[Any] = [None, None]
    stranger = Draft(room.id, 999_999, "x", "chat", {"text": "x"})  # no such person: the database refuses

    def work(index: int, one: Draft) -> None:
        try:
            results[index] = writer.append([one])
        except Exception as problem:
            results[index] = problem

    threads = [threading.Thread(target=work, args=pair) for pair in ((0, stranger), (1, draft(room, "a")))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert getattr(results[0], "code", None) == "journal_busy"
    assert seqs(results[1]) == [1]


@pytest.mark.parametrize("state", ["confirmed", "live"])
def test_writing_is_open_from_the_door_to_the_end(app: Flask, state: str) -> None:
    room = lesson(state=state)
    assert seqs(journal_append([draft(room, "a")])) == [1]
    assert db.session.get(LiveSession, room.id) is not None


def test_the_writer_outlives_a_scope_that_breaks(app: Flask) -> None:
    room = lesson()
    breaks = iter([True, False])

    @contextmanager
    def scope() -> Iterator[None]:
        with app.app_context():
            yield
        if next(breaks):
            raise RuntimeError("the connection was lost while it was given back")

    writer = JournalWriter(scope)
    assert seqs(writer.append([draft(room, "a")])) == [1]
    assert seqs(writer.append([draft(room, "b")])) == [2]
