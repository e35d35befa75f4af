"""Minutes of a pack: after any row of uses, returns and refunds, what was used and what is left is the price. Pure."""

from hypothesis import given
from hypothesis import strategies as st

from peerlearn.payments.pack_value import minutes_for, value_of, value_taken
from peerlearn.payments.tender import Tender, Use

steps = st.lists(st.tuples(st.sampled_from(["use", "return", "refund"]), st.integers(1, 100)), max_size=40)


@given(of=st.integers(30, 6_000), a_minute=st.integers(10, 5_000), rest=st.integers(0, 997), row=steps)
def test_no_sequence_of_uses_returns_and_refunds_makes_or_loses_a_paisa(
    of: int, a_minute: int, rest: int, row: list[tuple[str, int]]
) -> None:
    price = of * a_minute + rest
    minutes, paise, refunded, lessons = of, price, 0, []
    for what, share in row:
        if what == "use" and minutes:
            take = max(1, minutes * share // 100)
            worth = value_taken(take, minutes, paise, of, price)
            assert abs(worth - value_of(take, of, price)) <= 2 + len(lessons)
            minutes, paise = minutes - take, paise - worth
            lessons.append([Tender(uses=(Use(take, worth),)), 0])
        elif what == "return" and lessons:
            lesson = lessons[share % len(lessons)]
            back = -(-(lesson[0].whole - lesson[1]) * share // 100)
            minutes, paise = minutes + back, paise + lesson[0].worth(lesson[1] + back) - lesson[0].worth(lesson[1])
            lesson[1] += back
        elif what == "refund":
            refunded, minutes, paise = refunded + paise, 0, 0
        used = sum(tender.gross_paise - tender.worth(back) for tender, back in lessons)
        assert used + paise + refunded == price
        assert 0 <= minutes <= of and 0 <= paise <= price
        assert minutes or not paise


@given(of=st.integers(30, 6_000), a_minute=st.integers(10, 5_000), takes=st.lists(st.integers(1, 120), max_size=30))
def test_the_uses_of_a_whole_pack_sum_to_its_price(of: int, a_minute: int, takes: list[int]) -> None:
    price = of * a_minute + 7
    minutes, paise = of, price
    for take in [*takes, of]:
        take = min(take, minutes)
        if take:
            worth = value_taken(take, minutes, paise, of, price)
            assert abs(worth - value_of(take, of, price)) <= 1
            minutes, paise = minutes - take, paise - worth
    assert (minutes, paise) == (0, 0)


@given(of=st.integers(30, 6_000), price=st.integers(300, 10_000_000), left=st.integers(0, 10_000_000))
def test_paise_that_are_left_always_stand_for_some_minutes(of: int, price: int, left: int) -> None:
    left = min(left, price)
    assert (minutes_for(left, of, price) == 0) == (left == 0)
    assert minutes_for(price, of, price) == of
