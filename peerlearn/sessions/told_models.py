"""The table of what people were told about the time of a lesson, on their own wall clock."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.kernel import Base


class ToldTime(Base):
    """What one person last heard of one lesson's start: the instant, their zone then, and its text in that zone."""

    __tablename__ = "told_time"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True)
    starts_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str] = mapped_column(sa.String(40))
