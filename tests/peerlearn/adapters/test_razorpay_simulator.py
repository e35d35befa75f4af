"""The simulator as the real SDK and plain HTTP see it, over a real socket."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import razorpay
import requests
from razorpay.errors import BadRequestError, ServerError

from peerlearn.adapters.razorpay_simulator.__main__ import main, refusal
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.adapters.razorpay_simulator.shapes import fee_and_tax
from tests.gateway import KEY_ID, KEY_SECRET, WEBHOOK_SECRET, control, gateway_to, simulator, state, until

TIMEOUT = 5


class Inbox:
    """A merchant's webhook endpoint that answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.heard.append(({name.lower(): value for name, value in self.headers.items()}, raw))
                self.send_response(inbox.answers.pop(0) if inbox.answers else 200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def events(self) -> list[str]:
        return [json.loads(raw)["event"] for _, raw in self.heard]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    box = Inbox()
    yield box
    box.server.shutdown()
    box.server.server_close()


@pytest.fixture
def running(tmp_path: Path, inbox: Inbox) -> Iterator[Simulator]:
    with simulator(tmp_path / "razorpay.db", inbox.url) as made:
        yield made


@pytest.fixture
def sdk(running: Simulator) -> Iterator[razorpay.Client]:
    client = razorpay.Client(auth=(KEY_ID, KEY_SECRET), base_url=running.url)
    yield client
    client.session.close()


def make_order(sdk: razorpay.Client, amount: int = 49900, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = sdk.order.create(
        {"amount": amount, "currency": "INR", "receipt": "r-1", **more}, timeout=TIMEOUT
    )
    return made


def paid(running: Simulator, order_id: str, outcome: str = "success", **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = control(running, "pay", order_id=order_id, outcome=outcome, **more)
    return answer


def test_an_order_has_the_documented_form_and_empty_notes_are_a_list(sdk: razorpay.Client) -> None:
    order = make_order(sdk)
    prefix, tail = order["id"].split("_")
    assert prefix == "order"
    assert len(tail) == 14
    assert {key: order[key] for key in ("amount", "amount_paid", "amount_due", "status", "attempts", "notes", "offer_id")} == {
        "amount": 49900, "amount_paid": 0, "amount_due": 49900, "status": "created", "attempts": 0, "notes": [], "offer_id": None,
    }  # fmt: skip
    assert make_order(sdk, notes={"a": "b"})["notes"] == {"a": "b"}
    assert sdk.order.fetch(order["id"], timeout=TIMEOUT) == order


def test_orders_are_found_by_receipt_newest_first(sdk: razorpay.Client) -> None:
    first, second = make_order(sdk, receipt="same"), make_order(sdk, receipt="same")
    make_order(sdk, receipt="other")
    found = sdk.order.all({"receipt": "same"}, timeout=TIMEOUT)
    assert found["entity"] == "collection"
    assert [order["id"] for order in found["items"]] == [second["id"], first["id"]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"currency": "INR"}, "The amount field is required."),
        ({"amount": 99, "currency": "INR"}, "The amount must be at least INR 1.00"),
        ({"amount": 1.5, "currency": "INR"}, "The amount must be an integer."),
        ({"amount": 100, "currency": "INR", "foo": 1}, "foo is/are not required and should not be sent"),
        ({"amount": 100}, "The currency field is required."),
    ],
)
def test_wrong_orders_are_refused_in_razorpays_words(sdk: razorpay.Client, body: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequestError, match="^" + words.replace(".", r"\.") + "$"):
        sdk.order.create(body, timeout=TIMEOUT)


def test_unknown_and_malformed_ids_and_urls_are_refused_in_razorpays_words(sdk: razorpay.Client) -> None:
    with pytest.raises(BadRequestError, match="The id provided does not exist"):
        sdk.order.fetch("order_00000000000000", timeout=TIMEOUT)
    with pytest.raises(BadRequestError, match="nonsense is not a valid id"):
        sdk.payment.fetch("nonsense", {}, timeout=TIMEOUT)
    with pytest.raises(BadRequestError, match="The requested URL was not found on the server"):
        sdk.invoice.all({}, timeout=TIMEOUT)


def test_a_wrong_secret_is_a_401(running: Simulator) -> None:
    answer = requests.get(f"{running.url}/v1/orders", auth=(KEY_ID, "wrong"), timeout=TIMEOUT)
    assert answer.status_code == 401
    assert answer.json()["error"]["description"] == "Authentication failed"


def test_a_payment_is_captured_with_fee_and_tax_and_pays_the_order(running: Simulator, sdk: razorpay.Client) -> None:
    order = make_order(sdk, amount=500000)
    answer = paid(running, order["id"])["response"]
    assert sdk.utility.verify_payment_signature(answer)
    payment = sdk.payment.fetch(answer["razorpay_payment_id"], {}, timeout=TIMEOUT)
    assert (payment["status"], payment["captured"], payment["fee"], payment["tax"]) == ("captured", True, 11800, 1800)
    assert fee_and_tax(500000) == (11800, 1800)
    after = sdk.order.fetch(order["id"], timeout=TIMEOUT)
    assert (after["status"], after["amount_paid"], after["amount_due"], after["attempts"]) == ("paid", 500000, 0, 1)
    assert [p["id"] for p in sdk.order.payments(order["id"], timeout=TIMEOUT)["items"]] == [payment["id"]]


def test_a_paid_order_takes_no_second_attempt(running: Simulator, sdk: razorpay.Client) -> None:
    order = make_order(sdk)
    paid(running, order["id"])
    again = requests.post(f"{running.url}/_control/pay", json={"order_id": order["id"]}, timeout=TIMEOUT)
    assert again.status_code == 400
    assert "order is already paid" in again.json()["error"]["description"]


def test_one_success_sends_three_signed_events_with_ids_of_their_own(
    running: Simulator, sdk: razorpay.Client, inbox: Inbox
) -> None:
    order = make_order(sdk)
    paid(running, order["id"])
    until(lambda: len(inbox.heard) == 3)
    assert sorted(inbox.events()) == ["order.paid", "payment.authorized", "payment.captured"]
    for headers, raw in inbox.heard:
        assert headers["x-razorpay-signature"] == hmac.new(WEBHOOK_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        assert sdk.utility.verify_webhook_signature(raw.decode(), headers["x-razorpay-signature"], WEBHOOK_SECRET)
    assert len({headers["x-razorpay-event-id"] for headers, _ in inbox.heard}) == 3


def test_the_three_events_come_in_every_order(tmp_path: Path) -> None:
    with simulator(tmp_path / "free.db") as running:
        orders = set()
        for _ in range(80):
            order = running.bank.order_create({"amount": 100, "currency": "INR"})
            running.bank.succeed(running.bank.start(order["id"], "upi", {})["id"])
            rows = running.store.rows("SELECT event FROM delivery WHERE order_id = ? ORDER BY id", order["id"])
            orders.add(tuple(row["event"] for row in rows))
        assert len(orders) == 6


def test_duplicates_keep_their_event_id(running: Simulator, sdk: razorpay.Client, inbox: Inbox) -> None:
    control(running, "options", duplicates=True)
    paid(running, make_order(sdk)["id"])
    until(lambda: len(inbox.heard) == 6)
    assert len({headers["x-razorpay-event-id"] for headers, _ in inbox.heard}) == 3


def test_an_answer_that_is_not_2xx_is_tried_again_with_the_same_bytes(
    running: Simulator, sdk: razorpay.Client, inbox: Inbox
) -> None:
    control(running, "options", retry_seconds=[0.05, 0.05])
    inbox.answers = [500, 302]
    paid(running, make_order(sdk)["id"], "failure")
    until(lambda: len(inbox.heard) == 3)
    assert len({raw for _, raw in inbox.heard}) == 1
    assert len({headers["x-razorpay-event-id"] for headers, _ in inbox.heard}) == 1


def test_a_failed_payment_can_be_authorised_late(running: Simulator, sdk: razorpay.Client, inbox: Inbox) -> None:
    control(running, "options", late_seconds=0.2)
    order = make_order(sdk)
    failed = paid(running, order["id"], "late")
    assert failed["status"] == "failed"
    payment_id = failed["error"]["metadata"]["payment_id"]
    until(lambda: sdk.payment.fetch(payment_id, {}, timeout=TIMEOUT)["status"] == "captured")
    assert sdk.order.fetch(order["id"], timeout=TIMEOUT)["status"] == "paid"
    until(lambda: len(inbox.heard) == 4)
    assert "payment.failed" in inbox.events()


def test_an_order_can_be_paid_twice(running: Simulator, sdk: razorpay.Client) -> None:
    order = make_order(sdk)
    paid(running, order["id"], "twice")
    payments = sdk.order.payments(order["id"], timeout=TIMEOUT)["items"]
    assert [p["status"] for p in payments] == ["captured", "captured"]


def test_a_failure_says_why(running: Simulator, sdk: razorpay.Client) -> None:
    order = make_order(sdk)
    cancelled = paid(running, order["id"], "cancelled")["error"]
    assert (cancelled["source"], cancelled["step"], cancelled["reason"]) == (
        "customer", "payment_authentication", "payment_cancelled",
    )  # fmt: skip
    declined = paid(running, order["id"], method="upi", vpa="failure@razorpay")["error"]
    assert declined["reason"] == "payment_failed"
    card = paid(running, order["id"], method="card", card="4100 2800 0008 0001")["error"]
    assert card["reason"] == "insufficient_fund"
    assert sdk.order.fetch(order["id"], timeout=TIMEOUT)["status"] == "attempted"


def test_manual_capture_waits_and_takes_only_the_whole_amount(running: Simulator, sdk: razorpay.Client) -> None:
    order = make_order(sdk, payment={"capture": "manual", "capture_options": {"manual_expiry_period": 7200}})
    payment_id = paid(running, order["id"])["response"]["razorpay_payment_id"]
    assert sdk.payment.fetch(payment_id, {}, timeout=TIMEOUT)["status"] == "authorized"
    with pytest.raises(BadRequestError, match="Capture amount must be equal"):
        sdk.payment.capture(payment_id, 100, {"currency": "INR"}, timeout=TIMEOUT)
    assert sdk.payment.capture(payment_id, 49900, {"currency": "INR"}, timeout=TIMEOUT)["captured"] is True
    with pytest.raises(BadRequestError, match="already been captured"):
        sdk.payment.capture(payment_id, 49900, {"currency": "INR"}, timeout=TIMEOUT)


def refund(sdk: razorpay.Client, payment_id: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    made: dict[str, Any] = sdk.payment.refund(payment_id, body, headers={"X-Refund-Idempotency": key}, timeout=TIMEOUT)
    return made


def test_one_refund_key_gives_back_once_and_refuses_another_body(running: Simulator, sdk: razorpay.Client) -> None:
    payment_id = paid(running, make_order(sdk)["id"])["response"]["razorpay_payment_id"]
    first = refund(sdk, payment_id, {"amount": 1000}, "key-0000000001")
    assert refund(sdk, payment_id, {"amount": 1000}, "key-0000000001")["id"] == first["id"]
    with pytest.raises(BadRequestError, match="Different request with the same idempotency key"):
        refund(sdk, payment_id, {"amount": 2000}, "key-0000000001")
    assert sdk.payment.fetch(payment_id, {}, timeout=TIMEOUT)["amount_refunded"] == 1000
    assert first["notes"] == []


@pytest.mark.parametrize(
    ("key", "words"),
    [("short", "at least 10 characters long"), ("has spaces in it", "only contain alphanumeric characters")],
)
def test_a_bad_refund_key_is_refused(running: Simulator, sdk: razorpay.Client, key: str, words: str) -> None:
    payment_id = paid(running, make_order(sdk)["id"])["response"]["razorpay_payment_id"]
    with pytest.raises(BadRequestError, match=words):
        refund(sdk, payment_id, {"amount": 1000}, key)


def test_refunds_end_processed_and_never_exceed_the_payment(
    running: Simulator, sdk: razorpay.Client, inbox: Inbox
) -> None:
    control(running, "options", refund_seconds=0.1)
    payment_id = paid(running, make_order(sdk)["id"])["response"]["razorpay_payment_id"]
    part = refund(sdk, payment_id, {"amount": 10000}, "key-part-one-1")
    assert part["status"] == "pending"
    with pytest.raises(BadRequestError, match="greater than amount captured"):
        refund(sdk, payment_id, {"amount": 39901}, "key-too-much-1")
    refund(sdk, payment_id, {}, "key-the-rest-1")
    with pytest.raises(BadRequestError, match="fully refunded already"):
        refund(sdk, payment_id, {"amount": 100}, "key-too-late-1")
    until(lambda: sdk.refund.fetch(part["id"], timeout=TIMEOUT)["status"] == "processed")
    payment = sdk.payment.fetch(payment_id, {}, timeout=TIMEOUT)
    assert (payment["status"], payment["refund_status"], payment["amount_refunded"]) == ("refunded", "full", 49900)
    until(lambda: inbox.events().count("refund.processed") == 2)


def test_trouble_comes_on_demand_and_the_write_may_have_happened(running: Simulator, sdk: razorpay.Client) -> None:
    control(running, "faults", kind="500", path="/v1/orders")
    with pytest.raises(ServerError, match="The server encountered an error"):
        make_order(sdk)
    assert state(running)["orders"] == []
    control(running, "faults", kind="502", path="/v1/orders", lost=True)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        make_order(sdk)
    assert len(state(running)["orders"]) == 1
    make_order(sdk)


def test_money_and_deliveries_outlive_a_restart(tmp_path: Path, inbox: Inbox) -> None:
    with simulator(tmp_path / "kept.db") as before:
        gateway = gateway_to(before)
        order_id = gateway.open_order(49900, "kept", {})
        paid(before, order_id)
    with simulator(tmp_path / "kept.db", inbox.url) as after:
        assert [p["status"] for p in gateway_to(after).payments_of(order_id)] == ["captured"]
        control(after, "release")
        until(lambda: len(inbox.heard) == 3)


def test_an_event_can_be_replayed_ten_times(running: Simulator, sdk: razorpay.Client, inbox: Inbox) -> None:
    paid(running, make_order(sdk)["id"], "failure")
    until(lambda: inbox.heard)
    control(running, f"deliveries/{state(running)['deliveries'][0]['id']}/replay", copies=10)
    until(lambda: len(inbox.heard) == 11)
    assert len({raw for _, raw in inbox.heard}) == 1


def test_the_script_and_the_pages_are_served_and_strict(running: Simulator, sdk: razorpay.Client) -> None:
    order = make_order(sdk)
    script = requests.get(running.checkout_url, timeout=TIMEOUT)
    assert "window.Razorpay" in script.text
    query = {
        "key_id": KEY_ID,
        "order_id": order["id"],
        "mode": "frame",
        "name": "<b>PeerLearn</b>",
        "callback_url": "javascript:x",
    }
    page = requests.get(f"{running.url}/v1/checkout/public", params=query, timeout=TIMEOUT)
    assert "Pay ₹499" in page.text
    assert "no real money" in page.text
    assert "<b>PeerLearn" not in page.text
    assert "javascript:x" not in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert order["id"] in requests.get(f"{running.url}/", timeout=TIMEOUT).text


def test_the_hosted_page_refuses_another_key(running: Simulator, sdk: razorpay.Client) -> None:
    order = make_order(sdk)
    page = requests.post(
        f"{running.url}/v1/checkout/embedded",
        data={"key_id": "rzp_test_other", "order_id": order["id"]},
        timeout=TIMEOUT,
    )
    assert "The id provided does not exist" in page.text


def test_it_does_not_start_in_production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert refusal({"PEERLEARN_ENV": "production"}, KEY_ID)
    assert refusal({"DYNO": "web.1"}, KEY_ID)
    assert refusal({}, "rzp_live_something")
    assert refusal({}, KEY_ID) is None
    monkeypatch.setenv("PEERLEARN_ENV", "production")
    assert main(["--port", "0", "--data", str(tmp_path / "never.db")]) == 2
    assert not (tmp_path / "never.db").exists()
