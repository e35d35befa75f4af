"""The Gateway port over the real SDK: time limits, lost answers, refusals, signatures."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from peerlearn.adapters.razorpay_simulator.faults import Fault
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.errors import Conflict, TooMany, Upstream
from peerlearn.payments.signature import sign
from tests.gateway import OLD_WEBHOOK_SECRET, WEBHOOK_SECRET, gateway_to, simulator


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Simulator]:
    with simulator(tmp_path / "razorpay.db") as running:
        yield running


def captured(bank: Simulator, order_id: str) -> str:
    return str(bank.bank.succeed(bank.bank.start(order_id, "upi", {})["id"])["id"])


def test_an_order_is_opened_and_found_by_its_receipt(bank: Simulator) -> None:
    gateway = gateway_to(bank)
    order_id = gateway.open_order(49900, "receipt-1", {"order": "x"})
    assert gateway.find_order("receipt-1") == order_id
    assert gateway.find_order("receipt-2") is None
    assert bank.bank.order(order_id)["notes"] == {"order": "x"}


def test_silence_ends_at_the_time_limit_and_the_order_is_not_made_twice(bank: Simulator) -> None:
    gateway = gateway_to(bank, timeout_seconds=0.4)
    bank.faults.add(vars(Fault("timeout", path="/v1/orders", lost=True, seconds=5.0)))
    began = time.monotonic()
    order_id = gateway.open_order(49900, "slow", {})
    assert time.monotonic() - began < 4.0
    assert [order["id"] for order in bank.store.listed("order", receipt="slow")] == [order_id]


@pytest.mark.parametrize("kind", ["500", "502", "504"])
def test_trouble_at_the_gateway_is_upstream_with_an_unknown_outcome(bank: Simulator, kind: str) -> None:
    bank.faults.add(vars(Fault(kind, method="GET", path="/v1/payments/.*")))
    with pytest.raises(Upstream) as trouble:
        gateway_to(bank).fetch_payment("pay_00000000000000")
    assert trouble.value.details["outcome"] == "unknown"


def test_a_gateway_that_is_not_there_is_upstream(bank: Simulator) -> None:
    with pytest.raises(Upstream):
        gateway_to(bank, base_url="http://127.0.0.1:9").fetch_payment("pay_00000000000000")


def test_a_refusal_is_a_conflict_with_the_reason_for_us_and_a_calm_sentence_for_people(bank: Simulator) -> None:
    with pytest.raises(Conflict) as refused:
        gateway_to(bank).fetch_payment("pay_00000000000000")
    assert refused.value.details["reason"] == "The id provided does not exist"
    assert "id provided" not in refused.value.message


def test_wrong_keys_and_too_many_calls_are_told_apart(bank: Simulator) -> None:
    with pytest.raises(Upstream) as keys:
        gateway_to(bank, key_secret="wrong").payments_of("order_00000000000000")
    assert keys.value.code == "gateway_keys"
    bank.faults.add(vars(Fault("429", method="GET", path=".*")))
    with pytest.raises(TooMany):
        gateway_to(bank).payments_of("order_00000000000000")


def test_capturing_twice_or_with_a_lost_answer_returns_the_captured_payment(bank: Simulator) -> None:
    gateway = gateway_to(bank)
    order = bank.bank.order_create({"amount": 49900, "currency": "INR", "payment": {"capture": "manual"}})
    payment_id = captured(bank, order["id"])
    bank.faults.add(vars(Fault("502", path=".*/capture", lost=True)))
    assert gateway.capture(payment_id, 49900)["status"] == "captured"
    assert gateway.capture(payment_id, 49900)["status"] == "captured"


def test_a_capture_that_was_refused_stays_refused(bank: Simulator) -> None:
    order = bank.bank.order_create({"amount": 49900, "currency": "INR", "payment": {"capture": "manual"}})
    payment_id = captured(bank, order["id"])
    with pytest.raises(Conflict):
        gateway_to(bank).capture(payment_id, 100)


def test_the_same_refund_key_gives_back_once(bank: Simulator) -> None:
    gateway = gateway_to(bank)
    payment_id = captured(bank, gateway.open_order(49900, "r", {}))
    first = gateway.refund(payment_id, 10000, "refund-key-1", {})
    assert gateway.refund(payment_id, 10000, "refund-key-1", {})["id"] == first["id"]
    assert gateway.fetch_refund(first["id"])["amount"] == 10000
    assert gateway.fetch_payment(payment_id)["amount_refunded"] == 10000
    with pytest.raises(Conflict):
        gateway.refund(payment_id, 20000, "refund-key-1", {})


def test_all_attempts_of_an_order_come_oldest_first(bank: Simulator) -> None:
    gateway = gateway_to(bank)
    order_id = gateway.open_order(49900, "r", {})
    failed = bank.bank.fail(bank.bank.start(order_id, "upi", {})["id"], {})
    done = captured(bank, order_id)
    assert {payment["id"] for payment in gateway.payments_of(order_id)} == {failed["id"], done}


def test_a_return_is_checked_with_the_key_secret(bank: Simulator) -> None:
    gateway = gateway_to(bank)
    signature = bank.account.sign_payment("order_1", "pay_1")
    assert gateway.verify_return("order_1", "pay_1", signature)
    assert not gateway.verify_return("order_2", "pay_1", signature)
    assert not gateway.verify_return("order_1", "pay_1", signature[:-1] + ("0" if signature[-1] != "0" else "1"))


def test_a_webhook_is_checked_with_the_current_and_the_previous_secret(bank: Simulator) -> None:
    gateway, raw = gateway_to(bank), b'{"event":"order.paid"}'
    assert gateway.verify_webhook(raw, sign(raw, WEBHOOK_SECRET))
    assert gateway.verify_webhook(raw, sign(raw, OLD_WEBHOOK_SECRET))
    assert not gateway.verify_webhook(raw + b" ", sign(raw, WEBHOOK_SECRET))
    assert not gateway.verify_webhook(raw, None)
    assert not gateway_to(bank, webhook_secrets=()).verify_webhook(raw, sign(raw, ""))
