"""Shares under one rupee: owed, too little for the gateway, and paid out with a later payout to the last paisa."""

from typing import Any

import pytest
import sqlalchemy as sa

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.clock import MovableClock, now
from peerlearn.kernel import db, transactional
from peerlearn.money import split_gross
from peerlearn.payments.models import Payee, Payment, PaymentOrder, Payout
from peerlearn.payments.orders import order_create, order_release
from peerlearn.payments.payout_again import payout_retry, rests_gather
from peerlearn.payments.payout_record import payout_fail, payout_record
from peerlearn.payments.payouts import payouts_adjust, payouts_plan, room_of
from peerlearn.payments.queries import balance_of
from peerlearn.payments.service import refund_want, split_post
from tests.peerlearn.payments.money import balanced
from tests.peerlearn.payments.test_payouts import SHARE, another_order, run
from tests.peerlearn.sessions.people import pay

TINY, TINY_SHARE = 100, 85


def earned(people: tuple[int, int], paise: int, *, done: bool = True) -> Payment:
    """A lesson of so much that was paid and shared; its share may be paid out where it is `done`."""
    order = order_create(people[0], "live_session", 7, paise)
    name = pay(order.id)
    db.session.rollback()
    found = db.session.get(PaymentOrder, order.id)
    payment = db.session.scalar(sa.select(Payment).where(Payment.gateway_payment_id == name))
    assert found is not None and payment is not None
    split_post(found, people[1], split_gross(paise, 15, 18))
    if done:
        order_release(order.id)
    return payment


@pytest.fixture
def account(people: tuple[int, int]) -> int:
    """A mentor whose account is active, at a gateway that nobody asks."""

    @transactional
    def make() -> None:
        row = Payee(mentor_id=people[1], state="activated", created_at=now(), gateway_account_id="acc_rests")
        db.session.add(row)

    make()
    return people[1]


def payouts() -> list[Payout]:
    db.session.rollback()
    rows = list(db.session.scalars(sa.select(Payout).order_by(Payout.id).execution_options(populate_existing=True)))
    for row in rows:
        given = row.tds_paise + row.debt_paise + row.rest_paise + row.amount_paise - row.reverse_paise
        assert row.share_paise + row.carried_paise == given
    return rows


def in_the_bank(row: Payout) -> None:
    db.session.execute(sa.update(Payout).where(Payout.id == row.id).values(state="sent"))
    db.session.commit()
    payout_record({
        "id": f"trf_{row.id:014d}", "amount": row.amount_paise, "status": "processed", "on_hold": False,
        "settlement_status": "settled", "recipient_settlement_id": f"setl_{row.id}",
        "notes": {"payout": f"{row.id}.{row.tries}"},
    })  # fmt: skip


def test_a_share_under_one_rupee_goes_with_the_next_payout_out_of_our_own_balance(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder,
    people: tuple[int, int], clock: MovableClock,
) -> None:  # fmt: skip
    earned(people, TINY)
    payouts_plan()
    large, small = payouts()
    assert (large.state, large.carried_paise, large.amount_paise) == ("wanted", 0, SHARE)
    assert (small.state, small.rest_paise, small.debt_paise, small.amount_paise) == ("netted", TINY_SHARE, 0, 0)
    order_release(another_order(people, gateway, bank).id)
    for _ in range(4):
        run(gateway, bank)
        clock.move(minutes=20)
    carrier = payouts()[-1]
    assert (carrier.state, carrier.carried_paise, carrier.amount_paise) == ("settled", TINY_SHARE, SHARE + TINY_SHARE)
    assert not gateway.fetch_transfer(str(carrier.gateway_transfer_id))["source"].startswith("pay_")
    assert balance_of("mentor_payable", people[1]) == -SHARE  # the first lesson is not done yet
    assert balanced()


def test_two_shares_under_one_rupee_are_enough_together(account: int, people: tuple[int, int], clock: Any) -> None:
    first, second = earned(people, TINY, done=False), earned(people, TINY, done=False)
    payouts_plan()
    assert rests_gather() == 0
    assert [row.state for row in payouts()] == ["netted", "netted"]
    order_release(first.order_id)
    order_release(second.order_id)
    assert rests_gather() == 1 and rests_gather() == 0
    left, carrier = payouts()
    assert (carrier.state, carrier.carried_paise, carrier.amount_paise) == ("wanted", TINY_SHARE, 2 * TINY_SHARE)
    assert (left.order_id, left.carried_by_id) == (first.order_id, carrier.id)
    in_the_bank(carrier)
    assert balance_of("mentor_payable", account) == 0 == room_of(account)
    assert balanced()


def test_a_payout_that_fails_or_is_cut_gives_up_what_it_took_along(
    account: int, people: tuple[int, int], clock: Any
) -> None:
    earned(people, TINY)
    payouts_plan()
    lesson = earned(people, 20000)
    payouts_plan()
    small, carrier = payouts()
    payout_fail(carrier.id, "No balance.")
    assert payout_retry(carrier.id, account)
    small, carrier = payouts()
    assert (carrier.tries, carrier.carried_paise, small.carried_by_id) == (2, TINY_SHARE, carrier.id)
    refund_want(lesson.id, 19990, "Almost all.", "cut")
    payouts_adjust()
    small, carrier = payouts()
    assert (carrier.state, carrier.carried_paise, small.carried_by_id) == ("netted", 0, None)
    assert small.rest_paise + carrier.rest_paise == room_of(account) == -balance_of("mentor_payable", account)
    earned(people, TINY)
    payouts_plan()
    assert payouts()[-1].amount_paise == -balance_of("mentor_payable", account)
    assert room_of(account) == 0 and balanced()


def test_a_debt_takes_a_rest_and_never_more_than_is_owed_moves(
    account: int, people: tuple[int, int], clock: Any
) -> None:
    paid = earned(people, 20000)
    payouts_plan()
    in_the_bank(payouts()[0])
    earned(people, TINY)
    payouts_plan()
    refund_want(paid.id, 200, "A bit.", "bit")  # 170 paise are a debt: more than the rest
    earned(people, 30000)
    payouts_plan()
    _, small, last = payouts()
    assert (last.carried_paise, last.amount_paise) == (0, 25500 - (170 - TINY_SHARE))
    assert room_of(account) == 0 and small.carried_by_id is None
    in_the_bank(last)
    assert rests_gather() == 0 and balance_of("mentor_payable", account) == 0
    assert payouts()[1].rest_paise in (0, TINY_SHARE) and balanced()
