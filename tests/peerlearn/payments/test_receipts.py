"""Numbers of receipts: in a row, without gaps, one per paid order."""

import contextlib
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import PaymentOrder, Receipt
from peerlearn.payments.months import Month
from peerlearn.payments.receipts import receipt_number, receipts_number
from peerlearn.payments.service import order_create
from tests.peerlearn.sessions.people import pay, together


def paid(payer_id: int) -> PaymentOrder:
    order = order_create(payer_id, "live_session", 1, 499_00)
    pay(order.id)
    return order


def numbers() -> list[tuple[str, int]]:
    rows = db.session.execute(
        sa.select(Receipt.financial_year, Receipt.number).order_by(Receipt.issued_at, Receipt.number)
    )
    return [(year, number) for year, number in rows]


def test_paid_orders_are_numbered_once_in_the_order_in_which_money_came(app: Flask, people, clock) -> None:
    first, unpaid = paid(people[0]), order_create(people[0], "live_session", 2, 499_00)
    clock.move(minutes=1)
    second = paid(people[0])
    assert receipt_number(unpaid.id) is None
    year = Month.of(now()).financial_year
    assert receipt_number(second.id) == f"PL/{year}/000002"
    assert receipt_number(first.id) == f"PL/{year}/000001"
    assert len(f"PL/{year}/000001") <= 16
    assert receipts_number() == 0


def test_each_financial_year_begins_with_one(app: Flask, people, clock) -> None:
    last_of_march = Month(2027, 4).starts_at - timedelta(seconds=1)
    clock.move_to(last_of_march)
    old = paid(people[0]).id
    clock.move(seconds=1)
    new = [paid(people[0]).id for _ in range(2)]
    assert receipts_number() == 3
    assert [receipt_number(one) for one in (old, *new)] == ["PL/26-27/000001", "PL/27-28/000001", "PL/27-28/000002"]


def test_many_at_once_leave_no_gap_and_no_number_twice(app: Flask, people, clock) -> None:
    ids = [paid(people[0]).id for _ in range(6)]
    together(app, [receipts_number] * 4 + [lambda: receipt_number(ids[3])])
    db.session.rollback()
    assert sorted(number for _, number in numbers()) == [1, 2, 3, 4, 5, 6]


@transactional
def _broken(order_id: int) -> None:
    receipts_number()
    raise ZeroDivisionError


def test_a_number_of_a_failed_transaction_is_given_again(app: Flask, people, clock) -> None:
    order = paid(people[0])
    with contextlib.suppress(ZeroDivisionError):
        _broken(order.id)
    assert numbers() == []
    assert str(receipt_number(order.id)).endswith("/000001")
