"""Pages of a lesson: who sees the lobby and the room, when, and who gets relay credentials."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from peerlearn.kernel import transactional
from peerlearn.sessions.claims import claims_take
from peerlearn.sessions.queries import session_by_id
from tests.blueprints.live.conftest import Browser
from tests.peerlearn.live.lessons import lesson, person

Make = Callable[[int], Browser]


@pytest.mark.parametrize("path", ["", "/room", "/ice"])
def test_a_stranger_finds_nothing(app: Flask, enter: Make, path: str) -> None:
    room = lesson()
    assert enter(person("Eve")).http.get(f"/lesson/{room.public_id}{path}").status_code == 404
    assert app.test_client().get(f"/lesson/{room.public_id}{path}").status_code in {302, 303, 401}


def test_before_the_door_opens_there_is_an_honest_countdown(app: Flask, enter: Make) -> None:
    room = lesson(starts_in_minutes=25)
    learner = enter(room.learner_id)
    page = learner.http.get(f"/lesson/{room.public_id}")
    assert page.status_code == 200
    assert b"data-early" in page.data
    assert b"data-preview" not in page.data
    answer = learner.http.get(f"/lesson/{room.public_id}/room")
    assert answer.location == f"/lesson/{room.public_id}"
    assert learner.http.get(f"/lesson/{room.public_id}/ice").status_code == 404


def test_the_lobby_names_the_missing_and_the_goal(app: Flask, enter: Make) -> None:
    room = lesson(goal="See why the area under x² is x³ over 3.")
    page = enter(room.learner_id).http.get(f"/lesson/{room.public_id}").text
    assert "Asha isn’t here yet" in page
    assert "See why the area under x² is x³ over 3." in page
    assert "data-low-data" in page


def test_the_goal_is_written_down_in_the_lobby_by_either_and_one_stays_there(app: Flask, enter: Make) -> None:
    room = lesson()
    learner, mentor = enter(room.learner_id), enter(room.mentor_id)
    assert "Write it down" in learner.http.get(f"/lesson/{room.public_id}").text
    answer = mentor.http.post(f"/sessions/{room.public_id}/goal", data={"goal": "The area", "from": "lobby"})
    assert answer.location == f"/lesson/{room.public_id}"
    for path in ("", "/room"):
        assert "The area" in learner.http.get(f"/lesson/{room.public_id}{path}").text


def test_the_last_minutes_name_the_next_lesson_that_closes_the_door(app: Flask, enter: Make) -> None:
    room = lesson()
    assert "and this room closes then" not in enter(room.learner_id).http.get(f"/lesson/{room.public_id}/room").text
    following = session_by_id(lesson(starts_in_minutes=55, mentor_id=room.mentor_id, learner_id=person("Priya")).id)
    assert following is not None
    transactional(claims_take)(following, [room.mentor_id])
    theirs = enter(room.learner_id).http.get(f"/lesson/{room.public_id}/room").text
    mine = enter(room.mentor_id).http.get(f"/lesson/{room.public_id}/room").text
    assert "next lesson starts at" in theirs and "Your next lesson starts at" in mine


def test_the_room_labels_every_control(app: Flask, enter: Make) -> None:
    room = lesson(title="<script>alert(1)</script>")
    page = enter(room.mentor_id).http.get(f"/lesson/{room.public_id}/room").text
    assert "<script>alert(1)" not in page
    for word in ("Mute", "Camera", "Share screen", "Photo", "Chat", "Leave", "Pen", "Eraser", "Text", "Shapes", "Undo"):
        assert word in page
    assert 'style="' not in page


def test_a_finished_lesson_leads_to_its_recap(app: Flask, enter: Make) -> None:
    room = lesson(state="completed")
    answer = enter(room.mentor_id).http.get(f"/lesson/{room.public_id}/room")
    assert answer.status_code == 302
    answer = enter(room.mentor_id).http.get(f"/lesson/{room.public_id}")
    assert answer.location.endswith("/recap")


def test_ice_servers_are_for_members_and_never_cached(app: Flask, enter: Make) -> None:
    room = lesson()
    answer = enter(room.mentor_id).http.get(f"/lesson/{room.public_id}/ice")
    assert answer.status_code == 200
    assert answer.json == {"ok": True, "ice_servers": [], "ttl_seconds": 3 * 3600}
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_a_test_may_force_the_relay(app: Flask, enter: Make) -> None:
    room = lesson()
    page = enter(room.mentor_id).http.get(f"/lesson/{room.public_id}/room?ice=relay").text
    assert "relay" in page
