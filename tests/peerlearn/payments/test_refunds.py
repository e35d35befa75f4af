from contextlib import suppress

import pytest
from flask import Flask

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.faults import Fault
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.clock import MovableClock
from peerlearn.errors import Conflict, Invalid
from peerlearn.kernel import db
from peerlearn.money import split_gross
from peerlearn.payments import queries, service
from peerlearn.payments.books import kept_split
from peerlearn.payments.models import Payment, PaymentOrder, Refund
from tests.gateway import until
from tests.peerlearn.payments.money import Pay, balanced, count, deliver, events_of, in_parallel


def test_partial_refunds_take_their_part_of_every_share_and_end_at_zero(
    settled: Payment, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    bank.store.set_option("refund_outcome", "instant")
    for number, amount in enumerate((16634, 101, 33165)):
        service.refund_want(settled.id, amount, "Cancelled in time.", f"part-{number}")
        service.refunds_send(gateway=gateway)
        assert balanced()
    for account in ("mentor_payable", "platform_fee", "gst_payable", "learner"):
        assert queries.balance_of(account) == 0
    assert queries.balance_of("gateway") == -1178
    assert db.session.get(Payment, settled.id, populate_existing=True).state == "refunded"  # type: ignore[union-attr]
    earnings = queries.mentor_earnings(people[1])
    assert (earnings.earned_paise, earnings.returned_paise) == (42415, 42415)


def test_two_refunds_at_once_with_one_key_are_one_refund(
    app: Flask, settled: Payment, gateway: RazorpayGateway, bank: Simulator
) -> None:
    payment_id, gateway_payment_id = settled.id, settled.gateway_payment_id
    db.session.rollback()

    def twice(_: int) -> None:
        service.refund_want(payment_id, 49900, "Cancelled in time.", "cancel-1")
        service.refunds_send(gateway=gateway)

    in_parallel(app, twice)
    assert count(Refund) == 1
    assert bank.bank.payment(gateway_payment_id)["amount_refunded"] == 49900


def test_two_different_refunds_at_once_never_exceed_the_payment(app: Flask, settled: Payment) -> None:
    payment_id = settled.id
    db.session.rollback()

    def half(number: int) -> None:
        with suppress(Invalid):
            service.refund_want(payment_id, 30000, "Goodwill.", f"goodwill-{number}")

    in_parallel(app, half)
    assert count(Refund) == 1


def test_the_same_key_with_another_amount_is_a_conflict(settled: Payment) -> None:
    service.refund_want(settled.id, 100, "Goodwill.", "goodwill")
    with pytest.raises(Conflict):
        service.refund_want(settled.id, 200, "Goodwill.", "goodwill")


def test_nothing_is_given_back_of_a_payment_that_failed(order: PaymentOrder, pay: Pay) -> None:
    payment = service.payment_record(pay("failure"))
    assert payment is not None
    with pytest.raises(Conflict):
        service.refund_want(payment.id, 49900, "No.", "nothing")


def test_a_refund_whose_answer_was_lost_is_sent_again_and_given_back_once(
    settled: Payment, gateway: RazorpayGateway, bank: Simulator
) -> None:
    service.refund_want(settled.id, 49900, "Cancelled in time.", "cancel-1")
    bank.faults.add(vars(Fault("502", path=".*/refund", lost=True)))
    assert service.refunds_send(gateway=gateway) == 0
    assert service.refunds_send(gateway=gateway) == 1
    assert bank.bank.payment(settled.gateway_payment_id)["amount_refunded"] == 49900
    assert len(bank.store.listed("refund", settled.gateway_payment_id)) == 1


def test_the_webhook_of_a_refund_may_be_faster_than_our_own_call(
    settled: Payment, gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder
) -> None:
    bank.store.set_option("refund_outcome", "instant")
    wanted = service.refund_want(settled.id, 49900, "Cancelled in time.", "cancel-1")
    bank.faults.add(vars(Fault("502", path=".*/refund", lost=True)))
    service.refunds_send(gateway=gateway)
    for event in events_of(bank, order)[3:]:
        deliver(event, gateway)
    db.session.rollback()
    refund = db.session.get(Refund, wanted.id, populate_existing=True)
    assert refund is not None
    assert (refund.state, count(Refund)) == ("processed", 1)
    assert balanced()


def test_a_pending_refund_is_asked_about(
    clock: MovableClock, settled: Payment, gateway: RazorpayGateway, bank: Simulator
) -> None:
    bank.store.set_option("refund_seconds", 0)
    wanted = service.refund_want(settled.id, 49900, "Cancelled in time.", "cancel-1")
    service.refunds_send(gateway=gateway)
    until(lambda: bank.bank.payment(settled.gateway_payment_id)["status"] == "refunded")
    until(lambda: bank.store.listed("refund", settled.gateway_payment_id)[0]["status"] == "processed")
    clock.move(minutes=3)
    service.refunds_ask(gateway=gateway)
    db.session.rollback()
    assert db.session.get(Refund, wanted.id, populate_existing=True).state == "processed"  # type: ignore[union-attr]


def test_a_failed_refund_is_still_owed_and_can_be_tried_again(
    settled: Payment, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    bank.store.set_option("refund_outcome", "failed")
    bank.store.set_option("refund_seconds", 0)
    wanted = service.refund_want(settled.id, 49900, "Cancelled in time.", "cancel-1")
    service.refunds_send(gateway=gateway)
    gateway_id = str(db.session.get(Refund, wanted.id, populate_existing=True).gateway_refund_id)  # type: ignore[union-attr]
    until(lambda: bank.bank.refund(gateway_id)["status"] == "failed")
    service.refund_record(gateway.fetch_refund(gateway_id))
    assert [refund.id for refund in queries.refunds_failed()] == [wanted.id]
    assert queries.balance_of("learner", people[0]) == -49900
    bank.store.set_option("refund_outcome", "instant")
    assert service.refund_retry(wanted.id)
    assert not service.refund_retry(wanted.id)
    assert service.refunds_send(gateway=gateway) == 1
    db.session.rollback()
    assert db.session.get(Refund, wanted.id, populate_existing=True).state == "processed"  # type: ignore[union-attr]
    assert queries.balance_of("learner", people[0]) == 0
    assert balanced()


def test_a_refund_made_by_hand_at_the_gateway_is_adopted(
    settled: Payment, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    bank.store.set_option("refund_outcome", "instant")
    entity = bank.bank.refund_create(settled.gateway_payment_id, {"amount": 10000}, None)
    for _ in range(2):
        service.refund_record(entity)
    assert count(Refund) == 1
    assert queries.mentor_earnings(people[1]).returned_paise == 8500
    assert balanced()


@pytest.mark.parametrize(("by_hand", "left"), [(49900, []), (20000, [29900])])
def test_a_refund_made_by_hand_counts_for_the_one_that_failed_and_no_share_gives_twice(
    settled: Payment, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator, by_hand: int, left: list[int]
) -> None:
    wanted = service.refund_want(settled.id, 49900, "Cancelled in time.", "cancel-1")
    bank.store.set_option("refund_outcome", "instant")
    entity = bank.bank.refund_create(settled.gateway_payment_id, {"amount": by_hand}, None)
    with pytest.raises(Conflict, match="under way"):  # ours may be at the gateway already: that is found out first
        service.refund_record(entity)
    assert service.refunds_send(gateway=gateway) == 0
    for _ in range(2):
        service.refund_record(entity)
    assert [refund.amount_paise for refund in queries.refunds_failed()] == left
    assert queries.balance_of("mentor_payable", people[1]) == 0
    assert queries.balance_of("learner", people[0]) == -sum(left)
    assert service.refund_retry(wanted.id) == bool(left)
    assert service.refunds_send(gateway=gateway) == len(left)
    assert queries.balance_of("learner", people[0]) == 0
    assert bank.bank.payment(settled.gateway_payment_id)["amount_refunded"] == 49900
    assert balanced()


def test_what_went_back_before_the_shares_were_posted_is_taken_from_them_then(
    order: PaymentOrder, pay: Pay, people: tuple[int, int]
) -> None:
    payment = service.payment_record(pay())
    assert payment is not None
    service.refund_want(payment.id, 10000, "A part comes back.", "early-1")
    service.refund_want(payment.id, 5000, "A part comes back.", "early-2")
    for _ in range(2):
        service.split_post(order, people[1], split_gross(49900, 15, 18))
    assert queries.mentor_earnings(people[1]).payable_paise == 42415 - 12750
    assert queries.balance_of("learner", people[0]) == -15000
    kept = kept_split(order)
    assert kept is not None and kept[1].mentor_paise == 42415 - 12750
    assert balanced()
