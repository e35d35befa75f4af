"""What people and administrators see of a lesson to which somebody did not come, and the taps that answer it."""

from datetime import timedelta
from typing import Any

from flask import Flask

from peerlearn.jobs.queue import PERIODIC
from peerlearn.kernel import db, transactional
from peerlearn.live.models import Attendance, JournalEntry
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import verdict_of
from tests.blueprints.sessions.test_views import booked, sign_in, text_of
from tests.peerlearn.sessions.people import mentor, person


@transactional
def waited(lesson: LiveSession, user_id: int, minutes: float) -> None:
    """One person sat in the room from the start for so many minutes, and wrote a line."""
    left = lesson.starts_at + timedelta(minutes=minutes)
    db.session.add(
        Attendance(
            live_session_id=lesson.id, user_id=user_id, page="p", tab="t", epoch=1, entered_at=lesson.starts_at,
            seen_at=left, left_at=left,
        )
    )  # fmt: skip
    line = JournalEntry(live_session_id=lesson.id, seq=1, author_id=user_id, client_id="a", kind="chat", at=left)
    line.payload = {"text": "Are you there?"}
    db.session.add(line)


def test_who_waited_leaves_with_one_tap_objecting_stops_the_money_and_the_case_has_the_evidence(
    app: Flask, clock: Any, ports: Any
) -> None:
    asha, rohan, root = mentor(), person(), person("Meera Admin", admin=True)
    lesson = booked(asha, rohan)
    url, learner = f"/sessions/{lesson.public_id}", sign_in(app, rohan)
    clock.move_to(lesson.starts_at + timedelta(minutes=9))
    waited(lesson, rohan, 10)
    assert "Leave and end it" not in text_of(learner.get(url))
    clock.move(minutes=1)
    assert "Leave now and ₹499 comes back to you." in text_of(learner.get(url))
    assert learner.post(f"{url}/leave").status_code == 303
    page = text_of(learner.get(url))
    assert "The mentor did not come." in page and "₹499 will come back to you." in page

    teacher = sign_in(app, asha)
    assert "That is right" in text_of(teacher.get(url)) and "That is right" not in page
    assert teacher.post(f"{url}/objection", data={"objection": " "}).status_code == 400
    assert teacher.post(f"{url}/objection", data={"objection": "The room did not open for me."}).status_code == 303
    assert "A person looks at it" in text_of(learner.get(url))
    clock.move(hours=25)
    PERIODIC["settle_verdicts"].function(ports)
    kept = verdict_of(lesson.id)
    assert kept is not None and kept.state == "objected"

    case = sign_in(app, root).get(f"/admin/lessons/details/?id={lesson.id}")
    words = text_of(case)
    assert "Asha Raghavan: The room did not open for me." in words and "Decide the objection" in words
    assert 'class="presence-lane"' in case.get_data(as_text=True), "who was there when"
    assert "Rohan Mehta 1 messages" in words and "Are you there?" not in words, "how much, not what"
