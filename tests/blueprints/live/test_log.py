"""The lesson's log in one answer: whole, in order, packed or not, for the two people of an open room only."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.live import log
from peerlearn.live.journal import Draft, journal_append
from tests.blueprints.live.conftest import Browser
from tests.peerlearn.live.lessons import lesson, person

Make = Callable[[int], Browser]


def test_every_line_after_a_number_comes_in_order_page_by_page(enter: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PAGE_LINES", 3)
    room = lesson()
    people = (room.mentor_id, room.learner_id)
    journal_append([Draft(room.id, people[n % 2], f"c{n}", "board", {"do": "page_add", "n": n}) for n in range(8)])
    mentor = enter(room.mentor_id)
    url = f"/lesson/{room.public_id}/log"
    plain = mentor.http.get(url)
    assert plain.headers["Cache-Control"] == "no-store"
    pages = [json.loads(line) for line in plain.data.splitlines()]
    assert [page["more"] for page in pages] == [True, True, False]
    lines = [line for page in pages for line in page["lines"]]
    assert [line[0] for line in lines] == list(range(1, 9))
    assert [line[5]["n"] for line in lines] == list(range(8))
    assert pages[0]["authors"][pages[0]["lines"][0][2]] == mentor.public_id
    packed = mentor.http.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    rest = [json.loads(line) for line in mentor.http.get(f"{url}?since=6").data.splitlines()]
    assert [line[0] for page in rest for line in page["lines"]] == [7, 8]
    assert mentor.http.get(f"{url}?since=x").status_code == 400


def test_an_empty_log_is_one_page_that_says_so(enter: Make) -> None:
    room = lesson()
    answer = enter(room.learner_id).http.get(f"/lesson/{room.public_id}/log")
    assert json.loads(answer.data) == {"authors": [], "lines": [], "more": False}


def test_nobody_reads_it_from_outside_or_after_the_door_is_closed(app: Flask, enter: Make) -> None:
    room = lesson()
    assert enter(person("Eve")).http.get(f"/lesson/{room.public_id}/log").status_code == 404
    assert app.test_client().get(f"/lesson/{room.public_id}/log").status_code in {302, 303, 401}
    early = lesson(starts_in_minutes=25)
    assert enter(early.learner_id).http.get(f"/lesson/{early.public_id}/log").status_code == 404
