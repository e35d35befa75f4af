"""Writes of finding: vectors for changed texts, the index, how mentors stand, what people show us.

Work is found by state: a vector is stale where its text hash differs from the text's. Encoding happens outside any
transaction. Everything here but the signals runs in the worker.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import numpy as np
import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from peerlearn.accounts.models import LearnerInterest, LearnerProfile, User
from peerlearn.artifacts.service import artifact_latest, artifact_publish
from peerlearn.catalog.models import MentorProfile, MentorTopic, Topic
from peerlearn.catalog.queries import LISTED
from peerlearn.clock import now
from peerlearn.errors import Missing
from peerlearn.kernel import db, is_sqlite, json_text, transactional
from peerlearn.recommend.models import Embedding, MentorStanding, Signal
from peerlearn.recommend.ports import Encoder, VectorIndex, Vectors
from peerlearn.recommend.rank import popularity_of
from peerlearn.recommend.reasons import RATED_LEAST_COUNT
from peerlearn.recommend.texts import learner_text, mentor_text, mentor_words, session_text, text_hash
from peerlearn.sessions.models import Feedback, LiveSession

INDEX_ARTIFACT = "mentor-index"
ENCODER_ARTIFACT = "encoder"
BATCH = 64
BEST_LIKED = 3
VIEW_AGAIN_AFTER = timedelta(minutes=30)

Kind = Literal["mentor", "session", "learner"]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that ought to have a vector."""

    kind: Kind
    ref_id: int
    text: str


# --- the texts ------------------------------------------------------------------------------------------------------

_MENTORS = (
    sa.select(User.id, User.name, MentorProfile.headline, MentorProfile.bio, MentorProfile.city)
    .join(MentorProfile, MentorProfile.user_id == User.id)
    .where(LISTED)
)
_TAUGHT = sa.select(MentorTopic.mentor_id, Topic.name, Topic.field).join(Topic, Topic.id == MentorTopic.topic_id)
_SESSIONS = (
    sa.select(LiveSession.id, LiveSession.title, LiveSession.description, sa.func.coalesce(Topic.name, ""))
    .outerjoin(Topic, Topic.id == LiveSession.topic_id)
    .where(LiveSession.kind == "public", LiveSession.state == "open", LiveSession.starts_at > bindparam("at"))
)
_INTERESTS = (
    sa.select(LearnerInterest.user_id, Topic.name)
    .join(Topic, Topic.id == LearnerInterest.topic_id)
    .where(LearnerInterest.weight > 0)
    .order_by(LearnerInterest.weight.desc(), Topic.name)
)
_GOALS = sa.select(LearnerProfile.user_id, LearnerProfile.goal)


def mentor_words_for(mentor_ids: Iterable[int] | None = None) -> dict[int, tuple[str, str]]:
    """Return (strong text, weak text) of listed mentors, all of them or those named, for the search by words."""
    mentors, taught = _mentor_rows(mentor_ids)
    return {row.id: mentor_words(row.name, row.headline, taught.get(row.id, []), row.bio, row.city) for row in mentors}


def _mentor_rows(mentor_ids: Iterable[int] | None) -> tuple[Sequence[Any], dict[int, list[tuple[str, str]]]]:
    mentors, taught = _MENTORS, _TAUGHT
    if mentor_ids is not None:
        wanted = list(mentor_ids)
        mentors = mentors.where(User.id.in_(wanted))
        taught = taught.where(MentorTopic.mentor_id.in_(wanted))
    topics: dict[int, list[tuple[str, str]]] = {}
    for mentor_id, name, topic_field in db.session.execute(taught):
        topics.setdefault(mentor_id, []).append((name, topic_field))
    return db.session.execute(mentors).all(), topics


def _mentor_texts(mentor_ids: Iterable[int] | None = None) -> list[_Text]:
    mentors, taught = _mentor_rows(mentor_ids)
    return [
        _Text("mentor", row.id, mentor_text(row.headline, (name for name, _ in taught.get(row.id, [])), row.bio))
        for row in mentors
    ]


def _session_texts(session_ids: Iterable[int] | None = None) -> list[_Text]:
    statement = _SESSIONS if session_ids is None else _SESSIONS.where(LiveSession.id.in_(list(session_ids)))
    rows = db.session.execute(statement, {"at": now()})
    return [_Text("session", row_id, session_text(title, about, topic)) for row_id, title, about, topic in rows]


def _learner_texts(user_ids: Iterable[int] | None = None) -> list[_Text]:
    interests, goals = _INTERESTS, _GOALS
    if user_ids is not None:
        wanted = list(user_ids)
        interests = interests.where(LearnerInterest.user_id.in_(wanted))
        goals = goals.where(LearnerProfile.user_id.in_(wanted))
    chosen: dict[int, list[str]] = {}
    for user_id, name in db.session.execute(interests):
        chosen.setdefault(user_id, []).append(name)
    told = dict(db.session.execute(goals).all())
    texts = [
        _Text("learner", user_id, learner_text(chosen.get(user_id, []), told.get(user_id, "")))
        for user_id in sorted(chosen.keys() | told.keys())
    ]
    return [text for text in texts if text.text]


# --- the vectors ----------------------------------------------------------------------------------------------------


def _stale(texts: Sequence[_Text], model: str) -> list[_Text]:
    """Return the texts whose stored vector is missing, of another text or of another model."""
    kinds = {text.kind for text in texts}
    stored: dict[tuple[str, int], tuple[str, str]] = {}
    for kind in kinds:
        rows = db.session.execute(
            sa.select(Embedding.ref_id, Embedding.text_hash, Embedding.model).where(Embedding.kind == kind)
        )
        stored |= {(kind, ref_id): (digest, by) for ref_id, digest, by in rows}
    return [text for text in texts if stored.get((text.kind, text.ref_id)) != (text_hash(text.text), model)]


@transactional
def _store(texts: Sequence[_Text], vectors: Vectors, model: str) -> None:
    insert: Any = sqlite.insert if is_sqlite() else postgresql.insert
    statement = insert(Embedding)
    fresh = {name: statement.excluded[name] for name in ("text_hash", "model", "vector", "updated_at")}
    db.session.execute(
        statement.on_conflict_do_update(index_elements=[Embedding.kind, Embedding.ref_id], set_=fresh),
        [
            {
                "kind": text.kind,
                "ref_id": text.ref_id,
                "text_hash": text_hash(text.text),
                "model": model,
                "vector": np.ascontiguousarray(vector, "<f4").tobytes(),
                "updated_at": now(),
            }
            for text, vector in zip(texts, vectors, strict=True)
        ],
    )


def _embed(texts: Sequence[_Text], encoder: Encoder) -> int:
    encoder.refresh()
    stale = _stale(texts, encoder.model)
    for start in range(0, len(stale), BATCH):
        batch = stale[start : start + BATCH]
        db.session.rollback()  # encoding takes seconds: no open read may hold the database meanwhile
        _store(batch, encoder.encode([text.text for text in batch]), encoder.model)
    return len(stale)


def mentor_embed(mentor_id: int, *, encoder: Encoder) -> bool:
    """Give a listed mentor a vector of what they say now; return whether it was stale."""
    return _embed(_mentor_texts([mentor_id]), encoder) > 0


def session_embed(live_session_id: int, *, encoder: Encoder) -> bool:
    """Give an open public session a vector; return whether it was stale."""
    return _embed(_session_texts([live_session_id]), encoder) > 0


def learner_embed(user_id: int, *, encoder: Encoder) -> bool:
    """Give a learner a vector of interests and goal; return whether it was stale. Nothing told: the vector goes."""
    texts = _learner_texts([user_id])
    if not texts:
        _forget("learner", [user_id])
        return False
    return _embed(texts, encoder) > 0


@transactional
def _forget(kind: Kind, ref_ids: Sequence[int]) -> None:
    db.session.execute(sa.delete(Embedding).where(Embedding.kind == kind, Embedding.ref_id.in_(ref_ids)))


def all_embed(*, encoder: Encoder) -> int:
    """Embed everything whose text has changed; return how many. What a lost message left undone is found here."""
    return _embed([*_mentor_texts(), *_session_texts(), *_learner_texts()], encoder)


def vector_of(stored: bytes) -> Vectors:
    """Return the unit vector of stored bytes, shape (384,)."""
    return np.frombuffer(stored, "<f4").astype(np.float32, copy=False)


# --- the index ------------------------------------------------------------------------------------------------------


def index_rebuild(*, index: VectorIndex, encoder: Encoder) -> int | None:
    """Build and publish a new index where mentors, their words or vectors have changed; return its version, or None.

    What the newest index was made of is in its meta, so that a second worker or a restart does not build it again.
    """
    built_at = now()
    words = mentor_words_for()
    rows = db.session.execute(
        sa.select(Embedding.ref_id, Embedding.vector, Embedding.text_hash)
        .where(Embedding.kind == "mentor", Embedding.model == encoder.model)
        .order_by(Embedding.ref_id)
    ).all()
    rows = [row for row in rows if row.ref_id in words]
    made_of = text_hash(json_text([[row.ref_id, row.text_hash, words[row.ref_id]] for row in rows]))
    newest = artifact_latest(INDEX_ARTIFACT)
    if newest is not None and newest.meta.get("made_of") == made_of:
        return None
    db.session.rollback()  # building takes seconds
    ids = [row.ref_id for row in rows]
    vectors = np.array([vector_of(row.vector) for row in rows], np.float32).reshape(len(ids), -1 if ids else 384)
    blob = index.build(ids, vectors, {i: words[i] for i in ids}, model=encoder.model, built_at=built_at.timestamp())
    return artifact_publish(INDEX_ARTIFACT, blob, {"made_of": made_of, "count": len(ids), "model": encoder.model})


def encoder_publish(*, encoder: Encoder) -> int | None:
    """Publish the encoder's small export for web processes, once per model; return its version, or None."""
    newest = artifact_latest(ENCODER_ARTIFACT)
    if newest is not None and newest.meta.get("model") == encoder.model:
        return None
    db.session.rollback()  # exporting takes half a minute: no open read may hold the database meanwhile
    blob, meta = encoder.export()
    return artifact_publish(ENCODER_ARTIFACT, blob, meta)


# --- how mentors stand ----------------------------------------------------------------------------------------------


@transactional
def standings_refresh(mentor_ids: Sequence[int] | None = None) -> int:
    """Make the digest of feedback and lessons anew, for all listed mentors or those named; return how many."""
    listed = sa.select(MentorProfile.user_id).join(User, User.id == MentorProfile.user_id).where(LISTED)
    stars = (
        sa.select(Feedback.about_id, sa.func.sum(Feedback.stars), sa.func.count())
        .join(LiveSession, LiveSession.id == Feedback.live_session_id)
        .where(Feedback.about_id == LiveSession.mentor_id, Feedback.hidden_at.is_(None))
        .group_by(Feedback.about_id)
    )
    given = (
        sa.select(LiveSession.mentor_id, sa.func.count())
        .where(LiveSession.state.in_(["confirmed", "live", "completed"]))
        .group_by(LiveSession.mentor_id)
    )
    gone = sa.delete(MentorStanding).where(MentorStanding.mentor_id.not_in(listed))
    if mentor_ids is not None:
        listed = listed.where(MentorProfile.user_id.in_(mentor_ids))
        stars = stars.where(Feedback.about_id.in_(mentor_ids))
        given = given.where(LiveSession.mentor_id.in_(mentor_ids))
    else:
        db.session.execute(gone)
    rated = {mentor_id: (int(total), count) for mentor_id, total, count in db.session.execute(stars)}
    lessons = dict(db.session.execute(given).all())
    rows = []
    for mentor_id in db.session.scalars(listed):
        total, count = rated.get(mentor_id, (0, 0))
        taught = lessons.get(mentor_id, 0)
        rows.append(
            {
                "mentor_id": mentor_id,
                "stars_total": total,
                "stars_count": count,
                "lessons": taught,
                "popularity": popularity_of(total, count, taught),
                "updated_at": now(),
            }
        )
    if rows:
        insert: Any = sqlite.insert if is_sqlite() else postgresql.insert
        statement = insert(MentorStanding)
        fresh = {name: statement.excluded[name] for name in rows[0] if name != "mentor_id"}
        db.session.execute(statement.on_conflict_do_update(index_elements=[MentorStanding.mentor_id], set_=fresh), rows)
    if mentor_ids is None:
        _best_liked_refresh()
    return len(rows)


def _best_liked_refresh() -> None:
    """Mark the mentors who are among the three best liked of a topic, with ratings enough to say so."""
    place = sa.func.row_number().over(
        partition_by=MentorTopic.topic_id, order_by=[MentorStanding.popularity.desc(), MentorStanding.mentor_id]
    )
    liked = (
        sa.select(MentorTopic.mentor_id, MentorTopic.topic_id, place.label("place"))
        .join(MentorStanding, MentorStanding.mentor_id == MentorTopic.mentor_id)
        .where(MentorStanding.stars_count >= RATED_LEAST_COUNT)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(liked.c.mentor_id, liked.c.topic_id).where(liked.c.place <= BEST_LIKED).order_by(liked.c.place.desc())
    )
    best_in = dict(rows.all())  # of several topics the one with the best place stays
    db.session.execute(
        sa.update(MentorStanding)
        .where(MentorStanding.popular_topic_id.is_not(None), MentorStanding.mentor_id.not_in(list(best_in)))
        .values(popular_topic_id=None)
    )
    if best_in:
        db.session.execute(
            sa.update(MentorStanding),
            [{"mentor_id": mentor_id, "popular_topic_id": topic_id} for mentor_id, topic_id in best_in.items()],
        )


# --- what people show -----------------------------------------------------------------------------------------------


@transactional
def view_record(user_id: int, mentor_id: int) -> None:
    """A person looked at a mentor. Looking again within half an hour counts once; at oneself, never."""
    if user_id == mentor_id:
        return
    recent = db.session.scalar(
        sa.select(Signal.id).where(
            Signal.user_id == user_id,
            Signal.kind == "view",
            Signal.mentor_id == mentor_id,
            Signal.at > now() - VIEW_AGAIN_AFTER,
        )
    )
    if recent is None:
        db.session.add(Signal(user_id=user_id, kind="view", mentor_id=mentor_id))


@transactional
def mentor_hide(user_id: int, mentor_public_id: str) -> int:
    """Show this person less like that mentor; return the mentor's id. Twice is once. Raises Missing."""
    mentor_id = _mentor_id(mentor_public_id)
    hidden = db.session.scalar(
        sa.select(Signal.id).where(Signal.user_id == user_id, Signal.kind == "hide", Signal.mentor_id == mentor_id)
    )
    if hidden is None:
        db.session.add(Signal(user_id=user_id, kind="hide", mentor_id=mentor_id))
    return mentor_id


@transactional
def mentor_unhide(user_id: int, mentor_public_id: str) -> None:
    """Take a "show less like this" back. Raises Missing."""
    db.session.execute(
        sa.delete(Signal).where(
            Signal.user_id == user_id, Signal.kind == "hide", Signal.mentor_id == _mentor_id(mentor_public_id)
        )
    )


def _mentor_id(public_id: str) -> int:
    mentor_id = db.session.scalar(
        sa.select(User.id).join(MentorProfile, MentorProfile.user_id == User.id).where(User.public_id == public_id)
    )
    if mentor_id is None:
        raise Missing("This mentor is not here any more.", code="mentor_missing")
    return mentor_id
