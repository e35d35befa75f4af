"""Payouts against the real SDK and the simulator: on hold, released, taken back, netted, returned, never doubled."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from peerlearn.adapters import razorpay_route
from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.clock import MovableClock
from peerlearn.errors import Conflict, Invalid, Upstream
from peerlearn.kernel import db
from peerlearn.money import split_gross
from peerlearn.notifications.models import Notification, OutgoingMail
from peerlearn.payments.models import LedgerEntry, Payee, Payment, PaymentOrder, Payout
from peerlearn.payments.orders import order_create, order_open_at_gateway, order_release
from peerlearn.payments.payees import BankForm, payee_onboard, payee_record, payees_ask
from peerlearn.payments.payout_again import payout_retry
from peerlearn.payments.payout_record import payout_record
from peerlearn.payments.payouts import payouts_adjust, payouts_plan, room_of
from peerlearn.payments.queries import balance_of, mentor_earnings
from peerlearn.payments.receive import payment_record
from peerlearn.payments.service import refund_want, split_post
from peerlearn.payments.transfers import payouts_run, settlement_look, transfers_release, transfers_send
from tests.peerlearn.payments.money import balanced, bank_form, new_mail

SHARE = 42415


def run(gateway: RazorpayGateway, bank: Simulator, tds: int = 0) -> Payout:
    """One round of the job, with the simulator's own delays done."""
    payouts_run(gateway=gateway, tds_percent=tds)
    bank.store.run("UPDATE later SET due_at = 0")
    bank.bank.run_due()
    return the_payout()


def the_payout() -> Payout:
    db.session.rollback()
    return db.session.execute(
        sa.select(Payout).order_by(Payout.id).limit(1), execution_options={"populate_existing": True}
    ).scalar_one()


def another_order(people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator) -> PaymentOrder:
    order = order_open_at_gateway(order_create(people[0], "live_session", 2, 49900).id, gateway=gateway)
    started = bank.bank.start(str(order.gateway_order_id), "upi", {"vpa": "success@razorpay"})
    payment_record(bank.bank.succeed(started["id"]))
    db.session.rollback()
    found = db.session.get(PaymentOrder, order.id, populate_existing=True)
    assert found is not None
    split_post(found, people[1], split_gross(49900, 15, 18))
    return found


def paid_out(
    gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder, clock: MovableClock, tds: int = 0
) -> Payout:
    run(gateway, bank, tds)
    order_release(order.id)
    clock.move(minutes=20)
    run(gateway, bank, tds)
    clock.move(minutes=20)
    run(gateway, bank, tds)
    clock.move(minutes=20)
    return run(gateway, bank, tds)


def test_a_mentors_share_waits_on_hold_and_goes_to_the_bank_only_after_the_release(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder, clock: MovableClock
) -> None:
    run(gateway, bank)
    clock.move(minutes=20)
    payout = run(gateway, bank)
    assert (payout.state, payout.amount_paise) == ("held", SHARE)
    transfer = gateway.fetch_transfer(str(payout.gateway_transfer_id))
    assert (transfer["on_hold"], transfer["settlement_status"], transfer["source"]) == (
        True,
        "on_hold",
        settled.gateway_payment_id,
    )
    assert balance_of("transfer_held", payout.mentor_id) == SHARE
    assert balance_of("mentor_payable", payout.mentor_id) == -SHARE
    assert balance_of("gateway") == 49900 - int(settled.fee_paise or 0) - SHARE - transfer["fees"]

    order_release(order.id)
    clock.move(minutes=20)
    assert run(gateway, bank).state == "released"
    clock.move(minutes=20)
    payout = run(gateway, bank)
    assert payout.state == "settled"
    assert balance_of("mentor_payable", payout.mentor_id) == balance_of("transfer_held", payout.mentor_id) == 0
    assert mentor_earnings(payout.mentor_id).earned_paise == SHARE
    assert balanced()


def test_tax_that_is_kept_back_stands_by_itself_and_in_its_own_account(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder, clock: MovableClock
) -> None:
    payout = paid_out(gateway, bank, order, clock, tds=1)
    assert payout.state == "settled"
    assert (payout.gross_paise, payout.fee_paise, payout.gst_paise) == (49900, 6343, 1142)
    assert (payout.share_paise, payout.tds_paise, payout.amount_paise) == (SHARE, 499, SHARE - 499)
    assert balance_of("tds_payable") == -499
    assert balance_of("mentor_payable", payout.mentor_id) == 0


def test_a_refund_before_the_payout_takes_the_mentors_part_out_of_the_transfer(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder, clock: MovableClock
) -> None:
    run(gateway, bank)
    clock.move(minutes=20)
    run(gateway, bank)
    refund_want(settled.id, 9980, "A fifth back.", "fifth")
    clock.move(minutes=20)
    payout = run(gateway, bank)
    assert (payout.reversed_paise, payout.state) == (8483, "held")
    assert gateway.fetch_transfer(str(payout.gateway_transfer_id))["amount_reversed"] == 8483
    clock.move(minutes=20)
    assert run(gateway, bank).reversed_paise == 8483  # another round takes nothing more
    assert room_of(payout.mentor_id) == 0
    assert balance_of("transfer_held", payout.mentor_id) == SHARE - 8483
    assert balanced()


def test_a_refund_after_the_payout_is_a_debt_that_the_next_payout_is_less_by(
    settled: Payment,
    payee: Payee,
    gateway: RazorpayGateway,
    bank: Simulator,
    order: PaymentOrder,
    clock: MovableClock,
    people: tuple[int, int],
) -> None:
    payout = paid_out(gateway, bank, order, clock)
    assert payout.state == "settled"
    refund_want(settled.id, 20000, "Not what was agreed.", "late")
    debt = balance_of("mentor_payable", people[1])
    assert debt == 17000 == -room_of(people[1])
    another_order(people, gateway, bank)
    run(gateway, bank)
    db.session.rollback()
    second = db.session.execute(sa.select(Payout).where(Payout.id != payout.id)).scalar_one()
    assert (second.share_paise, second.debt_paise, second.amount_paise) == (SHARE, debt, SHARE - debt)
    assert room_of(people[1]) == 0


def test_a_share_that_a_debt_eats_up_moves_nothing(
    settled: Payment,
    payee: Payee,
    gateway: RazorpayGateway,
    bank: Simulator,
    order: PaymentOrder,
    clock: MovableClock,
    people: tuple[int, int],
) -> None:
    payout = paid_out(gateway, bank, order, clock)
    refund_want(settled.id, 49900, "All of it.", "all")
    another_order(people, gateway, bank)
    run(gateway, bank)
    db.session.rollback()
    second = db.session.execute(sa.select(Payout).where(Payout.id != payout.id)).scalar_one()
    assert (second.state, second.amount_paise, second.debt_paise) == ("netted", 0, SHARE)
    assert balance_of("mentor_payable", people[1]) == 0


def test_a_payout_that_the_bank_sends_back_is_owed_again_and_paid_out_once_more(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder, clock: MovableClock
) -> None:
    payout = paid_out(gateway, bank, order, clock)
    first = str(payout.settlement_id)
    bank.route.bank_returns(first)
    settlement_look(first, gateway=gateway)
    settlement_look(first, gateway=gateway)
    payout = the_payout()
    assert payout.state == "returned"
    assert payout.problem
    assert balance_of("mentor_payable", payout.mentor_id) == -SHARE
    bank.route.settle_all()
    clock.move(minutes=20)
    payout = run(gateway, bank)
    assert payout.state == "settled"
    assert payout.settlement_id != first
    assert balance_of("mentor_payable", payout.mentor_id) == balance_of("transfer_held", payout.mentor_id) == 0
    assert balanced()


def test_a_lost_answer_moves_the_money_once(
    settled: Payment, payee: Payee, bank: Simulator, gateway: RazorpayGateway, clock: MovableClock
) -> None:
    payouts_plan()
    bank.faults.add({"kind": "502", "path": "/v1/payments/.*/transfers", "lost": True})
    transfers_send(gateway=gateway)
    assert the_payout().state == "wanted"
    transfers_send(gateway=gateway)  # the lease still stands: nobody asks
    assert the_payout().state == "wanted"
    clock.move(minutes=3)
    transfers_send(gateway=gateway)
    assert the_payout().state in {"sent", "held"}
    assert len(gateway.transfers_of(settled.gateway_payment_id)) == 1


def test_a_lost_answer_to_a_reversal_takes_back_once(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, clock: MovableClock
) -> None:
    run(gateway, bank)
    clock.move(minutes=20)
    run(gateway, bank)
    refund_want(settled.id, 9980, "A fifth back.", "fifth")
    bank.faults.add({"kind": "502", "path": "/v1/transfers/.*/reversals", "lost": True})
    for _ in range(3):
        clock.move(minutes=3)
        payout = run(gateway, bank)
    assert payout.reversed_paise == 8483
    assert gateway.fetch_transfer(str(payout.gateway_transfer_id))["amount_reversed"] == 8483


def test_a_transfer_that_fails_is_owed_as_before_and_tried_again_later(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, clock: MovableClock
) -> None:
    bank.store.set_option("transfer_outcome", "failed")
    run(gateway, bank)
    clock.move(minutes=20)
    payout = run(gateway, bank)
    assert (payout.state, payout.problem) == ("failed", "Transfer failed due to insufficient balance")
    assert balance_of("mentor_payable", payout.mentor_id) == -SHARE
    assert balance_of("transfer_held", payout.mentor_id) == 0
    bank.store.set_option("transfer_outcome", "processed")
    assert not payout_retry(payout.id + 1000, payout.mentor_id)
    clock.move(minutes=40)
    run(gateway, bank)
    clock.move(minutes=20)
    payout = run(gateway, bank)
    assert (payout.state, payout.amount_paise, payout.tries) == ("held", SHARE, 2)


def test_money_of_which_something_went_back_is_moved_from_our_own_balance(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, clock: MovableClock
) -> None:
    refund_want(settled.id, 9980, "A fifth back.", "fifth")
    run(gateway, bank)
    clock.move(minutes=20)
    payout = run(gateway, bank)
    assert (payout.state, payout.amount_paise) == ("held", SHARE - 8483)
    source = gateway.fetch_transfer(str(payout.gateway_transfer_id))["source"]
    assert source == bank.account.account_id


def test_nothing_is_sent_or_released_while_the_books_do_not_agree(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder
) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            sa.insert(LedgerEntry).values(transaction_id=1, account="gateway", owner_id=None, amount_paise=1)
        )
    payouts_run(gateway=gateway)
    db.session.rollback()
    assert db.session.execute(sa.select(sa.func.count()).select_from(Payout)).scalar_one() == 0


def test_a_mentor_without_an_active_account_keeps_everything_with_us(
    settled: Payment, people: tuple[int, int], gateway: RazorpayGateway
) -> None:
    payouts_run(gateway=gateway)
    assert payouts_plan() == 0
    assert payouts_adjust() == 0
    assert balance_of("mentor_payable", people[1]) == -SHARE


def test_only_ids_and_four_digits_of_a_mentors_account_stay_with_us(payee: Payee) -> None:
    row = db.session.execute(sa.select(Payee.__table__)).one()
    text = " ".join(str(value) for value in row)
    assert "50100012345678" not in text and "ABCPE1234F" not in text and "HDFC0000123" not in text
    assert payee.last_four == "5678"


def test_onboarding_that_was_cut_off_goes_on_where_it_stopped(
    people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    form = bank_form(new_mail())
    for path in ("/v2/accounts", "/v2/accounts/.*/stakeholders", "/v2/accounts/.*/products"):
        bank.faults.add({"kind": "502", "path": path, "lost": True})
        with pytest.raises(Upstream):
            payee_onboard(people[1], form, gateway=gateway)
    payee = payee_onboard(people[1], form, gateway=gateway)
    assert payee.state == "under_review"
    mine = [one for one in bank.store.listed("account", count=100) if one["email"] == form.email]
    assert [one["id"] for one in mine] == [payee.gateway_account_id]
    assert len(bank.route.stakeholders(str(payee.gateway_account_id))) == 1


def test_what_the_gateway_still_wants_to_know_is_kept_in_its_words_and_asked_for(
    people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator, clock: MovableClock
) -> None:
    form = bank_form(new_mail())
    bank.store.set_option("review", "needs_clarification")
    payee_onboard(people[1], form, gateway=gateway)
    bank.store.run("UPDATE later SET due_at = 0")
    bank.bank.run_due()
    clock.move(minutes=45)
    payees_ask(gateway=gateway)
    db.session.rollback()
    found = db.session.get(Payee, people[1], populate_existing=True)
    assert found is not None
    assert found.state == "needs_clarification"
    assert "account number" in str(found.problem)
    assert payee_onboard(people[1], form, gateway=gateway).state == "under_review"


def test_a_wrong_field_is_refused_before_the_gateway_is_asked(
    people: tuple[int, int], gateway: RazorpayGateway
) -> None:
    for field, value in (("pan", "abc"), ("ifsc", "HDFC1"), ("account_number", "12 34"), ("legal_name", "A")):
        form = BankForm(**{**vars(bank_form("x@peerlearn.test")), field: value})
        with pytest.raises(Invalid) as refused:
            payee_onboard(people[1], form, gateway=gateway)
        assert refused.value.details["field"] == field


def test_a_transfer_of_another_amount_is_not_believed(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator
) -> None:
    payouts_plan()
    transfers_send(gateway=gateway)
    entity = gateway.fetch_transfer(str(the_payout().gateway_transfer_id))
    with pytest.raises(Conflict):
        payout_record({**entity, "amount": entity["amount"] + 1})
    assert payout_record({**entity, "id": "trf_00000000000000", "notes": []}) is None


def test_a_settlement_is_read_to_its_last_transfer(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(razorpay_route, "PAGE", 2)
    account_id = str(payee.gateway_account_id)
    sent = [gateway.transfer(None, account_id, 100, f"key {n} {account_id[-9:]}", {})["id"] for n in range(5)]
    for transfer_id in sent:
        bank.route.transfer_finish(transfer_id)
        gateway.transfer_release(transfer_id)
    (made,) = [one for one in bank.route.settle_all() if one["amount"] == 500]
    assert sorted(one["id"] for one in gateway.transfers_in(made["id"])) == sorted(sent)


def test_nothing_is_sent_or_released_into_an_account_that_the_gateway_has_paused(
    settled: Payment, payee: Payee, gateway: RazorpayGateway, bank: Simulator, order: PaymentOrder, clock: MovableClock
) -> None:
    payouts_plan()
    suspended = {"activation_status": "suspended"}
    assert payee_record(str(payee.gateway_account_id), suspended) is not None
    transfers_send(gateway=gateway)
    assert the_payout().state == "wanted"
    assert payee_record(str(payee.gateway_account_id), {"activation_status": "activated"}) is not None
    run(gateway, bank)
    clock.move(minutes=20)
    assert run(gateway, bank).state == "held"
    payee_record(str(payee.gateway_account_id), suspended)
    order_release(order.id)
    transfers_release(gateway=gateway)
    assert the_payout().state == "held"
    payee_record(str(payee.gateway_account_id), {"activation_status": "activated"})
    transfers_release(gateway=gateway)
    assert the_payout().state == "released"


def test_an_account_that_somebody_else_opened_under_the_same_mail_is_not_taken_over(
    people: tuple[int, int], gateway: RazorpayGateway, bank: Simulator
) -> None:
    form = bank_form(new_mail())
    theirs = bank.route.account_create(
        {
            "email": form.email, "phone": form.phone, "type": "route", "reference_id": "shop-7",
            "legal_business_name": "A shop", "business_type": "individual",
        }
    )  # fmt: skip
    with pytest.raises(Conflict, match="already exists"):
        payee_onboard(people[1], form, gateway=gateway)
    assert bank.route.product_of(theirs["id"]) is None, "nobody gave it another bank account"
    db.session.rollback()
    found = db.session.get(Payee, people[1], populate_existing=True)
    assert found is not None and found.gateway_account_id is None


def test_another_bank_account_is_told_by_bell_and_letter(
    payee: Payee, gateway: RazorpayGateway, people: tuple[int, int], ports: Any
) -> None:
    ports.queue.run_all(ports)
    told = sa.select(Notification.title).where(
        Notification.user_id == people[1], Notification.title.contains("changed")
    )
    assert db.session.scalars(told).all() == [], "the first one is news to nobody"
    payee_onboard(people[1], replace(bank_form(new_mail()), account_number="600200999988"), gateway=gateway)
    ports.queue.run_all(ports)
    assert db.session.scalars(told).all() == ["Your bank account was changed"]
    letters = db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.subject.contains("changed"))).all()
    assert [letter.context["lines"][0].split(".")[0] for letter in letters] == [
        "What you earn goes to the account that ends in 9988 from now on"
    ]


def test_nothing_goes_to_a_new_bank_account_on_its_first_day_and_what_was_released_is_held_again(
    settled: Payment, payee: Payee, order: PaymentOrder, gateway: RazorpayGateway, bank: Simulator,
    people: tuple[int, int], clock: MovableClock,
) -> None:  # fmt: skip
    order_release(order.id)
    run(gateway, bank)
    for _ in range(2):
        clock.move(minutes=20)
        payouts_run(gateway=gateway)
    assert the_payout().state == "released"
    payee_onboard(people[1], replace(bank_form(new_mail()), account_number="600200999988"), gateway=gateway)
    product = bank.route.review(str(payee.gateway_account_id), "activated")
    assert payee_record(str(payee.gateway_account_id), product) is not None
    another_order(people, gateway, bank)

    def states() -> list[str]:
        payouts_run(gateway=gateway)
        db.session.rollback()
        return list(db.session.scalars(sa.select(Payout.state).order_by(Payout.id)))

    assert states() == ["held", "wanted"]
    clock.move(hours=23, minutes=59)
    assert states() == ["held", "wanted"]
    clock.move(minutes=1)
    assert states() == ["released", "sent"]
    assert balanced()


def test_an_account_that_the_gateway_pauses_later_is_found_within_a_day(
    payee: Payee, gateway: RazorpayGateway, bank: Simulator, clock: MovableClock
) -> None:
    bank.route.review(str(payee.gateway_account_id), "suspended")
    clock.move_to(payee.created_at + timedelta(hours=25))
    payees_ask(gateway=gateway)
    db.session.rollback()
    found = db.session.get(Payee, payee.mentor_id, populate_existing=True)
    assert found is not None and found.state == "suspended"
