import itertools
import json
from typing import Any

import pytest
import sqlalchemy as sa

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.errors import Invalid, Missing
from peerlearn.kernel import db
from peerlearn.money import split_gross
from peerlearn.payments import queries, service
from peerlearn.payments.models import Payment, PaymentOrder, Refund
from tests.peerlearn.payments.money import (
    Pay,
    balanced,
    count,
    deliver,
    events_of,
    fresh,
    references,
)


def test_a_captured_payment_pays_the_order_and_is_in_the_ledger_with_its_cost(
    order: PaymentOrder, pay: Pay, people: tuple[int, int]
) -> None:
    payment = service.payment_record(pay())
    assert payment is not None
    assert payment.state == "captured"
    assert fresh(order).state == "paid"
    assert fresh(order).paid_payment_id == payment.id
    assert queries.balance_of("learner", people[0]) == -49900
    assert queries.balance_of("gateway") == 49900 - 1178
    assert queries.balance_of("gateway_cost") == 1178
    assert balanced()


def test_settled_money_is_shared_without_loss_and_posted_once(
    order: PaymentOrder, pay: Pay, people: tuple[int, int]
) -> None:
    service.payment_record(pay())
    split = split_gross(49900, 15, 18)
    assert service.split_post(fresh(order), people[1], split)
    assert not service.split_post(fresh(order), people[1], split)
    assert queries.mentor_earnings(people[1]).payable_paise == 42415
    assert queries.balance_of("platform_fee") == -6343
    assert queries.balance_of("gst_payable") == -1142
    assert queries.balance_of("learner", people[0]) == 0
    assert queries.orders_unsettled() == []
    trail = queries.trail_of(order.id)
    assert trail is not None
    assert (trail.mentor_id, trail.split, trail.kept_paise) == (people[1], split, 49900)
    assert sum(line.amount_paise for _, _, line in trail.lines) == 0


def test_a_split_that_is_not_the_orders_amount_is_refused(
    order: PaymentOrder, pay: Pay, people: tuple[int, int]
) -> None:
    service.payment_record(pay())
    with pytest.raises(Exception, match="off by"):
        service.split_post(fresh(order), people[1], split_gross(49901, 15, 18))
    assert balanced()


def test_every_order_of_the_three_events_ends_in_the_same_state(
    order: PaymentOrder, pay: Pay, bank: Simulator, people: tuple[int, int]
) -> None:
    payment = pay()
    snapshots = {
        event["event"]: json.loads(event["body"])["payload"]["payment"]["entity"] for event in events_of(bank, order)
    }
    assert set(snapshots) == {"payment.authorized", "payment.captured", "order.paid"}
    ends = set()
    for number, names in enumerate(itertools.permutations(snapshots)):
        # The same three snapshots, told of one payment after the other, each of an order of its own.
        made = service.order_create(people[0], "live_session", number + 2, 49900)
        twin = service.order_attach(made.id, f"order_permuted{number:06d}")
        for name in names:
            told = {**snapshots[name], "order_id": twin.gateway_order_id, "id": f"pay_permuted{number:06d}"}
            service.payment_record(told)
        found = queries.payments_of_order(twin.id)
        ends.add((fresh(twin).state, tuple((p.state, p.amount_paise, p.fee_paise) for p in found)))
    assert ends == {("paid", (("captured", 49900, payment["fee"]),))}
    assert len(references()) == 2 * 6
    assert balanced()


def test_failed_is_not_the_end_of_a_payment(order: PaymentOrder, pay: Pay, bank: Simulator) -> None:
    failed = pay("failure")
    recorded = service.payment_record(failed)
    assert recorded is not None
    assert (recorded.state, recorded.error_reason) == ("failed", "Declined")
    assert fresh(order).state == "open"
    late = bank.bank.authorise_late(failed["id"])
    again = service.payment_record(late)
    assert again is not None
    assert again.state == "captured"
    service.payment_record(failed)
    assert fresh(order).state == "paid"
    assert db.session.get(Payment, again.id, populate_existing=True).state == "captured"  # type: ignore[union-attr]


def test_late_money_of_a_closed_order_is_recorded_and_waits_to_be_settled(order: PaymentOrder, pay: Pay) -> None:
    assert service.order_close(order.id)
    service.payment_record(pay())
    assert fresh(order).state == "paid"
    assert queries.orders_unsettled() == [order.id]


def test_late_money_that_goes_back_in_full_is_settled(order: PaymentOrder, pay: Pay, gateway: RazorpayGateway) -> None:
    payment = service.payment_record(pay())
    assert payment is not None
    service.refund_want(payment.id, 49900, "The time was gone.", "late-1")
    assert queries.orders_unsettled() == []
    assert service.refunds_send(gateway=gateway) == 1


@pytest.mark.parametrize("change", [{"amount": 100}, {"currency": "USD"}])
def test_money_that_differs_from_its_order_is_quarantined_and_buys_nothing(
    order: PaymentOrder, pay: Pay, people: tuple[int, int], change: dict[str, Any]
) -> None:
    payment = service.payment_record({**pay(), **change})
    assert payment is not None
    assert payment.state == "quarantined"
    assert fresh(order).state == "open"
    assert [found.id for found in queries.payments_quarantined()] == [payment.id]
    assert queries.balance_of("learner", people[0]) == -change.get("amount", 0)
    assert balanced()


def test_quarantined_money_can_be_given_back(
    order: PaymentOrder, pay: Pay, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    bank.store.set_option("refund_outcome", "instant")
    payment = service.payment_record(pay(amount=100))
    assert payment is not None
    service.refund_want(payment.id, 100, "This payment did not match its order.", "quarantine-1")
    service.refunds_send(gateway=gateway)
    assert queries.balance_of("learner", people[0]) == 0


@pytest.mark.parametrize("how", ["by us", "by hand", "by itself"])
def test_quarantined_money_that_has_gone_back_waits_for_nobody_any_more(
    order: PaymentOrder, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator, how: str
) -> None:
    started = bank.bank.start(str(order.gateway_order_id), "upi", {"vpa": "success@razorpay"}, amount=100)
    taken = bank.authorisations.authorise(started["id"]) if how == "by itself" else bank.bank.succeed(started["id"])
    payment = service.payment_record(taken)
    assert payment is not None and payment.state == "quarantined"
    bank.store.set_option("refund_outcome", "instant")
    if how == "by us":
        service.refund_want(payment.id, 100, "This payment did not match its order.", "quarantine-1")
        service.refunds_send(gateway=gateway)
    elif how == "by hand":
        bank.bank.refund_create(started["id"], {"amount": 100}, None)
        deliver(events_of(bank, order)[-1], gateway)
    else:
        bank.authorisations.expire(started["id"])
        deliver(events_of(bank, order)[-1], gateway)
    assert queries.payments_quarantined() == []
    assert queries.balance_of("learner", people[0]) == 0 and balanced()


def test_a_payment_of_an_order_that_is_not_ours_is_refused(order: PaymentOrder, pay: Pay) -> None:
    with pytest.raises(Missing):
        service.payment_record({**pay(), "order_id": "order_somebodyelses"})


def test_a_second_payment_of_one_order_goes_back_in_full(
    order: PaymentOrder, pay: Pay, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    bank.store.set_option("refund_outcome", "instant")
    first, second = service.payment_record(pay()), service.payment_record(pay())
    assert first is not None
    assert second is not None
    service.split_post(fresh(order), people[1], split_gross(49900, 15, 18))
    assert fresh(order).paid_payment_id == first.id
    assert service.refunds_send(gateway=gateway) == 1
    refund = db.session.execute(sa.select(Refund)).scalar_one()
    assert (refund.payment_id, refund.amount_paise, refund.state) == (second.id, 49900, "processed")
    assert queries.mentor_earnings(people[1]).payable_paise == 42415
    assert queries.balance_of("learner", people[0]) == 0
    assert balanced()


def test_a_signed_return_is_checked_with_the_gateway_and_recorded(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    payment = pay()
    signature = bank.account.sign_payment(str(order.gateway_order_id), payment["id"])
    recorded = service.payment_verify_return(order, payment["id"], signature, gateway=gateway)
    assert recorded is not None
    assert fresh(order).state == "paid"


def test_a_return_with_one_changed_sign_has_no_effect(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    payment = pay()
    signature = bank.account.sign_payment(str(order.gateway_order_id), payment["id"])
    wrong = ("1" if signature[0] == "0" else "0") + signature[1:]
    with pytest.raises(Invalid):
        service.payment_verify_return(order, payment["id"], wrong, gateway=gateway)
    assert (fresh(order).state, count(Payment)) == ("open", 0)


def test_a_signature_of_another_order_does_not_pay_this_one(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    payment = pay()
    with pytest.raises(Invalid):
        service.payment_verify_return(
            order, payment["id"], bank.account.sign_payment("order_00000000000000", payment["id"]), gateway=gateway
        )
