"""Our books against the gateway's own, and what follows where they differ."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.clock import MovableClock
from peerlearn.kernel import db
from peerlearn.payments.agreement import books_findings, books_note, gateway_differs, gateway_differs_still
from peerlearn.payments.dispute_record import dispute_record
from peerlearn.payments.models import BooksCheck, Payment, PaymentOrder, Payout
from peerlearn.payments.service import payment_record, refund_want, refunds_send
from peerlearn.payments.transfers import payouts_run
from tests.peerlearn.payments.money import Pay


@pytest.fixture(autouse=True)
def empty_bank(bank: Simulator) -> None:
    """The whole of the gateway's books is compared, so nothing of other tests may stand in them."""
    with bank.store.change():
        bank.store.run("DELETE FROM entity")
        bank.store.run("DELETE FROM later")  # else what other tests put off is looked for, and is not there


def differs(gateway: RazorpayGateway) -> list[str]:
    """The simulator lives in the machine's time, whatever the test's clock says."""
    moment = datetime.fromtimestamp(0, UTC)
    return gateway_differs(
        gateway=gateway, since=moment + timedelta(days=11_000), until=moment + timedelta(days=40_000)
    )


def test_books_that_agree_have_nothing_to_say_also_about_refunds_on_their_way(
    settled: Payment, gateway: RazorpayGateway
) -> None:
    assert differs(gateway) == []
    refund_want(settled.id, 9980, "A fifth back.", "fifth")
    refunds_send(gateway=gateway)
    assert differs(gateway) == []


def test_money_that_only_the_gateway_knows_of_is_found(order: PaymentOrder, pay: Pay, gateway: RazorpayGateway) -> None:
    payment = pay()
    assert differs(gateway) == [f"{payment['id']}: the gateway took 49900 paise, our books say 0"]


def test_uncaptured_money_that_the_gateway_returned_by_itself_is_no_difference(
    order: PaymentOrder, bank: Simulator, gateway: RazorpayGateway
) -> None:
    started = bank.bank.start(str(order.gateway_order_id), "upi", {})
    bank.store.save({**started, "status": "refunded", "amount_refunded": 49900, "refund_status": "full"})
    assert differs(gateway) == []
    assert payment_record(gateway.fetch_payment(started["id"])) is not None
    assert differs(gateway) == []


def test_money_that_only_we_know_of_is_found(settled: Payment, bank: Simulator, gateway: RazorpayGateway) -> None:
    bank.store.run("DELETE FROM entity WHERE id = ?", settled.gateway_payment_id)
    assert differs(gateway) == [f"{settled.gateway_payment_id}: our books have it, the gateway does not"]


def test_a_difference_freezes_payouts_until_a_comparison_finds_none(
    settled: Payment, gateway: RazorpayGateway, people: tuple[int, int]
) -> None:
    assert books_note(["pay_X: the gateway took 1 paise, our books say 0"])
    assert not books_note(["pay_X: the gateway took 1 paise, our books say 0"])
    assert books_findings()
    payouts_run(gateway=gateway)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payout)) == 0
    assert books_note([])
    assert books_findings() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BooksCheck)) == 2


def test_a_dispute_that_moved_money_behind_our_back_is_a_difference(
    settled: Payment, gateway: RazorpayGateway, bank: Simulator
) -> None:
    made = bank.disputes.open(settled.gateway_payment_id)
    dispute_record(made)
    bank.disputes.rule(made["id"], "lost")
    assert differs(gateway) == [f"{made['id']}: the gateway took 49900 paise for it, our books say 0"]
    dispute_record(gateway.fetch_dispute(made["id"]))
    assert differs(gateway) == []


def test_a_difference_is_looked_for_until_it_is_gone_however_old_it_grows(
    settled: Payment, gateway: RazorpayGateway, bank: Simulator, clock: MovableClock
) -> None:
    clock.move_to(settled.created_at)  # the gateway's clock is the machine's
    assert books_note([]) and gateway_differs(gateway=gateway) == []
    bank.store.run("DELETE FROM entity WHERE id = ?", settled.gateway_payment_id)
    clock.move(hours=2)
    found = gateway_differs(gateway=gateway)
    assert found == [f"{settled.gateway_payment_id}: our books have it, the gateway does not"]
    books_note(found)
    for _ in range(3):
        clock.move(days=3)
        assert gateway_differs(gateway=gateway) == found, "payouts stay frozen"
        assert not books_note(gateway_differs(gateway=gateway))


def test_a_refund_that_is_sent_while_the_books_are_compared_freezes_nothing(
    settled: Payment, gateway: RazorpayGateway, clock: MovableClock
) -> None:
    clock.move_to(settled.created_at + timedelta(hours=2))
    refund_want(settled.id, 9980, "A fifth back.", "fifth")

    class Busy(type(gateway)):  # type: ignore[misc]
        """The gateway, which gets a refund after it has listed its payments."""

        def payments_between(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
            listed = gateway.payments_between(since, until)
            refunds_send(gateway=gateway)
            return list(listed)

    busy = Busy.__new__(Busy)
    busy.__dict__.update(gateway.__dict__)
    (seen,) = gateway_differs(gateway=busy)
    assert "gave back 0 paise, our books say 9980" in seen
    refund_want(settled.id, 5000, "And a tenth.", "tenth")
    assert gateway_differs_still(gateway=busy) == []
