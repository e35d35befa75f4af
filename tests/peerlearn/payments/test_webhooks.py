import json
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.faults import Fault
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.clock import MovableClock
from peerlearn.errors import Invalid, Upstream
from peerlearn.jobs.payments import handle_webhooks
from peerlearn.kernel import db
from peerlearn.payments import service
from peerlearn.payments.models import LedgerTransaction, Payment, PaymentOrder, Refund, WebhookEvent
from peerlearn.payments.queries import balance_of
from peerlearn.payments.signature import sign
from tests.gateway import OLD_WEBHOOK_SECRET, WEBHOOK_SECRET
from tests.peerlearn.payments.money import (
    SECRETS,
    Pay,
    balanced,
    count,
    deliver,
    events_of,
    fresh,
    in_parallel,
    references,
)


def test_a_closed_browser_loses_nothing_the_webhook_pays_the_order(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    pay()
    deliver(events_of(bank, order)[0], gateway)
    assert fresh(order).state == "paid"
    assert service.webhooks_waiting() == []


def test_ten_equal_webhooks_at_once_have_one_effect(
    app: Flask, order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    payment = pay()
    event = events_of(bank, order)[0]
    db.session.rollback()
    in_parallel(app, lambda _: deliver(event, gateway))
    assert references() == [f"capture:{payment['id']}", f"cost:{payment['id']}"]
    assert (count(WebhookEvent), count(Payment), fresh(order).state) == (1, 1, "paid")
    assert balanced()


def test_all_three_events_ten_times_at_once_have_one_effect(
    app: Flask, order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    pay()
    events = events_of(bank, order)
    db.session.rollback()
    in_parallel(app, lambda number: deliver(events[number % 3], gateway), 12)
    assert (count(WebhookEvent), count(Payment), count(LedgerTransaction), count(Refund)) == (3, 1, 2, 0)
    assert fresh(order).state == "paid"


def test_two_payments_told_at_once_keep_one_and_return_one(
    app: Flask, order: PaymentOrder, pay: Pay, gateway: RazorpayGateway
) -> None:
    payments = [pay(), pay()]
    db.session.rollback()
    in_parallel(app, lambda number: service.payment_record(payments[number % 2]) and None)
    assert (count(Payment), count(Refund), fresh(order).state) == (2, 1, "paid")
    assert balanced()


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_forged_webhook_is_refused_and_leaves_no_trace(
    order: PaymentOrder, pay: Pay, bank: Simulator, place: int
) -> None:
    pay()
    event = events_of(bank, order)[0]
    raw = bytearray(event["body"].encode())
    raw[place] ^= 1
    for body, signature, secrets in (
        (bytes(raw), event["signature"], SECRETS),
        (event["body"].encode(), None, SECRETS),
        (event["body"].encode(), event["signature"], ()),
    ):
        with pytest.raises(Invalid) as refused:
            service.webhook_store(body, signature, event["event_id"], secrets)
        assert refused.value.status == 400
    assert (count(WebhookEvent), fresh(order).state) == (0, "open")


def test_a_retry_signed_with_the_previous_secret_is_accepted(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    pay()
    event = events_of(bank, order)[0]
    deliver({**event, "signature": sign(event["body"].encode(), OLD_WEBHOOK_SECRET)}, gateway)
    assert fresh(order).state == "paid"


def test_an_event_without_an_id_is_known_by_its_bytes(order: PaymentOrder, pay: Pay, bank: Simulator) -> None:
    pay()
    event = events_of(bank, order)[0]
    ids = {service.webhook_store(event["body"].encode(), event["signature"], None, SECRETS) for _ in range(2)}
    assert (len(ids), count(WebhookEvent)) == (1, 1)


def test_an_event_that_can_not_be_handled_now_keeps_waiting(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    pay()
    event = events_of(bank, order)[0]
    webhook_id = service.webhook_store(event["body"].encode(), event["signature"], event["event_id"], SECRETS)
    bank.faults.add(vars(Fault("502", method="GET")))
    with pytest.raises(Upstream):
        service.webhook_handle(webhook_id, gateway=gateway)
    assert service.webhooks_waiting() == [webhook_id]
    assert service.webhook_handle(webhook_id, gateway=gateway) == order.id
    assert service.webhooks_waiting() == []


def test_an_event_about_foreign_money_is_noted_and_done(
    app: Flask, people: tuple[int, int], bank: Simulator, gateway: RazorpayGateway
) -> None:
    foreign = bank.bank.order_create({"amount": 100, "currency": "INR"})
    payment = bank.bank.succeed(bank.bank.start(foreign["id"], "upi", {})["id"])
    raw = json.dumps({"event": "payment.captured", "payload": {"payment": {"entity": {"id": payment["id"]}}}}).encode()
    webhook_id = service.webhook_store(raw, sign(raw, WEBHOOK_SECRET), "foreign", SECRETS)
    assert service.webhook_handle(webhook_id, gateway=gateway) is None
    assert (service.webhooks_waiting(), count(Payment)) == ([], 0)


def test_an_event_that_always_fails_does_not_keep_the_later_ones_waiting(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    poison = {"event": "payment.captured", "payload": {"payment": {"entity": {"id": "pay_poison"}}}}
    raw = json.dumps(poison).encode()
    first = service.webhook_store(raw, sign(raw, WEBHOOK_SECRET), "evt_poison", SECRETS)
    pay()
    event = events_of(bank, order)[0]
    service.webhook_store(event["body"].encode(), event["signature"], event["event_id"], SECRETS)

    class Odd:
        """The gateway, but one payment comes back in a form that nobody foresaw."""

        def fetch_payment(self, gateway_payment_id: str) -> Any:
            if gateway_payment_id == "pay_poison":
                return {"id": "pay_poison", "order_id": order.gateway_order_id, "status": "captured", "amount": None}
            return gateway.fetch_payment(gateway_payment_id)

    handle_webhooks(SimpleNamespace(gateway=Odd()))  # type: ignore[arg-type]
    assert fresh(order).state == "paid"
    assert service.webhooks_waiting() == [first]


def test_the_three_events_of_a_success_ask_the_gateway_once(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    pay()
    first, *others = events_of(bank, order)
    deliver(first, gateway)
    bank.faults.add(vars(Fault("500", method="*", times=100)))
    for event in others:
        deliver(event, gateway)
    assert (service.webhooks_waiting(), fresh(order).state) == ([], "paid")


def test_those_that_were_tried_least_come_first(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator
) -> None:
    pay()
    kept = [
        service.webhook_store(one["body"].encode(), one["signature"], one["event_id"], SECRETS)
        for one in events_of(bank, order)
    ]
    bank.faults.add(vars(Fault("502", method="GET")))
    with pytest.raises(Upstream):
        service.webhook_handle(kept[0], gateway=gateway)
    assert service.webhooks_waiting() == [*kept[1:], kept[0]]


def test_a_gateway_that_is_away_for_minutes_is_hardly_asked_and_nothing_is_lost(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator, clock: MovableClock
) -> None:
    pay()
    for event in events_of(bank, order):
        service.webhook_store(event["body"].encode(), event["signature"], event["event_id"], SECRETS)
    bank.faults.add(vars(Fault("502", method="*", times=10_000)))
    ports: Any = SimpleNamespace(gateway=gateway)
    for _ in range(120):  # ten minutes in which the worker comes back every five seconds
        handle_webhooks(ports)
        clock.move(seconds=5)
    asked = 10_000 - bank.faults.listed()[0]["times"]
    assert asked < 60, "three events are tried 360 times, the gateway hears a few of them"
    bank.faults.clear()
    clock.move(seconds=30)
    handle_webhooks(ports)
    handle_webhooks(ports)
    assert (service.webhooks_waiting(), fresh(order).state) == ([], "paid")
    assert balanced()


@pytest.mark.parametrize("part", [99_80, 499_00])
def test_money_that_went_back_before_we_heard_that_it_came_is_in_the_books_both_ways(
    order: PaymentOrder, pay: Pay, gateway: RazorpayGateway, bank: Simulator, people: tuple[int, int], part: int
) -> None:
    payment = pay()
    bank.bank.refund_create(payment["id"], {"amount": part}, None)  # by hand, on the gateway's own page
    bank.store.run("UPDATE later SET due_at = 0 WHERE what = 'refund'")
    bank.bank.run_due()
    events = events_of(bank, order)
    for event in sorted(events, key=lambda event: not event["event"].startswith("refund.")):
        deliver(event, gateway)
    db.session.rollback()
    (kept,) = db.session.scalars(sa.select(Payment)).all()
    assert (kept.captured_at is not None, kept.fee_paise) == (True, payment["fee"])
    assert [(one.state, one.amount_paise) for one in db.session.scalars(sa.select(Refund))] == [("processed", part)]
    assert balance_of("learner", people[0]) == part - 499_00
    assert balance_of("gateway") == 499_00 - part - payment["fee"] and balanced()


@pytest.mark.parametrize("told", [True, False])
def test_an_authorisation_that_ran_out_comes_to_its_end_with_and_without_an_event(
    clock: MovableClock, order: PaymentOrder, gateway: RazorpayGateway, bank: Simulator, told: bool
) -> None:
    started = bank.bank.start(str(order.gateway_order_id), "upi", {"vpa": "success@razorpay"})
    bank.authorisations.authorise(started["id"])
    service.order_close(order.id)  # nobody waits for it: it is not taken any more
    deliver(events_of(bank, order)[-1], gateway)
    assert db.session.scalars(sa.select(Payment.state)).all() == ["authorized"]
    clock.move(days=5)  # the longest that a gateway waits
    bank.store.set_option("expiry_tells", told)
    bank.authorisations.expire(started["id"])
    if told:
        deliver(events_of(bank, order)[-1], gateway)
    else:
        service.orders_reconcile(gateway=gateway)
    db.session.rollback()
    assert db.session.scalars(sa.select(Payment.state)).all() == ["refunded"]
    assert references() == [] and count(Refund) == 0, "it was at no time ours"
