"""What a lesson leaves behind: its log in pages, for its two people; the note, the goal, the files, the next lesson."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.audit.models import AuditRow
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed, PeerLearnError
from peerlearn.kernel import db, transactional
from peerlearn.live.models import JournalEntry
from peerlearn.live.replay import PAGE_CHARS, PAGE_LINES
from peerlearn.notifications.models import Notification
from peerlearn.sessions.aftermath import goal_reach, note_write, recap_of
from tests.blueprints.sessions.test_views import sign_in, text_of
from tests.peerlearn.live.lessons import Lesson, lesson, person

STROKE = {"do": "stroke", "id": "s", "page": 0, "color": 0, "width": 30, "points": "AAAA"}
EVIL = "<script>alert(1)</script>"


@transactional
def write(room: Lesson, payloads: list[dict[str, Any]]) -> None:
    """Put lines into a lesson's log, the mentor's and the learner's in turn."""
    people = (room.mentor_id, room.learner_id)
    rows = [
        {
            "live_session_id": room.id,
            "seq": seq,
            "author_id": people[seq % 2],
            "client_id": f"c{seq}",
            "kind": "board" if "do" in payload else "chat",
            "payload": payload,
            "at": now() + timedelta(seconds=seq),
        }
        for seq, payload in enumerate(payloads, 1)
    ]
    db.session.execute(sa.insert(JournalEntry), rows)


def log_of(client: Any, room: Lesson, since: int = 0) -> Any:
    return client.get(f"/sessions/{room.public_id}/log?since={since}", headers={"Accept": "application/json"})


def test_the_log_is_read_in_pages_by_its_two_people_and_nobody_else(app: Flask) -> None:
    room = lesson(state="completed")
    write(room, [{"text": 'say "hi" \u2028 नमस्ते'}, STROKE, {"text": EVIL}])
    for who in (room.mentor_id, room.learner_id):
        answer = log_of(sign_in(app, who), room).get_json()
        assert [entry["seq"] for entry in answer["entries"]] == [1, 2, 3]
        assert [entry["side"] for entry in answer["entries"]] == ["learner", "mentor", "learner"]
        assert answer["entries"][0]["payload"] == {"text": 'say "hi" \u2028 नमस्ते'}
        assert answer["entries"][1]["payload"] == STROKE
        assert answer["more"] is False
    rest = log_of(sign_in(app, room.learner_id), room, since=2)
    assert [entry["seq"] for entry in rest.get_json()["entries"]] == [3]
    assert rest.headers["Content-Type"] == "application/json"
    assert rest.headers["Cache-Control"] == "no-store"
    assert log_of(sign_in(app, person("Eve")), room).status_code == 404
    assert log_of(app.test_client(), room).status_code == 401
    for odd in ("x", "-1", "1.5", "9" * 30):
        assert sign_in(app, room.mentor_id).get(f"/sessions/{room.public_id}/log?since={odd}").status_code == 400


def test_an_administrator_reads_with_a_row_in_the_audit_trail(app: Flask) -> None:
    room = lesson(state="completed")
    write(room, [STROKE, {"text": "hi"}])
    admin_id = person("Anna Admin")
    admin = db.session.get(User, admin_id)
    assert admin is not None
    admin.is_admin = True
    db.session.commit()
    client = sign_in(app, admin_id)
    assert len(log_of(client, room).get_json()["entries"]) == 2
    assert len(log_of(client, room, since=1).get_json()["entries"]) == 1
    rows = db.session.scalars(sa.select(AuditRow).where(AuditRow.subject_ref == room.public_id)).all()
    assert [(row.actor_id, row.action) for row in rows] == [(admin_id, "lesson_read")]
    assert client.get(f"/sessions/{room.public_id}/recap").status_code == 404


def test_a_log_of_twenty_thousand_steps_is_read_page_by_page(app: Flask) -> None:
    room = lesson(state="completed")
    write(room, [{**STROKE, "id": f"s{number}", "points": "A" * 150} for number in range(20_000)])
    client = sign_in(app, room.learner_id)
    since, pages, seen = 0, 0, 0
    while True:
        body = json.loads(log_of(client, room, since).get_data())
        pages, seen, since = pages + 1, seen + len(body["entries"]), body["entries"][-1]["seq"]
        if not body["more"]:
            break
    assert (seen, since) == (20_000, 20_000)
    assert pages == 20_000 // PAGE_LINES


def test_pictures_make_pages_shorter_and_none_is_left_out(app: Flask) -> None:
    room = lesson(state="completed")
    write(room, [{"do": "image", "id": f"i{number}", "data": "x" * (PAGE_CHARS // 2)} for number in range(5)])
    client = sign_in(app, room.learner_id)
    first = log_of(client, room).get_json()
    assert first["more"] is True
    assert len(first["entries"]) == 1
    assert [entry["seq"] for entry in log_of(client, room, since=4).get_json()["entries"]] == [5]


def test_the_note_is_the_mentors_saves_itself_and_rings_once(app: Flask) -> None:
    room = lesson(state="completed")
    mentor, learner = sign_in(app, room.mentor_id), sign_in(app, room.learner_id)
    url = f"/sessions/{room.public_id}"
    assert mentor.post(f"{url}/note", json={"note": ""}).get_json() == {"ok": True}
    for words in ("Well", f"Well done {EVIL}"):
        assert mentor.post(f"{url}/note", json={"note": words}).status_code == 200
    page = learner.get(f"{url}/recap").get_data(as_text=True)
    assert "Well done &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert EVIL not in page
    rings = db.session.scalars(sa.select(Notification).where(Notification.kind == "note_written")).all()
    assert [(ring.user_id, ring.title) for ring in rings] == [(room.learner_id, "Asha wrote you a note")]
    assert rings[0].url.endswith("/recap")
    assert learner.post(f"{url}/note", json={"note": "mine"}).status_code == 403
    assert mentor.post(f"{url}/note", json={"note": "x" * 2_001}).status_code == 400
    assert mentor.post(f"{url}/note", json=["odd"]).status_code == 200
    assert mentor.post(f"{url}/note", data={"note": "by form"}).status_code == 303
    assert sign_in(app, person("Eve")).post(f"{url}/note", json={"note": "x"}).status_code == 404


def test_the_goal_is_ticked_by_either_and_the_tick_can_go(app: Flask) -> None:
    room = lesson(state="completed", goal=f"See why {EVIL}")
    url = f"/sessions/{room.public_id}"
    ticked = 'name="reached" value="1" checked'
    learner = sign_in(app, room.learner_id)
    assert ticked not in learner.get(f"{url}/recap").get_data(as_text=True)
    assert learner.post(f"{url}/goal-reached", json={"reached": ["1"]}).get_json() == {"ok": True}
    for who in (room.mentor_id, room.learner_id):
        page = sign_in(app, who).get(f"{url}/recap").get_data(as_text=True)
        assert ticked in page
        assert EVIL not in page
    assert learner.post(f"{url}/goal-reached", json={"reached": []}).status_code == 200
    kept = recap_of(room.id)
    assert kept is not None
    assert (kept.goal_reached_at, kept.goal_reached_by) == (None, None)


def test_who_rates_ticks_the_goal_on_the_way(app: Flask) -> None:
    room = lesson(state="completed", goal="See why.")
    client = sign_in(app, room.learner_id)
    url = f"/sessions/{room.public_id}/feedback"
    assert "Did you get there?" in text_of(client.get(url))
    form = {"stars": "5", "goal_asked": "1", "goal_reached": "1"}
    assert client.post(url, data=form).status_code == 303
    kept = recap_of(room.id)
    assert kept is not None
    assert kept.goal_reached_by == room.learner_id
    assert client.post(url, data={"stars": "4"}).status_code == 303, "a page that did not ask changes no tick"
    assert kept.goal_reached_at is not None


Act = Callable[[Lesson], Any]


@pytest.mark.parametrize(
    ("state", "act", "error"),
    [
        ("live", lambda room: note_write(room.id, room.mentor_id, "x"), Conflict),
        ("live", lambda room: goal_reach(room.id, room.learner_id, reached=True), Conflict),
        ("completed", lambda room: goal_reach(room.id, room.learner_id, reached=True), Conflict),
        ("completed", lambda room: note_write(room.id, room.learner_id, "x"), NotAllowed),
        ("completed", lambda room: note_write(room.id, 0, "x"), Missing),
        ("completed", lambda room: note_write(0, room.mentor_id, "x"), Missing),
        ("completed", lambda room: note_write(room.id, room.mentor_id, "x" * 2_001), Invalid),
    ],
)
def test_what_may_not_be_left_behind_is_refused(app: Flask, state: str, act: Act, error: type[PeerLearnError]) -> None:
    room = lesson(state=state)
    with pytest.raises(error):
        act(room)
    assert recap_of(room.id) is None


def test_the_page_lists_chat_and_files_as_words(app: Flask) -> None:
    room = lesson(state="completed")
    file = {"name": "_img src=x onerror=alert(1)_.pdf", "size": 212_000, "type": "application/pdf", "sha256": "0" * 64}
    write(room, [{"text": EVIL}, {"file": file}, STROKE])
    for who in (room.mentor_id, room.learner_id):
        answer = sign_in(app, who).get(f"/sessions/{room.public_id}/recap")
        words = text_of(answer)
        assert "212 kB" in words
        assert "not kept by us" in words
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.get_data(as_text=True)
        assert EVIL not in answer.get_data(as_text=True)
