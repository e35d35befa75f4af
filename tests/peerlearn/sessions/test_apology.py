"""A mentor who lets a learner down: all of the money, something off the next lesson, and a record that tells."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.errors import Invalid
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.payments.coupon_models import Coupon
from peerlearn.payments.coupons import coupon_quote
from peerlearn.payments.credits import credit_because_of, credit_quote
from peerlearn.payments.queries import balance_of
from peerlearn.payments.service import ledger_check
from peerlearn.sessions import checkout
from peerlearn.sessions.discounts import coupon_apply
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.policy import let_down
from peerlearn.sessions.reliability import Reliability, reliability_of
from peerlearn.sessions.service import session_cancel, session_end, session_start
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person
from tests.peerlearn.sessions.test_absences import missed
from tests.peerlearn.sessions.test_cancelling import booked


def credits_of(person_id: int) -> list[Coupon]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Coupon).where(Coupon.person_id == person_id).order_by(Coupon.id)))


def told(person_id: int) -> str:
    return " ".join(db.session.scalars(sa.select(Notification.body).where(Notification.user_id == person_id)))


def kept_by(mentor_id: int) -> tuple[int, int]:
    found = reliability_of([mentor_id])[mentor_id]
    return found.kept, found.broken


def ran_with(clock: Any, lesson: LiveSession, minutes: float) -> None:
    clock.move_to(lesson.starts_at)
    session_start(lesson.id)
    clock.move(minutes=minutes)


@pytest.mark.parametrize("before", [timedelta(hours=2), timedelta(minutes=5), timedelta(minutes=-20)])
def test_a_late_cancel_by_the_mentor_gives_all_back_and_a_credit_once(app: Flask, clock: Any, before: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    if before < timedelta():
        ran_with(clock, lesson, 20)
    else:
        clock.move_to(lesson.starts_at - before)
    assert session_cancel(lesson.id, asha, "I fell ill.").refund_paise == 499_00
    session_cancel(lesson.id, asha, "Again.")
    (credit,) = credits_of(rohan)
    assert (credit.off_paise, credit.funded_by, credit.because_of) == (49_90, "platform", lesson.id)
    assert "₹49.90 off your next lesson is yours" in told(rohan) and "off your next" not in told(asha)
    assert kept_by(asha) == (0, 1)
    clock.move(days=1)
    second = booked(asha, rohan)
    clock.move_to(second.starts_at - timedelta(hours=1))
    session_cancel(second.id, asha, "Again.")
    assert len(credits_of(rohan)) == 1, "one in a month from the same mentor"
    assert kept_by(asha) == (0, 2) and ledger_check().balanced


def test_in_good_time_by_the_learner_or_as_no_match_nobody_is_let_down(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    session_cancel(booked(asha, rohan, 49).id, asha, "")
    late = booked(asha, rohan)
    clock.move_to(late.starts_at - timedelta(hours=1))
    session_cancel(late.id, rohan, "")
    assert (credits_of(rohan), kept_by(asha)) == ([], (0, 0))
    moment = late.starts_at
    assert not let_down("instant", moment, moment + timedelta(minutes=3))
    assert let_down("instant", moment, moment + timedelta(minutes=3, seconds=1))
    assert not let_down("private", moment, moment - timedelta(hours=24))
    assert let_down("private", moment, moment - timedelta(hours=24) + timedelta(seconds=1))


def test_a_mentor_who_does_not_come_owes_the_same_and_a_lesson_that_was_held_counts_as_kept(
    app: Flask, clock: Any
) -> None:
    asha, rohan, mia = mentor(), person(), person("Mia Roy")
    lesson = missed(clock, asha, rohan, who="mentor")
    assert credit_because_of(lesson.id) is not None and "₹49.90 off" in told(rohan)
    missed(clock, asha, mia, who="mentor", objects=asha)  # a person heard both: that decision is all there is
    assert credits_of(mia) == []
    held = booked(asha, mia)
    ran_with(clock, held, 50)
    session_end(held.id, asha, "That was it.")
    assert kept_by(asha) == (1, 1)
    assert not Reliability(3, 1).tells and Reliability(4, 1).tells


def test_a_credit_is_good_for_its_person_once_and_the_house_bears_it(app: Flask, clock: Any) -> None:
    asha, noor, rohan, mia = mentor(), mentor("Noor Aziz", price_paise=300_00), person(), person("Mia Roy")
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=1))
    session_cancel(lesson.id, asha, "I fell ill.")
    quote = credit_quote(rohan, noor, 300_00)
    assert quote is not None and quote.due_paise == 300_00 - 49_90
    assert credit_quote(mia, noor, 300_00) is None
    with pytest.raises(Invalid):
        coupon_quote(quote.code, mia, noor, 300_00)
    held = checkout.hold_slot(noor, at(30), rohan)
    coupon_apply(held.id, rohan, quote.code)
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None and order.amount_paise == 300_00 - 49_90
    pay(order.id)
    checkout.settle(order.id)
    assert balance_of("mentor_payable", noor) == -255_00 and balance_of("discount") == 49_90
    assert credit_quote(rohan, noor, 300_00) is None, "it is used"
    assert ledger_check().balanced
