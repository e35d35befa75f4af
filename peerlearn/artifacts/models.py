"""The table of artifacts: what one process makes and others need."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, UtcDateTime, json_column


class Artifact(Base):
    """One version of a named, hashed blob. Versions of a name only grow; the newest few are kept."""

    __tablename__ = "artifact"
    __table_args__ = (sa.UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    blob: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    meta: Mapped[Any] = json_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
