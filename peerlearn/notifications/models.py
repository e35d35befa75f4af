"""Tables of what people are told: the bell and the outgoing mail."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId, UtcDateTime, json_column


class Notification(PublicId, Base):
    """One line in a person's bell. `actions` is a list of {label, method, url, style}; `url` is the exact place."""

    __tablename__ = "notification"
    __table_args__ = (sa.Index("ix_notification_user_id_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.String(400), default="")
    url: Mapped[str] = mapped_column(sa.String(300), default="")
    actions: Mapped[Any] = json_column(default=list)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutgoingMail(Base):
    """A letter that must leave. `due_at` moves on with every try; `sent_at` ends it."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (sa.Index("ix_outgoing_mail_sent_at_due_at", "sent_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    template: Mapped[str] = mapped_column(sa.String(60))
    context: Mapped[Any] = json_column()
    locale: Mapped[str] = mapped_column(sa.String(12), default="en")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(sa.String(300), default="")
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
