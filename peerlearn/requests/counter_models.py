"""The table of a mentor's counter-offers to a request for a time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId


class CounterOffer(PublicId, Base):
    """A mentor offers another time or price. Of those of a request the last one counts; the others are its history."""

    __tablename__ = "counter_offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("live_request.id"), index=True)
    starts_at: Mapped[datetime]
    price_paise: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16))
    made_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("price_paise >= 0", name="price"),
        sa.CheckConstraint("state IN ('offered', 'taken', 'declined', 'replaced')", name="state"),
        # The last one counts: only one waits.
        sa.Index(
            "ux_counter_offer_waiting",
            "request_id",
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        ),
    )
