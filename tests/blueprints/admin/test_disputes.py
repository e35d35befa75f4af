"""The administrator's pages about disputes and payouts, with a real gateway behind them."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.audit.models import AuditRow
from peerlearn.kernel import db, transactional
from peerlearn.moderation.evidence import evidence_pack
from peerlearn.notifications.models import Notification, OutgoingMail
from peerlearn.payments.dispute_record import dispute_record
from peerlearn.payments.models import Payee, Payment, PaymentDispute, Payout
from peerlearn.payments.receive import payment_record
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from tests.blueprints.admin.test_admin import decide
from tests.blueprints.auth.doors import account, signed_in
from tests.blueprints.sessions.test_views import sign_in
from tests.gateway import gateway_to, simulator
from tests.peerlearn.sessions.people import at, mentor, person


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with simulator(tmp_path_factory.mktemp("bank") / "razorpay.db") as running:
        yield running


@pytest.fixture
def gateway(app: Flask, bank: Simulator) -> Iterator[Any]:
    before = app.extensions["peerlearn.ports"]
    made = gateway_to(bank)
    app.extensions["peerlearn.ports"] = dataclasses.replace(before, gateway=made)
    yield made
    app.extensions["peerlearn.ports"] = before


@pytest.fixture
def lesson(app: Flask, bank: Simulator, gateway: Any) -> LiveSession:
    """A lesson that was paid at the simulator."""
    held = checkout.hold_slot(mentor(), at(24), person("Rohan Mehta"), title="Limits")
    order = checkout.order_open(held.id, gateway=gateway)
    assert order is not None
    started = bank.bank.start(str(order.gateway_order_id), "upi", {})
    payment_record(bank.bank.succeed(started["id"]))
    checkout.settle(order.id)
    found = db.session.get(LiveSession, held.id, populate_existing=True)
    assert found is not None
    return found


@pytest.fixture
def dispute(lesson: LiveSession, bank: Simulator) -> PaymentDispute:
    payment_id = db.session.scalar(sa.select(Payment.gateway_payment_id).where(Payment.order_id == lesson.order_id))
    return dispute_record(bank.disputes.open(str(payment_id)))


@pytest.fixture
def desk(app: Flask) -> Any:
    return signed_in(app, account("admin@peerlearn.test", "Meera Admin", admin=True))


def state_of(dispute: PaymentDispute) -> str:
    db.session.rollback()
    return str(db.session.scalar(sa.select(PaymentDispute.state).where(PaymentDispute.id == dispute.id)))


def audited() -> list[str]:
    return list(db.session.scalars(sa.select(AuditRow.action).order_by(AuditRow.id)))


def test_a_case_shows_the_deadline_and_one_tap_sends_the_evidence(
    desk: Any, dispute: PaymentDispute, bank: Simulator
) -> None:
    row = dispute.id
    assert "Rohan Mehta" in desk.get("/admin/disputes/?search=disp").get_data(as_text=True)
    page = desk.get(f"/admin/disputes/details/?id={row}").get_data(as_text=True)
    assert "days left" in page
    assert "Rohan Mehta" in page
    answer = decide(desk, "disputes", row, "contest", evidence_pack(row).summary)
    assert "The bank has the evidence" in answer
    assert state_of(dispute) == "under_review"
    at_bank = bank.disputes.dispute(dispute.gateway_dispute_id)
    assert at_bank["evidence"]["summary"] == evidence_pack(row).summary
    (document_id,) = at_bank["evidence"]["proof_of_service"]
    assert bank.disputes.document_content(document_id).startswith(b"%PDF-1.4")
    assert audited() == ["dispute_contest"]
    assert "The case has moved on" in decide(desk, "disputes", row, "accept", "Too late.")


def test_accepting_needs_a_reason_and_is_kept(desk: Any, dispute: PaymentDispute, lesson: LiveSession) -> None:
    assert "Say why" in decide(desk, "disputes", dispute.id, "accept", " ")
    assert state_of(dispute) == "open"
    assert "gives the money back" in decide(desk, "disputes", dispute.id, "accept", "The mentor was ill.")
    assert state_of(dispute) == "lost"
    assert audited() == ["dispute_accept"]
    row = db.session.scalars(sa.select(AuditRow)).one()
    assert (row.reason, row.subject_ref) == ("The mentor was ill.", dispute.public_id)


def test_a_gateway_that_does_not_answer_leaves_the_case_open_and_a_row(
    desk: Any, dispute: PaymentDispute, bank: Simulator
) -> None:
    bank.faults.add({"kind": "502", "method": "PATCH", "path": "/v1/disputes/.*", "times": 1})
    assert "did not answer" in decide(desk, "disputes", dispute.id, "contest", "It took place.")
    assert state_of(dispute) == "open"
    assert audited() == ["dispute_contest", "dispute_contest_failed"]
    documents = len(bank.store.listed("document", count=100))
    assert "has the evidence" in decide(desk, "disputes", dispute.id, "contest", "It took place.")
    assert len(bank.store.listed("document", count=100)) == documents, "the document is not sent twice"


def test_the_evidence_prints_and_never_holds_a_word_of_the_chat(desk: Any, dispute: PaymentDispute) -> None:
    page = desk.get(f"/admin/disputes/evidence/?id={dispute.id}").get_data(as_text=True)
    for words in ("Terms shown before the payment", "In the room", "24 hours or more", "Rohan Mehta"):
        assert words in page
    paper = desk.get(f"/admin/disputes/evidence.pdf?id={dispute.id}")
    assert paper.mimetype == "application/pdf"
    assert dispute.gateway_dispute_id.encode() in paper.data


def test_a_refund_is_refused_while_a_bank_claims_the_payment(desk: Any, dispute: PaymentDispute) -> None:
    page = desk.get(f"/admin/payments/details/?id={dispute.payment_id}").get_data(as_text=True)
    assert "Give back" not in page
    assert "a bank disputes it" in page


def test_the_two_people_read_of_it_beside_the_money(app: Flask, lesson: LiveSession, dispute: PaymentDispute) -> None:
    for user_id, words in ((lesson.mentor_id, "Your share waits"), (lesson.learner_id, "you are not paid twice")):
        assert user_id is not None
        page = sign_in(app, user_id).get(f"/sessions/{lesson.public_id}").get_data(as_text=True)
        assert words in page


@transactional
def payout_in(state: str, lesson: LiveSession, **values: Any) -> Payout:
    made = Payout(
        order_id=lesson.order_id, mentor_id=lesson.mentor_id, state=state, gross_paise=49900, fee_paise=6343,
        gst_paise=1142, share_paise=42415, amount_paise=42415, created_at=lesson.created_at, **values,
    )  # fmt: skip
    payee = Payee(mentor_id=lesson.mentor_id, state="activated", created_at=lesson.created_at, last_four="5678")
    db.session.add_all([made, payee])
    db.session.flush()
    return made


def test_a_returned_payout_says_why_and_its_mentor_is_asked_once_a_day(desk: Any, lesson: LiveSession) -> None:
    payout = payout_in("returned", lesson, problem="The account is closed.", settlement_id="setl_1")
    page = desk.get("/admin/payouts/?stuck=1").get_data(as_text=True)
    assert "The account is closed." in page
    assert "Ask the mentor for a new account." in page
    assert "The mentor is asked" in decide(desk, "payouts", payout.id, "ask", "Your account is closed.")
    assert "asked today already" in decide(desk, "payouts", payout.id, "ask", "Your account is closed.")
    asked = sa.select(Notification.url).where(Notification.user_id == lesson.mentor_id, Notification.kind == "payout")
    assert db.session.scalars(asked).all() == ["/money/bank"]
    letters = sa.select(OutgoingMail.subject).where(OutgoingMail.subject.contains("can't reach your bank"))
    assert len(db.session.scalars(letters).all()) == 1
    assert audited() == ["account_ask"]
    lesson_page = desk.get(f"/admin/lessons/details/?id={lesson.id}").get_data(as_text=True)
    assert "payout returned" in lesson_page


def test_a_failed_payout_is_tried_again_with_an_audit_row(desk: Any, lesson: LiveSession) -> None:
    payout = payout_in("failed", lesson, problem="Transfer failed due to insufficient balance")
    assert "within a minute" in decide(desk, "payouts", payout.id, "retry")
    db.session.rollback()
    assert db.session.scalar(sa.select(Payout.state)) == "wanted"
    assert audited() == ["payout_retry"]
    assert "The case has moved on" in decide(desk, "payouts", payout.id, "retry")


def test_a_payout_waits_for_the_bank_and_says_so(desk: Any, lesson: LiveSession, dispute: PaymentDispute) -> None:
    payout = payout_in("held", lesson)
    page = desk.get(f"/admin/payouts/details/?id={payout.id}").get_data(as_text=True)
    assert "A bank looks at its payment." in page
