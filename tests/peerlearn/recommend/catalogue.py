"""Mentors and learners for tests of finding, written through the services."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from peerlearn.accounts.models import User
from peerlearn.adapters.annoy_index import AnnoyVectorIndex
from peerlearn.adapters.encoders import OnnxEncoder
from peerlearn.catalog import service as catalog
from peerlearn.catalog.models import MentorProfile
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.recommend import embeddings, service, standings
from peerlearn.sessions.models import Feedback, LiveSession
from tests.peerlearn.sessions.people import person

TOPICS = {
    "calculus": ("Calculus", "Mathematics"),
    "python": ("Python", "Computing"),
    "guitar": ("Guitar", "Music"),
    "chemistry": ("Organic chemistry", "Chemistry"),
    "ielts": ("IELTS", "English"),
    "law": ("Contract law", "Law"),
}

# name, topic, price in rupees, languages, level, headline, bio
MENTORS = (
    ("Asha Raghavan", "calculus", 499, ["en", "hi"], ["beginner"], "Integrals, from the picture up",
     "Single-variable calculus: limits, derivatives, integrals and series, with plenty of worked examples."),
    ("Daniel Kim", "calculus", 599, ["en"], ["advanced"], "Calculus for programmers: derive it, then plot it",
     "I help engineers who forgot their mathematics. Gradients, chain rule, optimisation."),
    ("Meera Nair", "calculus", 299, ["hi"], ["beginner"], "Limits and slopes in four calm lessons",
     "I teach school mathematics and differentiation to people who are afraid of it."),
    ("Gurpreet Singh", "python", 349, ["en", "hi"], ["beginner"], "Loops and lists in Python, with your own homework",
     "Python developer for eight years. From variables and loops to small projects with Flask."),
    ("Lena Vogt", "python", 649, ["en"], ["intermediate"], "Make slow database queries fast",
     "Backend engineer: web services, PostgreSQL schema design, query tuning and indexing."),
    ("Carlos Vega", "guitar", 399, ["en"], ["beginner"], "Your first songs on the guitar",
     "Classical guitar and music theory, chords, reading notation, harmony and ear training."),
    ("Nilufar Rahimova", "guitar", 449, ["en"], ["advanced"], "Jazz chords and improvisation",
     "Pianist and composer. Improvisation on keyboard and guitar, practising effectively."),
    ("Zainab Ansari", "chemistry", 399, ["en", "hi"], ["beginner"], "Organic chemistry you can draw",
     "Reaction mechanisms, stereochemistry and spectroscopy, one arrow at a time."),
    ("Chiamaka Okafor", "ielts", 449, ["en"], ["intermediate"], "IELTS speaking, calmly",
     "Speaking fluency and academic vocabulary for study abroad tests, IELTS and TOEFL."),
    ("Hana Yusuf", "ielts", 649, ["en"], ["advanced"], "Essays that examiners like to read",
     "Academic writing coach. Thesis structure, citations and editing for clarity."),
    ("Tomas Herrera", "law", 549, ["en"], ["beginner"], "Contract law without tears",
     "Lawyer. Offer and acceptance, tort and legal writing for first-year law students."),
    ("Yuki Tanaka", "law", 299, ["en"], ["beginner"], "Read your own contract",
     "I explain rental agreements and employment contracts in plain words."),
)  # fmt: skip


class Catalogue:
    """What was made, by name."""

    def __init__(self, encoder: OnnxEncoder, index: AnnoyVectorIndex) -> None:
        self.encoder, self.index = encoder, index
        self.ids: dict[str, int] = {}
        self.topic_ids: dict[str, int] = {}

    def filled(self, kept: Callable[..., Any]) -> "Catalogue":
        """Make the topics and the mentors, embed and index them; the fixture `kept` does it once per engine."""
        self.ids, self.topic_ids = map(dict, kept("catalogue", self._fill))
        self.index.refresh()
        return self

    def _fill(self) -> tuple[dict[str, int], dict[str, int]]:
        for slug, (name, field) in TOPICS.items():
            self.topic_ids[slug] = catalog.topic_save(slug, name, field).id
        for entry in MENTORS:
            self.mentor(*entry)
        self.refresh()
        return self.ids, self.topic_ids

    def mentor(
        self, name: str, topic: str, rupees: int, languages: Sequence[str], level: Sequence[str], headline: str, bio: str,
        *, days_ago: int = 200,
    ) -> int:  # fmt: skip
        """Make one approved mentor, free from 8 to 22 every day in Kolkata."""
        mentor_id = person(name)
        catalog.mentor_profile_save(
            mentor_id, headline=headline, bio=bio, price_paise=rupees * 100, languages=languages, level=level,
            topics=[topic],
        )  # fmt: skip
        catalog.weekly_hours_set(mentor_id, [(day, 8 * 60, 22 * 60) for day in range(7)])
        catalog.mentor_submit(mentor_id)
        catalog.mentor_approve(mentor_id, mentor_id)
        self._approved_on(mentor_id, days_ago)
        self.ids[name.split(maxsplit=1)[0]] = mentor_id
        return mentor_id

    @transactional
    def _approved_on(self, mentor_id: int, days_ago: int) -> None:
        db.session.get_one(MentorProfile, mentor_id).approved_at = now() - timedelta(days=days_ago)

    def refresh(self) -> None:
        """Do what the worker does."""
        embeddings.all_embed(encoder=self.encoder)
        standings.standings_refresh()
        service.index_rebuild(index=self.index, encoder=self.encoder)
        self.index.refresh()

    def public_id(self, name: str) -> str:
        """Return a mentor's public id."""
        return db.session.get_one(User, self.ids[name]).public_id

    @transactional
    def lesson(self, learner_id: int, name: str, *, days_ago: int = 3, stars: int | None = None) -> int:
        """A lesson that took place, rated or not; returns its id."""
        starts_at = now() - timedelta(days=days_ago)
        row = LiveSession(
            mentor_id=self.ids[name], learner_id=learner_id, kind="private", title="A lesson", starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=50), price_paise=49900, fee_percent=15, gst_percent=18,
            state="completed", created_at=starts_at,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        if stars is not None:
            db.session.add(Feedback(live_session_id=row.id, author_id=learner_id, about_id=self.ids[name], stars=stars))
        return row.id
