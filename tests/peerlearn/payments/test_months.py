"""Tax counts by India's calendar, wherever a person lives."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from peerlearn.payments.months import Month, financial_years

instants = st.integers(0, 40 * 366 * 86_400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def test_a_month_begins_at_indias_midnight() -> None:
    november = Month.named("2026-11")
    assert november == Month(2026, 11)
    assert november.starts_at == datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
    assert november.ends_at == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    assert Month.of(november.starts_at - timedelta(seconds=1)) == Month(2026, 10)
    assert [Month.named(name) for name in ("2026-13", "2026-1", "1026-11", "x", "")] == [None] * 5


@given(instants)
def test_every_instant_lies_in_one_month_and_the_next_begins_where_it_ends(instant: datetime) -> None:
    month = Month.of(instant)
    assert month.starts_at <= instant < month.ends_at == month.next.starts_at
    assert Month.named(month.name) == month
    assert not month.closed(instant)
    assert month.closed(month.ends_at + timedelta(hours=1))
    ((name, start, end),) = financial_years(instant, instant)
    assert name == month.financial_year
    assert start <= instant < end


def test_the_financial_year_begins_in_april() -> None:
    assert [Month(2026, 3).financial_year, Month(2026, 4).financial_year, Month(2099, 12).financial_year] == [
        "25-26", "26-27", "99-00",
    ]  # fmt: skip
    years = financial_years(Month(2026, 3).starts_at, Month(2027, 4).starts_at)
    assert [name for name, _, _ in years] == ["25-26", "26-27", "27-28"]
    assert all(end == start for (_, _, end), (_, start, _) in itertools.pairwise(years))
