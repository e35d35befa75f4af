"""The demonstration's people and past: enough of them, all different, the same on every machine."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from config.demo.history import MINUTES, lessons_on
from config.demo.hours import PRESETS
from config.demo.learners import LEARNERS, REVIEWERS
from config.demo.people import MENTORS
from config.demo.sessions import OFFERS
from config.demo.topics import TOPICS
from peerlearn.accounts.portrait import BEARDS, CLOTHES, GROUNDS, HAIR, HAIR_COLOURS, NECKS, SKINS
from peerlearn.catalog.profile import parse_fields
from peerlearn.clock import UTC

SLUGS = {slug for slug, _, _ in TOPICS}
FROM_THE_DRAWINGS = {
    "Asha Raghavan", "Gurpreet Singh", "Chiamaka Okafor", "Yuki Tanaka", "Vikram Deshpande", "Daniel Kim", "Meera Nair",
    "Suresh Babu", "Inês Carvalho", "Dev Malhotra", "Hana Yusuf", "Tomás Herrera", "Farhan Qureshi", "Elif Demir",
    "Lakshmi Subramaniam",
}  # fmt: skip


def test_there_are_eighty_mentors_thirty_topics_sixty_sessions_and_twelve_learners():
    assert len(MENTORS) >= 80
    assert len(SLUGS) >= 30
    assert len(OFFERS) >= 60
    assert len(LEARNERS) >= 12


def test_no_two_mentors_share_a_name_a_headline_or_a_bio():
    for said in ("name", "headline", "bio", "slug"):
        assert max(Counter(getattr(mentor, said) for mentor in MENTORS).values()) == 1, said


def test_the_people_of_the_drawings_are_here():
    assert {mentor.name for mentor in MENTORS} >= FROM_THE_DRAWINGS


def test_emails_are_unique():
    emails = [one.email for one in (*MENTORS, *LEARNERS, *REVIEWERS)]
    assert len(emails) == len(set(emails))


@pytest.mark.parametrize("mentor", MENTORS, ids=lambda mentor: mentor.slug)
def test_every_mentor_is_accepted_by_the_catalogue(mentor):
    parse_fields(
        {"headline": mentor.headline, "bio": mentor.bio, "city": mentor.city, "languages": mentor.languages,
         "level": mentor.levels, "price_paise": mentor.price_rupees * 100}
    )  # fmt: skip
    assert set(mentor.topics) <= SLUGS
    assert mentor.hours in PRESETS
    assert 249 <= mentor.price_rupees <= 999


def test_every_topic_has_a_mentor():
    assert {topic for mentor in MENTORS for topic in mentor.topics} == SLUGS


def test_every_portrait_is_in_the_words_of_the_drawing():
    words = {
        "skin": SKINS, "hair": HAIR, "hair_colour": HAIR_COLOURS, "clothes": CLOTHES, "ground": GROUNDS, "beard": BEARDS,
        "neck": NECKS,
    }  # fmt: skip
    for one in (*MENTORS, *LEARNERS, *REVIEWERS):
        for part, known in words.items():
            assert one.portrait[part] in known, (one.slug, part, one.portrait[part])


def test_the_same_days_give_the_same_lessons_and_nobody_is_in_two_at_once():
    since = [(mentor, datetime(2020, 1, 1, tzinfo=UTC)) for mentor in MENTORS]
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(14)]
    by_day, again = ([list(lessons_on(day, since)) for day in days] for _ in range(2))
    assert by_day == again
    first = [one for lessons in by_day for one in lessons]
    assert len({one.receipt for one in first}) == len(first)
    for person in {one.learner.slug for one in first}:
        # Days are told one by one: two lessons of one learner on one day never touch.
        for lessons in by_day:
            starts = sorted(one.starts_at for one in lessons if one.learner.slug == person)
            assert all(b - a >= timedelta(minutes=MINUTES) for a, b in pairwise(starts))
