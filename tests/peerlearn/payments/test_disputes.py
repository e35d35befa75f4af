"""Disputes against the real SDK and the simulator: taken in whatever way they come, held, lost by whom, won back."""

import itertools
from typing import Any

import pytest
import sqlalchemy as sa

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.clock import MovableClock
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import db
from peerlearn.money import split_gross
from peerlearn.payments.agreement import gateway_differs
from peerlearn.payments.books import kept_split
from peerlearn.payments.dispute_lifecycle import DISPUTE, DISPUTE_EVENTS, DISPUTE_STATES, OPEN
from peerlearn.payments.dispute_record import dispute_record, disputes_reconcile
from peerlearn.payments.dispute_settling import dispute_settle, disputes_unsettled
from peerlearn.payments.gone import refunded_paise
from peerlearn.payments.lifecycle import IGNORED, ILLEGAL
from peerlearn.payments.models import Payee, Payment, PaymentDispute, PaymentOrder, Payout, Refund
from peerlearn.payments.orders import order_release
from peerlearn.payments.queries import balance_of, mentor_earnings, trail_of
from peerlearn.payments.receive import payment_record
from peerlearn.payments.refunds import refund_record, refund_want, refunds_send
from peerlearn.payments.service import split_post
from peerlearn.payments.transfers import payouts_run, transfers_release
from tests.peerlearn.payments.money import balanced, deliver, events_of, fresh, references
from tests.peerlearn.payments.test_payouts import SHARE, another_order, paid_out, run, the_payout

PRICE, FEE, GST = 49900, 6343, 1142


def the_dispute() -> PaymentDispute:
    db.session.rollback()
    statement = sa.select(PaymentDispute).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one()


def told(bank: Simulator, order: PaymentOrder) -> list[dict[str, Any]]:
    return [event for event in events_of(bank, order) if event["event"].startswith("payment.dispute.")]


def test_every_pair_of_state_and_event_is_spelled_out_and_no_end_is_left() -> None:
    assert set(DISPUTE) == set(itertools.product(DISPUTE_STATES, DISPUTE_EVENTS))
    for state in ("won", "lost", "closed"):
        assert {DISPUTE[state, event] for event in DISPUTE_EVENTS} <= {IGNORED, ILLEGAL}
    assert {state for state in DISPUTE_STATES if DISPUTE[state, "lost"] == "lost"} == {"absent", *OPEN}


@pytest.mark.parametrize("order_of_arrival", [(0, 1, 2), (2, 1, 0), (1, 1, 2, 2, 0, 0), (2,)])
def test_events_in_any_order_doubled_or_missing_come_to_one_end(
    settled: Payment, order: PaymentOrder, gateway: RazorpayGateway, bank: Simulator, order_of_arrival: tuple[int, ...]
) -> None:
    bank.store.set_option("dispute_deducts", "onset")
    made = bank.disputes.open(settled.gateway_payment_id)
    document = bank.disputes.document_create("dispute_evidence", "e.pdf", "application/pdf", b"%PDF-1.4")
    bank.disputes.contest(made["id"], {"proof_of_service": [document["id"]], "action": "submit"})
    bank.disputes.rule(made["id"], "won")
    events = told(bank, order)
    assert [event["event"] for event in events] == [
        "payment.dispute.created",
        "payment.dispute.under_review",
        "payment.dispute.won",
    ]
    for number in order_of_arrival:
        deliver(events[number], gateway)
    assert (the_dispute().state, the_dispute().taken_paise) == ("won", 0)
    assert balance_of("disputed") == 0
    assert balance_of("gateway") == PRICE - int(settled.fee_paise or 0)
    assert balanced()


def test_what_no_event_tells_is_read_from_the_gateways_list(
    settled: Payment, gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id, 10000)
    disputes_reconcile(gateway=gateway)
    assert (the_dispute().state, the_dispute().amount_paise) == ("open", 10000)
    bank.disputes.rule(made["id"], "lost")
    disputes_reconcile(gateway=gateway)
    assert (the_dispute().state, the_dispute().taken_paise) == ("lost", 10000)
    assert disputes_unsettled() == [the_dispute().id]
    disputes_reconcile(gateway=gateway)
    assert the_dispute().moves == 1
    assert balanced()


def test_an_old_answer_never_moves_a_dispute_backwards_and_a_strange_one_is_for_a_person(
    settled: Payment, gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id)
    before = gateway.fetch_dispute(made["id"])
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    dispute_record(before)
    assert (the_dispute().state, the_dispute().taken_paise) == ("lost", PRICE)
    with pytest.raises(Conflict):
        dispute_record({**before, "status": "won"})
    with pytest.raises(Missing):
        dispute_record({**before, "payment_id": "pay_00000000000000"})


def test_a_share_waits_while_a_bank_looks_at_it_and_goes_out_after_a_win(
    settled: Payment,
    payee: Payee,
    order: PaymentOrder,
    gateway: RazorpayGateway,
    bank: Simulator,
    clock: MovableClock,
) -> None:
    run(gateway, bank)
    clock.move(minutes=20)
    assert run(gateway, bank).state == "held"
    made = bank.disputes.open(settled.gateway_payment_id, respond_by=4_000_000_000)
    dispute_record(gateway.fetch_dispute(made["id"]))
    order_release(order.id)
    clock.move(minutes=20)
    assert run(gateway, bank).state == "held"
    dispute_record(bank.disputes.rule(made["id"], "won"))
    clock.move(minutes=20)
    assert run(gateway, bank).state == "released"
    assert balanced()


def released(gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder, clock: MovableClock) -> None:
    """The hold is lifted and no settlement has come yet."""
    order_release(order.id)
    for _ in range(3):
        payouts_run(gateway=gateway)
        bank.store.run("UPDATE later SET due_at = 0 WHERE what = 'transfer'")
        bank.store.run("UPDATE later SET due_at = 1e12 WHERE what = 'settle'")
        bank.bank.run_due()
        clock.move(minutes=20)
    assert the_payout().state == "released"


@pytest.mark.parametrize("ruling", ["won", "lost"])
def test_a_share_that_was_released_and_is_in_no_bank_yet_is_held_again_when_a_bank_disputes_it(
    settled: Payment, payee: Payee, order: PaymentOrder, gateway: RazorpayGateway, bank: Simulator,
    clock: MovableClock, ruling: str,
) -> None:  # fmt: skip
    released(gateway, bank, order, clock)
    made = bank.disputes.open(settled.gateway_payment_id, respond_by=4_000_000_000)
    dispute_record(gateway.fetch_dispute(made["id"]))
    bank.faults.add({"kind": "504", "method": "PATCH", "path": "/v1/transfers", "lost": True, "times": 1})
    payouts_run(gateway=gateway)  # the answer is lost, the hold is there
    clock.move(minutes=20)
    payouts_run(gateway=gateway)
    payout = the_payout()
    transfer = gateway.fetch_transfer(str(payout.gateway_transfer_id))
    assert (payout.state, transfer["on_hold"], transfer["settlement_status"]) == ("held", True, "on_hold")
    assert all(one["recipient"] != transfer["recipient"] for one in paid_now(bank)), "no settlement takes it along"
    dispute_record(bank.disputes.rule(made["id"], ruling))
    if ruling == "lost":
        assert dispute_settle(the_dispute().id, given=False)
    clock.move(minutes=20)
    payouts_run(gateway=gateway)
    transfer = gateway.fetch_transfer(str(payout.gateway_transfer_id))
    assert (the_payout().state, transfer["on_hold"], transfer["amount_reversed"]) == (
        ("released", False, 0) if ruling == "won" else ("reversed", True, SHARE)
    )
    assert balance_of("transfer_held", payee.mentor_id) == (SHARE if ruling == "won" else 0) and balanced()


def paid_now(bank: Simulator) -> list[dict[str, Any]]:
    """What the gateway's settlement of the day pays out."""
    made = bank.route.settle_all()
    return [one for settlement in made for one in bank.route.transfers_in(settlement["id"])]


def test_where_the_settlement_was_faster_than_the_hold_the_bank_has_the_money(
    settled: Payment, payee: Payee, order: PaymentOrder, gateway: RazorpayGateway, bank: Simulator,
    clock: MovableClock,
) -> None:  # fmt: skip
    released(gateway, bank, order, clock)
    made = bank.disputes.open(settled.gateway_payment_id, respond_by=4_000_000_000)
    dispute_record(gateway.fetch_dispute(made["id"]))
    assert paid_now(bank)
    clock.move(minutes=20)
    payouts_run(gateway=gateway)
    assert the_payout().state == "settled" and balance_of("mentor_payable", payee.mentor_id) == 0 and balanced()


def test_a_dispute_that_comes_while_others_are_released_before_it_stops_the_release(
    settled: Payment, payee: Payee, order: PaymentOrder, people: tuple[int, int], gateway: RazorpayGateway,
    bank: Simulator, clock: MovableClock,
) -> None:  # fmt: skip
    second = another_order(people, gateway, bank)
    run(gateway, bank)
    clock.move(minutes=20)
    run(gateway, bank)
    order_release(order.id)
    order_release(second.id)
    payment = db.session.get(Payment, db.session.get(PaymentOrder, second.id).paid_payment_id)  # type: ignore[union-attr]
    assert payment is not None
    disputed = payment.gateway_payment_id

    class Slow(type(gateway)):  # type: ignore[misc]
        """The gateway, which is told of a dispute while it lifts the first hold."""

        def transfer_release(self, transfer_id: str) -> dict[str, Any]:
            dispute_record(bank.disputes.open(disputed, respond_by=4_000_000_000))
            return dict(gateway.transfer_release(transfer_id))

    slow = Slow.__new__(Slow)
    slow.__dict__.update(gateway.__dict__)
    clock.move(minutes=20)
    assert transfers_release(gateway=slow) == 1
    db.session.rollback()
    states = dict(db.session.execute(sa.select(Payout.order_id, Payout.state)).all())  # type: ignore[arg-type]
    assert states == {order.id: "released", second.id: "held"}


@pytest.mark.parametrize("onset", [True, False])
def test_a_lost_dispute_over_a_lesson_that_was_not_given_takes_the_share_back_even_after_the_payout(
    settled: Payment, payee: Payee, order: PaymentOrder, gateway: RazorpayGateway, bank: Simulator,
    clock: MovableClock, onset: bool,
) -> None:  # fmt: skip
    assert paid_out(gateway, bank, order, clock).state == "settled"
    bank.store.set_option("dispute_deducts", "onset" if onset else "loss")
    made = bank.disputes.open(settled.gateway_payment_id, respond_by=4_000_000_000)
    dispute_record(made)
    assert balance_of("disputed") == (PRICE if onset else 0)
    assert balance_of("mentor_payable", payee.mentor_id) == 0  # nothing is taken back before it is lost
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    assert dispute_settle(the_dispute().id, given=False)
    assert not dispute_settle(the_dispute().id, given=True)
    assert (the_dispute().shared_paise, the_dispute().borne_paise) == (PRICE, 0)
    assert balance_of("mentor_payable", payee.mentor_id) == SHARE  # a debt that the next payouts are less by
    assert (balance_of("platform_fee"), balance_of("gst_payable"), balance_of("dispute_loss")) == (0, 0, 0)
    assert balance_of("gateway") == bank_balance(bank, settled)
    assert mentor_earnings(payee.mentor_id).returned_paise == SHARE
    assert balanced()


def bank_balance(bank: Simulator, payment: Payment) -> int:
    """What the gateway should hold of this payment alone: all tests of a run share one simulator."""
    moved = bank.store.listed("transfer", parent=payment.gateway_payment_id, count=10)
    lost = bank.store.listed("dispute", parent=payment.gateway_payment_id, count=10)
    gone = sum(one["amount"] - one["amount_reversed"] + one["fees"] for one in moved)
    return PRICE - int(payment.fee_paise or 0) - gone - sum(one["amount_deducted"] for one in lost)


def test_the_house_bears_a_lost_dispute_over_a_lesson_that_was_given(
    settled: Payment, order: PaymentOrder, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id)
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    assert dispute_settle(the_dispute().id, given=True)
    assert (balance_of("dispute_loss"), balance_of("disputed")) == (PRICE, 0)
    assert balance_of("mentor_payable", people[1]) == -SHARE
    trail = trail_of(order.id)
    assert trail is not None
    assert (trail.refunded_paise, trail.kept_paise) == (PRICE, 0)
    assert [kind for _, kind, line in trail.lines if line.account == "dispute_loss"] == ["dispute_lost"]
    with pytest.raises(Conflict):
        dispute_record({**gateway.fetch_dispute(made["id"]), "amount_deducted": 0})
    assert balanced()


def test_a_part_that_is_lost_is_taken_as_a_refund_of_it_would_be_and_the_rest_can_still_go_back(
    settled: Payment, order: PaymentOrder, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id, 16633)
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    dispute_settle(the_dispute().id, given=False)
    left = PRICE - refunded_paise(settled.id)
    assert left == PRICE - 16633
    refund_want(settled.id, left, "The rest.", "rest")
    refunds_send(gateway=gateway)
    assert gateway.fetch_payment(settled.gateway_payment_id)["amount_refunded"] == left
    for account in ("platform_fee", "gst_payable"):
        assert balance_of(account) == 0
    assert balance_of("mentor_payable", people[1]) == 0
    assert balanced()


def test_a_refund_of_a_disputed_payment_waits_and_is_sent_after_a_win(
    settled: Payment, gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id)
    dispute_record(made)
    refund = refund_want(settled.id, 10000, "A part.", "part")
    refunds_send(gateway=gateway)
    db.session.rollback()
    assert db.session.scalar(sa.select(Refund.state)) == "wanted"
    with pytest.raises(Conflict):  # the gateway says so, too
        gateway.refund(settled.gateway_payment_id, 10000, "a-key-of-our-own", {})
    dispute_record(bank.disputes.rule(made["id"], "won"))
    refunds_send(gateway=gateway)
    db.session.rollback()
    assert refund.state != "wanted"
    assert balanced()


def test_a_bank_that_gives_back_what_we_owed_stands_in_for_the_refund(
    settled: Payment, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id)
    dispute_record(made)
    refund = refund_want(settled.id, 20000, "A part.", "part")
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    dispute_settle(the_dispute().id, given=True)
    dispute = the_dispute()
    assert (dispute.covered_paise, dispute.shared_paise, dispute.borne_paise) == (20000, 0, PRICE - 20000)
    assert (refund.state, refund.covered_paise) == ("covered", 20000)
    assert refunds_send(gateway=gateway) == 0
    assert balance_of("learner", people[0]) == 0
    assert refunded_paise(settled.id) == PRICE
    assert balanced()


def test_only_what_is_over_is_covered_and_the_remainder_is_sent(
    settled: Payment, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id, 30000)
    dispute_record(made)
    refund = refund_want(settled.id, 20050, "A part.", "part")
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    dispute_settle(the_dispute().id, given=False)
    refunds_send(gateway=gateway)
    assert refund.covered_paise == 150
    paid = gateway.fetch_payment(settled.gateway_payment_id)
    assert paid["amount_refunded"] == 19900 == PRICE - 30000
    bank.store.run("UPDATE later SET due_at = 0 WHERE what = 'refund'")
    bank.bank.run_due()
    from_gateway = bank.store.listed("refund", parent=settled.gateway_payment_id)[0]
    refund_record(from_gateway)
    assert balance_of("learner", people[0]) == 0
    assert balance_of("mentor_payable", people[1]) == 0
    assert not [line for line in gateway_differs(gateway=gateway) if settled.gateway_payment_id in line]
    assert balanced()


def test_a_remainder_too_small_to_be_sent_is_covered_as_well(
    settled: Payment, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id, PRICE - 19)
    dispute_record(made)
    refund = refund_want(settled.id, 100, "A rupee.", "part")
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    dispute_settle(the_dispute().id, given=True)
    assert (refund.state, refund.covered_paise) == ("covered", 100)
    assert refunds_send(gateway=gateway) == 0
    assert refunded_paise(settled.id) == PRICE - 19
    assert balance_of("learner", people[0]) == 0
    assert balanced()


def test_money_that_no_lesson_used_gives_itself(
    order: PaymentOrder, pay: Any, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    payment = payment_record(pay())
    assert payment is not None
    made = bank.disputes.open(payment.gateway_payment_id)
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    dispute_settle(the_dispute().id, given=True)
    assert balance_of("learner", people[0]) == 0
    assert (the_dispute().shared_paise, balance_of("dispute_loss")) == (PRICE, 0)
    db.session.rollback()
    found = db.session.get(PaymentOrder, order.id, populate_existing=True)
    assert found is not None
    assert found.settled_at is not None
    assert balanced()


def test_a_part_that_is_lost_before_the_lesson_uses_the_money_waits_for_mentor_and_house(
    order: PaymentOrder, pay: Any, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    payment = payment_record(pay())
    assert payment is not None
    made = bank.disputes.open(payment.gateway_payment_id, 16633)
    dispute_record(bank.disputes.rule(made["id"], "lost"))
    assert not dispute_settle(the_dispute().id, given=False)  # nobody has a share yet
    assert (balance_of("disputed"), balanced()) == (16633, True)
    split_post(fresh(order), people[1], split_gross(PRICE, 15, 18))
    assert dispute_settle(the_dispute().id, given=False)
    shared = kept_split(fresh(order))
    assert shared is not None and shared[1].gross_paise == PRICE - 16633
    assert -balance_of("mentor_payable", people[1]) == shared[1].mentor_paise
    assert (balance_of("learner", people[0]), balance_of("disputed"), balance_of("dispute_loss")) == (0, 0, 0)
    assert (-balance_of("platform_fee"), -balance_of("gst_payable")) == (shared[1].fee_paise, shared[1].gst_paise)
    assert balanced()


def test_a_question_about_fraud_stops_the_payout_and_no_refund(
    settled: Payment, gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id, phase="fraud")
    dispute_record(made)
    refund_want(settled.id, PRICE, "It was not you.", "fraud")
    assert refunds_send(gateway=gateway) == 1
    dispute_record(bank.disputes.rule(made["id"], "closed"))
    assert (the_dispute().state, the_dispute().taken_paise) == ("closed", 0)
    assert "dispute_lost:1:1" not in references()
    assert balanced()
