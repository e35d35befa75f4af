"""What was seen of a lesson decides who bears a dispute that its payment lost, as soon as it is certain."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.kernel import db
from peerlearn.payments.books import ledger_check
from peerlearn.payments.dispute_record import dispute_record
from peerlearn.payments.models import Payment, PaymentDispute, Refund
from peerlearn.payments.queries import balance_of
from peerlearn.sessions.disputing import disputes_settle, lesson_of_dispute, was_given
from peerlearn.sessions.judging import verdict_write
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.objecting import verdict_decide, verdict_object, verdict_settle
from tests.peerlearn.sessions.people import mentor, person
from tests.peerlearn.sessions.test_cancelling import again, booked
from tests.peerlearn.sessions.test_judging import seen

PRICE = 499_00


def dispute(lesson: LiveSession, status: str, clock: Any, amount: int = PRICE) -> PaymentDispute:
    """What the gateway says of a dispute about the lesson's payment."""
    payment_id = db.session.scalar(sa.select(Payment.gateway_payment_id).where(Payment.order_id == lesson.order_id))
    at = int(clock.now().timestamp())
    return dispute_record(
        {
            "id": f"disp_T{lesson.id:013d}",
            "payment_id": payment_id,
            "amount": amount,
            "amount_deducted": amount if status == "lost" else 0,
            "status": status,
            "phase": "chargeback",
            "respond_by": at + 3 * 86400,
            "created_at": at,
        }
    )


def taught(clock: Any, *there: Any) -> LiveSession:
    """A lesson that is over and judged; `there` is when mentor and learner were in the room."""
    lesson = booked(mentor(), person())
    clock.move_to(lesson.ends_at + timedelta(minutes=15))
    assert verdict_write(lesson.id, seen(lesson, *there))
    return again(lesson)


@pytest.mark.parametrize(
    ("there", "mentor_keeps", "house_bears"),
    [
        (((0, 50), (0, 50)), True, PRICE),
        (((0, 50), None), True, PRICE),
        ((None, (0, 50)), False, 0),
    ],
)
def test_who_bears_a_lost_dispute_follows_the_verdict_once_it_holds(
    app: Flask, clock: Any, there: Any, mentor_keeps: bool, house_bears: int
) -> None:
    lesson = taught(clock, *there)
    row = dispute(lesson, "lost", clock)
    found = lesson_of_dispute(row)
    assert found is not None
    assert found.id == lesson.id
    assert disputes_settle() == 0, "the verdict is still open to objection"
    assert balance_of("disputed") == PRICE
    clock.move(hours=24)
    assert verdict_settle(lesson.id)
    assert disputes_settle() == 1
    assert disputes_settle() == 0
    assert (balance_of("disputed"), balance_of("dispute_loss")) == (0, house_bears)
    assert (balance_of("mentor_payable", lesson.mentor_id) < 0) == mentor_keeps
    assert balance_of("learner", lesson.learner_id) == 0, "the bank gave back what a verdict had promised"
    assert db.session.scalars(sa.select(Refund.state)).all() == ([] if mentor_keeps else ["covered"])
    assert ledger_check().balanced


def test_what_a_person_decided_after_an_objection_stands(app: Flask, clock: Any) -> None:
    lesson = taught(clock, None, (0, 50))
    root = person("Root", admin=True)
    verdict_object(lesson.id, lesson.mentor_id, "We met by phone.")
    dispute(lesson, "lost", clock)
    assert disputes_settle() == 0
    verdict_decide(lesson.id, root, 0, "They met by phone.")
    assert disputes_settle() == 1
    assert balance_of("dispute_loss") == PRICE
    assert balance_of("mentor_payable", lesson.mentor_id) < 0


def test_a_lesson_ahead_is_called_off_when_the_bank_gave_its_money_back(app: Flask, clock: Any) -> None:
    lesson = booked(mentor(), person())
    dispute(lesson, "open", clock)
    assert disputes_settle() == 0
    assert again(lesson).state == "confirmed"
    dispute(lesson, "lost", clock)
    assert disputes_settle() == 1
    assert again(lesson).state == "cancelled"
    assert db.session.scalars(sa.select(Refund.state)).all() == ["covered"]
    for account in ("disputed", "dispute_loss", "mentor_payable", "platform_fee", "gst_payable", "learner"):
        assert balance_of(account) == 0, account
    assert ledger_check().balanced


def test_a_running_lesson_is_waited_for_and_a_cancelled_one_keeps_what_its_policy_left(app: Flask, clock: Any) -> None:
    lesson = booked(mentor(), person())
    clock.move_to(lesson.starts_at + timedelta(minutes=5))
    assert was_given(again(lesson)) is None
    assert was_given(None) is True


def test_a_verdict_that_holds_while_a_bank_looks_releases_and_its_refund_waits(app: Flask, clock: Any) -> None:
    lesson = taught(clock, None, (0, 50))
    dispute(lesson, "open", clock)
    clock.move(hours=24)
    assert verdict_settle(lesson.id)
    assert db.session.scalars(sa.select(Refund.state)).all() == ["wanted"]
    assert ledger_check().balanced
