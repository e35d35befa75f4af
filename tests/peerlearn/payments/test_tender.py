"""With what an order was paid: whatever goes back, in whatever steps, no paisa and no minute is lost. Pure."""

from hypothesis import given
from hypothesis import strategies as st

from peerlearn.money import NOTHING, split_gross
from peerlearn.payments.giving_back import PaidOrder, give_back, paid_in, still_wanted
from peerlearn.payments.ledger import refund_parts
from peerlearn.payments.tender import Measure, Tender, Use, discounted

uses = st.lists(st.builds(Use, st.integers(1, 400), st.integers(0, 200_000)), min_size=1, max_size=4).map(tuple)
tenders = st.one_of(
    st.builds(Tender, cash_paise=st.integers(100, 1_000_000), discount_paise=st.integers(0, 1_000_000)),
    st.builds(Tender, uses=uses),
    st.builds(Tender, discount_paise=st.integers(100, 1_000_000)),
)


@given(tender=tenders, shares=st.lists(st.integers(0, 100), max_size=5))
def test_any_row_of_returns_gives_each_share_its_part_and_ends_at_the_gross(tender: Tender, shares: list[int]) -> None:
    split = split_gross(tender.gross_paise, 15, 18)
    before, gone = 0, 0
    for share in [*shares, 100]:
        units = (tender.whole - before) * share // 100
        worth = tender.worth(before + units) - tender.worth(before)
        assert worth >= 0
        if worth:
            parts = refund_parts(split, gone, worth)
            assert min(parts.mentor_paise, parts.fee_paise, parts.gst_paise) >= 0
        if tender.measure is Measure.CASH:
            assert worth >= units, "what the platform bore goes back with the money, never the other way"
        before, gone = before + units, gone + worth
    assert (before, gone) == (tender.whole, tender.gross_paise)


@given(
    tenders=st.lists(tenders, max_size=4),
    part=st.integers(0, 100),
)
def test_each_measure_gives_its_own_part_rounded_up_and_never_more_than_there_is(
    tenders: list[Tender], part: int
) -> None:
    orders = [PaidOrder(split_gross(tender.gross_paise, 15, 18), paid=tender) for tender in tenders]
    found = give_back(orders, still_wanted(orders, part, 100))
    for measure, whole in paid_in(orders).items():
        assert whole * part <= 100 * found.back(measure) < whole * part + 100 + 100 * 100 * (measure is Measure.CASH)
        assert found.back(measure) <= whole
    assert found.kept + found.given == sum((order.whole for order in orders), NOTHING)
    assert give_back(orders, {measure: found.back(measure) for measure in Measure}) == found


@given(price=st.integers(0, 10_000_000), percent=st.integers(1, 100), off=st.integers(100, 10_000_000))
def test_a_discount_leaves_nothing_or_what_the_gateway_takes(price: int, percent: int, off: int) -> None:
    for found in (discounted(price, percent, None), discounted(price, None, off)):
        assert 0 <= found <= price
        assert found == 0 or price == found or price - found >= 100
