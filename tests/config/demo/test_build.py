"""Loading the demonstration: twice is once, the books balance, the days ahead move with the clock."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.demo.drawing import SCRIPT, drawing_load
from config.demo.load_coming import FIRST, coming_load
from config.demo.load_past import past_load
from config.demo.load_people import PASSWORD, people_load
from config.demo.load_requests import requests_load
from peerlearn.accounts.models import User
from peerlearn.accounts.service import account_check
from peerlearn.catalog.models import MentorProfile, Topic
from peerlearn.catalog.queries import listed_mentor_ids
from peerlearn.kernel import db
from peerlearn.live.models import JournalEntry
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.service import ledger_check
from peerlearn.requests.queries import open_count_for
from peerlearn.sessions.door import Door, door_at
from peerlearn.sessions.models import Feedback, LiveSession, SessionVerdict
from peerlearn.sessions.queries import next_session_for, open_sessions
from peerlearn.sessions.ratings import ratings_for

WEEKS = 2


def load() -> dict[str, int]:
    ids = people_load()
    past_load(ids, WEEKS)
    coming_load(ids)
    requests_load(ids)
    drawing_load(ids["asha"], ids["rohan"])
    db.session.rollback()
    return ids


def counts() -> dict[str, int]:
    found = {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in db.metadata.sorted_tables
    }
    db.session.rollback()
    return {name: count for name, count in found.items() if count}


@pytest.fixture
def ids(kept, clock) -> dict[str, int]:
    return kept("demo", load)


def test_a_second_load_changes_nothing(ids, clock):
    before = counts()
    clock.move(minutes=2)
    assert load() == ids
    assert counts() == before


def test_a_load_on_a_later_day_adds_the_days_between_and_fresh_sessions(ids, clock):
    before = counts()
    past = db.session.scalar(sa.select(sa.func.max(LiveSession.starts_at)).where(LiveSession.state == "completed"))
    db.session.rollback()
    clock.move(days=3)
    load()
    after = counts()
    assert after["live_session"] > before["live_session"]
    assert after["user"] == before["user"]
    newest = db.session.scalar(sa.select(sa.func.max(LiveSession.starts_at)).where(LiveSession.state == "completed"))
    assert newest > past + timedelta(days=1)
    assert len(open_sessions(limit=200)) >= 60
    assert ledger_check().balanced


def test_there_are_enough_mentors_topics_and_sessions_on_offer(ids):
    assert len(listed_mentor_ids()) >= 80
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Topic)) >= 30
    assert len(open_sessions(limit=200)) >= 60


def test_the_ledger_sums_to_zero_and_misses_nothing(ids):
    report = ledger_check()
    assert report.balanced
    assert report.total_paise == 0
    assert report.balances["learner"] == 0


def test_money_waits_for_objections_a_day_and_is_free_after_it(ids, clock):
    waiting = sa.select(LiveSession.ends_at, SessionVerdict.holds_from).join(
        PaymentOrder, sa.and_(PaymentOrder.purpose == "live_session", PaymentOrder.purpose_id == LiveSession.id)
    )
    waiting = waiting.outerjoin(SessionVerdict, SessionVerdict.live_session_id == LiveSession.id)
    done = (LiveSession.state == "completed", PaymentOrder.released_at.is_(None))
    for ends_at, holds_from in db.session.execute(waiting.where(*done)):
        assert ends_at + timedelta(hours=24) == holds_from > clock.now(), "nothing waits that no job will ever free"


def test_the_three_known_people_can_sign_in(ids):
    for name in ("rohan", "asha", "gurpreet", "admin"):
        assert account_check(f"{name}@peerlearn.test", PASSWORD) is not None
    assert db.session.get(User, ids["admin"]).is_admin
    assert db.session.get(MentorProfile, ids["asha"]).price_paise == 499_00


def test_rohans_lesson_with_asha_has_its_door_open(ids, clock):
    lesson = next_session_for(ids["rohan"])
    assert (lesson.title, lesson.mentor_id) == (FIRST.title, ids["asha"])
    assert door_at(clock.now(), lesson.starts_at, lesson.ends_at, lesson.state) is Door.OPEN


def test_every_review_belongs_to_a_paid_and_finished_lesson(ids):
    loose = db.session.scalar(
        sa.select(sa.func.count(Feedback.id))
        .join(LiveSession, LiveSession.id == Feedback.live_session_id)
        .where(sa.or_(LiveSession.state != "completed", LiveSession.order_id.is_(None)))
    )
    assert loose == 0
    stars, count = ratings_for([ids["asha"]])[ids["asha"]]
    assert count >= 3
    assert stars >= 4


def test_asha_has_three_requests_that_wait_for_her(ids):
    assert open_count_for(ids["asha"]) == 3


def test_one_lesson_has_a_board_and_a_chat_to_play_again(ids):
    lesson = db.session.scalar(
        sa.select(LiveSession)
        .where(LiveSession.mentor_id == ids["asha"], LiveSession.learner_id == ids["rohan"])
        .where(LiveSession.state == "completed")
        .order_by(LiveSession.starts_at.desc())
        .limit(1)
    )
    rows = db.session.scalars(sa.select(JournalEntry).where(JournalEntry.live_session_id == lesson.id)).all()
    assert len(rows) == len(SCRIPT)
    assert {row.kind for row in rows} == {"board", "chat"}
