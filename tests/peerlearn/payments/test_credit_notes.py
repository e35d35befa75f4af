"""Credit notes: one for all that went back of a receipt and is at its end, numbered without gaps, equal to the ledger."""

import contextlib
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.money import split_gross
from peerlearn.payments.credit_notes import note_paper, notes_number, notes_of
from peerlearn.payments.dispute_record import dispute_record
from peerlearn.payments.dispute_settling import dispute_settle
from peerlearn.payments.models import CreditNote, Payment, PaymentDispute, PaymentOrder, Refund
from peerlearn.payments.months import Month
from peerlearn.payments.queries import balance_of
from peerlearn.payments.receipts import receipts_number
from peerlearn.payments.refunds import refund_record, refund_want
from peerlearn.payments.service import order_create, split_post
from tests.peerlearn.payments.money import balanced
from tests.peerlearn.sessions.people import pay, together


def paid(people: tuple[int, int]) -> Payment:
    """A lesson's order that was paid, shared and has its receipt."""
    order = order_create(people[0], "live_session", 1, 499_00)
    name = pay(order.id)
    db.session.rollback()
    found = db.session.get(PaymentOrder, order.id)
    payment = db.session.scalar(sa.select(Payment).where(Payment.gateway_payment_id == name))
    assert found is not None and payment is not None
    split_post(found, people[1], split_gross(499_00, 15, 18))
    return payment


def gone(payment: Payment, paise: int, key: str, status: str = "processed") -> Refund:
    refund = refund_want(payment.id, paise, "A part comes back.", key)
    told = {"id": f"rfnd_{key}", "payment_id": payment.gateway_payment_id, "amount": paise, "status": status}
    refund_record(told, refund.id)
    return refund


def numbers() -> list[int]:
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(CreditNote.number)))


def test_each_refund_of_a_receipt_has_a_note_once_it_has_gone_back(app: Flask, people, clock) -> None:
    payment = paid(people)
    first, waiting = gone(payment, 99_80, "one"), gone(payment, 50_00, "two", "pending")
    assert notes_number() == 0, "no note before the receipt has its number"
    receipts_number()
    year = Month.of(now()).financial_year
    note = note_paper(first, "PL/25-26/000001")
    assert note is not None and note.number == f"PLC/{year}/000001" and len(note.number) <= 16
    assert (note.teaching_paise, note.fee_paise, note.gst_paise) == (84_83, 12_69, 2_28)
    assert note.teaching_paise + note.fee_paise + note.gst_paise == note.amount_paise == 99_80
    assert note_paper(waiting, "PL/25-26/000001") is None
    clock.move(minutes=1)
    refund_record({"id": "rfnd_two", "payment_id": payment.gateway_payment_id, "status": "processed"})
    assert notes_number() == 1 and notes_number() == 0
    assert notes_of(payment.order_id) == {
        first.public_id: f"PLC/{year}/000001",
        waiting.public_id: f"PLC/{year}/000002",
    }


def test_a_second_payment_that_went_back_has_no_receipt_and_no_note(app: Flask, people, clock) -> None:
    payment = paid(people)
    pay(payment.order_id)
    extra = db.session.scalar(sa.select(Refund))
    assert extra is not None and extra.payment_id != payment.id
    refund_record({"id": "rfnd_x", "payment_id": _gateway_id(extra), "status": "processed"}, extra.id)
    receipts_number()
    assert notes_number() == 0 and note_paper(extra, "PL/25-26/000001") is None


def _gateway_id(refund: Refund) -> str:
    payment = db.session.get(Payment, refund.payment_id)
    assert payment is not None
    return payment.gateway_payment_id


def lost(payment: Payment, paise: int, *, given: bool) -> PaymentDispute:
    """A dispute over so much of a payment that was lost and decided."""
    name = f"disp_{payment.id}"
    told = {"payment_id": payment.gateway_payment_id, "amount": paise, "amount_deducted": paise, "status": "lost"}
    row = dispute_record({"id": name, **told})
    assert dispute_settle(row.id, given=given)
    return row


def test_what_the_shares_gave_for_a_lost_dispute_has_a_note_in_the_same_row(app: Flask, people, clock) -> None:
    payment = paid(people)
    receipts_number()
    refund = gone(payment, 50_00, "one")
    clock.move(minutes=1)
    dispute = lost(payment, 99_80, given=False)
    year = Month.of(now()).financial_year
    note = note_paper(dispute, "PL/25-26/000001")
    assert note is not None and note.number == f"PLC/{year}/000002"
    assert note.teaching_paise + note.fee_paise + note.gst_paise == note.amount_paise == 99_80
    assert -balance_of("gst_payable") == 11_42 - note.gst_paise - note_paper(refund, "PL/25-26/000001").gst_paise
    assert notes_of(payment.order_id).keys() == {refund.public_id, dispute.public_id}
    assert notes_number() == 0 and balanced()


def test_a_lost_dispute_that_the_house_bears_lowers_no_receipt(app: Flask, people, clock) -> None:
    payment = paid(people)
    receipts_number()
    dispute = lost(payment, 99_80, given=True)
    assert note_paper(dispute, "PL/25-26/000001") is None and notes_number() == 0


def test_a_note_belongs_to_the_financial_year_in_which_the_money_went_back(app: Flask, people, clock) -> None:
    clock.move_to(Month(2027, 4).starts_at - timedelta(seconds=1))
    payment = paid(people)
    gone(payment, 10_00, "march")
    clock.move(seconds=1)
    gone(payment, 10_00, "april")
    receipts_number()
    assert notes_number() == 2
    assert sorted(notes_of(payment.order_id).values()) == ["PLC/26-27/000001", "PLC/27-28/000001"]


@transactional
def _broken() -> None:
    assert notes_number() == 1
    raise ZeroDivisionError


def test_many_at_once_and_a_failed_transaction_leave_no_gap(app: Flask, people, clock) -> None:
    payment = paid(people)
    receipts_number()
    gone(payment, 10_00, "first")
    with contextlib.suppress(ZeroDivisionError):
        _broken()
    assert numbers() == []
    for at in range(4):
        gone(payment, 10_00, f"more{at}")
    together(app, [notes_number] * 4)
    assert numbers() == [1, 2, 3, 4, 5]
