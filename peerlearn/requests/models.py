"""Tables of requests: for a time with one mentor, or for help now from whoever comes first."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId


class LiveRequest(PublicId, Base):
    """A learner asks. `kind` private: one mentor, up to three times. `kind` now: rings go out in waves."""

    __tablename__ = "live_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    topic: Mapped[str] = mapped_column(sa.String(160))
    message: Mapped[str] = mapped_column(sa.Text, default="")
    minutes: Mapped[int]
    price_paise: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16), index=True)
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    answered_at: Mapped[datetime | None]
    live_session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("live_session.id"))
    expires_at: Mapped[datetime]
    wave: Mapped[int] = mapped_column(default=0)
    wave_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        sa.CheckConstraint("kind IN ('private', 'now')", name="kind"),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired')", name="state"),
        sa.CheckConstraint("price_paise >= 0", name="price"),
        # One live call for help per learner, whatever the number of tabs.
        sa.Index(
            "uq_live_request_one_now",
            "learner_id",
            unique=True,
            sqlite_where=sa.text("kind = 'now' AND state = 'open'"),
            postgresql_where=sa.text("kind = 'now' AND state = 'open'"),
        ),
    )


class ProposedTime(Base):
    """One of the times a learner proposes."""

    __tablename__ = "proposed_time"

    request_id: Mapped[int] = mapped_column(sa.ForeignKey("live_request.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)


class Ring(Base):
    """One mentor's ring. Made for every ranked mentor when help is asked; rung wave by wave."""

    __tablename__ = "ring"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("live_request.id"))
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16))
    rung_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("request_id", "mentor_id"),
        sa.CheckConstraint(
            "state IN ('waiting', 'ringing', 'accepted', 'declined', 'missed', 'stopped')", name="state"
        ),
    )
