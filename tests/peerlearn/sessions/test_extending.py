"""More time for a running lesson: agreed, paid, added once; refused kindly; given back in full when it came too late."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.insights.money import lessons_money
from peerlearn.kernel import db, transactional
from peerlearn.live.room import room_pass
from peerlearn.money import Split
from peerlearn.notifications.models import Notification
from peerlearn.payments.models import PaymentOrder, Refund
from peerlearn.payments.queries import balance_of
from peerlearn.payments.service import ledger_check
from peerlearn.sessions import checkout, extending
from peerlearn.sessions.checkout import Settled
from peerlearn.sessions.extension_lifecycle import TABLE, Extended, Step, before, next_extended
from peerlearn.sessions.extension_queries import extension_price
from peerlearn.sessions.holds import hold_agreed
from peerlearn.sessions.judging import Evidence, unjudged_ids, verdict_preview, verdict_write
from peerlearn.sessions.models import Extension, LiveSession, TimeClaim
from peerlearn.sessions.objecting import verdict_settle
from peerlearn.sessions.queries import next_start_after
from peerlearn.sessions.service import cancel_preview, session_cancel, session_end, session_start
from peerlearn.sessions.settling import order_settle
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def running(clock: Any, *, price_paise: int = 499_00, minutes: int = 50) -> tuple[LiveSession, int, int]:
    """A lesson that both are in since its start."""
    asha, rohan = mentor(price_paise=price_paise, minutes=minutes), person()
    held = checkout.hold_slot(asha, at(24), rohan)
    order = checkout.order_open(held.id, gateway=TestGateway())
    if order is not None:
        pay(order.id)
        checkout.settle(order.id)
    clock.move_to(held.starts_at + timedelta(minutes=20))
    session_start(held.id)
    return again(held), asha, rohan


def again(live_session: LiveSession) -> LiveSession:
    found = db.session.get(LiveSession, live_session.id, populate_existing=True)
    assert found is not None
    return found


def state_of(extension: Extension) -> str:
    found = db.session.get(Extension, extension.id, populate_existing=True)
    assert found is not None
    return found.state


def agreed(lesson: LiveSession, asha: int, rohan: int, minutes: int = 15) -> tuple[Extension, PaymentOrder]:
    """An offer of the learner that the mentor took, with its order open."""
    offer = extending.extension_offer(lesson.id, rohan, minutes)
    extending.extension_answer(offer.public_id, asha, accept=True)
    return offer, extending.extension_order(offer.public_id, rohan, gateway=TestGateway())


def claim_ends(lesson: LiveSession) -> set[Any]:
    return set(db.session.scalars(sa.select(TimeClaim.ends_at).where(TimeClaim.live_session_id == lesson.id)))


def test_every_pair_of_state_and_step_has_one_answer() -> None:
    assert set(TABLE) == {(state, step) for state in Extended for step in Step}
    assert before(Step.ADD, Extended.ADDED) == [Extended.AGREED, Extended.LAPSED]
    assert next_extended("added", Step.ADD) is None
    with pytest.raises(Conflict):
        next_extended("lapsed", Step.AGREE)


@pytest.mark.parametrize(
    ("price", "minutes", "more", "paise"), [(499_00, 50, 15, 150_00), (499_00, 50, 30, 299_00), (1_00, 50, 15, 1_00)]
)
def test_more_time_costs_the_lessons_own_rate_in_whole_rupees(price: int, minutes: int, more: int, paise: int) -> None:
    start = at(1)
    lesson = LiveSession(kind="private", starts_at=start, ends_at=start + timedelta(minutes=minutes), price_paise=price)
    assert extension_price(lesson, more) == paise
    lesson.ends_at += timedelta(minutes=15)
    assert extension_price(lesson, more, 15) == paise


def test_asked_agreed_and_paid_the_end_moves_with_both_peoples_time_and_the_money_is_split(
    app: Flask, clock: Any
) -> None:
    lesson, asha, rohan = running(clock)
    end = lesson.ends_at
    offer, order = agreed(lesson, asha, rohan)
    assert (order.amount_paise, order.purpose, order.payer_id) == (150_00, "extension", rohan)
    assert again(lesson).ends_at == end and claim_ends(lesson) == {end}
    earned = balance_of("mentor_payable", asha)
    assert order_settle(order.id) is Settled.WAITING
    pay(order.id)
    assert order_settle(order.id) is Settled.CONFIRMED
    longer = end + timedelta(minutes=15)
    assert again(lesson).ends_at == longer and claim_ends(lesson) == {longer}
    assert state_of(offer) == "added"
    assert balance_of("mentor_payable", asha) - earned == -127_50
    (row,) = lessons_money(asha)
    assert (row.paid_paise, row.mentor_paise) == (649_00, -balance_of("mentor_payable", asha))
    assert ledger_check().balanced
    told = db.session.scalars(sa.select(Notification.user_id).where(Notification.kind == "session_extended")).all()
    assert sorted(told) == sorted([asha, rohan])


def test_money_told_of_many_times_at_once_adds_the_minutes_once(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    end = lesson.ends_at
    _, order = agreed(lesson, asha, rohan)
    pay(order.id)
    results = together(app, [lambda: order_settle(order.id)] * 5)
    db.session.rollback()
    assert sorted(results) == [Settled.ALREADY] * 4 + [Settled.CONFIRMED]
    assert again(lesson).ends_at == end + timedelta(minutes=15)
    assert not db.session.scalars(sa.select(Refund)).all()
    assert ledger_check().balanced


def test_two_taps_on_pay_are_one_order_and_both_tapping_extend_is_an_agreement(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    first = extending.extension_offer(lesson.id, rohan, 15)
    assert extending.extension_offer(lesson.id, rohan, 15).id == first.id
    assert extending.extension_offer(lesson.id, asha, 15).id == first.id
    assert state_of(first) == "agreed"
    orders = together(app, [lambda: extending.extension_order(first.public_id, rohan, gateway=TestGateway()).id] * 4)
    db.session.rollback()
    assert len(set(orders)) == 1
    assert len(db.session.scalars(sa.select(PaymentOrder).where(PaymentOrder.purpose == "extension")).all()) == 1


def test_a_free_lesson_is_made_longer_by_the_answer_itself(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock, price_paise=0)
    end = lesson.ends_at
    offer = extending.extension_offer(lesson.id, asha, 30)
    extending.extension_answer(offer.public_id, rohan, accept=True)
    extending.extension_answer(offer.public_id, rohan, accept=True)
    assert state_of(offer) == "added" and again(lesson).ends_at == end + timedelta(minutes=30)


def test_who_has_another_lesson_then_is_named_and_nothing_changes(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    next_start = lesson.ends_at + timedelta(minutes=20)
    _book(asha, person("Priya"), next_start)
    with pytest.raises(Conflict, match=r"Asha has another lesson: .*Try 15 minutes") as refused:
        extending.extension_offer(lesson.id, rohan, 30)
    assert refused.value.code == "time_taken"
    with pytest.raises(Conflict, match="You have another lesson"):
        extending.extension_offer(lesson.id, asha, 30)
    assert extending.extension_offer(lesson.id, rohan, 15).state == "offered"


def test_time_that_was_booked_while_paying_sends_all_of_the_money_back_once(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    end, sequence = lesson.ends_at, lesson.sequence
    offer, order = agreed(lesson, asha, rohan)
    _book(asha, person("Priya"), end)
    pay(order.id)
    results = together(app, [lambda: order_settle(order.id)] * 3)
    db.session.rollback()
    assert sorted(results) == [Settled.ALREADY] * 2 + [Settled.RETURNED]
    assert [row.amount_paise for row in db.session.scalars(sa.select(Refund))] == [150_00]
    assert state_of(offer) == "returned" and again(lesson).ends_at == end and claim_ends(lesson) == {end}
    assert again(lesson).sequence == sequence
    assert ledger_check().total_paise == 0


def test_money_after_the_end_of_the_lesson_comes_back_in_full(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    offer, order = agreed(lesson, asha, rohan)
    session_end(lesson.id, asha, "ended")
    pay(order.id)
    assert order_settle(order.id) is Settled.RETURNED
    assert order_settle(order.id) is Settled.ALREADY
    assert [row.amount_paise for row in db.session.scalars(sa.select(Refund))] == [150_00]
    assert state_of(offer) == "returned"


def test_money_after_the_time_to_pay_still_counts_while_the_lesson_runs(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    offer, order = agreed(lesson, asha, rohan)
    clock.move(minutes=6)
    assert extending.extensions_lapse() == 1 and extending.extensions_lapse() == 0
    assert state_of(offer) == "lapsed"
    with pytest.raises(Conflict):
        extending.extension_order(offer.public_id, rohan, gateway=TestGateway())
    pay(order.id)
    assert order_settle(order.id) is Settled.CONFIRMED
    assert state_of(offer) == "added"


def test_money_for_what_somebody_said_no_to_goes_back(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    end = lesson.ends_at
    offer, order = agreed(lesson, asha, rohan)
    extending.extension_answer(offer.public_id, asha, accept=False)
    pay(order.id)
    assert order_settle(order.id) is Settled.RETURNED
    assert again(lesson).ends_at == end


def test_an_offer_that_nobody_answers_in_time_is_over(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    offer = extending.extension_offer(lesson.id, rohan, 15)
    clock.move(minutes=4)
    with pytest.raises(Conflict, match="over"):
        extending.extension_answer(offer.public_id, asha, accept=True)
    assert extending.extension_offer(lesson.id, asha, 15).id != offer.id


def test_only_the_two_may_ask_and_only_the_other_may_agree_and_only_the_learner_pays(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    eve = person("Eve")
    with pytest.raises(Missing):
        extending.extension_offer(lesson.id, eve, 15)
    with pytest.raises(Invalid):
        extending.extension_offer(lesson.id, rohan, 45)
    offer = extending.extension_offer(lesson.id, rohan, 15)
    with pytest.raises(NotAllowed):
        extending.extension_answer(offer.public_id, rohan, accept=True)
    with pytest.raises(Missing):
        extending.extension_answer(offer.public_id, eve, accept=True)
    extending.extension_answer(offer.public_id, asha, accept=True)
    with pytest.raises(Missing):
        extending.extension_order(offer.public_id, asha, gateway=TestGateway())


def test_a_lesson_made_longer_is_not_ended_at_its_old_end_and_one_called_off_gives_all_back(
    app: Flask, clock: Any
) -> None:
    lesson, asha, rohan = running(clock)
    end = lesson.ends_at
    _, order = agreed(lesson, asha, rohan, 30)
    pay(order.id)
    order_settle(order.id)
    clock.move_to(end + timedelta(minutes=16))
    assert lesson.id not in unjudged_ids()
    assert not verdict_write(lesson.id, Evidence((), ()))
    admin = person("Root", admin=True)
    session_cancel(lesson.id, admin, "The mentor fell ill.")
    refunds = db.session.scalars(sa.select(Refund.amount_paise)).all()
    assert sorted(refunds) == [299_00, 499_00]
    assert again(lesson).refund_paise == 798_00
    assert balance_of("mentor_payable", asha) == 0


def person_row(user_id: int) -> User:
    found = db.session.get(User, user_id)
    assert found is not None
    return found


@pytest.mark.parametrize(("who", "minutes", "refund"), [("mentor", 15, 649_00), ("learner", 30, 0)])
def test_the_preview_counts_paid_added_time_as_the_act_does_to_the_paisa(
    app: Flask, clock: Any, who: str, minutes: int, refund: int
) -> None:
    lesson, asha, rohan = running(clock)
    _, order = agreed(lesson, asha, rohan, minutes)
    pay(order.id)
    order_settle(order.id)
    if who == "learner":  # only instant help can be left once it runs
        lesson.kind = "instant"
        db.session.commit()
    actor = asha if who == "mentor" else rohan
    preview = cancel_preview(again(lesson), person_row(actor))
    assert preview.paid_paise == 499_00 + order.amount_paise
    assert preview.refund_paise + preview.kept.gross_paise == preview.paid_paise
    result = session_cancel(lesson.id, actor, "", expect_paise=preview.refund_paise)
    assert result == preview and result.refund_paise == refund == again(lesson).refund_paise
    assert sum(db.session.scalars(sa.select(Refund.amount_paise))) == refund
    assert balance_of("mentor_payable", asha) == -preview.kept.mentor_paise
    assert balance_of("platform_fee") == -preview.kept.fee_paise
    assert balance_of("gst_payable") == -preview.kept.gst_paise
    assert ledger_check().balanced
    assert cancel_preview(again(lesson), person_row(actor)).refund_paise == 0


def test_the_next_lesson_of_either_ends_the_time_after_this_one(app: Flask, clock: Any) -> None:
    lesson, asha, rohan = running(clock)
    eve = person("Eve")
    _book(asha, eve, lesson.ends_at + timedelta(minutes=5))
    clock.move_to(lesson.ends_at + timedelta(minutes=5) - timedelta(seconds=1))
    assert room_pass(lesson, rohan, now(), next_start_after(lesson, now()))
    assert lesson.id not in unjudged_ids() and not verdict_write(lesson.id, Evidence((), ()))
    clock.move(seconds=1)
    with pytest.raises(Conflict) as caught:
        room_pass(lesson, rohan, now(), next_start_after(lesson, now()))
    assert caught.value.code == "room_ended"
    assert unjudged_ids() == [lesson.id] and verdict_write(lesson.id, Evidence((), ()))
    assert again(lesson).state not in {"live", "confirmed"}


@transactional
def _book(mentor_id: int, learner_id: int, starts_at: Any) -> None:
    """Another lesson of the mentor, as the claims of a booking."""
    ends_at = starts_at + timedelta(minutes=50)
    row = LiveSession(
        mentor_id=mentor_id, learner_id=learner_id, kind="private", title="Next", state="confirmed",
        starts_at=starts_at, ends_at=ends_at, price_paise=0, fee_percent=15, gst_percent=18,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        TimeClaim(person_id=who, live_session_id=row.id, starts_at=starts_at, ends_at=ends_at)
        for who in (mentor_id, learner_id)
    )


@pytest.mark.parametrize(
    ("price", "more", "together_minutes"),
    [(333_33, (15, 30), 31), (101_01, (30, 15), 57), (7_77, (15, 15, 15), 44), (999_99, (30,), 8), (1_00, (15,), 30)],
)
def test_the_verdict_on_a_lesson_with_several_payments_keeps_what_was_shown_to_the_paisa(
    app: Flask, clock: Any, price: int, more: tuple[int, ...], together_minutes: int
) -> None:
    lesson, asha, rohan = running(clock, price_paise=price)
    for minutes in more:
        _, order = agreed(lesson, asha, rohan, minutes)
        pay(order.id)
        assert order_settle(order.id) is Settled.CONFIRMED
    lesson = again(lesson)
    clock.move_to(lesson.ends_at + timedelta(hours=1))
    start, end = lesson.starts_at, lesson.ends_at
    evidence = Evidence([(start, start + timedelta(minutes=together_minutes))], [(start, end)])
    shown = verdict_preview(lesson, evidence)
    paid = sum(db.session.scalars(sa.select(PaymentOrder.amount_paise)))
    assert shown.refund_paise + shown.kept.gross_paise == paid
    assert 0 < shown.refund_paise <= paid
    assert verdict_write(lesson.id, evidence)
    clock.move(days=2)
    assert verdict_settle(lesson.id)
    assert sum(db.session.scalars(sa.select(Refund.amount_paise))) == shown.refund_paise == again(lesson).refund_paise
    kept = Split(-balance_of("mentor_payable", asha), -balance_of("platform_fee"), -balance_of("gst_payable"))
    assert kept == shown.kept
    assert ledger_check().balanced


def test_added_time_of_instant_help_that_its_learner_leaves_late_is_the_mentors_to_be_paid_out(
    app: Flask, clock: Any
) -> None:
    asha, rohan = mentor(), person()
    held = hold_agreed(
        asha, rohan, now(), 30, 150_00, "Help now", kind="instant", request_id=1, hold_for=timedelta(minutes=5)
    )
    booked = checkout.order_open(held.id, gateway=TestGateway())
    assert booked is not None
    pay(booked.id)
    checkout.settle(booked.id)
    session_start(held.id)
    clock.move(minutes=10)
    _, order = agreed(held, asha, rohan)
    pay(order.id)
    order_settle(order.id)
    assert session_cancel(held.id, rohan, "").refund_paise == 0
    db.session.rollback()
    found = db.session.get(PaymentOrder, order.id, populate_existing=True)
    assert found is not None and found.released_at is not None
