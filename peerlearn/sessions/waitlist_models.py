"""The table of the lines before taken times."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId

_STANDING = sa.text("state IN ('waiting', 'offered')")


class WaitlistEntry(PublicId, Base):
    """One learner's place in the line before one taken time: of a public session, or of a mentor's hours.

    `held_session_id` is the hold that was offered. The order of the line is the order of ids.
    """

    __tablename__ = "waitlist_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    live_session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("live_session.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(12), default="waiting")
    held_session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("live_session.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    offered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'offered', 'taken', 'passed', 'left', 'over')", name="state"),
        sa.CheckConstraint("learner_id <> mentor_id", name="two_people"),
        # One place per person and time, however often they tap.
        sa.Index(
            "ux_waitlist_entry_place",
            "learner_id",
            "mentor_id",
            "starts_at",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        # One offer at a time: the next one is asked when this one has ended.
        sa.Index(
            "ux_waitlist_entry_offer",
            "mentor_id",
            "starts_at",
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        ),
        sa.Index("ix_waitlist_entry_state_starts_at", "state", "starts_at"),
    )
