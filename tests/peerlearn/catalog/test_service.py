"""A mentor's profile from the first line to the catalogue."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from config.wiring import hearer
from peerlearn.accounts.models import User
from peerlearn.catalog import queries, service
from peerlearn.catalog.facts import MentorApproved, MentorProfileChanged, MentorSubmitted
from peerlearn.catalog.models import MentorProfile
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.kernel import db, set_hearer
from tests.peerlearn.sessions.people import person


@pytest.fixture
def heard(app: Flask) -> Iterator[list[object]]:
    facts: list[object] = []
    set_hearer(db.engine, facts.extend)
    yield facts
    set_hearer(db.engine, hearer(lambda: app.extensions["peerlearn.ports"]))  # the application's own again


@pytest.fixture
def mentor_id(app: Flask, clock: Any) -> int:
    service.topic_save("calculus", "Calculus", "Mathematics")
    service.topic_save("physics", "Mechanics", "Physics")
    return person("Asha Raghavan", zone="Europe/London")


def complete(mentor_id: int) -> None:
    service.mentor_profile_save(
        mentor_id,
        headline="Integrals, from the picture up",
        bio="I draw before I calculate, and you do most of the talking. Ten years of it.",
        price_paise=49900,
        languages=["English", "hi"],
        level=["advanced", "beginner"],
        topics=["calculus", "physics"],
    )
    service.weekly_hours_set(mentor_id, [(0, 540, 720), (0, 700, 800), (5, 600, 660)])


def test_a_profile_is_saved_piece_by_piece(mentor_id: int, heard: list[object]) -> None:
    complete(mentor_id)
    profile = queries.mentor_profile_of(mentor_id)
    assert profile is not None
    assert (profile.languages, profile.level, profile.state) == (["en", "hi"], ["beginner", "advanced"], "draft")
    service.mentor_profile_save(mentor_id, price_paise=59900)
    assert profile.price_paise == 59900
    assert profile.headline == "Integrals, from the picture up"
    assert MentorProfileChanged(mentor_id) in heard


def test_hours_that_overlap_are_joined(mentor_id: int) -> None:
    complete(mentor_id)
    assert [(row.weekday, row.start_minute, row.end_minute) for row in queries.weekly_hours_for(mentor_id)] == [
        (0, 540, 800), (5, 600, 660),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"price_paise": 10}, "price_paise"),
        ({"languages": ["Klingon"]}, "languages"),
        ({"level": ["wizard"]}, "level"),
        ({"headline": "x" * 121}, "headline"),
        ({"topics": ["alchemy"]}, "topics"),
        ({"lesson_minutes": 7}, "lesson_minutes"),
        ({"is_admin": True}, "is_admin"),
    ],
)
def test_a_wrong_value_names_its_field_and_changes_nothing(mentor_id: int, fields: dict[str, Any], wrong: str) -> None:
    complete(mentor_id)
    with pytest.raises(Invalid) as refused:
        service.mentor_profile_save(mentor_id, **{"city": "London", **fields})
    assert refused.value.field == wrong
    db.session.expire_all()
    profile = queries.mentor_profile_of(mentor_id)
    assert profile is not None
    assert profile.city == ""


def test_an_unfinished_profile_can_not_be_sent_in_and_the_gap_is_named(mentor_id: int) -> None:
    with pytest.raises(Missing):
        service.mentor_submit(mentor_id)
    service.mentor_profile_save(mentor_id, headline="Integrals")
    with pytest.raises(Invalid) as refused:
        service.mentor_submit(mentor_id)
    assert refused.value.field == "bio"


def test_only_an_approved_mentor_with_an_open_account_appears(mentor_id: int, heard: list[object]) -> None:
    complete(mentor_id)
    public_id = db.session.get_one(User, mentor_id).public_id
    for step in ("draft", "submitted"):
        assert queries.mentor_card_rows([mentor_id]) == [], step
        assert queries.mentor_by_public_id(public_id) is None
        assert queries.availability_for([mentor_id]) == {}
        assert queries.lowest_price_paise() is None
        service.mentor_submit(mentor_id)
    service.mentor_approve(mentor_id, actor_id=1)
    (row,) = queries.mentor_card_rows([mentor_id])
    assert (row.name, row.price_paise, {topic.slug for topic in row.topics}) == (
        "Asha Raghavan", 49900, {"calculus", "physics"},
    )  # fmt: skip
    assert queries.lowest_price_paise() == 49900
    assert db.session.get_one(User, mentor_id).is_mentor
    assert heard.count(MentorSubmitted(mentor_id)) == 1
    assert MentorApproved(mentor_id) in heard

    service.mentor_suspend(mentor_id, 1, "Too many no-shows.")
    assert queries.mentor_by_public_id(public_id) is None
    service.mentor_restore(mentor_id, 1)
    assert queries.mentor_by_public_id(public_id) is not None

    db.session.get_one(User, mentor_id).state = "banned"
    db.session.commit()
    assert queries.mentor_card_rows([mentor_id]) == []


def test_approving_twice_is_once_and_a_draft_can_not_be_approved(mentor_id: int, heard: list[object]) -> None:
    complete(mentor_id)
    with pytest.raises(Conflict):
        service.mentor_approve(mentor_id, 1)
    service.mentor_submit(mentor_id)
    service.mentor_approve(mentor_id, 1)
    approved_at = db.session.get_one(MentorProfile, mentor_id).approved_at
    service.mentor_approve(mentor_id, 1)
    assert db.session.get_one(MentorProfile, mentor_id).approved_at == approved_at
    assert heard.count(MentorApproved(mentor_id)) == 1


def test_sending_back_needs_a_reason_and_the_mentor_can_send_again(mentor_id: int) -> None:
    complete(mentor_id)
    service.mentor_submit(mentor_id)
    with pytest.raises(Invalid):
        service.mentor_reject(mentor_id, 1, "  ")
    service.mentor_reject(mentor_id, 1, "Say which exams you prepare for.")
    profile = db.session.get_one(MentorProfile, mentor_id)
    assert (profile.state, profile.state_reason) == ("rejected", "Say which exams you prepare for.")
    service.mentor_submit(mentor_id)
    assert (profile.state, profile.state_reason) == ("submitted", "")


def test_a_vacation_takes_its_days_and_clearing_one_gives_it_back(mentor_id: int) -> None:
    complete(mentor_id)
    service.mentor_submit(mentor_id)
    service.mentor_approve(mentor_id, 1)
    monday = date(2026, 3, 9)
    before = queries.availability_for([mentor_id])[mentor_id].slots([], now=now())
    service.days_off_set(mentor_id, monday, monday + timedelta(days=6))
    during = queries.availability_for([mentor_id])[mentor_id].slots([], now=now())
    assert {slot.date() for slot in before} - {slot.date() for slot in during} == {monday, monday + timedelta(days=5)}
    service.day_exceptions_clear(mentor_id, monday)
    assert monday in {slot.date() for slot in queries.availability_for([mentor_id])[mentor_id].slots([], now=now())}
