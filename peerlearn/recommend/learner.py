"""What is known of the person who looks: choices, deeds, taste, and whom they must not meet. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.accounts.models import LearnerInterest, User
from peerlearn.accounts.queries import blocked_ids
from peerlearn.catalog.models import Topic
from peerlearn.clock import local, now
from peerlearn.kernel import db
from peerlearn.recommend.embeddings import vector_of
from peerlearn.recommend.models import Embedding, Signal
from peerlearn.recommend.ports import VectorIndex, Vectors
from peerlearn.recommend.reasons import Evidence, Known
from peerlearn.recommend.taste import Deed, taste_of
from peerlearn.sessions.models import Feedback, LiveSession

REMEMBERED_DEEDS = 30
REMEMBERED_FOR = timedelta(days=180)

_CHOSEN = (
    sa.select(LearnerInterest.topic_id, Topic.name, LearnerInterest.weight)
    .join(Topic, Topic.id == LearnerInterest.topic_id)
    .where(LearnerInterest.user_id == bindparam("viewer"), LearnerInterest.weight > 0)
    .order_by(LearnerInterest.weight.desc())
)
_TOLD = sa.select(Embedding.vector).where(Embedding.kind == "learner", Embedding.ref_id == bindparam("viewer"))
_LESSONS = (
    sa.select(LiveSession.id, LiveSession.mentor_id, User.name, LiveSession.starts_at, LiveSession.created_at,
              Feedback.stars)
    .join(User, User.id == LiveSession.mentor_id)
    .outerjoin(
        Feedback, sa.and_(Feedback.live_session_id == LiveSession.id, Feedback.author_id == LiveSession.learner_id)
    )
    .where(
        LiveSession.learner_id == bindparam("viewer"),
        LiveSession.state.in_(["confirmed", "live", "completed"]),
        LiveSession.created_at > bindparam("since"),
    )
    .order_by(LiveSession.created_at.desc())
    .limit(REMEMBERED_DEEDS)
)  # fmt: skip
_SIGNALS = (
    sa.select(Signal.id, Signal.kind, Signal.mentor_id, User.name, Signal.at)
    .join(User, User.id == Signal.mentor_id)
    .where(
        Signal.user_id == bindparam("viewer"),
        sa.or_(Signal.kind == "hide", sa.and_(Signal.kind == "view", Signal.at > bindparam("since"))),
    )
    .order_by(Signal.at.desc())
    .limit(4 * REMEMBERED_DEEDS)
)
_VECTORS = sa.select(Embedding.ref_id, Embedding.vector).where(
    Embedding.kind == "mentor", Embedding.ref_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class Viewer:
    """The person who looks. For somebody who is not signed in all but the zone is empty."""

    zone: str
    user_id: int | None = None
    taste: Vectors | None = None
    chosen: Mapping[int, float] = field(default_factory=dict)
    deeds: tuple[Deed, ...] = ()
    hidden: frozenset[int] = frozenset()
    avoided: frozenset[int] = frozenset()
    evidence: Evidence = field(default_factory=lambda: Evidence("UTC"))


def vectors_of(mentor_ids: set[int], index: VectorIndex) -> dict[int, Vectors]:
    """Return mentors' vectors, from the index or, where it does not know them, from the database."""
    known, rows = index.vectors_of(sorted(mentor_ids))
    found: dict[int, Vectors] = dict(zip(known, rows, strict=True))
    missing = mentor_ids - found.keys()
    if missing:
        found |= {
            ref_id: vector_of(stored) for ref_id, stored in db.session.execute(_VECTORS, {"ids": sorted(missing)})
        }
    return found


def viewer_for(user_id: int | None, zone: str, index: VectorIndex) -> Viewer:
    """Read what is known of a person. `avoided` are themselves, everyone blocked either way, and hidden mentors."""
    if user_id is None:
        return Viewer(zone=zone, evidence=Evidence(zone))
    at = now()
    values = {"viewer": user_id, "since": at - REMEMBERED_FOR}
    chosen = db.session.execute(_CHOSEN, {"viewer": user_id}).all()
    told = db.session.scalar(_TOLD, {"viewer": user_id})
    lessons = db.session.execute(_LESSONS, values).all()
    signals = db.session.execute(_SIGNALS, values).all()
    deeds = [Deed("booked", row.mentor_id, row.id, row.created_at, row.stars) for row in lessons]
    deeds += [Deed("viewed" if row.kind == "view" else "hidden", row.mentor_id, row.id, row.at) for row in signals]
    hidden = frozenset(deed.mentor_id for deed in deeds if deed.kind == "hidden")
    vectors = vectors_of({deed.mentor_id for deed in deeds}, index) if deeds else {}
    return Viewer(
        zone=zone,
        user_id=user_id,
        taste=taste_of(vector_of(told) if told else None, deeds, vectors, at),
        chosen={row.topic_id: row.weight for row in chosen},
        deeds=tuple(deeds),
        hidden=hidden,
        avoided=frozenset({user_id}) | blocked_ids(user_id) | hidden,
        evidence=Evidence(
            zone=zone,
            chosen={row.topic_id: row.name for row in chosen},
            # A lesson that went badly is no reason to recommend more of it.
            booked=_once([Known(row.mentor_id, _first(row.name), row.id) for row in lessons if (row.stars or 5) >= 3]),
            viewed=_once([Known(row.mentor_id, _first(row.name), row.id) for row in signals if row.kind == "view"]),
            usual_hours={local(row.starts_at, zone).hour: row.id for row in reversed(lessons)},
        ),
    )


def _first(name: str) -> str:
    return name.split(" ", 1)[0]


def _once(known: list[Known]) -> tuple[Known, ...]:
    return tuple({entry.mentor_id: entry for entry in reversed(known)}.values())[::-1]


def closeness_to(vectors: Mapping[int, Vectors], direction: Vectors | None) -> dict[int, float]:
    """Return the cosine of each vector to a direction; empty without one."""
    if direction is None or not vectors:
        return {}
    ids = list(vectors)
    values = np.stack([vectors[mentor_id] for mentor_id in ids]) @ direction
    return dict(zip(ids, values.tolist(), strict=True))
