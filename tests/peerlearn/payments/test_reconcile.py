from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.faults import Fault
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.clock import MovableClock
from peerlearn.payments import service
from peerlearn.payments.models import PaymentOrder, Refund
from tests.peerlearn.payments.money import Pay, count, fresh


def test_without_any_webhook_the_order_is_paid_after_20_seconds(
    clock: MovableClock, order: PaymentOrder, pay: Pay, gateway: RazorpayGateway
) -> None:
    pay()
    clock.move(seconds=19)
    assert service.orders_reconcile(gateway=gateway) == 0
    clock.move(seconds=1)
    assert service.orders_reconcile(gateway=gateway) == 1
    assert fresh(order).state == "paid"


def test_unpaid_orders_are_asked_about_ever_less(
    clock: MovableClock, order: PaymentOrder, gateway: RazorpayGateway
) -> None:
    counts = []
    for steps, pause in ((30, {"minutes": 1}), (30, {"minutes": 1}), (12, {"minutes": 30})):
        asked = 0
        for _ in range(steps):
            clock.move(**pause)
            asked += service.orders_reconcile(gateway=gateway)
        counts.append(asked)
    assert counts == [30, 0, 6]
    clock.move(days=4)
    assert service.orders_reconcile(gateway=gateway) == 0


def test_one_order_that_can_not_be_asked_does_not_stop_the_others(
    clock: MovableClock,
    order: PaymentOrder,
    pay: Pay,
    people: tuple[int, int],
    gateway: RazorpayGateway,
    bank: Simulator,
) -> None:
    other = service.order_open_at_gateway(service.order_create(people[0], "live_session", 2, 100).id, gateway=gateway)
    pay()
    bank.faults.add(vars(Fault("500", method="GET", path=f"/v1/orders/{other.gateway_order_id}/payments")))
    clock.move(minutes=1)
    assert service.orders_reconcile(gateway=gateway) == 1
    assert fresh(order).state == "paid"


def test_an_authorised_payment_that_nobody_captured_is_captured(
    clock: MovableClock, people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = service.order_create(people[0], "live_session", 1, 49900)
    at_bank = bank.bank.order_create({"amount": 49900, "currency": "INR", "payment": {"capture": "manual"}})
    service.order_attach(made.id, at_bank["id"])
    payment = bank.bank.succeed(bank.bank.start(at_bank["id"], "card", {})["id"])
    clock.move_to(clock.now().fromtimestamp(payment["created_at"] + 130, clock.now().tzinfo))
    service.orders_reconcile(gateway=gateway, only=made.id)
    assert fresh(made).state == "paid"


def test_a_second_payment_without_a_webhook_is_found_once_the_order_is_paid(
    clock: MovableClock, order: PaymentOrder, pay: Pay, gateway: RazorpayGateway
) -> None:
    service.payment_record(pay())
    pay()
    clock.move(minutes=14)
    assert service.orders_reconcile(gateway=gateway) == 0
    clock.move(minutes=1)
    assert service.orders_reconcile(gateway=gateway) == 1
    assert count(Refund) == 1
    clock.move(hours=3)
    assert service.orders_reconcile(gateway=gateway) == 0
