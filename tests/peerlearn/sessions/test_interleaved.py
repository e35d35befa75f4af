"""Two transactions about the same money at the same moment: who comes second decides on what is true by then.

On PostgreSQL the second one is caught in the middle: it has read, and waits for a lock that the first one holds. SQLite
has one writer, so there it begins after the first one.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.kernel import db, is_sqlite, transactional
from peerlearn.moderation.service import person_ban
from peerlearn.payments.books import ledger_check
from peerlearn.payments.models import Payment, PaymentOrder, Refund
from peerlearn.payments.orders import lock_order
from peerlearn.payments.pack_refunds import pack_refund
from peerlearn.payments.packs import minutes_left, pack_offer_make, pack_want, packs_of
from peerlearn.payments.queries import balance_of
from peerlearn.payments.refunds import refund_record
from peerlearn.sessions import checkout, extending
from peerlearn.sessions.cancelling import session_cancel
from peerlearn.sessions.checkout import Settled
from peerlearn.sessions.claims import people_lock
from peerlearn.sessions.judging import Evidence, verdict_write
from peerlearn.sessions.late_money import money_return
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.objecting import verdict_settle
from peerlearn.sessions.service import session_start
from peerlearn.sessions.settling import order_settle
from peerlearn.sessions.standing_holds import hold_release
from tests.peerlearn.sessions.people import TestGateway, mentor, pay, person
from tests.peerlearn.sessions.test_checkout import again, held_with_order

PATIENCE = 20.0


def _someone_waits() -> bool:
    return bool(db.session.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def caught_between(app: Flask, lock: Callable[[], Any], second: Callable[[], Any], first: Callable[[], Any]) -> Any:
    """Run `first` under a lock while `second` has begun and waits for it; return what `second` came to."""
    result: list[Any] = []

    def run() -> None:
        with app.app_context():
            try:
                result.append(second())
            except Exception as problem:
                result.append(problem)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)

    @transactional
    def begin() -> None:
        lock()
        thread.start()
        until = time.monotonic() + PATIENCE
        while not is_sqlite() and not _someone_waits() and thread.is_alive():
            assert time.monotonic() < until, "the second one neither waits nor ends"
            time.sleep(0.01)
        first()

    begin()
    thread.join(PATIENCE)
    db.session.rollback()
    return result[0]


def by_hand(order_id: int, paise: int, name: str = "rfnd_hand") -> None:
    """A refund that somebody made on the gateway's own page is told to us."""
    payment = db.session.scalar(sa.select(Payment).where(Payment.order_id == order_id))
    assert payment is not None
    refund_record(
        {"id": name, "payment_id": payment.gateway_payment_id, "amount": paise, "status": "processed", "notes": []}
    )


def test_money_that_was_just_sent_back_confirms_nothing_though_the_time_is_free_again(app: Flask, clock: Any) -> None:
    asha, rohan, eve = mentor(), person(), person("Eve")
    held, order = held_with_order(asha, rohan)
    clock.move_to(held.hold_expires_at + timedelta(seconds=1))
    rival = checkout.hold_slot(asha, held.starts_at, eve)
    pay(order.id)

    def first() -> None:
        """The worker finds the time gone; a moment later who has it lets go."""
        found = db.session.get(PaymentOrder, order.id)
        assert found is not None and money_return(found, "The time was gone.") == 499_00
        hold_release(rival.id, force=True)

    came = caught_between(app, lambda: people_lock([asha, rohan]), lambda: checkout.settle(order.id), first)
    assert came is Settled.ALREADY
    assert again(held).confirmed_at is None
    assert balance_of("mentor_payable", asha) == 0 and balance_of("learner", rohan) == -499_00
    assert [one.amount_paise for one in db.session.scalars(sa.select(Refund))] == [499_00]


def test_a_refund_by_hand_in_the_moment_of_confirming_is_taken_from_the_shares(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    pay(order.id)
    came = caught_between(
        app, lambda: lock_order(order.id), lambda: checkout.settle(order.id), lambda: by_hand(order.id, 99_80)
    )
    assert came is Settled.CONFIRMED and again(held).state == "confirmed"
    assert balance_of("learner", rohan) == 0, "what went back is owed to nobody"
    shares = balance_of("mentor_payable", asha) + balance_of("platform_fee") + balance_of("gst_payable")
    assert -shares == 499_00 - 99_80 and ledger_check().balanced


def test_a_pack_whose_money_goes_back_in_the_moment_of_settling_gives_no_minutes(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    order = pack_want(pack_offer_make(asha, 250, 1999_99).public_id, rohan)
    pay(order.id)
    came = caught_between(
        app, lambda: lock_order(order.id), lambda: order_settle(order.id), lambda: by_hand(order.id, 1999_99)
    )
    assert came is Settled.ALREADY
    assert minutes_left(rohan, asha) == 0
    assert balance_of("prepaid", rohan) == 0 and balance_of("learner", rohan) == 0 and ledger_check().balanced


def test_a_pack_that_is_settled_and_given_up_at_once_waits_in_a_row_and_never_in_a_circle(
    app: Flask, clock: Any
) -> None:
    asha, rohan = mentor(), person()
    order = pack_want(pack_offer_make(asha, 250, 1999_99).public_id, rohan)
    pay(order.id)
    assert order_settle(order.id) is Settled.CONFIRMED
    (bought,) = packs_of(rohan, asha)
    public_id, number = bought.public_id, order.id
    came = caught_between(
        app, lambda: lock_order(number), lambda: order_settle(number), lambda: pack_refund(public_id, rohan)
    )
    assert came is Settled.ALREADY and minutes_left(rohan, asha) == 0 and ledger_check().balanced


@pytest.fixture
def agreed(app: Flask, clock: Any) -> tuple[int, int, LiveSession, PaymentOrder]:
    """A running lesson whose learner is about to pay for a quarter of an hour more."""
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    pay(order.id)
    order_settle(order.id)
    clock.move_to(held.starts_at)
    session_start(held.id)
    offer = extending.extension_offer(held.id, asha, 15)
    extending.extension_answer(offer.public_id, rohan, accept=True)
    return asha, rohan, held, extending.extension_order(offer.public_id, rohan, gateway=TestGateway())


def test_a_refund_by_hand_in_the_moment_of_adding_time_is_taken_from_the_shares(
    app: Flask, agreed: tuple[int, int, LiveSession, PaymentOrder]
) -> None:
    _, rohan, lesson, order = agreed
    pay(order.id)
    number, paise = order.id, order.amount_paise
    came = caught_between(
        app, lambda: lock_order(number), lambda: order_settle(number), lambda: by_hand(number, paise // 2)
    )
    assert came is Settled.CONFIRMED and again(lesson).minutes == 65
    assert balance_of("learner", rohan) == 0 and ledger_check().balanced


def test_closing_an_account_waits_for_those_who_book_it_and_never_in_a_circle(app: Flask, clock: Any) -> None:
    rohan, asha = person(), mentor()
    held_with_order(asha, rohan)
    admin = person(admin=True)
    came = caught_between(
        app,
        lambda: people_lock([rohan]),
        lambda: person_ban(asha, admin, "Broke the promise"),
        lambda: people_lock([asha]),  # who books locks the two in the order of their ids
    )
    assert came == 1


def test_what_went_back_in_the_moment_of_cancelling_counts(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan, 36)
    pay(order.id)
    order_settle(order.id)
    clock.move_to(held.starts_at - timedelta(hours=13))  # four fifths come back
    number, lesson = order.id, held.id
    caught_between(
        app,
        lambda: lock_order(number),
        lambda: session_cancel(lesson, rohan, ""),
        lambda: by_hand(number, 99_80),
    )
    assert again(held).state == "cancelled"
    assert sum(db.session.scalars(sa.select(Refund.amount_paise))) == 399_20


def test_a_verdict_holds_also_where_something_went_back_in_that_moment(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held, order = held_with_order(asha, rohan)
    pay(order.id)
    order_settle(order.id)
    clock.move_to(held.ends_at + timedelta(hours=1))
    assert verdict_write(held.id, Evidence([], []))
    clock.move(hours=25)
    number, lesson = order.id, held.id
    came = caught_between(
        app, lambda: lock_order(number), lambda: verdict_settle(lesson), lambda: by_hand(number, 99_80)
    )
    assert came is True and sum(db.session.scalars(sa.select(Refund.amount_paise))) == 499_00
