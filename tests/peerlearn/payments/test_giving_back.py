"""What goes back of several payments: every paisa is somewhere, and the gateway can give each part."""

from hypothesis import given
from hypothesis import strategies as st

from peerlearn.money import NOTHING, split_gross
from peerlearn.payments.giving_back import PaidOrder, give_back, returnable
from peerlearn.payments.ledger import refund_parts


@st.composite
def paid(draw: st.DrawFn) -> PaidOrder:
    gross = draw(st.integers(100, 100_000))
    whole = split_gross(gross, draw(st.integers(0, 100)), draw(st.integers(0, 40)))
    return PaidOrder(whole, draw(st.integers(0, gross)))


orders = st.lists(paid(), max_size=4)


@given(orders=orders, refund=st.integers(-100, 500_000))
def test_what_goes_back_and_what_is_kept_are_what_was_paid(orders: list[PaidOrder], refund: int) -> None:
    found = give_back(orders, refund)
    left = sum(order.left for order in orders)
    assert found.refund_paise + found.kept.gross_paise == left
    assert found.given.gross_paise == found.refund_paise
    for order, part in zip(orders, found.per_order, strict=True):
        assert part == 0 or 100 <= part <= order.left
    able = sum(order.left for order in orders if order.left >= 100)
    wanted = max(0, min(refund, able))
    assert wanted <= found.refund_paise < wanted + 100


@given(orders=orders, refund=st.integers(0, 500_000))
def test_what_was_shown_once_is_given_as_it_was_shown(orders: list[PaidOrder], refund: int) -> None:
    found = give_back(orders, refund)
    assert give_back(orders, found.refund_paise) == found


@given(orders=orders, refund=st.integers(0, 500_000))
def test_each_payment_is_taken_apart_by_itself_as_the_ledger_does(orders: list[PaidOrder], refund: int) -> None:
    found = give_back(orders, refund)
    given_back = NOTHING
    for order, part in zip(orders, found.per_order, strict=True):
        given_back += refund_parts(order.whole, order.back, part) if part else NOTHING
    assert found.given == given_back


def test_the_newest_payment_gives_first_and_no_payment_gives_less_than_a_rupee() -> None:
    lesson, more = PaidOrder(split_gross(499_00, 15, 18)), PaidOrder(split_gross(150_00, 15, 18))
    assert give_back([lesson, more], 100_00).per_order == (0, 100_00)
    assert give_back([lesson, more], 250_00).per_order == (100_00, 150_00)
    assert give_back([lesson, more], 150_50).per_order == (1_00, 149_50)
    assert give_back([lesson, more], 40).per_order == (0, 1_00)
    assert give_back([lesson], 10**9).per_order == (499_00,)


def test_less_than_a_rupee_becomes_one_and_less_than_a_rupee_that_is_left_stays() -> None:
    assert [returnable(1, 100), returnable(80, 100), returnable(0, 100), returnable(50, 99)] == [100, 100, 0, 0]
    assert returnable(150, 130) == 130
