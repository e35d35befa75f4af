"""Tables of the catalogue: topics, mentors' profiles, what they teach and when they have time."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, UtcDateTime, json_column

__all__ = ["DayException", "MentorProfile", "MentorTopic", "Topic", "WeeklyHours"]


class Topic(Base):
    """Something that can be taught, in a field: Calculus in Mathematics."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    field: Mapped[str] = mapped_column(sa.String(60))


class MentorProfile(Base):
    """What a mentor offers. Learners see it only in the state `approved`."""

    __tablename__ = "mentor_profile"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'rejected', 'suspended')", name="state_is_known"
        ),
        sa.CheckConstraint("price_paise >= 0", name="price_is_not_negative"),
        sa.Index("ix_mentor_profile_state_price", "state", "price_paise"),
        sa.Index("ix_mentor_profile_state_approved_at", "state", "approved_at"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    headline: Mapped[str] = mapped_column(sa.String(120), default="")
    bio: Mapped[str] = mapped_column(sa.Text, default="")
    city: Mapped[str] = mapped_column(sa.String(80), default="")
    price_paise: Mapped[int] = mapped_column(default=0)
    lesson_minutes: Mapped[int] = mapped_column(default=50)
    languages: Mapped[list[str]] = json_column(default=list)
    level: Mapped[list[str]] = json_column(default=list)
    # How time may be booked: the same four numbers for the page that offers it and the hold that takes it.
    notice_minutes: Mapped[int] = mapped_column(default=15)
    buffer_minutes: Mapped[int] = mapped_column(default=0)
    max_per_day: Mapped[int | None] = mapped_column(default=None)
    horizon_days: Mapped[int] = mapped_column(default=28)
    state: Mapped[str] = mapped_column(sa.String(12), default="draft")
    state_reason: Mapped[str] = mapped_column(sa.Text, default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class MentorTopic(Base):
    """A mentor teaches a topic."""

    __tablename__ = "mentor_topic"
    __table_args__ = (sa.Index("ix_mentor_topic_topic_id_mentor_id", "topic_id", "mentor_id"),)

    mentor_id: Mapped[int] = mapped_column(
        sa.ForeignKey("mentor_profile.user_id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)


class WeeklyHours(Base):
    """A weekly range in which a mentor teaches: wall time in the mentor's own zone, so that 9:00 stays 9:00."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_is_known"),
        sa.CheckConstraint(
            "start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440", name="range_is_in_a_day"
        ),
        sa.Index("ix_weekly_hours_mentor_id", "mentor_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("mentor_profile.user_id", ondelete="CASCADE"))
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]


class DayException(Base):
    """One day that differs: `off` (all of it, or a range) or `extra` hours (a range), in the mentor's zone."""

    __tablename__ = "day_exception"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('off', 'extra')", name="kind_is_known"),
        sa.Index("ix_day_exception_mentor_id_day", "mentor_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("mentor_profile.user_id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(sa.Date)
    start_minute: Mapped[int | None] = mapped_column(default=None)
    end_minute: Mapped[int | None] = mapped_column(default=None)
    kind: Mapped[str] = mapped_column(sa.String(8), default="off")
