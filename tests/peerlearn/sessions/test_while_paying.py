"""What the mentor does while a learner pays: the hold is honoured, or all of the money goes back. Never half."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.service import user_ban
from peerlearn.catalog.models import MentorProfile
from peerlearn.catalog.rules import booking_rules_set
from peerlearn.catalog.service import days_off_set, mentor_suspend, weekly_hours_set
from peerlearn.clock import local, now
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import Refund
from peerlearn.payments.queries import balance_of
from peerlearn.payments.service import ledger_check
from peerlearn.sessions import checkout
from peerlearn.sessions.checkout import Settled
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import banned_with_sessions
from peerlearn.sessions.service import sessions_cancel_for
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person
from tests.peerlearn.sessions.test_checkout import again, held_with_order


def no_hours(asha: int, _lesson: LiveSession) -> None:
    weekly_hours_set(asha, [])


def day_off(asha: int, lesson: LiveSession) -> None:
    day = local(lesson.starts_at, "Europe/London").date()
    days_off_set(asha, day, day)


def strict_rules(asha: int, _lesson: LiveSession) -> None:
    booking_rules_set(asha, notice_minutes=4320, buffer_minutes=60, max_per_day=1, horizon_days=7)


@transactional
def new_price(asha: int, _lesson: LiveSession) -> None:
    profile = db.session.get(MentorProfile, asha)
    assert profile is not None
    profile.price_paise, profile.lesson_minutes = 999_00, 25


def paused(asha: int, _lesson: LiveSession) -> None:
    mentor_suspend(asha, person("Admin", admin=True), "We look at it")


@pytest.mark.parametrize("change", [no_hours, day_off, strict_rules, new_price, paused])
def test_a_hold_is_honoured_at_its_price_whatever_the_mentor_changes_meanwhile(
    app: Flask, clock: Any, change: Callable[[int, LiveSession], None]
) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    change(asha, held)
    pay(order.id)
    assert checkout.settle(order.id) is Settled.CONFIRMED
    lesson = again(held)
    assert (lesson.state, lesson.price_paise, lesson.minutes) == ("confirmed", 499_00, 50)
    assert balance_of("learner", rohan) == 0 and ledger_check().total_paise == 0


@pytest.mark.parametrize("swept", ["before the money", "after the money"])
def test_where_the_mentors_account_is_closed_meanwhile_all_of_the_money_goes_back_once(
    app: Flask, clock: Any, swept: str
) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    user_ban(asha, person("Admin", admin=True), "Broke the promise")

    def sweep() -> None:
        for user_id in banned_with_sessions():
            sessions_cancel_for(user_id, None, "This account was closed.")

    if swept == "before the money":
        sweep()
    pay(order.id)
    checkout.settle(order.id)
    sweep()
    checkout.settle(order.id)
    assert again(held).state == "cancelled"
    assert [refund.amount_paise for refund in db.session.scalars(sa.select(Refund))] == [499_00]
    assert balance_of("mentor_payable", asha) == 0 and ledger_check().total_paise == 0


def test_a_time_that_was_held_and_never_paid_asks_for_payment_when_it_is_booked_again(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    clock.move_to((held.hold_expires_at or now()) + timedelta(seconds=1))
    second = checkout.hold_slot(asha, at(24), rohan)
    fresh = checkout.order_open(second.id, gateway=TestGateway())
    assert second.id != held.id and second.state == "held" and second.confirmed_at is None
    assert fresh is not None and fresh.id != order.id and fresh.state == "open"
    assert checkout.settle(fresh.id) is Settled.WAITING
