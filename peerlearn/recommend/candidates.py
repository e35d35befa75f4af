"""Whom to consider, and what is known of them: from the index, from the filters, from popularity. Reads only.

Only listed mentors come out of here; whom the viewer must not meet is left out at the same place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.accounts.models import User
from peerlearn.catalog.models import MentorProfile, MentorTopic, Topic
from peerlearn.catalog.queries import LISTED, topics_for
from peerlearn.kernel import db
from peerlearn.recommend.embeddings import vector_of
from peerlearn.recommend.filters import Filters
from peerlearn.recommend.learner import Viewer, closeness_to, vectors_of
from peerlearn.recommend.models import Embedding, MentorStanding
from peerlearn.recommend.ports import VectorIndex, Vectors
from peerlearn.recommend.rank import Candidate

# Below this many rows an exact scan is as quick as the trees, and forgets nobody (facts: 5,000 rows in 0.3 ms).
EXACT_ROWS = 5_000
FRESH_ROWS = 500
NEAR = 120

_COLUMNS: tuple[Any, ...] = (
    MentorProfile.user_id,
    MentorProfile.approved_at,
    MentorStanding.stars_total,
    MentorStanding.stars_count,
    MentorStanding.popularity,
    MentorStanding.popular_topic_id,
)
_ALL: sa.Select[Any] = (
    sa.select(*_COLUMNS)
    .join(User, User.id == MentorProfile.user_id)
    .outerjoin(MentorStanding, MentorStanding.mentor_id == MentorProfile.user_id)
    .where(LISTED)
)
_BY_IDS = _ALL.where(MentorProfile.user_id.in_(bindparam("ids", expanding=True)))
_NEWEST = _ALL.order_by(MentorProfile.approved_at.desc()).limit(bindparam("most"))
_POPULAR = (
    sa.select(*_COLUMNS)
    .select_from(MentorStanding)
    .join(MentorProfile, MentorProfile.user_id == MentorStanding.mentor_id)
    .join(User, User.id == MentorProfile.user_id)
    .where(LISTED)
    .order_by(MentorStanding.popularity.desc(), MentorStanding.mentor_id)
    .limit(bindparam("most"))
    .offset(bindparam("first"))
)
_OF_TOPICS = (
    sa.select(MentorTopic.mentor_id)
    .join(MentorProfile, MentorProfile.user_id == MentorTopic.mentor_id)
    .join(User, User.id == MentorProfile.user_id)
    .outerjoin(MentorStanding, MentorStanding.mentor_id == MentorTopic.mentor_id)
    .where(LISTED, MentorTopic.topic_id.in_(bindparam("topics", expanding=True)))
    .order_by(MentorStanding.popularity.desc(), MentorTopic.mentor_id)
    .limit(bindparam("most"))
)
_FRESH = (
    sa.select(Embedding.ref_id, Embedding.vector)
    .where(Embedding.kind == "mentor", Embedding.updated_at > bindparam("since"))
    .order_by(Embedding.updated_at.desc())
    .limit(FRESH_ROWS)
)


def _candidate(row: Any) -> Candidate:
    return Candidate(
        mentor_id=row[0],
        approved_at=row[1],
        stars_total=row[2] or 0,
        stars_count=row[3] or 0,
        popularity=row[4] or 0.0,
        popular_topic=row[5],
    )


def popular_candidates(viewer: Viewer, most: int, first: int = 0) -> list[Candidate]:
    """Return the best liked mentors; where nobody stands out yet, the newest."""
    rows = db.session.execute(_POPULAR, {"most": most + len(viewer.avoided), "first": first}).all()
    if not rows and first == 0:
        rows = db.session.execute(_NEWEST, {"most": most + len(viewer.avoided)}).all()
    return [_candidate(row) for row in rows if row[0] not in viewer.avoided][:most]


def newest_candidates(viewer: Viewer, most: int) -> list[Candidate]:
    """Return who was approved last."""
    rows = db.session.execute(_NEWEST, {"most": most})
    return [_candidate(row) for row in rows if row[0] not in viewer.avoided]


def ids_of_topics(topic_ids: Iterable[int], most: int) -> list[int]:
    """Return mentors of any of these topics, best liked first."""
    wanted = list(topic_ids)
    return list(db.session.scalars(_OF_TOPICS, {"topics": wanted, "most": most})) if wanted else []


def listed_candidates(mentor_ids: Iterable[int], viewer: Viewer) -> list[Candidate]:
    """Return the listed ones among these that the viewer may meet."""
    wanted = sorted(set(mentor_ids) - viewer.avoided)
    return [_candidate(row) for row in db.session.execute(_BY_IDS, {"ids": wanted})] if wanted else []


@lru_cache(maxsize=64)
def _filtered(price: bool, languages: int, level: bool, stars: bool, topic: bool) -> sa.Select[Any]:
    """Return the statement of one shape of filters; each shape is built once."""
    statement = _ALL
    if price:
        statement = statement.where(MentorProfile.price_paise <= bindparam("price"))
    if languages:
        spoken = sa.cast(MentorProfile.languages, sa.Text)
        statement = statement.where(sa.or_(*(spoken.contains(bindparam(f"language_{n}")) for n in range(languages))))
    if level:
        taught = sa.cast(MentorProfile.level, sa.Text)
        # Who named no level teaches any.
        statement = statement.where(sa.or_(taught.contains(bindparam("level")), taught == "[]"))
    if stars:
        least = MentorStanding.stars_count * bindparam("stars_hundredths", type_=sa.Integer)
        statement = statement.where(MentorStanding.stars_count > 0, MentorStanding.stars_total * 100 >= least)
    if topic:
        statement = statement.where(
            MentorProfile.user_id.in_(
                sa.select(MentorTopic.mentor_id)
                .join(Topic, Topic.id == MentorTopic.topic_id)
                .where(Topic.slug == bindparam("topic"))
            )
        )
    return statement.order_by(MentorStanding.popularity.desc()).limit(bindparam("most"))


def filtered_candidates(filters: Filters, viewer: Viewer, most: int = EXACT_ROWS) -> list[Candidate]:
    """Return the mentors that pass what the database can decide: price, languages, level, rating, topic."""
    statement = _filtered(
        filters.price_paise is not None, len(filters.languages), bool(filters.level), bool(filters.stars),
        bool(filters.topic),
    )  # fmt: skip
    values: dict[str, Any] = {"most": most}
    if filters.price_paise is not None:
        values["price"] = filters.price_paise
    values |= {f"language_{n}": f'"{code}"' for n, code in enumerate(filters.languages)}
    if filters.level:
        values["level"] = f'"{filters.level}"'
    if filters.stars:
        values["stars_hundredths"] = int(Decimal(filters.stars) * 100)
    if filters.topic:
        values["topic"] = filters.topic
    return [_candidate(row) for row in db.session.execute(statement, values) if row[0] not in viewer.avoided]


def fresh_vectors(index: VectorIndex) -> dict[int, Vectors]:
    """Return the vectors that are newer than the index: the mentors it does not know, or knows as they were."""
    since = datetime.fromtimestamp(index.built_at, UTC)
    return {ref_id: vector_of(stored) for ref_id, stored in db.session.execute(_FRESH, {"since": since})}


def near_ids(direction: Vectors, index: VectorIndex, fresh: Mapping[int, Vectors], most: int = NEAR) -> list[int]:
    """Return the mentors nearest to a unit vector, by the index and by what is newer than it, nearest first."""
    closeness = {neighbour.mentor_id: neighbour.closeness for neighbour in index.nearest(direction, most)}
    closeness |= closeness_to(fresh, direction)
    return sorted(closeness, key=lambda mentor_id: -closeness[mentor_id])[:most]


def with_facts(
    candidates: Sequence[Candidate],
    viewer: Viewer,
    *,
    direction: Vectors | None,
    words: Mapping[int, float],
    index: VectorIndex,
    fresh: Mapping[int, Vectors],
    topics: bool = False,
) -> tuple[list[Candidate], dict[int, Vectors]]:
    """Fill in closeness, words, interests and likeness to what was hidden; return also the vectors used.

    The topics are read where the viewer chose some, or where `topics` asks for them.
    """
    ids = {candidate.mentor_id for candidate in candidates}
    vectors: dict[int, Vectors] = {}
    hidden: list[Vectors] = []
    if direction is not None or viewer.deeds:
        # Never more than the matrix can give at once: the database is asked only for mentors the index lacks.
        vectors = {mentor_id: vector for mentor_id, vector in fresh.items() if mentor_id in ids}
        vectors |= vectors_of(ids - vectors.keys(), index)
        hidden = list(vectors_of(set(viewer.hidden), index).values()) if viewer.hidden else []
    closeness = closeness_to(vectors, direction)
    like_hidden = _likeness(vectors, hidden)
    taught = topics_for(sorted(ids)) if ids and (topics or viewer.chosen) else {}
    filled = []
    for candidate in candidates:
        topic_ids = tuple(topic.id for topic in taught.get(candidate.mentor_id, ()))
        filled.append(
            replace(
                candidate,
                closeness=closeness.get(candidate.mentor_id, 0.0 if closeness else None),
                words=words.get(candidate.mentor_id, 0.0),
                topics=tuple(sorted(topic_ids, key=lambda topic_id: -viewer.chosen.get(topic_id, 0.0))),
                interests=max((viewer.chosen.get(topic_id, 0.0) for topic_id in topic_ids), default=0.0),
                like_hidden=like_hidden.get(candidate.mentor_id, 0.0),
            )
        )
    return filled, vectors


def _likeness(vectors: Mapping[int, Vectors], others: Sequence[Vectors]) -> dict[int, float]:
    """Return each vector's cosine to the nearest of the others."""
    if not vectors or not others:
        return {}
    ids = list(vectors)
    values = (np.stack([vectors[mentor_id] for mentor_id in ids]) @ np.stack(others).T).max(axis=1)
    return dict(zip(ids, values.tolist(), strict=True))


_PRICES = sa.select(MentorProfile.user_id, MentorProfile.price_paise).where(
    MentorProfile.user_id.in_(bindparam("ids", expanding=True))
)


def prices_of(mentor_ids: Sequence[int]) -> dict[int, int]:
    """Return what a lesson costs with each of these mentors, in paise."""
    return dict(db.session.execute(_PRICES, {"ids": list(mentor_ids)}).all())
