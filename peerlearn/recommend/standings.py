"""How mentors stand: the digest of their feedback and lessons that ranking reads. Made anew in the worker."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from peerlearn.accounts.models import User
from peerlearn.catalog.models import MentorProfile, MentorTopic
from peerlearn.catalog.queries import LISTED
from peerlearn.clock import now
from peerlearn.kernel import db, is_sqlite, transactional
from peerlearn.recommend.models import MentorStanding
from peerlearn.recommend.rank import popularity_of
from peerlearn.recommend.reasons import RATED_LEAST_COUNT
from peerlearn.sessions.models import Feedback, LiveSession

BEST_LIKED = 3


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
