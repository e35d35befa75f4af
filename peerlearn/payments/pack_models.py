"""Tables of packs: what a mentor offers, what a learner bought, and every movement of its minutes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId


class PackOffer(PublicId, Base):
    """So many minutes with a mentor for a price. A change is a new offer; what was bought stays as it was."""

    __tablename__ = "pack_offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    minutes: Mapped[int]
    price_paise: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("minutes > 0", name="minutes"),
        sa.CheckConstraint("price_paise >= 100", name="price"),
    )


class Pack(PublicId, Base):
    """Minutes with one mentor that a learner bought. They never expire.

    What is left, in minutes and in the paise they were bought for, is the sum of the pack's movements; the rows below
    are guarded, so that two bookings can't spend the same minutes.
    """

    __tablename__ = "pack"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("pack_offer.id"))
    minutes: Mapped[int]
    price_paise: Mapped[int]
    minutes_left: Mapped[int] = mapped_column(default=0)
    paise_left: Mapped[int] = mapped_column(default=0)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_order.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    bought_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("minutes_left BETWEEN 0 AND minutes", name="minutes_left"),
        sa.CheckConstraint("paise_left BETWEEN 0 AND price_paise", name="paise_left"),
        sa.CheckConstraint("minutes_left > 0 OR paise_left = 0", name="no_orphan"),
        sa.Index("ix_pack_learner_mentor", "learner_id", "mentor_id"),
    )


class PackMove(Base):
    """Minutes and their paise that came into a pack (bought, returned) or left it (used, refunded). `key` names it once."""

    __tablename__ = "pack_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    pack_id: Mapped[int] = mapped_column(sa.ForeignKey("pack.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    # The order that the minutes paid for, or came back from.
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_order.id"), index=True)
    minutes: Mapped[int]
    paise: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(100), unique=True)
    at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (sa.CheckConstraint("kind IN ('bought', 'used', 'returned', 'refunded')", name="kind"),)
