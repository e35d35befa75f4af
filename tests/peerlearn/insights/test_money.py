"""What dashboards say about money is what the ledger says (N06, X08)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.demo.books import Paid, lessons_write
from peerlearn.catalog.models import Topic
from peerlearn.clock import now
from peerlearn.insights import queries
from peerlearn.insights.money import balance_of_mentor, lessons_money, purse_of
from peerlearn.kernel import db, transactional
from peerlearn.money import Split
from peerlearn.payments.models import LedgerEntry
from peerlearn.payments.queries import balance_of, mentor_earnings
from peerlearn.sessions.lesson_money import LessonMoney, money_of_lesson
from tests.peerlearn.sessions.people import mentor, person


@transactional
def write(*lessons: Paid) -> dict[str, int]:
    return lessons_write(list(lessons))


@transactional
def topic() -> int:
    row = Topic(slug="calculus", name="Calculus", field="Mathematics")
    db.session.add(row)
    db.session.flush()
    return row.id


@pytest.fixture
def lesson(app, clock):
    mentor_id, learner_id, topic_id = mentor(), person(), topic()

    def make(receipt: str, hours: float, state: str) -> Paid:
        start = now() + timedelta(hours=hours)
        return Paid(
            receipt, mentor_id, learner_id, topic_id, "Integrals", start, 50, 499_00, start - timedelta(days=3), state
        )

    return make


def test_earned_held_and_free_sum_to_the_ledger(lesson):
    old, fresh, ahead, back = (
        lesson("old", -100, "completed"), lesson("fresh", -2, "completed"), lesson("ahead", 30, "confirmed"),
        lesson("back", -50, "cancelled"),
    )  # fmt: skip
    write(old, fresh, ahead, back)
    money = lessons_money(old.mentor_id)
    purse = purse_of(old.mentor_id, money)
    assert purse.balance_paise == 3 * 424_15 == -balance_of("mentor_payable", old.mentor_id)
    assert (purse.held_paise, purse.free_paise) == (2 * 424_15, 424_15)
    assert sum(one.mentor_paise for one in money) == purse.balance_paise
    assert sum(one.mentor_paise for one in money if one.given) == 2 * 424_15
    assert mentor_earnings(old.mentor_id).payable_paise == purse.balance_paise


def test_the_three_shares_of_each_lesson_sum_to_what_was_paid(lesson):
    ids = write(lesson("one", -100, "completed"))
    assert money_of_lesson(ids["one"]) == LessonMoney(ids["one"], Split(424_15, 63_43, 11_42))


def test_a_lesson_given_back_leaves_nothing_with_anybody(lesson):
    back = lesson("back", -50, "cancelled")
    write(back)
    (row,) = lessons_money(back.mentor_id)
    assert (row.mentor_paise, row.fee_paise, row.gst_paise, row.given) == (0, 0, 0, False)
    assert db.session.scalar(sa.select(sa.func.sum(LedgerEntry.amount_paise))) == 0


def test_a_mentor_without_lessons_has_an_empty_purse(app, clock):
    mentor_id = mentor()
    assert lessons_money(mentor_id) == []
    assert balance_of_mentor(mentor_id) == 0
    assert purse_of(mentor_id, []).free_paise == 0


def test_weeks_sum_what_was_earned_and_taught(lesson):
    one, two = lesson("one", -30, "completed"), lesson("two", -24 * 8, "completed")
    write(one, two)
    money = lessons_money(one.mentor_id)
    assert [week.total for week in queries.earnings_by_week(money, "UTC", 3)] == [0, 424_15, 424_15]
    assert [week.total for week in queries.minutes_taught_by_week(one.mentor_id, "UTC", 3)] == [0, 50, 50]
    assert [week.total for week in queries.learner_minutes_by_week(one.learner_id, "UTC", 2)] == [50, 50]
    assert [(row.name, row.minutes) for row in queries.learner_topics(one.learner_id)] == [("Calculus", 100)]


def test_the_same_receipt_is_written_once(lesson):
    one = lesson("one", -30, "completed")
    assert write(one)
    assert write(one) == {}
