"""The pages of paying, and the gateway's door: with the real gateway SDK, real signatures and a real socket."""

import dataclasses

import pytest
import requests
import sqlalchemy as sa

from peerlearn.adapters.bus import NullBus
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.payments.models import LedgerTransaction, Payment, PaymentOrder, Refund, WebhookEvent
from peerlearn.payments.queries import balance_of
from peerlearn.payments.service import ledger_check, payment_record, refund_record, refund_want
from peerlearn.sessions import checkout
from tests.blueprints.payments.conftest import Shop, sign_in
from tests.gateway import gateway_to, until
from tests.peerlearn.sessions.people import at, person


def count(model: type) -> int:
    db.session.rollback()
    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_the_pay_page_carries_what_the_checkout_needs_and_no_amount_of_the_browsers(shop: Shop) -> None:
    page = shop.client.get(shop.url())
    assert page.status_code == 200
    assert str(shop.order.gateway_order_id) in page.text
    assert shop.bank.checkout_url in page.text
    for words in ("₹424.15", "₹63.43", "₹11.42", "₹499"):
        assert words in page.text


def test_the_checkout_may_run_under_the_pages_own_policy(shop: Shop) -> None:
    policy = shop.client.get(shop.url()).headers["Content-Security-Policy"]
    origin = shop.app.config["PEERLEARN"].razorpay_checkout_url.rsplit("/", 1)[0]
    for directive in ("script-src", "frame-src", "connect-src"):
        part = next(found for found in policy.split(";") if found.strip().startswith(directive))
        assert origin in part


@pytest.mark.parametrize("view", ["", "/status", "/receipt"])
def test_strangers_and_the_signed_out_see_nothing_of_an_order(shop: Shop, view: str) -> None:
    assert sign_in(shop.app, person("Eve")).get(shop.url(view)).status_code == 404
    assert shop.app.test_client().get(shop.url(view)).status_code == 303


def test_a_return_confirms_the_lesson_and_leads_to_its_page(shop: Shop) -> None:
    assert shop.state() == "open"
    answer = shop.client.post("/pay/return", data=shop.pay())
    assert answer.status_code == 303
    page = shop.client.get(answer.location)
    assert "You are booked" in page.text
    assert shop.state() == "confirmed"
    assert shop.lesson().state == "confirmed"


def test_a_return_without_cookies_confirms_all_the_same(shop: Shop) -> None:
    assert shop.app.test_client().post("/pay/return", data=shop.pay()).status_code == 303
    assert shop.lesson().state == "confirmed"


@pytest.mark.parametrize("field", ["razorpay_signature", "razorpay_payment_id"])
def test_a_return_with_one_changed_sign_is_refused_without_effect(shop: Shop, field: str) -> None:
    posted = shop.pay()
    posted[field] = posted[field][:-1] + ("0" if posted[field][-1] != "0" else "1")
    assert shop.client.post("/pay/return", data=posted).status_code == 400
    assert (count(Payment), shop.lesson().state) == (0, "held")


def test_a_return_while_the_gateway_is_down_says_checking_and_never_success(shop: Shop) -> None:
    posted = shop.pay()
    shop.bank.faults.add({"kind": "502", "method": "GET", "path": ".*", "times": 1})
    answer = shop.client.post("/pay/return", data=posted, follow_redirects=True)
    assert "Checking with your bank" in answer.text
    assert "You are booked" not in answer.text
    shop.work()
    assert shop.state() == "confirmed"


def test_a_return_while_the_gateway_is_busy_says_checking_and_is_settled_later(shop: Shop) -> None:
    posted = shop.pay()
    shop.bank.faults.add({"kind": "429", "method": "GET", "path": ".*", "times": 1})
    answer = shop.client.post("/pay/return", data=posted, follow_redirects=True)
    assert answer.status_code == 200
    assert "Checking with your bank" in answer.text
    shop.work()
    assert shop.state() == "confirmed"


def test_a_success_of_another_order_is_refused_without_effect(shop: Shop) -> None:
    """Both are signed by the gateway; only the pair is not."""
    held = checkout.hold_slot(shop.mentor_id, at(30), person("Dev Nair"))
    order = checkout.order_open(held.id, gateway=gateway_to(shop.bank))
    assert order is not None
    other = dataclasses.replace(shop, held=held, order=order)
    mine, theirs = shop.pay(), other.pay()
    mixed = {**theirs, "razorpay_order_id": mine["razorpay_order_id"]}
    assert shop.client.post("/pay/return", data=mixed).status_code == 400
    assert (shop.lesson().state, other.lesson().state) == ("held", "held")


def test_a_failed_attempt_that_comes_back_by_redirect_leads_to_try_again(shop: Shop) -> None:
    shop.pay("failure")
    posted = {"error[code]": "BAD_REQUEST_ERROR", "error[metadata]": f'{{"order_id": "{shop.order.gateway_order_id}"}}'}
    answer = shop.client.post("/pay/return", data=posted)
    assert answer.status_code == 303
    shop.work()
    assert shop.state() == "failed"
    assert "nothing was taken" in shop.client.get(answer.location).text


def test_a_return_that_says_nothing_is_a_400(shop: Shop) -> None:
    assert shop.client.post("/pay/return", data={"hello": "x"}).status_code == 400


def test_the_browser_was_closed_and_the_webhook_confirms(shop: Shop) -> None:
    shop.bank.store.set_option("webhooks", True)
    shop.pay()
    until(lambda: count(WebhookEvent) == 3)
    shop.work()
    assert shop.lesson().state == "confirmed"
    kinds = {row.kind for row in db.session.execute(sa.select(Notification)).scalars()}
    assert "session_confirmed" in kinds


def test_no_webhook_and_no_return_and_the_reconciler_confirms(shop: Shop, clock: object) -> None:
    shop.pay()
    clock.move(seconds=50)  # type: ignore[attr-defined]
    shop.tray.queue.enqueue("reconcile_orders")
    shop.work()
    assert shop.lesson().state == "confirmed"


def test_the_page_that_waits_has_the_gateway_asked(shop: Shop, clock: object) -> None:
    shop.pay()
    assert shop.state() == "open"
    clock.move(seconds=6)  # type: ignore[attr-defined]
    assert shop.state() == "open"
    shop.work()
    assert shop.state() == "confirmed"


def test_late_money_for_a_taken_time_goes_back_once_with_one_story(shop: Shop, clock: object) -> None:
    posted = shop.pay()
    clock.move(minutes=11)  # type: ignore[attr-defined]
    checkout.holds_expire()
    other = checkout.hold_slot(shop.mentor_id, shop.held.starts_at, person("Meera"))
    assert other.state == "held"
    assert shop.state() == "expired"
    shop.client.post("/pay/return", data=posted)
    shop.work()
    assert shop.state() == "returned"
    assert "All of it goes back" in shop.client.get(shop.url("/status")).text
    assert [row.state for row in db.session.execute(sa.select(Refund)).scalars()] == ["processed"]
    assert balance_of("learner", shop.learner_id) == 0
    assert ledger_check().balanced


def test_the_page_that_waits_hears_that_late_money_goes_back(shop: Shop, clock: object) -> None:
    bus = NullBus()
    before = shop.tray
    shop.app.extensions["peerlearn.ports"] = dataclasses.replace(before, bus=bus)
    clock.move(minutes=11)  # type: ignore[attr-defined]
    checkout.holds_expire()
    other = checkout.hold_slot(shop.mentor_id, shop.held.starts_at, person("Dev Nair"))
    assert other.state == "held"
    shop.client.post("/pay/return", data=shop.pay())
    shop.app.extensions["peerlearn.ports"] = before
    told = [payload for event, payload, _ in bus.sent if event == "order_changed"]
    assert told == [{"order": shop.order.public_id}] * 2  # the money came, and it goes back
    assert shop.state() == "returned"


def test_paying_twice_books_once_and_says_that_the_second_goes_back(shop: Shop) -> None:
    shop.client.post("/pay/return", data=shop.pay())
    shop.client.post("/pay/return", data=shop.pay())
    shop.work()
    page = shop.client.get(shop.url("/status")).text
    assert "You are booked" in page
    assert "You paid twice" in page
    assert count(Refund) == 1


def test_a_paid_order_has_no_pay_page_any_more(shop: Shop) -> None:
    shop.client.post("/pay/return", data=shop.pay())
    answer = shop.client.get(shop.url())
    assert (answer.status_code, answer.location) == (303, shop.url("/status"))


def test_the_receipt_has_the_tax_line_and_exists_only_once_paid(shop: Shop) -> None:
    assert shop.client.get(shop.url("/receipt")).status_code == 409
    shop.client.post("/pay/return", data=shop.pay())
    page = shop.client.get(shop.url("/receipt")).text
    for words in ("GST on the fee, 18%", "₹11.42", "₹499.00", shop.order.receipt):
        assert words in page


def test_a_refund_has_its_own_note_beside_the_receipt_for_nobody_but_the_payer(shop: Shop) -> None:
    shop.client.post("/pay/return", data=shop.pay())
    order = db.session.get(PaymentOrder, shop.order.id, populate_existing=True)
    assert order is not None and order.paid_payment_id is not None
    refund = refund_want(order.paid_payment_id, 99_80, "A part was lost.", "part")
    url = shop.url(f"/notes/{refund.public_id}")
    assert shop.client.get(url).status_code == 404
    assert "Credit note" not in shop.client.get(shop.url("/receipt")).text
    payment = db.session.get(Payment, order.paid_payment_id)
    assert payment is not None
    refund_record({"id": "rfnd_n", "payment_id": payment.gateway_payment_id, "status": "processed"}, refund.id)
    page = shop.client.get(url)
    assert page.status_code == 200
    for words in ("PLC/", "PL/", "₹84.83", "₹12.69", "₹2.28", "₹99.80", "A part was lost."):
        assert words in page.text
    assert url in shop.client.get(shop.url("/receipt")).text
    assert sign_in(shop.app, person("Eve")).get(url).status_code == 404


# --- the gateway's door ---------------------------------------------------------------------------------------------


def event(shop: Shop) -> dict[str, str]:
    shop.pay()
    row = shop.bank.store.rows("SELECT * FROM delivery ORDER BY id LIMIT 1")[0]
    return dict(row)


def deliver(shop: Shop, told: dict[str, str], **changes: str) -> int:
    headers = {"X-Razorpay-Signature": told["signature"], "x-razorpay-event-id": told["event_id"], **changes}
    sent = shop.app.test_client().post(
        "/webhooks/razorpay", data=told["body"], headers=headers, content_type="application/json"
    )
    return sent.status_code


def test_a_webhook_is_stored_and_answered_before_anything_is_done(shop: Shop) -> None:
    assert deliver(shop, event(shop)) == 200
    assert (count(WebhookEvent), count(Payment)) == (1, 0)
    assert shop.tray.queue.asked
    shop.work()
    assert (count(Payment), shop.lesson().state) == (1, "confirmed")


def test_a_forged_webhook_is_a_400_without_effect(shop: Shop) -> None:
    told = event(shop)
    assert deliver(shop, told, **{"X-Razorpay-Signature": "0" * 64}) == 400
    assert deliver(shop, {**told, "body": told["body"].replace("49900", "49901")}) == 400
    assert deliver(shop, told, **{"X-Razorpay-Signature": ""}) == 400
    assert (count(WebhookEvent), count(Payment)) == (0, 0)


def test_without_a_webhook_secret_every_event_is_refused(shop: Shop) -> None:
    object.__setattr__(shop.tray.settings, "razorpay_webhook_secrets", ())
    assert deliver(shop, event(shop)) == 400


def test_ten_copies_over_a_real_socket_leave_one_ledger_transaction(shop: Shop, served: str) -> None:
    told = event(shop)
    shop.bank.store.set_option("webhooks", True)
    shop.bank.outbox.replay(int(told["id"]), copies=10)
    until(lambda: len(shop.bank.store.rows("SELECT 1 FROM delivery WHERE state = 'delivered'")) == 10)
    shop.work()
    assert count(WebhookEvent) == 1
    kinds = [row.kind for row in db.session.execute(sa.select(LedgerTransaction)).scalars()]
    assert sorted(kinds) == ["capture", "cost", "split"]


def test_a_webhook_answers_while_the_gateway_is_slow(shop: Shop, served: str) -> None:
    told = event(shop)
    shop.bank.faults.add({"kind": "timeout", "method": "*", "path": ".*", "seconds": 5.0})
    headers = {"X-Razorpay-Signature": told["signature"], "x-razorpay-event-id": told["event_id"]}
    answer = requests.post(f"{served}/webhooks/razorpay", data=told["body"].encode(), headers=headers, timeout=4.0)
    assert answer.status_code == 200
    shop.bank.faults.clear()


def test_neither_door_of_the_gateway_asks_for_a_token_that_it_can_not_have(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(shop.app.config, "WTF_CSRF_ENABLED", True)
    assert deliver(shop, event(shop)) == 200
    assert shop.app.test_client().post("/pay/return", data=shop.pay()).status_code == 303
    assert shop.client.post("/notifications/read").status_code == 400


def test_money_that_does_not_match_is_being_checked_and_can_not_be_paid_again(shop: Shop) -> None:
    started = shop.bank.bank.start(str(shop.order.gateway_order_id), "upi", {}, amount=100)
    payment_record(shop.bank.bank.succeed(started["id"]))
    assert shop.state() == "checking"
    assert shop.client.get(shop.url()).status_code == 303
    assert shop.lesson().state == "held"
