"""What a lesson was worth: every row of the decision table, and not one paisa lost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerlearn.money import split_gross
from peerlearn.payments.giving_back import PaidOrder
from peerlearn.sessions.policy import PROMISE, Policy
from peerlearn.sessions.verdict import Finding, Seen, Stay, Verdict, judge, taken_apart

START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
PRICE = 500_00
Minutes = Sequence[tuple[float, float]]


def stays(minutes: Minutes) -> list[Stay]:
    return [(START + timedelta(minutes=a), START + timedelta(minutes=b)) for a, b in minutes]


def verdict(
    mentor: Minutes,
    learner: Minutes,
    *,
    outages: Minutes = (),
    ended: float | None = None,
    by: str | None = None,
    paid: int = PRICE,
    before: int = 0,
    length: int = 50,
    policy: Policy = PROMISE,
) -> Verdict:
    seen = Seen(
        START,
        START + timedelta(minutes=length),
        stays(mentor),
        stays(learner),
        stays(outages),
        None if ended is None else START + timedelta(minutes=ended),
        by,
    )
    return judge(seen, policy, paid=[PaidOrder(split_gross(paid, 15, 18), before)])


@pytest.mark.parametrize(
    ("what", "mentor", "learner", "finding", "refund"),
    [
        ("a whole lesson", [(-2, 51)], [(-1, 50)], Finding.TAUGHT, 0),
        ("the mentor is three minutes late", [(3, 50)], [(0, 50)], Finding.TAUGHT, 0),
        ("the mentor is seven minutes late", [(7, 50)], [(0, 50)], Finding.CUT_SHORT, 70_00),
        ("the mentor is twelve minutes late", [(12, 50)], [(0, 50)], Finding.CUT_SHORT, 120_00),
        ("the learner is twelve minutes late", [(0, 50)], [(12, 50)], Finding.TAUGHT, 0),
        ("both are ten minutes late", [(10, 50)], [(10, 50)], Finding.TAUGHT, 0),
        ("the mentor never comes", [], [(0, 12)], Finding.MENTOR_ABSENT, PRICE),
        ("the mentor only looked in before", [(-9, -1)], [(0, 12)], Finding.MENTOR_ABSENT, PRICE),
        ("the learner never comes", [(0, 50)], [], Finding.LEARNER_ABSENT, 0),
        ("nobody comes", [], [], Finding.NOBODY_CAME, PRICE),
        ("four minutes together, then the mentor is gone", [(0, 4)], [(0, 30)], Finding.NO_LESSON, PRICE),
        ("the learner looks in for two minutes", [(0, 50)], [(0, 2)], Finding.LEARNER_ABSENT, 0),
        ("the mentor is gone for the last twenty", [(0, 30)], [(0, 50)], Finding.CUT_SHORT, 200_00),
        ("both leave after half an hour", [(0, 30)], [(0, 30)], Finding.TAUGHT, 0),
        ("both lines break for ten minutes", [(0, 20), (30, 50)], [(0, 20), (30, 50)], Finding.CUT_SHORT, 100_00),
        ("the learner's line breaks for ten", [(0, 50)], [(0, 20), (30, 50)], Finding.TAUGHT, 0),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_case_of_the_table(what: str, mentor: Minutes, learner: Minutes, finding: Finding, refund: int) -> None:
    found = verdict(mentor, learner)
    assert (found.finding, found.refund_paise) == (finding, refund), what


def test_twenty_short_drops_count_by_what_was_lost_and_not_by_first_and_last() -> None:
    flapping = [(2.5 * n, 2.5 * n + 2.4) for n in range(20)]
    assert verdict(flapping, [(0, 50)]).finding is Finding.TAUGHT  # 20 times 6 seconds: two minutes
    flapping = [(2.5 * n, 2.5 * n + 2) for n in range(20)]
    assert verdict(flapping, [(0, 50)]).refund_paise == 100_00  # 20 times 30 seconds: ten minutes


def test_when_the_platform_was_down_nobody_is_a_no_show() -> None:
    down = verdict([], [], outages=[(0, 50)])
    assert (down.finding, down.refund_paise) == (Finding.OUTAGE, PRICE)
    half = verdict([(0, 25)], [(0, 25)], outages=[(25, 50)])
    assert (half.finding, half.refund_paise) == (Finding.OUTAGE, 250_00)
    blink = verdict([(0, 50)], [(0, 50)], outages=[(10, 12)])
    assert (blink.finding, blink.refund_paise) == (Finding.TAUGHT, 0)


def test_who_ends_it_for_both_gives_up_the_rest() -> None:
    assert verdict([(0, 30)], [(0, 30)], ended=30, by="mentor").refund_paise == 200_00
    assert verdict([(0, 30)], [(0, 30)], ended=30, by="learner").refund_paise == 0
    assert verdict([(0, 48)], [(0, 48)], ended=48, by="mentor").finding is Finding.TAUGHT


def test_the_policy_of_the_booking_decides() -> None:
    strict = Policy(tolerance_minutes=0, short_minutes=20)
    assert verdict([(1, 50)], [(0, 50)], policy=strict).refund_paise == 10_00
    assert verdict([(0, 19)], [(0, 19)], policy=strict, ended=19, by="mentor").finding is Finding.NO_LESSON
    assert Policy.of({"tolerance_minutes": 7, "older": 1}) == Policy(tolerance_minutes=7)
    assert Policy.of(Policy().kept()) == PROMISE


@st.composite
def presence(draw: st.DrawFn) -> Minutes:
    edges = sorted(draw(st.lists(st.integers(-600, 4200), max_size=8)))
    return [(a / 60, b / 60) for a, b in zip(edges[::2], edges[1::2], strict=False)]


@given(
    mentor=presence(),
    learner=presence(),
    outages=presence(),
    paid=st.integers(0, 1_000_000),
    share=st.floats(0, 1),
    ended=st.none() | st.integers(0, 50),
    by=st.sampled_from(["mentor", "learner", None]),
)
def test_every_moment_and_every_paisa_is_somewhere(
    mentor: Minutes, learner: Minutes, outages: Minutes, paid: int, share: float, ended: int | None, by: str | None
) -> None:
    before = int(paid * share)
    found = verdict(mentor, learner, outages=outages, paid=paid, before=before, ended=ended, by=by)
    m = found.minutes
    assert m.together + m.only_mentor + m.only_learner + m.broken + m.nobody + m.outage == m.whole
    assert timedelta() <= found.lost <= m.whole
    assert 0 <= found.refund_paise <= paid - before
    assert before + found.refund_paise + found.kept.gross_paise == paid
    whole = split_gross(paid, 15, 18)
    for part in ("mentor_paise", "fee_paise", "gst_paise"):
        assert 0 <= getattr(found.kept, part) <= getattr(whole, part)


@given(mentor=presence(), learner=presence())
def test_more_of_the_mentor_never_gives_more_money_back(mentor: Minutes, learner: Minutes) -> None:
    less = verdict(mentor, learner)
    more = verdict([*mentor, (-10, 60)], learner)
    assert more.refund_paise <= less.refund_paise


def test_lateness_is_what_the_learner_waited() -> None:
    seen = Seen(START, START + timedelta(minutes=50), stays([(7, 50)]), stays([(2, 50)]))
    assert taken_apart(seen).mentor_late == timedelta(minutes=5)
