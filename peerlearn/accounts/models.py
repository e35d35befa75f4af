"""Tables of people: who they are, what they want to learn, whether they are here, whom they do not want to meet."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId, UtcDateTime, json_column

ACTIVE, BANNED = "active", "banned"


class User(PublicId, Base):
    """A person with an account. Everyone may learn; `is_mentor` and `is_admin` open more doors.

    `session_epoch` is part of every sign-in: raising it ends all of them at once.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    name: Mapped[str] = mapped_column(sa.String(80))
    portrait: Mapped[Any] = json_column()
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="Asia/Kolkata")
    locale: Mapped[str] = mapped_column(sa.String(12), default="en")
    is_mentor: Mapped[bool] = mapped_column(default=False)
    is_admin: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(sa.String(12), default=ACTIVE)
    state_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    # Who stayed away from lessons again and again books less until then.
    limited_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_epoch: Mapped[int] = mapped_column(default=0)
    wizard_done: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    # The four words Flask-Login asks of a person; plain Python, so that the domain needs no web library.
    @property
    def is_authenticated(self) -> bool:
        """A loaded person has signed in."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """A loaded person is never anonymous."""
        return False

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.state == ACTIVE

    def get_id(self) -> str:
        """The sign-in's key: dies when the epoch moves on (ban, new password, sign out everywhere)."""
        return f"{self.public_id}:{self.session_epoch}"

    @property
    def first_name(self) -> str:
        """The name to greet with."""
        return self.name.split(" ", 1)[0]

    def __str__(self) -> str:
        return self.name


class LearnerProfile(Base):
    """What a learner told us they are after. One row per person who went through the wizard."""

    __tablename__ = "learner_profile"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True)
    goal: Mapped[str] = mapped_column(sa.String(300), default="")
    level: Mapped[str] = mapped_column(sa.String(20), default="")
    languages: Mapped[Any] = json_column(default=list)


class LearnerInterest(Base):
    """One topic a learner cares about. Weight 1.0 is a choice of theirs; behaviour moves it between 0 and 3."""

    __tablename__ = "learner_interest"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topic.id"), primary_key=True, index=True)
    weight: Mapped[float] = mapped_column(default=1.0)


class Draft(Base):
    """A form that is not finished yet, kept on the server so that it goes on in any browser."""

    __tablename__ = "draft"
    __table_args__ = (sa.UniqueConstraint("user_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(sa.String(40))
    step: Mapped[str] = mapped_column(sa.String(40), default="")
    payload: Mapped[Any] = json_column()
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class Presence(Base):
    """When a person's browser was last heard, whether they are in a lesson, and whether they may be rung."""

    __tablename__ = "presence"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    in_lesson: Mapped[bool] = mapped_column(default=False)
    rings_on: Mapped[bool] = mapped_column(default=False)


class Block(Base):
    """One person does not want to meet another. It counts in both directions."""

    __tablename__ = "block"

    blocker_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True)
    blocked_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
