"""Rules of splitting and showing money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerlearn.errors import Invalid
from peerlearn.money import rupees, split_gross


def test_the_split_of_499_rupees_is_the_one_the_sheet_shows() -> None:
    split = split_gross(49_900, 15, 18)
    assert (split.mentor_paise, split.fee_paise, split.gst_paise) == (42_415, 6_343, 1_142)


@given(gross=st.integers(0, 10**9), fee=st.integers(0, 10_000), gst=st.integers(0, 4_000))
def test_no_paisa_is_lost_at_any_rate(gross: int, fee: int, gst: int) -> None:
    split = split_gross(gross, f"{fee / 100:.2f}", f"{gst / 100:.2f}")
    assert split.gross_paise == gross
    assert min(split.mentor_paise, split.fee_paise, split.gst_paise) >= 0


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
