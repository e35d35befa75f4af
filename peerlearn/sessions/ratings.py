"""What people said about lessons: stars and words, as they are shown and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.accounts.models import User
from peerlearn.kernel import db
from peerlearn.sessions.models import Feedback, LiveSession

_RATINGS = (
    sa.select(Feedback.about_id, sa.func.avg(Feedback.stars), sa.func.count())
    .join(LiveSession, LiveSession.id == Feedback.live_session_id)
    .where(
        Feedback.about_id.in_(bindparam("ids", expanding=True)),
        Feedback.about_id == LiveSession.mentor_id,
        Feedback.hidden_at.is_(None),
    )
    .group_by(Feedback.about_id)
)


@dataclass(frozen=True, slots=True)
class Review:
    """What a learner said about a mentor, as it is shown."""

    public_id: str
    stars: int
    text: str
    author_id: int
    author_name: str
    at: datetime


def ratings_for(mentor_ids: Sequence[int]) -> dict[int, tuple[float, int]]:
    """Return (average stars, how many) for mentors whom learners have rated; others are missing."""
    if not mentor_ids:
        return {}
    rows = db.session.execute(_RATINGS, {"ids": list(mentor_ids)})
    return {mentor_id: (float(average), int(count)) for mentor_id, average, count in rows}


def reviews_for(mentor_id: int, limit: int = 20) -> list[Review]:
    """Return what learners said about a mentor in words, newest first. Hidden ones are left out."""
    rows = db.session.execute(
        sa.select(Feedback.public_id, Feedback.stars, Feedback.text, User.id, User.name, Feedback.created_at)
        .join(User, User.id == Feedback.author_id)
        .join(LiveSession, LiveSession.id == Feedback.live_session_id)
        .where(
            Feedback.about_id == mentor_id,
            LiveSession.mentor_id == mentor_id,
            Feedback.hidden_at.is_(None),
            Feedback.text != "",
        )
        .order_by(Feedback.created_at.desc())
        .limit(limit)
    )
    return [Review(*row) for row in rows]


def favourite_mentors(learner_id: int) -> set[int]:
    """Return the mentors whom a learner has given four or five stars."""
    return set(
        db.session.scalars(
            sa.select(LiveSession.mentor_id)
            .join(Feedback, Feedback.live_session_id == LiveSession.id)
            .where(LiveSession.learner_id == learner_id, Feedback.author_id == learner_id, Feedback.stars >= 4)
        )
    )


def feedback_by(live_session_id: int, author_id: int) -> Feedback | None:
    """Return what one side said about a lesson, or None."""
    return db.session.scalar(
        sa.select(Feedback).where(Feedback.live_session_id == live_session_id, Feedback.author_id == author_id)
    )
