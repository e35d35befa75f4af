import dataclasses
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from peerlearn.accounts.models import User
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.kernel import db
from peerlearn.payments.models import PaymentOrder
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from tests.gateway import OLD_WEBHOOK_SECRET, WEBHOOK_SECRET, gateway_to, simulator
from tests.peerlearn.sessions.people import at, mentor, person


@dataclass
class Shop:
    """A learner with a held lesson and its order, a gateway that takes money, and the worker's queue."""

    app: Flask
    bank: Simulator
    client: FlaskClient
    mentor_id: int
    learner_id: int
    held: LiveSession
    order: PaymentOrder

    @property
    def tray(self) -> Any:
        """The application's ports."""
        return self.app.extensions["peerlearn.ports"]

    def work(self) -> None:
        """Let the worker do what it was asked."""
        db.session.rollback()
        self.tray.queue.run_all(self.tray)
        db.session.rollback()

    def lesson(self) -> LiveSession:
        """The lesson as it is now."""
        found = db.session.get(LiveSession, self.held.id, populate_existing=True)
        assert found is not None
        return found

    def pay(self, outcome: str = "success") -> dict[str, str]:
        """Pay at the gateway; returns what its checkout hands to the page."""
        started = self.bank.bank.start(str(self.order.gateway_order_id), "upi", {}, again=True)
        if outcome == "failure":
            self.bank.bank.fail(started["id"], {"error_description": "Declined"})
        else:
            self.bank.bank.succeed(started["id"])
        order_id = str(self.order.gateway_order_id)
        return {
            "razorpay_order_id": order_id,
            "razorpay_payment_id": started["id"],
            "razorpay_signature": self.bank.account.sign_payment(order_id, started["id"]),
        }

    def url(self, view: str = "") -> str:
        """A page of this order."""
        return f"/pay/{self.order.public_id}{view}"

    def state(self) -> str:
        """What the page that waits is told."""
        return str(self.client.get(self.url("/status"), headers={"Accept": "application/json"}).get_json()["state"])


def sign_in(app: Flask, user_id: int) -> FlaskClient:
    """A browser in which this person is signed in."""
    user = db.session.get(User, user_id)
    assert user is not None
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = user.get_id()
        cookie["_fresh"] = True
    return client


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The application on a real socket, for a gateway that calls it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bank(served: str, tmp_path: Path) -> Iterator[Simulator]:
    with simulator(tmp_path / "razorpay.db", f"{served}/webhooks/razorpay") as running:
        running.store.set_option("webhooks", False)
        running.store.set_option("refund_outcome", "instant")
        yield running


@pytest.fixture
def shop(app: Flask, clock: Any, bank: Simulator) -> Iterator[Shop]:
    before = app.extensions["peerlearn.ports"]
    settings = dataclasses.replace(before.settings, razorpay_webhook_secrets=(WEBHOOK_SECRET, OLD_WEBHOOK_SECRET))
    app.extensions["peerlearn.ports"] = dataclasses.replace(before, gateway=gateway_to(bank), settings=settings)
    mentor_id, learner_id = mentor(), person()
    held = checkout.hold_slot(mentor_id, at(24), learner_id)
    order = checkout.order_open(held.id, gateway=gateway_to(bank))
    assert order is not None
    yield Shop(app, bank, sign_in(app, learner_id), mentor_id, learner_id, held, order)
    app.extensions["peerlearn.ports"] = before
