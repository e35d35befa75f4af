import pytest
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.audit.models import AuditRow
from peerlearn.catalog import service as catalog
from peerlearn.catalog.models import MentorProfile
from peerlearn.kernel import db
from peerlearn.live.diagnostics import marks_keep
from peerlearn.payments.gone import refunded_paise
from peerlearn.sessions.models import LiveSession
from tests.blueprints.auth.doors import account, signed_in
from tests.peerlearn.moderation.test_moderation import paid_lesson
from tests.peerlearn.sessions import people


@pytest.fixture
def admin(app: Flask) -> User:
    return account("admin@peerlearn.test", "Meera Admin", admin=True)


def fresh(model, row_id):
    return db.session.get(model, row_id, populate_existing=True)


def admin_rules(app: Flask):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and not rule.endpoint.endswith(".static"):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, rule.rule


def decide(browser, place: str, row_id: int, decision: str, reason: str = "", **more: str):
    return browser.post(
        f"/admin/{place}/decide/",
        data={"id": row_id, "decision": decision, "reason": reason, **more},
        follow_redirects=True,
    ).get_data(as_text=True)


def test_every_address_is_closed_to_everyone_else(app: Flask) -> None:
    learner, visitor = signed_in(app, account()), app.test_client()
    seen = 0
    for method, path in admin_rules(app):
        for browser, codes in ((visitor, {303}), (learner, {403})):
            answer = browser.open(path, method=method)
            assert answer.status_code in codes, (method, path, answer.status_code)
        seen += 1
    assert seen > 20


def test_every_page_opens_for_an_administrator(app: Flask, admin: User) -> None:
    lesson, payment = paid_lesson()
    browser = signed_in(app, admin)
    decide(browser, "people", people.person("Rude One"), "ban", "Why")
    for place in ("", "people/", "mentors/", "lessons/", "payments/", "reviews/", "ledger/", "balance/", "audit/"):
        assert browser.get(f"/admin/{place}").status_code == 200, place
    for page in (
        f"people/details/?id={lesson.mentor_id}", f"lessons/details/?id={lesson.id}", f"mentors/details/?id={lesson.mentor_id}",
        f"payments/details/?id={payment.id}", "audit/details/?id=1", "people/?search=asha", "people/?flt0_0=1",
    ):  # fmt: skip
        assert browser.get(f"/admin/{page}").status_code == 200, page
    assert "Balanced" in browser.get("/admin/balance/").get_data(as_text=True)


@pytest.mark.parametrize("place", ["people", "mentors", "lessons", "payments", "reviews", "ledger", "audit"])
def test_nothing_is_made_changed_or_removed_by_hand(app: Flask, admin: User, place: str) -> None:
    lesson, _payment = paid_lesson()
    browser = signed_in(app, admin)
    before = fresh(LiveSession, lesson.id).state
    for path, data in (("new/", {}), (f"edit/?id={lesson.id}", {"state": "completed"}), ("delete/", {"id": lesson.id}),
                       ("ajax/update/", {"list_form_pk": lesson.id, "state": "completed"}),
                       ("action/", {"action": "delete", "rowid": lesson.id})):  # fmt: skip
        answer = browser.post(f"/admin/{place}/{path}", data=data)
        assert answer.status_code in {302, 404, 405, 400}, (path, answer.status_code)
    assert fresh(LiveSession, lesson.id).state == before
    assert db.session.query(User).count() == 3


def test_a_forged_form_is_refused(app: Flask, admin: User, monkeypatch) -> None:
    user_id = people.person("Rude One")
    browser = signed_in(app, admin)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = browser.post("/admin/people/decide/", data={"id": user_id, "decision": "ban", "reason": "x"})
    assert answer.status_code == 400
    assert fresh(User, user_id).state == "active"


def test_a_ban_needs_a_reason_and_leaves_a_row(app: Flask, admin: User) -> None:
    user_id = people.person("Rude One")
    browser = signed_in(app, admin)
    assert "Say why" in decide(browser, "people", user_id, "ban")
    assert fresh(User, user_id).state == "active"
    assert "The account is closed" in decide(browser, "people", user_id, "ban", "Asked for money outside.")
    assert fresh(User, user_id).state == "banned"
    assert "open again" in decide(browser, "people", user_id, "unban", "A mistake.")
    rows = db.session.query(AuditRow).order_by(AuditRow.id).all()
    assert [(row.action, row.actor_id) for row in rows] == [("user_ban", admin.id), ("user_unban", admin.id)]
    assert rows[0].ip == "127.0.0.1"


def test_an_administrator_cannot_ban_another_or_themselves(app: Flask, admin: User) -> None:
    other = account("second@peerlearn.test", "Second Admin", admin=True)
    browser = signed_in(app, admin)
    for user_id in (admin.id, other.id):
        decide(browser, "people", user_id, "ban", "Why")
        assert fresh(User, user_id).state == "active"


def test_a_mentor_is_sent_back_with_a_remark_at_its_field_and_then_approved(app: Flask, admin: User) -> None:
    user_id = people.person("Asha Raghavan")
    catalog.topic_save("calculus", "Calculus", "Mathematics")
    catalog.mentor_profile_save(
        user_id, topics=["calculus"], headline="Calculus", bio="I draw first. " * 5, price_paise=49900
    )
    catalog.weekly_hours_set(user_id, [(0, 600, 900)])
    catalog.mentor_submit(user_id)
    browser = signed_in(app, admin)
    page = browser.get(f"/admin/mentors/details/?id={user_id}").get_data(as_text=True)
    assert "Mon 10:00–15:00" in page
    decide(browser, "mentors", user_id, "reject", remark_bio="Say what a first lesson looks like.")
    profile = fresh(MentorProfile, user_id)
    assert (profile.state, profile.state_reason) == ("rejected", "[bio] Say what a first lesson looks like.")
    assert "Approved" in decide(browser, "mentors", user_id, "approve")
    assert fresh(User, user_id).is_mentor
    assert "moved on" in decide(browser, "mentors", user_id, "approve"), "a stale page changes nothing"


def test_a_payment_is_given_back_from_its_page(app: Flask, admin: User) -> None:
    _lesson, payment = paid_lesson()
    browser = signed_in(app, admin)
    page = browser.get(f"/admin/payments/details/?id={payment.id}").get_data(as_text=True)
    assert "Give back ₹499" in page
    assert "on its way back" in decide(browser, "payments", payment.id, "refund", "The connection failed.")
    assert refunded_paise(payment.id) == payment.amount_paise
    assert "moved on" in decide(browser, "payments", payment.id, "refund", "Again"), "a double click gives back once"


def test_a_lesson_is_called_off_from_its_page_with_its_result_shown_before(app: Flask, admin: User) -> None:
    lesson, _payment = paid_lesson()
    browser = signed_in(app, admin)
    page = browser.get(f"/admin/lessons/details/?id={lesson.id}").get_data(as_text=True)
    assert "₹499 of ₹499" in page
    assert "Called off. ₹499 goes back." in decide(browser, "lessons", lesson.id, "cancel", "The mentor is ill.")


def test_a_lessons_page_tells_what_its_call_went_through(app: Flask, admin: User) -> None:
    lesson, _payment = paid_lesson()
    marks_keep(lesson.id, lesson.learner_id, [[5000, "call", "interrupted"], [2000, "try", "<b>restart</b>"]])
    page = signed_in(app, admin).get(f"/admin/lessons/details/?id={lesson.id}").get_data(as_text=True)
    assert "interrupted" in page and "&lt;b&gt;restart" in page
    assert "<b>restart" not in page


def test_hostile_names_are_text(app: Flask, admin: User) -> None:
    user_id = people.person('<script>alert("x")</script>')
    browser = signed_in(app, admin)
    for page in ("people/", f"people/details/?id={user_id}"):
        assert '<script>alert("x")' not in browser.get(f"/admin/{page}").get_data(as_text=True)


def test_a_role_taken_away_closes_the_next_page(app: Flask, admin: User) -> None:
    browser = signed_in(app, admin)
    assert browser.get("/admin/").status_code == 200
    from peerlearn.kernel import transactional

    @transactional
    def take_away() -> None:
        fresh(User, admin.id).is_admin = False

    take_away()
    assert browser.get("/admin/").status_code == 403
