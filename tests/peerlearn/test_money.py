"""Rules of splitting and showing money."""

import itertools
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerlearn.errors import Invalid
from peerlearn.money import Split, apportion, part_of, percent_of, rupees, split_gross

weights = st.lists(st.integers(0, 10_000) | st.decimals(0, 100, places=2), min_size=1, max_size=6)
rates = st.decimals(0, 100, places=2)


def test_the_split_of_499_rupees_is_the_one_the_sheet_shows() -> None:
    split = split_gross(49_900, 15, 18)
    assert (split.mentor_paise, split.fee_paise, split.gst_paise) == (42_415, 6_343, 1_142)


@given(gross=st.integers(0, 10**9), fee=st.integers(0, 10_000), gst=st.integers(0, 4_000))
def test_no_paisa_is_lost_at_any_rate(gross: int, fee: int, gst: int) -> None:
    split = split_gross(gross, f"{fee / 100:.2f}", f"{gst / 100:.2f}")
    assert split.gross_paise == gross
    assert min(split.mentor_paise, split.fee_paise, split.gst_paise) >= 0


@given(total=st.integers(0, 10**9), given_weights=weights)
def test_the_largest_remainders_share_out_every_paisa_and_each_part_is_within_one_of_its_exact_share(
    total: int, given_weights: list[int | Decimal]
) -> None:
    whole = sum(Fraction(weight) for weight in given_weights)
    if not whole:
        assert apportion(0, given_weights) == (0,) * len(given_weights)
        return
    parts = apportion(total, given_weights)
    exact = [total * Fraction(weight) / whole for weight in given_weights]
    assert sum(parts) == total
    assert all(abs(part - share) < 1 and part >= 0 for part, share in zip(parts, exact, strict=True))
    up = [share % 1 for part, share in zip(parts, exact, strict=True) if part > share]
    down = [share % 1 for part, share in zip(parts, exact, strict=True) if part < share]
    assert not (up and down) or min(up) >= max(down), "who has the larger remainder gets the paisa first"


def test_of_equal_remainders_the_one_that_is_named_first_gets_the_paisa() -> None:
    assert apportion(1, (1, 1)) == (1, 0)
    assert apportion(2, (1, 1, 1)) == (1, 1, 0)
    assert apportion(10, (1, 2, 1)) == (3, 5, 2)
    assert apportion(5, (0, 3, 3)) == (0, 3, 2)


@pytest.mark.parametrize(("total", "given_weights"), [(-1, (1, 1)), (1, (-1, 2)), (1, (0, 0)), (1, ())])
def test_a_share_that_makes_no_sense_is_refused(total: int, given_weights: tuple[int, ...]) -> None:
    with pytest.raises(Invalid):
        apportion(total, given_weights)


@given(gross=st.integers(0, 10**8), fee=rates, gst=rates)
def test_each_share_of_the_split_is_within_a_paisa_of_the_exact_one(gross: int, fee: Decimal, gst: Decimal) -> None:
    split = split_gross(gross, fee, gst)
    ours = Fraction(gross) * Fraction(fee) / 100
    tax = ours * Fraction(gst) / (100 + Fraction(gst))
    assert abs(split.mentor_paise - (gross - ours)) < 1
    assert abs(split.gst_paise - tax) < 1
    assert abs(split.fee_paise - (ours - tax)) < 1


@given(gross=st.integers(0, 10**8), fee=rates, gst=rates)
def test_bookings_that_were_split_before_are_split_the_same_today(gross: int, fee: Decimal, gst: Decimal) -> None:
    def half_up(amount: Decimal) -> int:
        return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    ours = half_up(Decimal(gross) * fee / 100)
    split = split_gross(gross, fee, gst)
    assert split.mentor_paise == gross - ours
    assert abs(split.gst_paise - Fraction(ours) * Fraction(gst) / (100 + Fraction(gst))) <= Fraction(1, 2)
    assert percent_of(gross, fee) == ours


@given(gross=st.integers(1, 10**6), fee=rates, gst=rates, parts=st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_what_has_gone_back_of_each_share_only_grows_and_is_within_a_paisa(
    gross: int, fee: Decimal, gst: Decimal, parts: list[float]
) -> None:
    whole, before = split_gross(gross, fee, gst), Split(0, 0, 0)
    for paise in sorted(int(gross * part) for part in parts):
        back = part_of(whole, paise)
        assert back.gross_paise == paise
        for name in ("mentor_paise", "fee_paise", "gst_paise"):
            assert getattr(before, name) <= getattr(back, name) <= getattr(whole, name)
            assert abs(getattr(back, name) - Fraction(paise * getattr(whole, name), gross)) < 1
        before = back
    assert part_of(whole, gross) == whole
    with pytest.raises(Invalid):
        part_of(whole, gross + 1)


def test_three_shares_cut_at_once_would_take_a_paisa_back_and_ours_do_not() -> None:
    whole = split_gross(99_99, 15, 18)
    at_once = [apportion(back, (whole.mentor_paise, whole.fee_paise, whole.gst_paise)) for back in range(1000)]
    assert any(after[2] < before[2] for before, after in itertools.pairwise(at_once))
    ours = [part_of(whole, back) for back in range(1000)]
    assert all(after.gst_paise >= before.gst_paise for before, after in itertools.pairwise(ours))


@pytest.mark.parametrize(("gross", "fee"), [(-1, 15), (100, 101), (100, -1)])
def test_a_negative_amount_or_an_impossible_fee_is_refused(gross: int, fee: int) -> None:
    with pytest.raises(Invalid):
        split_gross(gross, fee, 18)


@pytest.mark.parametrize(
    ("paise", "text"),
    [
        (0, "₹0"),
        (5, "₹0.05"),
        (49_900, "₹499"),
        (42_415, "₹424.15"),
        (12_345_678, "₹1,23,456.78"),
        (-500, "-₹5"),
    ],
)
def test_rupees_are_grouped_the_indian_way(paise: int, text: str) -> None:
    assert rupees(paise) == text
