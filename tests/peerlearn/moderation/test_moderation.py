"""Every act of an administrator: it happens, it is told, it leaves an audit row; or none of it."""

from collections.abc import Callable

import pytest
from flask import Flask

from peerlearn.accounts import service as accounts
from peerlearn.accounts.models import User
from peerlearn.audit.queries import audit_for
from peerlearn.catalog import service as catalog
from peerlearn.catalog.models import MentorProfile
from peerlearn.errors import Conflict, Invalid, NotAllowed
from peerlearn.kernel import db, transactional, transition
from peerlearn.moderation import service as moderation
from peerlearn.moderation.remarks import Remark, join_remarks, parse_remarks
from peerlearn.notifications import queries as bell
from peerlearn.payments.books import ledger_check
from peerlearn.payments.gone import refunded_paise
from peerlearn.payments.models import Payment
from peerlearn.sessions.checkout import _order_want, settle
from peerlearn.sessions.feedback import feedback_give
from peerlearn.sessions.holds import hold_slot
from peerlearn.sessions.models import LiveSession
from tests.peerlearn.sessions import people


def fresh(model, row_id):
    found = db.session.get(model, row_id, populate_existing=True)
    assert found is not None
    return found


def paid_lesson() -> tuple[LiveSession, Payment]:
    """A confirmed lesson tomorrow and the payment behind it."""
    mentor_id, learner_id = people.mentor(), people.person()
    held = hold_slot(mentor_id, people.at(24), learner_id, title="Limits")
    order = _order_want(held.id)
    assert order is not None
    gateway_id = people.pay(order.id)
    settle(order.id)
    payment = db.session.query(Payment).filter_by(gateway_payment_id=gateway_id).one()
    return fresh(LiveSession, held.id), payment


@pytest.fixture
def admin_id(app: Flask) -> int:
    return people.person("Meera Admin", admin=True)


@pytest.fixture
def waiting(app: Flask, admin_id: int) -> int:
    """A mentor's profile that was sent in."""
    user_id = people.person("Asha Raghavan")
    catalog.topic_save("calculus", "Calculus", "Mathematics")
    catalog.mentor_profile_save(
        user_id, topics=["calculus"], headline="Calculus from the picture up", bio="I draw first, then we compute. " * 3,
        price_paise=499_00,
    )  # fmt: skip
    catalog.weekly_hours_set(user_id, [(0, 1080, 1260)])
    moderation.mentor_send(user_id)
    return user_id


def test_sending_a_profile_in_tells_every_administrator_once(waiting: int, admin_id: int) -> None:
    assert [row.kind for row in bell.notifications_for(admin_id)] == ["mentor_submitted"]
    moderation.mentor_send(waiting)
    assert len(bell.notifications_for(admin_id)) == 1


def test_an_approved_mentor_may_teach_and_hears_of_it(waiting: int, admin_id: int) -> None:
    moderation.mentor_admit(waiting, admin_id, ip="10.0.0.9")
    assert fresh(User, waiting).is_mentor
    assert fresh(MentorProfile, waiting).state == "approved"
    assert bell.notifications_for(waiting)[0].kind == "mentor_approved"
    row = audit_for("mentor", fresh(User, waiting).public_id)[0]
    assert (row.action, row.before, row.after, row.ip) == (
        "mentor_approve", {"state": "submitted"}, {"state": "approved"}, "10.0.0.9",
    )  # fmt: skip


def test_a_profile_sent_back_says_which_field_to_mend_and_can_come_again(waiting: int, admin_id: int) -> None:
    moderation.mentor_send_back(waiting, admin_id, "[bio] Say what a first lesson looks like.")
    profile = fresh(MentorProfile, waiting)
    assert parse_remarks(profile.state_reason) == [Remark("bio", "Say what a first lesson looks like.")]
    assert audit_for("mentor", fresh(User, waiting).public_id)[0].action == "mentor_reject"
    moderation.mentor_send(waiting)
    assert fresh(MentorProfile, waiting).state == "submitted"


def test_a_mentor_is_paused_and_brought_back(waiting: int, admin_id: int) -> None:
    moderation.mentor_admit(waiting, admin_id)
    moderation.mentor_pause(waiting, admin_id, "Three lessons missed.")
    assert fresh(MentorProfile, waiting).state == "suspended"
    moderation.mentor_resume(waiting, admin_id)
    assert fresh(MentorProfile, waiting).state == "approved"
    actions = [row.action for row in audit_for("mentor", fresh(User, waiting).public_id)]
    assert actions == ["mentor_restore", "mentor_suspend", "mentor_approve"]


def test_a_ban_calls_lessons_off_and_gives_the_money_back(app: Flask, admin_id: int) -> None:
    lesson, payment = paid_lesson()
    assert moderation.person_ban(lesson.mentor_id, admin_id, "Asked for money outside.") == 1
    assert fresh(LiveSession, lesson.id).state == "cancelled"
    assert refunded_paise(payment.id) == payment.amount_paise
    row = audit_for("user", fresh(User, lesson.mentor_id).public_id)[0]
    assert (row.action, row.reason, row.after["lessons_called_off"]) == ("user_ban", "Asked for money outside.", 1)
    assert ledger_check().balanced
    assert lesson.learner_id is not None
    told = [line.kind for line in bell.notifications_for(lesson.learner_id)]
    assert "session_cancelled" in told


def test_a_ban_taken_back_is_in_the_trail_too(app: Flask, admin_id: int) -> None:
    user_id = people.person()
    moderation.person_ban(user_id, admin_id, "A mistake.")
    moderation.person_unban(user_id, admin_id, "It was a mistake.")
    assert [row.action for row in audit_for("user", fresh(User, user_id).public_id)] == ["user_unban", "user_ban"]
    with pytest.raises(Conflict):
        moderation.person_unban(user_id, admin_id, "Again")


def test_a_payment_goes_back_whole_and_once(app: Flask, admin_id: int) -> None:
    lesson, payment = paid_lesson()
    assert moderation.payment_return(payment.id, admin_id, "The connection failed.") == payment.amount_paise
    assert refunded_paise(payment.id) == payment.amount_paise
    assert fresh(LiveSession, lesson.id).state == "cancelled", "a lesson ahead is not left unpaid"
    assert audit_for("payment", payment.gateway_payment_id)[0].after["refunded_paise"] == payment.amount_paise
    with pytest.raises(Invalid):
        moderation.payment_return(payment.id, admin_id, "Again")
    assert ledger_check().balanced


def test_a_lesson_is_called_off_in_the_name_of_the_platform(app: Flask, admin_id: int) -> None:
    lesson, payment = paid_lesson()
    assert moderation.lesson_call_off(lesson.id, admin_id, "The mentor is ill.") == payment.amount_paise
    assert audit_for("live_session", lesson.public_id)[0].before == {"state": "confirmed"}


def test_a_review_is_hidden_and_shown_again(app: Flask, admin_id: int) -> None:
    lesson, _payment = paid_lesson()
    transactional(transition)(LiveSession, lesson.id, "confirmed", "completed")
    assert lesson.learner_id is not None
    review = feedback_give(lesson.id, lesson.learner_id, 1, "Rude words")
    moderation.review_hide(review.id, admin_id, "It insults a person.")
    assert fresh(type(review), review.id).hidden_at is not None
    moderation.review_show(review.id, admin_id, "It was fair.")
    assert fresh(type(review), review.id).hidden_at is None
    assert [row.action for row in audit_for("feedback", review.public_id)] == ["feedback_show", "feedback_hide"]


ACTS: list[Callable[[int, int], object]] = [
    lambda subject, actor: moderation.person_ban(subject, actor, "Why"),
    lambda subject, actor: moderation.person_unban(subject, actor, "Why"),
    moderation.mentor_admit,
    lambda subject, actor: moderation.mentor_send_back(subject, actor, "Why"),
    lambda subject, actor: moderation.mentor_pause(subject, actor, "Why"),
    moderation.mentor_resume,
    lambda subject, actor: moderation.payment_return(subject, actor, "Why"),
    lambda subject, actor: moderation.lesson_call_off(subject, actor, "Why"),
]


@pytest.mark.parametrize("number", range(len(ACTS)))
def test_only_an_administrator_of_this_moment_acts(waiting: int, number: int) -> None:
    learner = people.person("Not an admin")
    with pytest.raises(NotAllowed):
        ACTS[number](waiting, learner)
    assert audit_for("user", fresh(User, waiting).public_id) == []
    assert fresh(MentorProfile, waiting).state == "submitted"


def test_nobody_decides_their_own_case(app: Flask, admin_id: int) -> None:
    catalog.mentor_profile_save(admin_id, headline="Mine")
    with pytest.raises(NotAllowed, match="your own case"):
        moderation.mentor_admit(admin_id, admin_id)


def test_a_ban_needs_a_reason(app: Flask, admin_id: int) -> None:
    user_id = people.person()
    with pytest.raises(Invalid):
        moderation.person_ban(user_id, admin_id, "   ")
    assert accounts.presence_of([user_id]) == {user_id: "offline"}
    assert fresh(User, user_id).state == "active"


def test_remarks_survive_the_way_through_one_text() -> None:
    remarks = [Remark("bio", "Say more."), Remark("", "Nice profile."), Remark("price", "High for a start.")]
    assert parse_remarks(join_remarks(remarks)) == remarks
    assert parse_remarks("[nonsense] keep me") == [Remark("", "[nonsense] keep me")]
