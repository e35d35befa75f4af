"""The chat over sockets: how far it is read, and files that went across."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from peerlearn.live.chat_seen import seen_by
from peerlearn.live.queries import chat_lines, last_seq
from tests.blueprints.live.conftest import Browser
from tests.blueprints.live.test_events import join, two
from tests.peerlearn.live.lessons import lesson

Make = Callable[[int], Browser]
FILE = {"name": "a.pdf", "size": 212_000, "sha256": "ab" * 32}


def write(one: Browser, session: str, count: int) -> None:
    for number in range(count):
        assert one.ask("chat_send", session=session, client_id=f"c{number}", text=f"line {number}")["ok"]


def test_what_is_read_is_told_once_and_kept(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    write(mentor, room.public_id, 3)
    assert learner.ask("chat_seen", session=room.public_id, seq=2) == {"ok": True, "mine": 2, "theirs": 0}
    assert mentor.heard("seen_raised") == [{"seq": 2}]
    for lower in (1, 2, 0):
        assert learner.ask("chat_seen", session=room.public_id, seq=lower)["mine"] == 2
    assert not mentor.heard("seen_raised")
    assert not learner.heard("seen_raised")
    assert learner.ask("chat_seen", session=room.public_id, seq=3)["ok"]
    assert seen_by(room.id) == {room.learner_id: 3}
    back = enter(room.mentor_id)
    assert join(back, room, page="m2", tab="m")["ok"]
    assert back.ask("chat_seen", session=room.public_id, seq=0) == {"ok": True, "mine": 0, "theirs": 3}


@pytest.mark.parametrize("seq", [None, "1", -1, True, 1.0, [1], 2**31, {"seq": 1}])
def test_an_odd_mark_is_refused(app: Flask, enter: Make, seq: Any) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    write(mentor, room.public_id, 1)
    assert learner.ask("chat_seen", session=room.public_id, seq=seq)["code"] == "seen_invalid"
    assert seen_by(room.id) == {}
    assert not mentor.heard("seen_raised")


def test_nobody_reads_ahead_of_the_log_or_in_a_foreign_room(app: Flask, enter: Make) -> None:
    room, foreign = lesson(), lesson()
    mentor, learner = two(enter, room)
    write(mentor, room.public_id, 1)
    assert learner.ask("chat_seen", session=room.public_id, seq=2)["code"] == "seen_ahead"
    assert learner.ask("chat_seen", session=foreign.public_id, seq=1)["code"] == "not_seated"
    assert seen_by(room.id) == {}
    assert seen_by(foreign.id) == {}


def test_a_file_line_stands_in_the_log_once_and_keeps_four_things(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    file = {**FILE, "name": "../<img src=x onerror=alert(1)>.pdf", "data": "x", "type": "text/html"}
    for _ in range(2):
        assert mentor.ask("chat_send", session=room.public_id, client_id="f1", file=file)["answers"][0]["seq"] == 1
    (told,) = learner.heard("journal_appended")
    kept = {**FILE, "name": "_img src=x onerror=alert(1)_.pdf", "type": "application/pdf"}
    assert told["entries"][0]["payload"] == {"file": kept}
    (row,) = chat_lines(room.id)
    assert row.payload == {"file": kept}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ({**FILE, "name": "setup.exe"}, "file_type"),
        ({**FILE, "name": "x" * 2_000 + ".pdf"}, "file_invalid"),
        ({**FILE, "size": 26_000_000}, "file_size"),
        ({**FILE, "sha256": "no"}, "file_invalid"),
        (None, "file_invalid"),
        ("a.pdf", "file_invalid"),
    ],
)
def test_a_bad_file_line_is_refused_and_the_room_unharmed(app: Flask, enter: Make, file: Any, code: str) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    assert mentor.ask("chat_send", session=room.public_id, client_id="f1", file=file)["code"] == code
    assert last_seq(room.id) == 0
    assert not learner.heard("journal_appended")
    assert mentor.ask("chat_send", session=room.public_id, client_id="f1", text="still here")["ok"]
