"""Disputes of the simulator over the real SDK: the documented form, refusals in Razorpay's words, documents, events."""

from collections.abc import Iterator
from typing import Any

import pytest
import razorpay
import requests
from razorpay.errors import BadRequestError

from peerlearn.adapters.razorpay_simulator.server import Simulator
from tests.gateway import KEY_ID, KEY_SECRET, control, gateway_to, simulator, state

PDF = b"%PDF-1.4 evidence"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with simulator(tmp_path_factory.mktemp("disputes") / "razorpay.db") as one:
        yield one


@pytest.fixture
def sdk(running: Simulator) -> Iterator[razorpay.Client]:
    session = requests.Session()
    session.trust_env = False
    yield razorpay.Client(session=session, auth=(KEY_ID, KEY_SECRET), base_url=running.url)
    session.close()


@pytest.fixture
def payment(running: Simulator) -> dict[str, Any]:
    order = running.bank.order_create({"amount": 50000, "currency": "INR"})
    return running.bank.succeed(running.bank.start(order["id"], "upi", {})["id"])


def test_a_dispute_has_the_documented_form_and_is_listed(
    running: Simulator, sdk: razorpay.Client, payment: dict[str, Any]
) -> None:
    made = control(running, f"payments/{payment['id']}/dispute", phase="pre_arbitration", amount=20000)
    found = sdk.dispute.fetch(made["id"])
    assert found == sdk.dispute.all({"count": 1})["items"][0]
    assert {name: found[name] for name in ("entity", "payment_id", "amount", "status", "phase", "amount_deducted")} == {
        "entity": "dispute",
        "payment_id": payment["id"],
        "amount": 20000,
        "status": "open",
        "phase": "pre_arbitration",
        "amount_deducted": 0,
    }
    assert found["evidence"]["proof_of_service"] is None
    assert found["evidence"]["submitted_at"] is None
    assert found["respond_by"] > found["created_at"]


def test_evidence_is_drafted_submitted_sent_back_and_wins(
    running: Simulator, sdk: razorpay.Client, payment: dict[str, Any]
) -> None:
    dispute_id = running.disputes.open(payment["id"])["id"]
    document_id = gateway_to(running).document_add("e.pdf", PDF)
    assert sdk.document.fetch(document_id)["mime_type"] == "application/pdf"
    assert running.disputes.document_content(document_id) == PDF
    drafted = sdk.dispute.contest(dispute_id, {"summary": "It took place.", "billing_proof": [document_id]})
    assert (drafted["status"], drafted["evidence"]["summary"]) == ("open", "It took place.")
    sent = sdk.dispute.contest(dispute_id, {"action": "submit"})
    assert sent["status"] == "under_review"
    assert sent["evidence"]["submitted_at"]
    control(running, f"disputes/{dispute_id}/rule", to="action_required")
    assert sdk.dispute.fetch(dispute_id)["status"] == "open"
    sdk.dispute.contest(dispute_id, {"action": "submit"})
    control(running, f"disputes/{dispute_id}/rule", to="won")
    told = [one["event"] for one in state(running)["deliveries"] if one["subject"] == payment["id"]]
    assert [name.rpartition(".")[2] for name in reversed(told) if ".dispute." in name] == [
        "created",
        "under_review",
        "action_required",
        "under_review",
        "won",
    ]


@pytest.mark.parametrize("deducts", ["loss", "onset"])
def test_money_is_taken_when_the_options_say_and_accepting_is_for_good(
    running: Simulator, sdk: razorpay.Client, payment: dict[str, Any], deducts: str
) -> None:
    running.store.set_option("dispute_deducts", deducts)
    before = running.store.balance()
    dispute_id = running.disputes.open(payment["id"])["id"]
    assert before - running.store.balance() == (50000 if deducts == "onset" else 0)
    lost = sdk.dispute.accept(dispute_id)
    assert (lost["status"], lost["amount_deducted"]) == ("lost", 50000)
    assert before - running.store.balance() == 50000
    with pytest.raises(BadRequestError, match="Action not allowed when dispute is in lost status"):
        sdk.dispute.accept(dispute_id)
    with pytest.raises(BadRequestError, match="greater than amount captured"):
        sdk.payment.refund(payment["id"], {"amount": 100})


def test_wrong_answers_are_refused_in_razorpays_words(
    running: Simulator, sdk: razorpay.Client, payment: dict[str, Any]
) -> None:
    dispute_id = running.disputes.open(payment["id"], 10000)["id"]
    for body, words in (
        ({"amount": 10001}, "contest amount cannot be greater than dispute amount"),
        ({"action": "later"}, "The selected action is invalid"),
        ({"billing_proof": ["doc_00000000000000"]}, "Invalid file id provided"),
        ({"proof": []}, "proof is/are not required and should not be sent"),
        ({"action": "submit"}, "At least one document"),
    ):
        with pytest.raises(BadRequestError, match=words):
            sdk.dispute.contest(dispute_id, body)
    with pytest.raises(BadRequestError, match="not allowed while the payment is disputed"):
        sdk.payment.refund(payment["id"], {"amount": 100})


def test_nobody_answers_in_time_and_it_is_lost(
    running: Simulator, sdk: razorpay.Client, payment: dict[str, Any]
) -> None:
    dispute_id = running.disputes.open(payment["id"], respond_by=1_600_000_000)["id"]
    with pytest.raises(BadRequestError, match=r"deadline to respond has elapsed|in lost status"):
        sdk.dispute.accept(dispute_id)
    running.bank.run_due()
    assert sdk.dispute.fetch(dispute_id)["status"] == "lost"


def test_the_desk_shows_disputes_with_what_the_bank_can_say(running: Simulator, payment: dict[str, Any]) -> None:
    dispute_id = running.disputes.open(payment["id"])["id"]
    page = requests.get(f"{running.url}/", timeout=10).text
    assert dispute_id in page
    assert f"/_control/disputes/{dispute_id}/rule" in page


def test_what_was_refunded_while_the_bank_asked_is_not_taken_again(
    running: Simulator, sdk: razorpay.Client, payment: dict[str, Any]
) -> None:
    running.store.set_option("refund_outcome", "instant")
    first = running.disputes.open(payment["id"], 20000, phase="fraud")["id"]
    second = running.disputes.open(payment["id"], 30000, phase="retrieval")["id"]
    sdk.payment.refund(payment["id"], {"amount": 40000})
    assert running.disputes.rule(first, "lost")["amount_deducted"] == 10000
    ended = running.disputes.rule(second, "lost")
    assert (ended["status"], ended["amount_deducted"]) == ("closed", 0)
