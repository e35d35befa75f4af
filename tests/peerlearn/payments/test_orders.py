import pytest

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.faults import Fault
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.errors import Invalid, Upstream
from peerlearn.payments import service
from peerlearn.payments.models import PaymentOrder
from tests.peerlearn.payments.money import fresh


def test_an_order_is_opened_once_and_keeps_its_first_gateway_id(order: PaymentOrder, gateway: RazorpayGateway) -> None:
    assert order.state == "open"
    assert service.order_open_at_gateway(order.id, gateway=gateway).gateway_order_id == order.gateway_order_id
    assert service.order_attach(order.id, "order_another0000001").gateway_order_id == order.gateway_order_id


def test_less_than_one_rupee_is_no_order(people: tuple[int, int]) -> None:
    with pytest.raises(Invalid):
        service.order_create(people[0], "live_session", 1, 99)


def test_a_lost_answer_is_looked_up_by_receipt_and_makes_no_second_order(
    people: tuple[int, int], bank: Simulator, gateway: RazorpayGateway
) -> None:
    made = service.order_create(people[0], "live_session", 1, 49900)
    bank.faults.add(vars(Fault("502", path="/v1/orders", lost=True)))
    opened = service.order_open_at_gateway(made.id, gateway=gateway)
    assert [found["id"] for found in bank.store.listed("order", receipt=made.receipt)] == [opened.gateway_order_id]


def test_an_order_that_never_got_through_is_made_at_the_second_try(
    people: tuple[int, int], bank: Simulator, gateway: RazorpayGateway
) -> None:
    made = service.order_create(people[0], "live_session", 1, 49900)
    bank.faults.add(vars(Fault("500", path="/v1/orders")))
    assert service.order_open_at_gateway(made.id, gateway=gateway).state == "open"


def test_a_gateway_that_is_down_is_an_upstream_error_and_changes_nothing(
    people: tuple[int, int], bank: Simulator, gateway: RazorpayGateway
) -> None:
    made = service.order_create(people[0], "live_session", 1, 49900)
    bank.faults.add(vars(Fault("504", method="*", path="/v1/orders", times=9)))
    with pytest.raises(Upstream):
        service.order_open_at_gateway(made.id, gateway=gateway)
    assert fresh(made).state == "new"
