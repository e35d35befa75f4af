"""Cancelling: the boundaries, and not one paisa lost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerlearn.money import split_gross
from peerlearn.payments.giving_back import PaidOrder
from peerlearn.sessions.policy import BookingTerms, Rule, Who, booking_terms, cancel_result

START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def result(who: Who, before: timedelta, *, paid: int = 49900, kind: str = "private", refunded: int = 0):
    return cancel_result(
        who=who,
        at=START - before,
        starts_at=START,
        kind=kind,
        paid=PaidOrder(split_gross(paid, 15, 18), refunded),
    )


@pytest.mark.parametrize(
    ("before", "rule", "refund"),
    [
        (timedelta(hours=25), Rule.EARLY, 49900),
        (timedelta(hours=24), Rule.EARLY, 49900),
        (timedelta(hours=24) - timedelta(seconds=1), Rule.PART, 39920),
        (timedelta(hours=13), Rule.PART, 39920),
        (timedelta(hours=12), Rule.PART, 39920),
        (timedelta(hours=12) - timedelta(seconds=1), Rule.LATE, 0),
        (timedelta(hours=1), Rule.LATE, 0),
        (timedelta(seconds=-1), Rule.LATE, 0),
    ],
)
def test_the_learner_gets_what_the_hour_says_to_the_second(before: timedelta, rule: Rule, refund: int) -> None:
    found = result(Who.LEARNER, before)
    assert (found.rule, found.refund_paise) == (rule, refund)


@pytest.mark.parametrize(
    "before", [timedelta(hours=30), timedelta(hours=2), timedelta(minutes=5), timedelta(minutes=-20)]
)
@pytest.mark.parametrize("who", [Who.MENTOR, Who.PLATFORM])
def test_when_the_mentor_or_the_platform_cancels_all_of_it_comes_back(who: Who, before: timedelta) -> None:
    assert result(who, before).refund_paise == 49900


def test_the_part_refund_is_the_one_on_the_drawing() -> None:
    found = result(Who.LEARNER, timedelta(hours=22, minutes=48))
    assert found.refund_paise == 39920
    assert found.kept.mentor_paise == 8483
    assert found.kept.fee_paise + found.kept.gst_paise == 1497


def test_the_wrong_match_costs_nothing_for_three_minutes() -> None:
    assert result(Who.LEARNER, timedelta(minutes=-3), kind="instant").rule is Rule.WRONG_MATCH
    assert result(Who.LEARNER, timedelta(minutes=-3, seconds=-1), kind="instant").refund_paise == 0


@given(
    paid=st.integers(0, 1_000_000),
    seconds=st.integers(-7200, 200_000),
    who=st.sampled_from(list(Who)),
    kind=st.sampled_from(["public", "private", "instant"]),
    share=st.floats(0, 1),
)
def test_every_paisa_is_somewhere(paid: int, seconds: int, who: Who, kind: str, share: float) -> None:
    refunded = int(paid * share)
    found = result(who, timedelta(seconds=seconds), paid=paid, kind=kind, refunded=refunded)
    whole = split_gross(paid, 15, 18)
    assert 0 <= found.refund_paise <= paid - refunded
    assert refunded + found.refund_paise + found.kept.gross_paise == paid
    assert found.given_back.gross_paise == found.refund_paise
    for part in ("mentor_paise", "fee_paise", "gst_paise"):
        assert 0 <= getattr(found.kept, part) <= getattr(whole, part)


@pytest.mark.parametrize(
    ("hours", "price", "kind", "terms"),
    [
        (30, 49900, "public", BookingTerms.FULL_UNTIL_DAY_BEFORE),
        (20, 49900, "public", BookingTerms.PART_UNTIL_HALF_DAY),
        (2, 49900, "private", BookingTerms.NOT_CANCELLABLE),
        (0, 24900, "instant", BookingTerms.INSTANT),
        (2, 0, "public", BookingTerms.FREE),
    ],
)
def test_the_sheet_promises_what_the_policy_keeps(hours: int, price: int, kind: str, terms: BookingTerms) -> None:
    assert booking_terms(START - timedelta(hours=hours), START, kind, price) is terms
