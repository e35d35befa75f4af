"""Tables of moves that a mentor asks for."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId


class MoveOffer(PublicId, Base):
    """A mentor asks to move a booked lesson to one of a few times. Nothing is taken or changed before the learner's yes."""

    __tablename__ = "move_offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(240), default="")
    state: Mapped[str] = mapped_column(sa.String(16))
    # The time it was asked away from, for whoever reads it later.
    starts_at: Mapped[datetime]
    waits_until: Mapped[datetime] = mapped_column(index=True)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("state IN ('offered', 'accepted', 'kept', 'withdrawn', 'lapsed')", name="state"),
        # One open question at a time.
        sa.Index(
            "ux_move_offer_waiting",
            "live_session_id",
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        ),
    )


class MoveOfferTime(Base):
    """One of the times a mentor proposes."""

    __tablename__ = "move_offer_time"

    move_offer_id: Mapped[int] = mapped_column(sa.ForeignKey("move_offer.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
