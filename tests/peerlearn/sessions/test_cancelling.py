"""Calling off, moving, ending, rating: the preview is the result, and the ledger agrees."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.clock import MovableClock, set_clock
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.payments.models import Refund
from peerlearn.payments.queries import balance_of
from peerlearn.payments.service import ledger_check
from peerlearn.sessions import checkout
from peerlearn.sessions.free_times import slots_for_mentors
from peerlearn.sessions.models import Feedback, LiveSession, SessionReminder, TimeClaim
from peerlearn.sessions.queries import next_session_for, reminders_due
from peerlearn.sessions.ratings import ratings_for, reviews_for
from peerlearn.sessions.reminders import reminder_send
from peerlearn.sessions.service import (
    cancel_preview,
    feedback_give,
    feedback_hide,
    move_choices,
    session_cancel,
    session_end,
    session_move,
    session_publish,
    session_start,
    sessions_cancel_for,
)
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def booked(mentor_id: int, learner_id: int, hours: float = 48) -> LiveSession:
    held = checkout.hold_slot(mentor_id, at(hours), learner_id)
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None
    pay(order.id)
    checkout.settle(order.id)
    return again(held)


def test_two_taps_on_rate_are_one_word(app: Flask, clock: Any) -> None:
    for _ in range(4):
        asha, rohan = mentor(), person()
        lesson = booked(asha, rohan)
        session_start(lesson.id)
        session_end(lesson.id, asha, "done")
        together(app, [lambda lesson=lesson, rohan=rohan: feedback_give(lesson.id, rohan, 5, "Thank you").id] * 4)
        db.session.rollback()
        assert db.session.scalar(sa.select(sa.func.count()).where(Feedback.live_session_id == lesson.id)) == 1


def again(live_session: LiveSession) -> LiveSession:
    found = db.session.get(LiveSession, live_session.id, populate_existing=True)
    assert found is not None
    return found


def user(user_id: int) -> User:
    found = db.session.get(User, user_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("hours", "who", "refund"),
    [(25, "learner", 49900), (13, "learner", 39920), (1, "learner", 0), (1, "mentor", 49900)],
)
def test_the_preview_is_the_result_and_the_ledger_agrees(
    app: Flask, clock: Any, hours: float, who: str, refund: int
) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    actor = asha if who == "mentor" else rohan
    clock.move_to(lesson.starts_at - timedelta(hours=hours))
    preview = cancel_preview(lesson, user(actor))
    result = session_cancel(lesson.id, actor, "", expect_paise=preview.refund_paise)
    assert result == preview and result.refund_paise == refund
    assert balance_of("mentor_payable", asha) == -preview.kept.mentor_paise
    assert balance_of("platform_fee") == -preview.kept.fee_paise
    assert balance_of("gst_payable") == -preview.kept.gst_paise
    assert balance_of("learner", rohan) == -refund
    assert ledger_check().total_paise == 0
    cancelled = again(lesson)
    assert (cancelled.state, cancelled.refund_paise, cancelled.sequence) == ("cancelled", refund, 1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(TimeClaim)) == 0


def test_terms_that_changed_under_an_open_sheet_are_told_not_applied(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=24))
    seen = cancel_preview(lesson, user(rohan)).refund_paise
    clock.move(seconds=1)
    with pytest.raises(Conflict, match=r"₹399.20") as caught:
        session_cancel(lesson.id, rohan, "", expect_paise=seen)
    assert caught.value.code == "terms_changed"
    assert again(lesson).state == "confirmed"


def test_both_pressing_cancel_in_the_same_second_is_one_cancel_and_one_refund(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    together(app, [lambda: session_cancel(lesson.id, asha, ""), lambda: session_cancel(lesson.id, rohan, "")] * 2)
    db.session.rollback()
    assert [refund.amount_paise for refund in db.session.scalars(sa.select(Refund))] == [49900]
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "session_cancelled")).all()
    assert len(told) == 2


def test_calling_off_and_coming_in_at_the_same_moment_is_one_of_the_two(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(minutes=5))
    together(app, [lambda: session_cancel(lesson.id, rohan, "A cold"), lambda: session_start(lesson.id)] * 3)
    db.session.rollback()
    state = again(lesson).state
    assert state in {"cancelled", "live"}
    assert (db.session.scalar(sa.select(sa.func.count(TimeClaim.id))) == 0) == (state == "cancelled")
    late = booked(asha, person(), hours=72)
    clock.move_to(late.starts_at)
    with pytest.raises(Conflict) as begun:
        session_cancel(late.id, late.learner_id or 0, "A cold")
    assert begun.value.code == "begun", "from the start on who comes in wins"
    session_start(late.id)
    assert again(late).state == "live"


def test_a_stranger_can_cancel_nothing_and_an_administrator_must_say_why(app: Flask, clock: Any) -> None:
    asha, rohan, stranger, admin = mentor(), person(), person("Eve"), person("Admin", admin=True)
    lesson = booked(asha, rohan)
    with pytest.raises(Missing):
        session_cancel(lesson.id, stranger, "")
    with pytest.raises(Invalid):
        session_cancel(lesson.id, admin, " ")
    assert session_cancel(lesson.id, admin, "The mentor is ill").refund_paise == 49900


def test_a_closed_account_gives_everybody_their_money_and_time_back(app: Flask, clock: Any) -> None:
    asha, rohan, admin = mentor(), person(), person("Admin", admin=True)
    lesson = booked(asha, rohan)
    offer = session_publish(asha, "Limits", "", None, at(72), 50, 49900)
    with pytest.raises(NotAllowed):
        sessions_cancel_for(asha, rohan, "no")
    assert sessions_cancel_for(asha, admin, "Account closed") == 2
    assert again(lesson).state == again(offer).state == "cancelled"
    assert balance_of("learner", rohan) == -49900


def test_moving_keeps_booking_and_price_and_frees_the_old_time_at_once(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    lesson = booked(asha, rohan)
    old, new = lesson.starts_at, move_choices(lesson)[-1]
    moved = session_move(lesson.id, rohan, new, sequence=0)
    assert (moved.id, moved.starts_at, moved.sequence, moved.minutes) == (lesson.id, new, 1, 50)
    assert checkout.hold_slot(asha, old, priya).state == "held" if abs(new - old) >= timedelta(minutes=50) else True
    with pytest.raises(Conflict, match="changed since"):
        session_move(lesson.id, rohan, old, sequence=0)
    with pytest.raises(Conflict, match="moved once"):
        session_move(lesson.id, rohan, at(60), sequence=1)
    due = set(db.session.scalars(sa.select(SessionReminder.due_at).where(SessionReminder.user_id == rohan)))
    assert due <= {new - timedelta(hours=24), new - timedelta(hours=1), new - timedelta(minutes=10)}
    early = min(old, new) - timedelta(hours=1)
    told = [reminder_send(one) for one in reminders_due(early)] if new > old else []
    assert not any(told), "nothing rings for the old time"


def test_moving_close_to_the_start_does_not_buy_the_refund_back(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=2))
    session_move(lesson.id, rohan, at(24 * 5))
    assert cancel_preview(again(lesson), user(rohan)).refund_paise == 0


def test_a_mentor_may_not_move_and_nobody_moves_onto_a_taken_time(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    lesson, other = booked(asha, rohan), booked(asha, priya, 72)
    with pytest.raises(Missing):
        session_move(lesson.id, asha, at(60))
    with pytest.raises(Conflict) as caught:
        session_move(lesson.id, rohan, other.starts_at)
    assert caught.value.code == "slot_taken" and len(caught.value.details["alternatives"]) == 3
    assert again(lesson).sequence == 0


def test_a_lesson_starts_and_ends_once(app: Flask, clock: Any) -> None:
    asha, rohan, stranger = mentor(), person(), person("Eve")
    lesson = booked(asha, rohan)
    assert next_session_for(asha).id == next_session_for(rohan).id == lesson.id  # type: ignore[union-attr]
    with pytest.raises(Conflict, match="not started"):
        session_end(lesson.id, asha, "done")
    clock.move_to(lesson.starts_at)
    session_start(lesson.id)
    started = session_start(lesson.id)
    clock.move(minutes=49)
    with pytest.raises(NotAllowed):
        session_end(lesson.id, stranger, "done")
    session_end(lesson.id, asha, "done")
    ended = session_end(lesson.id, rohan, "again")
    assert started.state == "completed" and (ended.ended_at, ended.end_reason) == (clock.now(), "done")
    with pytest.raises(Conflict):
        session_cancel(lesson.id, rohan, "")
    assert next_session_for(rohan) is None


# --- reminders ------------------------------------------------------------------------------------------------------


def send_due() -> int:
    from peerlearn.clock import now

    return sum(reminder_send(reminder_id) for reminder_id in reminders_due(now()))


def test_each_reminder_goes_out_once_to_both_in_time(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    assert send_due() == 0
    for before in (timedelta(hours=24), timedelta(hours=1), timedelta(minutes=10)):
        clock.move_to(lesson.starts_at - before)
        due = reminders_due(clock.now())
        results = together(app, [lambda one=one: reminder_send(one) for one in due for _ in range(2)])
        assert sum(results) == 2
        db.session.rollback()
    titles = list(
        db.session.scalars(
            sa.select(Notification.title).where(Notification.user_id == rohan, Notification.kind == "reminder")
        )
    )
    assert [title.split(":")[0] for title in titles] == ["Tomorrow", "In one hour", "The door is open"]


def test_no_reminder_after_the_start_nor_after_a_cancel(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    late, gone = booked(asha, rohan, 48), booked(asha, rohan, 72)
    session_cancel(gone.id, asha, "")
    clock.move_to(late.starts_at)
    assert send_due() == 0
    clock.move_to(gone.starts_at - timedelta(minutes=10))
    assert send_due() == 0
    assert not reminders_due(clock.now())


def test_after_an_outage_only_the_nearest_reminder_is_told(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(minutes=5))
    assert send_due() == 2
    told = db.session.scalars(sa.select(Notification.title).where(Notification.kind == "reminder")).all()
    assert all(title.startswith("The door is open") for title in told)


def finished(mentor_id: int, learner_id: int) -> LiveSession:
    from peerlearn.clock import clock_in_use

    lesson = booked(mentor_id, learner_id)
    clock_in_use().move_to(lesson.starts_at)  # type: ignore[attr-defined]
    session_start(lesson.id)
    session_end(lesson.id, mentor_id, "done")
    return again(lesson)


def test_feedback_is_asked_once_and_once_more_only_of_who_is_silent(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = finished(asha, rohan)
    assert send_due() == 2
    feedback_give(lesson.id, rohan, 5, "I finally see why we slice.")
    clock.move(hours=24)
    assert send_due() == 1
    assert send_due() == 0


def test_feedback_counts_once_and_may_be_mended_for_two_days(app: Flask, clock: Any) -> None:
    asha, rohan, stranger, admin = mentor(), person(), person("Eve"), person("Admin", admin=True)
    lesson = finished(asha, rohan)
    with pytest.raises(Missing):
        feedback_give(lesson.id, stranger, 5)
    with pytest.raises(Invalid) as caught:
        feedback_give(lesson.id, rohan, 6)
    assert caught.value.field == "stars"
    feedback_give(lesson.id, rohan, 3)
    feedback = feedback_give(lesson.id, rohan, 5, "Clear")
    feedback_give(lesson.id, asha, 2, "Came late")
    assert ratings_for([asha]) == {asha: (5.0, 1)}, "what a mentor says about a learner is no mentor's rating"
    assert [review.text for review in reviews_for(asha)] == ["Clear"]
    clock.move(hours=49)
    with pytest.raises(Conflict):
        feedback_give(lesson.id, rohan, 1)
    with pytest.raises(NotAllowed):
        feedback_hide(feedback.id, asha, "I do not like it")
    feedback_hide(feedback.id, admin, "Names a third person")
    assert ratings_for([asha]) == {} and reviews_for(asha) == []


def test_a_lesson_that_did_not_take_place_cannot_be_rated(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    with pytest.raises(Conflict, match="taken place"):
        feedback_give(lesson.id, rohan, 5)


def test_slots_of_a_mentor_leave_out_what_is_taken(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    free = slots_for_mentors([asha, rohan], "Asia/Kolkata", 400)
    assert set(free) == {asha}
    assert not [start for start in free[asha] if lesson.starts_at - timedelta(minutes=50) < start < lesson.ends_at]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "x"}, "title"),
        ({"minutes": 5}, "minutes"),
        ({"price_paise": 50}, "price"),
        ({"description": "x" * 2001}, "description"),
        ({"topic_id": 99}, "topic"),
    ],
)
def test_publishing_names_the_field_to_mend(app: Flask, clock: Any, changes: dict[str, Any], field: str) -> None:
    asha = mentor()
    good: dict[str, Any] = {
        "title": "Integrals", "description": "", "topic_id": None, "starts_at": at(24), "minutes": 50, "price_paise": 49900,
    }  # fmt: skip
    with pytest.raises(Invalid) as caught:
        session_publish(asha, **{**good, **changes})
    assert caught.value.field == field
    with pytest.raises(Invalid) as caught:
        session_publish(asha, **{**good, "starts_at": at(-1)})
    assert caught.value.field == "starts_at"
    with pytest.raises(NotAllowed):
        session_publish(person(), **good)


class Ticking(MovableClock):
    """A clock on which time passes with every look at it."""

    def now(self) -> datetime:
        """A second later than the last time."""
        return self.move(seconds=1)


@pytest.mark.parametrize("before", range(1, 4))
def test_what_cancelling_says_is_what_it_does_also_where_a_boundary_passes_meanwhile(
    app: Flask, clock: Any, before: int
) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    set_clock(Ticking(lesson.starts_at - timedelta(hours=24, seconds=before)))
    result = session_cancel(lesson.id, rohan, "")
    assert -balance_of("learner", rohan) == result.refund_paise
