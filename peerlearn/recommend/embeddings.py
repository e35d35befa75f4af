"""A vector for every text that can be found: mentors, open public sessions, what learners want.

Work is found by state: a vector is stale where its text hash differs from the text's. Encoding happens outside any
transaction, in the worker.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from peerlearn.accounts.models import LearnerInterest, LearnerProfile, User
from peerlearn.catalog.models import MentorProfile, MentorTopic, Topic
from peerlearn.catalog.queries import LISTED
from peerlearn.clock import now
from peerlearn.kernel import db, is_sqlite, transactional
from peerlearn.recommend.models import Embedding
from peerlearn.recommend.ports import Encoder, Vectors
from peerlearn.recommend.texts import learner_text, mentor_text, mentor_words, session_text, text_hash
from peerlearn.sessions.models import LiveSession

BATCH = 64

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
