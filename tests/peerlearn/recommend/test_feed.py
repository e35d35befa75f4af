"""The feed: personal from the first page on, true in its reasons, and never without a bookable time."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import Block, LearnerInterest, User
from peerlearn.adapters.annoy_index import AnnoyVectorIndex
from peerlearn.catalog import service as catalog
from peerlearn.catalog.models import MentorProfile, Topic
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.recommend import embeddings, service, standings
from peerlearn.recommend.models import Embedding, Signal
from peerlearn.recommend.queries import Feed, MentorCard, feed_for, free_today, popular
from peerlearn.sessions.free_times import slots_for_mentors
from peerlearn.sessions.models import LiveSession
from tests.peerlearn.recommend.catalogue import Catalogue
from tests.peerlearn.sessions.people import person

ZONE = "Asia/Kolkata"


@transactional
def chooses(user_id: int, *topic_ids: int) -> None:
    db.session.add_all(LearnerInterest(user_id=user_id, topic_id=topic_id) for topic_id in topic_ids)


def learner_of(catalogue: Catalogue, *slugs: str) -> int:
    user_id = person("Rohan Mehta")
    if slugs:
        chooses(user_id, *(catalogue.topic_ids[slug] for slug in slugs))
        embeddings.learner_embed(user_id, encoder=catalogue.encoder)
    return user_id


def lead(feed: Feed) -> list[MentorCard]:
    return [card for section in feed.sections if section.key.startswith("free") for card in section.mentors]


def every_card(feed: Feed) -> list[MentorCard]:
    return [card for section in feed.sections for card in section.mentors]


def names(cards: list[MentorCard]) -> list[str]:
    return [card.mentor.first_name for card in cards]


def test_a_new_learner_who_chose_calculus_sees_it_first(catalogue: Catalogue) -> None:
    feed = feed_for(learner_of(catalogue, "calculus"), ZONE, index=catalogue.index)
    assert feed.personal
    assert set(names(lead(feed))[:3]) == {"Asha", "Daniel", "Meera"}
    card = lead(feed)[0]
    assert (card.reason.kind, card.reason.evidence) == ("chose", ("topic", catalogue.topic_ids["calculus"]))


def test_after_booking_guitar_the_guitar_rises(catalogue: Catalogue) -> None:
    learner = learner_of(catalogue, "calculus")

    def place_of_guitar() -> int:
        shown = names(lead(feed_for(learner, ZONE, index=catalogue.index)))
        return min(shown.index(name) if name in shown else 99 for name in ("Carlos", "Nilufar"))

    before = place_of_guitar()
    catalogue.lesson(learner, "Carlos", stars=5)
    assert place_of_guitar() < before


def test_a_hidden_mentor_goes_and_neighbours_drop(catalogue: Catalogue) -> None:
    learner = learner_of(catalogue, "calculus", "law")
    before = names(lead(feed_for(learner, ZONE, index=catalogue.index)))
    service.mentor_hide(learner, catalogue.public_id("Asha"))
    service.mentor_hide(learner, catalogue.public_id("Asha"))
    after = names(lead(feed_for(learner, ZONE, index=catalogue.index)))
    assert "Asha" not in after
    assert after.index("Daniel") >= before.index("Daniel") - 1
    assert db.session.scalar(sa.select(sa.func.count(Signal.id))) == 1
    service.mentor_unhide(learner, catalogue.public_id("Asha"))
    assert "Asha" in names(lead(feed_for(learner, ZONE, index=catalogue.index)))


def test_every_reason_is_true_and_its_evidence_exists(catalogue: Catalogue) -> None:
    learner = learner_of(catalogue, "calculus")
    booked = catalogue.lesson(learner, "Carlos", stars=5)
    service.view_record(learner, catalogue.ids["Lena"])
    cards = every_card(feed_for(learner, ZONE, index=catalogue.index, limit=20))
    assert cards
    kinds = {card.mentor.first_name: card.reason.kind for card in cards}
    assert kinds["Carlos"] == "booked_same"
    assert kinds["Lena"] == "viewed"
    tables: dict[str, Any] = {
        "topic": Topic, "live_session": LiveSession, "signal": Signal, "mentor_profile": MentorProfile,
    }  # fmt: skip
    for card in cards:
        table, row_id = card.reason.evidence
        row = db.session.get(tables[table], row_id)
        assert row is not None
        if card.reason.kind == "chose":
            assert row.id in {topic.id for topic in card.mentor.topics}
        if card.reason.kind in {"booked", "booked_same"}:
            assert row.id == booked
            assert row.learner_id == learner
        if card.reason.kind == "viewed":
            assert row.user_id == learner
        if card.reason.kind in {"new", "new_free_today"}:
            assert now() - row.approved_at < timedelta(days=30)


def test_no_card_without_a_bookable_time_and_each_time_is_bookable(catalogue: Catalogue) -> None:
    full = catalogue.ids["Daniel"]
    catalog.weekly_hours_set(full, [])
    feed = feed_for(learner_of(catalogue, "calculus"), ZONE, index=catalogue.index)
    assert "Daniel" not in names(every_card(feed))
    for card in every_card(feed):
        assert card.slots
        assert set(card.slots) <= set(slots_for_mentors([card.mentor.id], limit=1000)[card.mentor.id])


def test_times_under_the_learners_own_lessons_are_not_offered(catalogue: Catalogue) -> None:
    from tests.peerlearn.sessions.people import mentor

    learner = learner_of(catalogue, "calculus")
    teacher = mentor("Other Mentor")
    starts_at = now() + timedelta(hours=1)
    _claimed(learner, teacher, starts_at)
    for card in every_card(feed_for(learner, ZONE, index=catalogue.index)):
        assert not any(starts_at <= slot < starts_at + timedelta(minutes=50) for slot in card.slots)


@transactional
def _claimed(learner: int, teacher: int, starts_at: Any) -> None:
    from peerlearn.sessions.models import TimeClaim

    row = LiveSession(
        mentor_id=teacher, learner_id=learner, kind="private", title="A lesson", starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50), price_paise=49900, fee_percent=15, gst_percent=18, state="confirmed",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(TimeClaim(person_id=learner, live_session_id=row.id, starts_at=row.starts_at, ends_at=row.ends_at))


def test_nobody_sees_themselves_the_blocked_the_banned_or_the_suspended(catalogue: Catalogue) -> None:
    asha = catalogue.ids["Asha"]
    assert "Asha" not in names(every_card(feed_for(asha, ZONE, index=catalogue.index)))
    learner = learner_of(catalogue, "calculus", "law")
    _block(learner, catalogue.ids["Daniel"])
    _block(catalogue.ids["Meera"], learner)
    _ban(catalogue.ids["Tomas"])
    catalog.mentor_suspend(catalogue.ids["Yuki"], 1, "Away.")
    shown = names(every_card(feed_for(learner, ZONE, index=catalogue.index)))
    assert not {"Daniel", "Meera", "Tomas", "Yuki"} & set(shown)
    assert "Asha" in shown


@transactional
def _block(blocker: int, blocked: int) -> None:
    db.session.add(Block(blocker_id=blocker, blocked_id=blocked))


@transactional
def _ban(user_id: int) -> None:
    db.session.get_one(User, user_id).state = "banned"


def test_a_new_mentor_gets_a_place_and_is_named_as_new(catalogue: Catalogue) -> None:
    catalogue.mentor("Nora Berg", "law", 299, ["en"], [], "Tenancy law in plain words", "I explain what landlords may "
                     "ask of tenants, and what they may not.", days_ago=2)  # fmt: skip
    catalogue.refresh()
    feed = feed_for(learner_of(catalogue, "calculus"), ZONE, index=catalogue.index)
    (fresh,) = [card for section in feed.sections if section.key == "new_here" for card in section.mentors]
    assert fresh.mentor.first_name == "Nora"
    assert fresh.reason.kind == "new_free_today"


def test_never_more_than_three_of_one_topic_among_ten(catalogue: Catalogue) -> None:
    for number in range(5):
        catalogue.mentor(f"Extra{number} Teacher", "calculus", 399, ["en"], [], "More calculus for everyone",
                         "Derivatives and integrals, every evening, for whoever comes to learn.")  # fmt: skip
    catalogue.refresh()
    cards = lead(feed_for(learner_of(catalogue, "calculus"), ZONE, index=catalogue.index))
    topics = [next(iter(card.mentor.topics)).slug for card in cards[:10]]
    assert topics.count("calculus") == 3


@pytest.mark.parametrize("lost", ["index", "vectors", "standings"])
def test_the_page_stands_without_index_vectors_or_standings(catalogue: Catalogue, tmp_path: Path, lost: str) -> None:
    learner = learner_of(catalogue, "calculus")
    index = AnnoyVectorIndex(tmp_path / "elsewhere", look_every_seconds=3600)
    if lost == "index":
        index._looked_at = float("inf")
    if lost == "vectors":
        db.session.execute(sa.delete(Embedding))
        db.session.commit()
    if lost == "standings":
        db.session.execute(sa.text("DELETE FROM mentor_standing"))
        db.session.commit()
    feed = feed_for(learner, ZONE, index=index)
    assert len(every_card(feed)) >= 5
    assert "Asha" in names(every_card(feed))


def test_a_visitor_sees_the_popular_ones_and_who_is_free_today(catalogue: Catalogue) -> None:
    learner = learner_of(catalogue)
    for _ in range(6):
        catalogue.lesson(learner, "Zainab", stars=5)
    standings.standings_refresh()
    best = popular(3, ZONE)
    assert best[0].mentor.first_name == "Zainab"
    assert (best[0].reason.kind, best[0].reason.words) == ("popular", {"topic": "Organic chemistry"})
    today = free_today(4, ZONE)
    assert len(today) == 4
    assert all(card.slots[0] - now() < timedelta(hours=12) for card in today)
    assert not feed_for(None, ZONE, index=catalogue.index).personal


def test_open_lessons_come_with_a_reason_and_not_from_oneself(app: Flask, catalogue: Catalogue) -> None:
    _public(catalogue.ids["Asha"], "Integrals by drawing", catalogue.topic_ids["calculus"], hours=30)
    _public(catalogue.ids["Carlos"], "Three chords, ten songs", catalogue.topic_ids["guitar"], hours=5)
    embeddings.all_embed(encoder=catalogue.encoder)
    feed = feed_for(learner_of(catalogue, "calculus"), ZONE, index=catalogue.index)
    (section,) = [section for section in feed.sections if section.key == "open_lessons"]
    assert [card.live_session.title for card in section.sessions] == ["Integrals by drawing", "Three chords, ten songs"]
    assert [card.reason.kind for card in section.sessions] == ["chose", "open_place"]
    own = feed_for(catalogue.ids["Asha"], ZONE, index=catalogue.index)
    titles = [card.live_session.title for part in own.sections for card in part.sessions]
    assert titles == ["Three chords, ten songs"]


@transactional
def _public(mentor_id: int, title: str, topic_id: int, *, hours: int) -> None:
    starts_at = now() + timedelta(hours=hours)
    db.session.add(
        LiveSession(
            mentor_id=mentor_id, kind="public", title=title, topic_id=topic_id, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=50), price_paise=39900, fee_percent=15, gst_percent=18, state="open",
        )
    )  # fmt: skip
