"""The table of weekly series."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId


class LessonSeries(PublicId, Base):
    """Lessons of one pair that were booked together, a week apart. Each has its own state, hold, order and page."""

    __tablename__ = "lesson_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    # The series stands with its first lesson: where that one is never paid, the others are let go.
    first_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), unique=True)
    times: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        sa.CheckConstraint("times BETWEEN 2 AND 12", name="times"),
        sa.CheckConstraint("learner_id <> mentor_id", name="two_people"),
    )
