"""A mentor's bank account and payouts, as the mentor sees them."""

import secrets

import pytest
from flask.testing import FlaskClient

from peerlearn.accounts.models import User
from peerlearn.clock import MovableClock
from peerlearn.kernel import db
from peerlearn.payments.models import Payee
from peerlearn.payments.orders import order_release
from tests.blueprints.payments.conftest import Shop

GIVEN = {
    "legal_name": "Asha Rao",
    "phone": "+91 98765 43210",
    "pan": "abcpe1234f",
    "account_number": "5010 0012 345678",
    "ifsc": "hdfc0000123",
}


@pytest.fixture
def mentor(shop: Shop) -> FlaskClient:
    """The mentor's browser. One mail opens one account at the gateway, so each test has its own."""
    shop.app.config["WTF_CSRF_ENABLED"] = False
    user = db.session.get(User, shop.mentor_id)
    assert user is not None
    with db.engine.begin() as connection:
        connection.execute(
            User.__table__.update()  # type: ignore[attr-defined]
            .where(User.id == user.id)
            .values(email=f"{secrets.token_hex(6)}@peerlearn.test", is_mentor=True)
        )
    client = shop.app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie["side"] = user.get_id(), True, "mentor"
    db.session.rollback()
    return client


def payee(shop: Shop) -> Payee:
    db.session.rollback()
    found = db.session.get(Payee, shop.mentor_id, populate_existing=True)
    assert found is not None
    return found


def rounds(shop: Shop, clock: MovableClock, times: int) -> None:
    """The worker's minutes, with the gateway's own delays over."""
    for _ in range(times):
        shop.tray.queue.enqueue("run_payouts")
        shop.work()
        shop.bank.store.run("UPDATE later SET due_at = 0")
        shop.bank.bank.run_due()
        clock.move(minutes=35)


def test_a_mentor_gives_a_bank_account_and_sees_each_payout_until_the_bank_has_it(
    shop: Shop, mentor: FlaskClient, clock: MovableClock
) -> None:
    assert "No bank account yet" in mentor.get("/money/bank").text
    assert mentor.post("/money/bank", data=GIVEN).status_code == 303
    text = mentor.get("/money/bank").text
    assert "Being checked" in text and "5678" in text and "5010" not in text
    shop.pay()
    shop.tray.queue.enqueue("reconcile_order", shop.order.id)
    shop.work()
    rounds(shop, clock, 3)
    assert payee(shop).state == "activated"
    text = mentor.get("/money").text
    assert "Your bank account is new. Payouts wait for 24 hours" in text and "On hold" in text
    clock.move(days=1)
    assert "Your bank account is new" not in mentor.get("/money").text
    order_release(shop.order.id)
    rounds(shop, clock, 3)
    text = mentor.get("/money").text
    assert "Paid out" in text and "•••• 5678" in text


def test_a_wrong_number_is_shown_at_its_field_and_secrets_are_not_put_back(shop: Shop, mentor: FlaskClient) -> None:
    answer = mentor.post("/money/bank", data={**GIVEN, "ifsc": "HDFC1"})
    assert answer.status_code == 400
    assert "An IFSC is four letters" in answer.text
    assert "Asha Rao" in answer.text
    assert "ABCPE1234F" not in answer.text.upper() and "5010" not in answer.text


def test_where_the_gateway_is_away_the_form_says_so_and_can_be_sent_again(shop: Shop, mentor: FlaskClient) -> None:
    shop.bank.faults.add({"kind": "502", "path": "/v2/accounts"})
    answer = mentor.post("/money/bank", data=GIVEN)
    assert answer.status_code == 502
    assert "did not answer" in answer.text
    assert mentor.post("/money/bank", data=GIVEN).status_code == 303
    assert payee(shop).state == "under_review"


def test_who_does_not_teach_has_no_bank_form(shop: Shop) -> None:
    assert shop.client.get("/money/bank").status_code == 403
