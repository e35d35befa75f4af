import itertools

import pytest

from peerlearn.payments.lifecycle import (
    IGNORED,
    ILLEGAL,
    ORDER,
    ORDER_EVENTS,
    ORDER_STATES,
    PAYEE,
    PAYEE_EVENTS,
    PAYEE_STATES,
    PAYMENT,
    PAYMENT_EVENTS,
    PAYMENT_STATES,
    PAYOUT,
    PAYOUT_EVENTS,
    PAYOUT_STATES,
    REFUND,
    REFUND_EVENTS,
    REFUND_STATES,
    IllegalTransition,
    next_state,
    states_before,
)

TABLES = {
    "order": (ORDER, ORDER_STATES, ORDER_EVENTS),
    "payment": (PAYMENT, PAYMENT_STATES, PAYMENT_EVENTS),
    "refund": (REFUND, REFUND_STATES, REFUND_EVENTS),
    "payout": (PAYOUT, PAYOUT_STATES, PAYOUT_EVENTS),
    "payee": (PAYEE, PAYEE_STATES, PAYEE_EVENTS),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_pair_of_state_and_event_is_spelled_out(name: str) -> None:
    table, states, events = TABLES[name]
    assert set(table) == set(itertools.product(states, events))
    assert {after for after in table.values() if after not in (IGNORED, ILLEGAL)} <= set(states)


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [
        ("absent", "captured", "captured"),
        ("failed", "authorized", "authorized"),
        ("failed", "captured", "captured"),
        ("captured", "authorized", IGNORED),
        ("captured", "failed", IGNORED),
        ("refunded", "captured", IGNORED),
        ("quarantined", "captured", IGNORED),
        ("absent", "mismatched", "quarantined"),
        ("absent", "refunded", "refunded"),
    ],
)
def test_a_payment_may_succeed_after_failing_and_never_moves_backwards(
    state: str, event: str, after: str | None
) -> None:
    assert next_state(PAYMENT, state, event) == after


def test_captured_money_whose_amount_changes_is_illegal() -> None:
    with pytest.raises(IllegalTransition):
        next_state(PAYMENT, "captured", "mismatched")


def test_an_event_that_no_table_knows_is_illegal() -> None:
    with pytest.raises(IllegalTransition):
        next_state(REFUND, "pending", "vanished")


def test_late_money_pays_a_closed_order_and_a_paid_one_ignores_more() -> None:
    assert next_state(ORDER, "closed", "captured") == "paid"
    assert next_state(ORDER, "paid", "captured") is IGNORED
    assert next_state(ORDER, "paid", "closed") is IGNORED


def test_processed_is_the_end_of_a_refund_and_only_a_failed_one_is_asked_for_again() -> None:
    assert all(next_state(REFUND, "processed", event) is IGNORED for event in REFUND_EVENTS)
    assert states_before(REFUND, "wanted", "retried") == ["failed"]


def test_a_payout_leaves_the_bank_only_by_a_returned_settlement_and_is_wanted_again_only_when_nothing_moved() -> None:
    assert [event for event in PAYOUT_EVENTS if PAYOUT[("settled", event)] not in (IGNORED, ILLEGAL)] == ["returned"]
    assert states_before(PAYOUT, "wanted", "retried") == ["failed"]
    assert next_state(PAYOUT, "settled", "released") is IGNORED
    with pytest.raises(IllegalTransition):
        next_state(PAYOUT, "held", "failed")
