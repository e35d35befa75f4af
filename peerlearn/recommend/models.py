"""Tables of finding: what texts mean, what people showed us, how mentors stand."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, UtcDateTime


class Embedding(Base):
    """The meaning of one text as a unit vector (float32 x 384, little endian), and the hash of that text."""

    __tablename__ = "embedding"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('mentor', 'session', 'learner')", name="kind_is_known"),
        sa.Index("ix_embedding_kind_updated_at", "kind", "updated_at"),
    )

    kind: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    ref_id: Mapped[int] = mapped_column(primary_key=True)
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    model: Mapped[str] = mapped_column(sa.String(60))
    vector: Mapped[bytes] = mapped_column(sa.LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Signal(Base):
    """Something a person showed by doing: looked at a mentor, or asked to see less like one.

    Bookings and ratings are not copied here: the lessons and the feedback themselves are asked.
    """

    __tablename__ = "signal"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('view', 'book', 'hide')", name="kind_is_known"),
        sa.Index("ix_signal_user_id_at", "user_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), default=None)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id", ondelete="CASCADE"), default=None)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class MentorStanding(Base):
    """How a mentor stands: a digest of feedback and lessons for sorting and filtering, made anew every few minutes.

    Nothing is decided or shown from it that a person lives on; cards show the ratings themselves.
    """

    __tablename__ = "mentor_standing"
    __table_args__ = (sa.Index("ix_mentor_standing_popularity", "popularity"),)

    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    stars_total: Mapped[int] = mapped_column(default=0)
    stars_count: Mapped[int] = mapped_column(default=0)
    lessons: Mapped[int] = mapped_column(default=0)
    popularity: Mapped[float] = mapped_column(default=0.0)
    # A topic in which this mentor is among the best liked, if any.
    popular_topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id", ondelete="SET NULL"), default=None)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
