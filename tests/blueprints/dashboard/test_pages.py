"""The dashboards as their people see them: every list has an empty state, figures are the ledger's, parts come alone."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config.demo.books import Paid, Said, lessons_write
from peerlearn.accounts.models import User
from peerlearn.catalog.models import MentorTopic, Topic
from peerlearn.clock import now
from peerlearn.insights.money import balance_of_mentor
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import Payment
from peerlearn.payments.refunds import refund_want
from peerlearn.requests.service import request_propose
from peerlearn.sessions.checkout import hold_slot
from peerlearn.sessions.claims import claims_take
from peerlearn.sessions.models import LiveSession
from tests.peerlearn.sessions.people import at, mentor, person

PAGES = ("/home", "/lessons", "/lessons?tab=asked", "/lessons?tab=past", "/progress", "/money")


def signed_in(app: Flask, user_id: int, side: str | None = None) -> FlaskClient:
    client = app.test_client()
    user = db.session.get(User, user_id)
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = user.get_id(), True
        if side:
            cookie["side"] = side
    db.session.rollback()
    return client


@transactional
def lesson(mentor_id: int, learner_id: int, name: str, hours: float, state: str, **more: object) -> int:
    topic = db.session.query(Topic).filter_by(slug="calculus").one_or_none()
    if topic is None:
        topic = Topic(slug="calculus", name="Calculus", field="Mathematics")
        db.session.add(topic)
        db.session.flush()
    if db.session.get(MentorTopic, (mentor_id, topic.id)) is None:
        db.session.add(MentorTopic(mentor_id=mentor_id, topic_id=topic.id))
    start = (now() + timedelta(hours=hours)).replace(second=0, microsecond=0)
    paid = Paid(
        name, mentor_id, learner_id, topic.id, name, start, 50, 499_00, start - timedelta(days=3), state, **more
    )
    (row_id,) = lessons_write([paid]).values()
    if state == "confirmed":
        assert claims_take(db.session.get(LiveSession, row_id), [mentor_id, learner_id]) is None
    return row_id


@pytest.fixture
def pair(app, clock) -> tuple[int, int]:
    ids = mentor(), person()
    db.session.rollback()
    return ids


def page(client: FlaskClient, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("url", PAGES)
def test_every_list_of_a_new_learner_teaches_the_next_step(app, pair, url):
    html = page(signed_in(app, pair[1]), url)
    assert 'class="card empty"' in html or "mentor-card" in html


@pytest.mark.parametrize("url", ["/today", "/lessons", "/lessons?tab=asked", "/lessons?tab=past", "/money"])
def test_every_list_of_a_new_mentor_teaches_the_next_step(app, pair, url):
    assert 'class="card empty"' in page(signed_in(app, pair[0]), url)


def test_a_lesson_with_an_open_door_is_joined_from_every_page(app, pair):
    lesson(*pair, "Integrals", 0.1, "confirmed")
    for user_id, urls in ((pair[0], ("/today", "/lessons", "/money")), (pair[1], PAGES)):
        client = signed_in(app, user_id)
        for url in urls:
            assert re.search(r'data-joinbar="[^"]+"', page(client, url)), url


def test_the_lessons_page_gives_each_state_its_one_action(app, pair):
    mentor_id, learner_id = pair
    lesson(mentor_id, learner_id, "Open door", 0.1, "confirmed")
    lesson(mentor_id, learner_id, "Paid", 50, "confirmed")
    lesson(mentor_id, learner_id, "Unrated", -30, "completed")
    lesson(mentor_id, learner_id, "Rated", -60, "completed", learner_said=Said(5, "Kind and exact."))
    lesson(mentor_id, learner_id, "Given back", -90, "cancelled")
    held = hold_slot(mentor_id, at(72), learner_id, "Held").public_id
    client = signed_in(app, learner_id)
    coming, past = page(client, "/lessons"), page(client, "/lessons?tab=past")
    assert "Join" in coming
    assert "Pay ₹499" in coming
    assert f'href="/sessions/{held}/pay"' in coming, "a held time without an order is paid, too"
    assert "Rate" in past
    assert "Recap" in past
    assert "₹499 went back" in past
    theirs = page(signed_in(app, mentor_id), "/lessons")
    assert "Held" in theirs
    assert "Pay ₹499" not in theirs


def test_a_mentor_accepts_a_request_with_one_tap_and_the_learner_may_take_it_back(app, pair):
    mentor_id, learner_id = pair
    asked = request_propose(learner_id, mentor_id, "Series", "Ratio test.", [at(30), at(40)])
    for url in ("/today", "/lessons?tab=asked"):
        assert f"/requests/{asked.public_id}/accept" in page(signed_in(app, mentor_id), url)
    assert f"/requests/{asked.public_id}/withdraw" in page(signed_in(app, learner_id), "/lessons?tab=asked")


def test_a_mentors_pages_show_the_sums_of_the_ledger(app, pair):
    mentor_id, learner_id = pair
    lesson(mentor_id, learner_id, "Old", -100, "completed")
    lesson(mentor_id, learner_id, "Ahead", 30, "confirmed")
    assert balance_of_mentor(mentor_id) == 2 * 424_15
    db.session.rollback()
    client = signed_in(app, mentor_id)
    money = page(client, "/money")
    for shown in ("₹424.15", "₹848.30", "₹63.43", "₹11.42", "₹499.00"):
        assert shown in money, shown
    today = page(client, "/today")
    assert "₹424.15" in today


def test_a_learner_reads_payments_and_a_mentor_who_learns_does_too(app, pair):
    mentor_id, learner_id = pair
    lesson(mentor_id, learner_id, "Paid one", -100, "completed")
    assert "Paid one" in page(signed_in(app, learner_id), "/money")
    assert "Paid one" not in page(signed_in(app, mentor_id, side="learner"), "/money")
    payment_id = db.session.scalars(sa.select(Payment.id)).one()
    refund_want(payment_id, 123_00, "We are sorry.", "by the house")
    assert "₹123 went back" in page(signed_in(app, learner_id), "/money")


def test_a_part_comes_alone_so_that_a_page_follows_without_a_reload(app, pair):
    lesson(*pair, "Integrals", 5, "confirmed")
    for user_id, url, name in (
        (pair[1], "/lessons", "lessons"),
        (pair[0], "/today", "day"),
        (pair[1], "/home", "feed"),
    ):
        client = signed_in(app, user_id)
        whole, part = page(client, url), page(client, url, **{"X-Part": name})
        assert f'data-live-part="{name}"' in whole
        assert "<html" in whole
        assert "<html" not in part


def test_charts_carry_their_table(app, pair):
    lesson(*pair, "Integrals", -100, "completed")
    for user_id, url in ((pair[0], "/money"), (pair[1], "/progress")):
        html = page(signed_in(app, user_id), url)
        assert html.count("data-chart=") == 2
        assert html.count("data-chart-table") == 2
        assert "data-value=" in html


def test_the_day_of_a_mentor_is_closed_to_learners(app, pair):
    assert signed_in(app, pair[1]).get("/today").status_code == 403
    assert app.test_client().get("/home").status_code == 303


def test_an_unknown_tab_leads_to_the_first(app, pair):
    assert signed_in(app, pair[1]).get("/lessons?tab=nonsense").status_code == 303
