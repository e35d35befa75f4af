"""An administrator looks at somebody's pages: in that person's zone, only to read, in the audit trail."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blueprints.viewing import LASTS, PAGES
from peerlearn.accounts.models import User
from peerlearn.audit.models import AuditRow
from peerlearn.clock import local
from peerlearn.kernel import db, nothing_kept, transactional
from peerlearn.recommend.models import Signal
from peerlearn.sessions.models import LiveSession
from tests.blueprints.admin.test_admin import decide
from tests.blueprints.auth.doors import account, signed_in
from tests.peerlearn.moderation.test_moderation import paid_lesson


@pytest.fixture
def looking(app: Flask) -> tuple[Any, LiveSession, User]:
    """An administrator in Kolkata who looks at the pages of a learner in New York, with a paid lesson ahead."""
    lesson, _payment = paid_lesson()
    learner = db.session.get(User, lesson.learner_id)
    assert learner is not None
    learner.time_zone, learner.wizard_done = "America/New_York", True
    db.session.commit()
    browser = signed_in(app, account("admin@peerlearn.test", "Meera Admin", admin=True))
    decide(browser, "people", learner.id, "view", "They say that a lesson is missing.")
    return browser, lesson, learner


def test_the_pages_are_the_persons_in_the_persons_zone_and_it_is_in_the_audit_trail(
    app: Flask, looking: tuple[Any, LiveSession, User]
) -> None:
    browser, lesson, learner = looking
    page = browser.get("/lessons")
    text = page.get_data(as_text=True)
    assert lesson.title in text and f"You see the pages of {learner.name}" in text
    assert f"{local(lesson.starts_at, 'America/New_York'):%H:%M}" in text
    assert f"{local(lesson.starts_at, 'Asia/Kolkata'):%H:%M}" not in text
    assert page.headers["Cache-Control"] == "no-store"
    assert browser.get(f"/sessions/{lesson.public_id}").status_code == 200
    back = browser.post("/admin/people/stop-view/", follow_redirects=True).get_data(as_text=True)
    assert learner.email in back
    assert "You see the pages" not in browser.get("/lessons").get_data(as_text=True)
    rows = db.session.scalars(sa.select(AuditRow).order_by(AuditRow.id)).all()
    assert [(row.action, row.subject_ref) for row in rows] == [
        ("user_view", learner.public_id),
        ("user_view_end", learner.public_id),
    ]
    assert rows[0].reason == "They say that a lesson is missing."


def test_nothing_can_be_changed_and_no_room_entered(app: Flask, looking: tuple[Any, LiveSession, User]) -> None:
    browser, lesson, learner = looking
    before = learner.get_id()
    refused = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/admin", "/static")) or rule.endpoint == "healthz":
            continue
        path = (rule.build(dict.fromkeys(rule.arguments, lesson.public_id)) or ("", ""))[1]
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if method == "GET" and rule.endpoint in PAGES:
                continue
            answer = browser.open(path, method=method)
            assert answer.status_code in {403, 404, 405}, (method, path, answer.status_code)
            refused += answer.status_code == 403
    assert refused > 60
    kept = db.session.get(User, learner.id, populate_existing=True)
    assert kept is not None and kept.get_id() == before
    lesson_now = db.session.get(LiveSession, lesson.id, populate_existing=True)
    assert lesson_now is not None and lesson_now.state == "confirmed"


def test_what_a_page_would_remember_by_the_way_is_not_kept(app: Flask, looking: tuple[Any, LiveSession, User]) -> None:
    browser, lesson, learner = looking
    mentor = db.session.get(User, lesson.mentor_id)
    assert mentor is not None
    signals = sa.select(sa.func.count()).select_from(Signal).where(Signal.user_id == learner.id)
    before = db.session.scalar(signals)
    assert browser.get(f"/mentors/{mentor.public_id}").status_code == 200
    db.session.rollback()
    assert db.session.scalar(signals) == before


def test_it_ends_by_itself_and_is_closed_to_administrators_and_without_a_reason(
    app: Flask, clock: Any, looking: tuple[Any, LiveSession, User]
) -> None:
    browser, lesson, _learner = looking
    clock.move(seconds=LASTS.total_seconds())
    assert lesson.title not in browser.get("/lessons").get_data(as_text=True)
    assert "Say why" in decide(browser, "people", lesson.learner_id, "view")
    other = account("second@peerlearn.test", "Second Admin", admin=True)
    decide(browser, "people", other.id, "view", "Curious")
    assert "You see the pages" not in browser.get("/lessons").get_data(as_text=True)


def test_where_nothing_is_kept_a_transaction_leaves_nothing_and_the_next_one_does(app: Flask) -> None:
    person = account()

    @transactional
    def rename(name: str) -> None:
        row = db.session.get(User, person.id)
        assert row is not None
        row.name = name

    with nothing_kept():
        rename("Somebody Else")
    assert db.session.get(User, person.id, populate_existing=True).name == "Rohan Mehta"  # type: ignore[union-attr]
    rename("Somebody Else")
    assert db.session.get(User, person.id, populate_existing=True).name == "Somebody Else"  # type: ignore[union-attr]
