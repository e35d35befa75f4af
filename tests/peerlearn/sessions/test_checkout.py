"""From the hold to the confirmed lesson: once, whoever tells us, and late money never stays with us."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.errors import Conflict
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.payments.models import PaymentOrder, Refund
from peerlearn.payments.queries import balance_of, orders_unsettled
from peerlearn.payments.refunds import refund_record
from peerlearn.payments.service import ledger_check
from peerlearn.sessions import checkout
from peerlearn.sessions.checkout import Settled
from peerlearn.sessions.models import LiveSession, SessionReminder, TimeClaim
from peerlearn.sessions.service import session_cancel, session_publish
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def count(model: Any, *where: Any) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0)


def again(live_session: LiveSession) -> LiveSession:
    found = db.session.get(LiveSession, live_session.id, populate_existing=True)
    assert found is not None
    return found


def held_with_order(mentor_id: int, learner_id: int, hours: float = 24) -> tuple[LiveSession, PaymentOrder]:
    held = checkout.hold_slot(mentor_id, at(hours), learner_id)
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None
    return held, order


def test_two_taps_on_pay_are_one_order(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held = checkout.hold_slot(asha, at(24), rohan)
    orders = together(app, [lambda: checkout.order_open(held.id, gateway=TestGateway()).id] * 4)  # type: ignore[union-attr]
    db.session.rollback()
    assert len(set(orders)) == 1 and count(PaymentOrder) == 1
    order = db.session.get(PaymentOrder, orders[0])
    assert order is not None and (order.amount_paise, order.state, order.payer_id) == (49900, "open", rohan)


def test_money_confirms_the_lesson_splits_it_and_tells_both(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    assert checkout.settle(order.id) is Settled.WAITING
    pay(order.id)
    assert checkout.settle(order.id) is Settled.CONFIRMED
    lesson = again(held)
    assert (lesson.state, lesson.learner_id, lesson.held_by, lesson.hold_expires_at) == ("confirmed", rohan, None, None)
    assert balance_of("mentor_payable", asha) == -42415
    assert balance_of("platform_fee") == -6343
    assert balance_of("gst_payable") == -1142
    assert ledger_check().balanced
    titles = {row.user_id: row.title for row in db.session.scalars(sa.select(Notification))}
    assert titles[rohan] == "Asha expects you"
    assert titles[asha].startswith("Rohan booked ")
    # Booked a day ahead: "tomorrow" is already past, the hour and the ten minutes are due for both.
    assert count(SessionReminder) == 4


@pytest.mark.parametrize("times", [2, 6])
def test_settling_many_times_at_once_has_one_effect(app: Flask, clock: Any, times: int) -> None:
    asha, rohan = mentor(), person()
    _, order = held_with_order(asha, rohan)
    pay(order.id)
    results = together(app, [lambda: checkout.settle(order.id)] * times)
    db.session.rollback()
    assert sorted(results) == [Settled.ALREADY] * (times - 1) + [Settled.CONFIRMED]
    assert balance_of("mentor_payable", asha) == -42415
    assert count(Notification) == 2 and count(Refund) == 0
    assert checkout.settle(order.id) is Settled.ALREADY


def test_late_money_takes_the_slot_again_where_it_is_still_free(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    clock.move(minutes=11)
    checkout.holds_expire()
    assert again(held).state == "expired" and count(TimeClaim) == 0
    pay(order.id)
    assert checkout.settle(order.id) is Settled.CONFIRMED
    assert again(held).state == "confirmed" and count(TimeClaim) == 2


def test_late_money_takes_a_public_session_again_where_it_is_still_on_offer(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    offer = session_publish(asha, "Integrals", "", None, at(24), 50, 49900)
    checkout.hold_public(offer.public_id, rohan)
    order = checkout.order_open(offer.id, gateway=TestGateway())
    assert order is not None
    clock.move(minutes=11)
    checkout.holds_expire()
    pay(order.id)
    assert checkout.settle(order.id) is Settled.CONFIRMED
    lesson = again(offer)
    assert (lesson.state, lesson.learner_id, lesson.order_id) == ("confirmed", rohan, order.id)


def test_late_money_for_a_time_that_is_gone_comes_back_in_full_once_and_is_told_once(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    _, order = held_with_order(asha, rohan)
    clock.move(minutes=11)
    theirs, _ = held_with_order(asha, priya)
    pay(order.id)
    results = together(app, [lambda: checkout.settle(order.id)] * 4)
    db.session.rollback()
    assert sorted(results) == [Settled.ALREADY] * 3 + [Settled.RETURNED]
    refunds = list(db.session.scalars(sa.select(Refund)))
    assert [refund.amount_paise for refund in refunds] == [49900]
    assert count(Notification, Notification.kind == "late_money", Notification.user_id == rohan) == 1
    assert again(theirs).state == "held"
    assert ledger_check().total_paise == 0


def test_money_that_was_sent_back_buys_nothing_when_the_time_is_free_again(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    lost, order = held_with_order(asha, rohan)
    clock.move(minutes=11)
    held_with_order(asha, priya)
    pay(order.id)
    assert checkout.settle(order.id) is Settled.RETURNED
    clock.move(minutes=11)
    checkout.holds_expire()
    assert checkout.settle(order.id) is Settled.ALREADY
    assert again(lost).state == "expired"
    assert balance_of("mentor_payable", asha) == 0


def test_the_winner_of_a_public_session_is_not_paid_out_by_the_losers_late_money(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    offer = session_publish(asha, "Integrals", "", None, at(24), 50, 49900)
    checkout.hold_public(offer.public_id, rohan)
    late = checkout.order_open(offer.id, gateway=TestGateway())
    clock.move(minutes=11)
    checkout.hold_public(offer.public_id, priya)
    good = checkout.order_open(offer.id, gateway=TestGateway())
    assert late is not None and good is not None and late.id != good.id
    pay(late.id)
    assert checkout.settle(late.id) is Settled.RETURNED
    pay(good.id)
    assert checkout.settle(good.id) is Settled.CONFIRMED
    assert again(offer).learner_id == priya


def test_money_for_a_hold_that_was_dropped_and_booked_anew_never_pays_twice(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    first, first_order = held_with_order(asha, rohan)
    clock.move(minutes=11)
    second, second_order = held_with_order(asha, rohan)
    assert second.id != first.id and second_order.id != first_order.id
    assert second.state == "held", "an abandoned payment pays for nothing: the new booking must be paid"
    assert checkout.settle(second_order.id) is Settled.WAITING
    pay(second_order.id)
    assert checkout.settle(second_order.id) is Settled.CONFIRMED
    pay(first_order.id)
    assert checkout.settle(first_order.id) is Settled.RETURNED


def test_an_expired_hold_cannot_be_paid_any_more(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held = checkout.hold_slot(asha, at(24), rohan)
    clock.move(minutes=10)
    with pytest.raises(Conflict) as caught:
        checkout.order_open(held.id, gateway=TestGateway())
    assert caught.value.code == "hold_expired"


def test_a_free_lesson_is_confirmed_without_the_gateway_on_the_same_path(app: Flask, clock: Any) -> None:
    asha, rohan, gateway = mentor(price_paise=0), person(), TestGateway()
    held = checkout.hold_slot(asha, at(24), rohan)
    assert checkout.order_open(held.id, gateway=gateway) is None
    assert again(held).state == "confirmed" and gateway.opened == []
    assert count(Notification) == 2 and count(SessionReminder) == 4
    assert checkout.order_open(held.id, gateway=gateway) is None


def test_money_after_the_mentor_cancelled_comes_back(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    session_cancel(held.id, asha, "I fell ill")
    pay(order.id)
    assert checkout.settle(order.id) is Settled.RETURNED
    assert again(held).state == "cancelled"


def test_an_instant_lesson_starts_its_clock_when_it_is_paid(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held = checkout.hold_agreed(
        asha, rohan, clock.now(), 20, 24900, "Help", kind="instant", request_id=1, hold_for=timedelta(minutes=5)
    )
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None
    clock.move(minutes=3)
    pay(order.id)
    checkout.settle(order.id)
    lesson = again(held)
    assert lesson.starts_at == clock.now() and lesson.minutes == 20
    claim = db.session.scalars(sa.select(TimeClaim)).first()
    assert claim is not None and (claim.starts_at, claim.ends_at) == (lesson.starts_at, lesson.ends_at)


def test_late_money_of_which_less_than_a_rupee_is_left_is_decided_once_and_buys_nothing_later(
    app: Flask, clock: Any
) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    held, order = held_with_order(asha, rohan)
    clock.move(minutes=11)
    rival = checkout.hold_slot(asha, held.starts_at, priya)
    payment_id = pay(order.id)
    refund_record(
        {"id": "rfnd_1", "payment_id": payment_id, "amount": 498_50, "status": "processed", "notes": []}
    )  # by hand, at the gateway
    assert checkout.settle(order.id) is Settled.ALREADY
    assert orders_unsettled() == []
    checkout.hold_drop(rival.id, priya)
    assert checkout.settle(order.id) is Settled.ALREADY and again(held).confirmed_at is None
