"""The table of private calendar feeds."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base


class CalendarFeed(Base):
    """A person's private address of their lessons for a calendar app. Who has the token reads them; a row less, nobody.

    The token is kept as it is, because its owner wants to see the address again in the settings.
    """

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
