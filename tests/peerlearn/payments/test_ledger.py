import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerlearn.money import Split, part_of, split_gross
from peerlearn.payments.ledger import (
    Posting,
    Unbalanced,
    capture_postings,
    checked,
    cost_postings,
    payout_postings,
    refund_parts,
    refund_postings,
    returned_postings,
    reversal_postings,
    split_in,
    split_postings,
    transfer_postings,
    unsplit_postings,
)

paise = st.integers(1, 1_000_000)
percent = st.integers(0, 100)


def total(*groups: list[Posting]) -> int:
    return sum(line.amount_paise for group in groups for line in group)


@given(paise, percent, percent)
def test_the_split_of_any_amount_loses_no_paisa(gross: int, fee: int, gst: int) -> None:
    split = split_gross(gross, fee, gst)
    assert split.gross_paise == gross
    assert min(split.mentor_paise, split.fee_paise, split.gst_paise) >= 0
    assert total(split_postings(1, 2, split)) == 0


@given(paise, st.lists(st.integers(1, 400_000), max_size=8))
def test_any_row_of_refunds_takes_back_exactly_its_sum_and_at_the_end_the_whole_split(
    gross: int, wanted: list[int]
) -> None:
    split = split_gross(gross, 15, 18)
    before, back = 0, Split(0, 0, 0)
    for amount in [*wanted, gross]:
        amount = min(amount, gross - before)
        if amount == 0:
            continue
        parts = refund_parts(split, before, amount)
        assert parts.gross_paise == amount
        assert min(parts.mentor_paise, parts.fee_paise, parts.gst_paise) >= 0
        assert total(unsplit_postings(1, 2, parts), refund_postings(1, amount)) == 0
        before += amount
        back = Split(
            back.mentor_paise + parts.mentor_paise, back.fee_paise + parts.fee_paise, back.gst_paise + parts.gst_paise
        )
        assert back == part_of(split, before)
    assert before == gross
    assert back == split


def test_a_third_of_an_odd_amount_is_shared_in_proportion() -> None:
    split = split_gross(49901, 15, 18)
    parts = refund_parts(split, 0, 16634)
    assert parts.gross_paise == 16634
    assert abs(parts.mentor_paise - split.mentor_paise / 3) <= 1
    assert abs(parts.fee_paise - split.fee_paise / 3) <= 1
    assert abs(parts.gst_paise - split.gst_paise / 3) <= 1


def test_a_lesson_from_payment_to_full_refund_leaves_only_the_gateway_cost() -> None:
    split = split_gross(49900, 15, 18)
    lines = [
        *capture_postings(7, 49900),
        *cost_postings(1178),
        *split_postings(7, 9, split),
        *unsplit_postings(7, 9, refund_parts(split, 0, 49900)),
        *refund_postings(7, 49900),
    ]
    balances: dict[str, int] = {}
    for line in lines:
        balances[line.account] = balances.get(line.account, 0) + line.amount_paise
    assert {name: amount for name, amount in balances.items() if amount} == {"gateway": -1178, "gateway_cost": 1178}


def test_postings_that_do_not_sum_to_zero_are_refused() -> None:
    with pytest.raises(Unbalanced):
        checked([Posting("gateway", None, 100), Posting("learner", 1, -99)])
    with pytest.raises(Unbalanced):
        checked([])


def test_an_unknown_account_or_a_missing_owner_is_refused() -> None:
    with pytest.raises(Unbalanced):
        checked([Posting("cash", None, 100), Posting("gateway", None, -100)])
    with pytest.raises(Unbalanced):
        checked([Posting("gateway", None, 100), Posting("learner", None, -100)])


def test_lines_of_nothing_are_left_out() -> None:
    free = split_gross(1, 0, 18)
    assert [line.account for line in checked(split_postings(1, 2, free))] == ["learner", "mentor_payable"]


def test_a_refund_larger_than_what_is_left_is_refused() -> None:
    with pytest.raises(Unbalanced):
        refund_parts(split_gross(1000, 15, 18), 900, 101)


def test_a_split_can_be_read_back_from_its_lines() -> None:
    split = split_gross(49900, 15, 18)
    assert split_in(split_postings(7, 9, split)) == (9, split)


@given(paise, paise, st.integers(0, 1000), st.integers(0, 1000))
def test_a_payout_and_its_way_back_leave_nothing_but_the_transfers_fee(
    amount: int, back: int, tds: int, fee: int
) -> None:
    for lines in (
        transfer_postings(9, amount, fee),
        reversal_postings(9, back),
        payout_postings(9, amount, tds),
        returned_postings(9, amount, tds),
    ):
        assert total(checked(lines)) == 0
    assert total(payout_postings(9, amount, tds), returned_postings(9, amount, tds)) == 0
    there_and_back = [*transfer_postings(9, amount, fee), *reversal_postings(9, amount)]
    held = sum(line.amount_paise for line in there_and_back if line.account == "transfer_held")
    assert held == 0
    assert sum(line.amount_paise for line in there_and_back if line.account == "gateway") == -fee
