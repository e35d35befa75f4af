"""Statements are the ledger's: opening and changes make the closing balance, and a closed month stays as it was."""

from datetime import timedelta
from typing import Any

from flask import Flask

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.money import split_gross
from peerlearn.payments.books import ledger_post, split_post
from peerlearn.payments.ledger import payout_postings, returned_postings, transfer_postings
from peerlearn.payments.models import Payment, PaymentOrder
from peerlearn.payments.months import Month
from peerlearn.payments.queries import balance_of
from peerlearn.payments.refunds import refund_want
from peerlearn.payments.service import order_create, refund_record
from peerlearn.payments.statements import learner_statement, mentor_statement, months_of, orders_behind
from tests.peerlearn.sessions.people import pay


def lesson(people: tuple[int, int], paise: int) -> PaymentOrder:
    order = order_create(people[0], "live_session", 1, paise)
    pay(order.id)
    split_post(order, people[1], split_gross(paise, 15, 18))
    return order


def give_back(order: PaymentOrder, paise: int, key: str) -> None:
    refund = refund_want(int(order.paid_payment_id or 0), paise, "Given back.", key)
    entity = {"id": f"rfnd_{key}", "payment_id": _gateway_id(order), "status": "processed", "amount": paise}
    refund_record(entity, refund.id)


def _gateway_id(order: PaymentOrder) -> str:
    payment = db.session.get(Payment, order.paid_payment_id)
    assert payment is not None
    return payment.gateway_payment_id


def pay_out(mentor_id: int, name: str, paise: int, tds: int) -> None:
    ledger_post("transfer", f"transfer:{name}.1", transfer_postings(mentor_id, paise))
    ledger_post("payout", f"payout:{name}:setl_{name}", payout_postings(mentor_id, paise, tds))


def test_a_month_of_a_mentor_ends_where_the_ledger_does_and_begins_where_the_last_one_ended(
    app: Flask, people: Any, clock: Any
) -> None:
    clock.move_to(Month(2026, 11).starts_at)
    first = lesson(people, 499_01)
    clock.move(days=3)
    give_back(first, 164_67, "third")
    pay_out(people[1], "901", 200_00, 50)
    clock.move_to(Month(2026, 11).ends_at - timedelta(seconds=1))
    second = lesson(people, 333_33)
    november_balance = -balance_of("mentor_payable", people[1])
    clock.move(seconds=1)
    give_back(second, 333_33, "all")
    ledger_post("payout_returned", "return:901:setl_901", returned_postings(people[1], 200_00, 50))
    november, december = (mentor_statement(people[1], Month(2026, number)) for number in (11, 12))
    assert [line.kind for line in november.lines] == ["split", "unsplit", "payout", "split"]
    assert [line.kind for line in december.lines] == ["unsplit", "payout_returned"]
    assert november.opening_paise == 0
    assert november.closing_paise == november_balance == december.opening_paise
    assert december.closing_paise == -balance_of("mentor_payable", people[1])
    for one in (november, december):
        assert one.opening_paise + sum(line.change_paise for line in one.lines) == one.closing_paise
        for line in one.lines:
            assert (
                line.change_paise
                == line.gross_paise - line.fee_paise - line.gst_paise - line.paid_out_paise - line.tds_paise
            )
    assert november.sum_of("gross") == 499_01 - 164_67 + 333_33
    assert (november.sum_of("paid_out"), november.sum_of("tds")) == (200_00, 50)
    assert december.sum_of("gross") == -333_33
    assert november.sum_of("fee") + december.sum_of("fee") == -balance_of("platform_fee")
    assert november.sum_of("gst") + december.sum_of("gst") == -balance_of("gst_payable")
    found = orders_behind([line.reference for line in (*november.lines, *december.lines)])
    assert found[f"split:{first.id}"].id == first.id
    assert {order.id for order in found.values()} == {first.id, second.id}
    assert [month.name for month, _, _ in months_of("mentor_payable", people[1])] == ["2026-12", "2026-11"]


def test_a_closed_month_never_changes(app: Flask, people: Any, clock: Any) -> None:
    clock.move_to(Month(2026, 11).starts_at + timedelta(days=5))
    order = lesson(people, 499_00)
    clock.move_to(Month(2026, 11).ends_at + timedelta(hours=1))
    assert Month(2026, 11).closed(now())
    before = mentor_statement(people[1], Month(2026, 11)), learner_statement(people[0], Month(2026, 11))
    give_back(order, 100_01, "late")
    lesson(people, 777_77)
    pay_out(people[1], "902", 100_00, 0)
    clock.move(days=400)
    give_back(order, 100_00, "later")
    assert (mentor_statement(people[1], Month(2026, 11)), learner_statement(people[0], Month(2026, 11))) == before


def test_a_learners_month_says_what_came_in_what_went_back_and_what_lies_with_us(
    app: Flask, people: Any, clock: Any
) -> None:
    clock.move_to(Month(2026, 11).starts_at)
    order = lesson(people, 499_00)
    give_back(order, 99_00, "part")
    unused = order_create(people[0], "live_session", 2, 250_00)
    pay(unused.id)
    statement = learner_statement(people[0], Month(2026, 11))
    assert [(line.kind, line.change_paise) for line in statement.lines] == [
        ("capture", 499_00), ("split", -499_00), ("unsplit", 99_00), ("refund", -99_00), ("capture", 250_00),
    ]  # fmt: skip
    assert statement.closing_paise == 250_00 == -balance_of("learner", people[0])
    assert statement.sum_of("change", "capture") == 749_00
    assert mentor_statement(people[0], Month(2026, 11)).lines == ()
    assert set(orders_behind([line.reference for line in statement.lines])) == {
        line.reference for line in statement.lines
    }
