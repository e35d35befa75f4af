from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.kernel import db, transactional
from peerlearn.money import split_gross
from peerlearn.payments.models import Payee, Payment, PaymentOrder
from peerlearn.payments.payees import payee_onboard, payee_record
from peerlearn.payments.service import order_create, order_open_at_gateway, payment_record, split_post
from tests.gateway import gateway_to, simulator
from tests.peerlearn.payments.money import bank_form, new_mail


@pytest.fixture(scope="session")
def bank_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for all tests of payments: every order in it is its own. Events are kept, not delivered."""
    with simulator(tmp_path_factory.mktemp("simulator") / "razorpay.db") as running:
        yield running


@pytest.fixture
def bank(bank_of_the_run: Simulator) -> Iterator[Simulator]:
    yield bank_of_the_run
    bank_of_the_run.faults.clear()
    with bank_of_the_run.store.change():
        bank_of_the_run.store.run("DELETE FROM option")


@pytest.fixture
def gateway(bank: Simulator) -> RazorpayGateway:
    return gateway_to(bank)


@pytest.fixture
def people(app: Flask) -> tuple[int, int]:
    """A learner and a mentor."""

    @transactional
    def make() -> tuple[int, int]:
        made = [User(email=f"{name}@peerlearn.test", password_hash="x", name=name) for name in ("rohan", "asha")]
        db.session.add_all(made)
        db.session.flush()
        return made[0].id, made[1].id

    return make()


@pytest.fixture
def order(people: tuple[int, int], gateway: RazorpayGateway) -> PaymentOrder:
    """An order over ₹499 that can be paid."""
    made = order_create(people[0], "live_session", 1, 49900)
    return order_open_at_gateway(made.id, gateway=gateway)


@pytest.fixture
def pay(bank: Simulator, order: PaymentOrder) -> Any:
    """Pay the order in the simulator; returns the captured or failed payment as the gateway tells it."""

    def now(outcome: str = "success", amount: int | None = None) -> dict[str, Any]:
        started = bank.bank.start(
            str(order.gateway_order_id), "upi", {"vpa": "success@razorpay"}, again=True, amount=amount
        )
        if outcome == "failure":
            return bank.bank.fail(started["id"], {"error_description": "Declined", "error_reason": "payment_failed"})
        return bank.bank.succeed(started["id"])

    return now


@pytest.fixture
def settled(order: PaymentOrder, pay: Any, people: tuple[int, int]) -> Payment:
    """A payment that was shared between mentor, fee and tax."""
    payment = payment_record(pay())
    assert payment is not None
    split_post(order, people[1], split_gross(49900, 15, 18))
    return payment


@transactional
def bank_made_old() -> None:
    """The first day of each new bank account is over."""
    db.session.execute(sa.update(Payee).values(bank_since=None))


@pytest.fixture
def payee(people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator) -> Payee:
    """A mentor whose account is active, and whose bank account has been there for a while."""
    made = payee_onboard(people[1], bank_form(new_mail()), gateway=gateway)
    bank.route.review(str(made.gateway_account_id), "activated")
    assert made.product_id and made.gateway_account_id
    from_gateway = gateway.fetch_product(made.gateway_account_id, made.product_id)
    assert from_gateway["activation_status"] == "activated"
    db.session.rollback()
    found = payee_record(made.gateway_account_id, from_gateway)
    assert found is not None
    bank_made_old()
    return found
