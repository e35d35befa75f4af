"""Tables of live sessions. The database itself refuses two lessons of one person at one time."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId, attach_ddl, json_column

# Instant help: the room waits this long for the payment; the lesson's time starts when it is paid.
INSTANT_PAY_WITHIN = timedelta(minutes=5)


class LiveSession(PublicId, Base):
    """One lesson of one mentor and one learner, from the offer to the recap."""

    __tablename__ = "live_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    learner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(120))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"))
    goal: Mapped[str | None] = mapped_column(sa.String(240))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    price_paise: Mapped[int]
    # What a coupon takes off the price, and who bears it: "platform" or "mentor".
    discount_paise: Mapped[int] = mapped_column(default=0, server_default="0")
    discount_by: Mapped[str | None] = mapped_column(sa.String(8))
    coupon_id: Mapped[int | None]
    # Minutes of packs that paid for it; the price is then what these were bought for.
    prepaid_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # Snapshots: what was true at booking holds to the end.
    fee_percent: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2, asdecimal=True))
    gst_percent: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2, asdecimal=True))
    policy: Mapped[Any] = json_column()
    state: Mapped[str] = mapped_column(sa.String(16), index=True)
    hold_expires_at: Mapped[datetime | None]
    held_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_order.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(index=True)
    series_id: Mapped[int | None] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(sa.String(240))
    # Who ended it for both before its time, where a person did.
    ended_by: Mapped[int | None]
    refund_paise: Mapped[int | None]
    # Grows with every change that a calendar must hear of (iCalendar SEQUENCE).
    sequence: Mapped[int] = mapped_column(default=0)
    moved_count: Mapped[int] = mapped_column(default=0)
    # The earliest start a moved booking ever had: the refund rule counts from it, so moving never buys money back.
    refund_counts_from: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="time_forward"),
        sa.CheckConstraint("price_paise >= 0", name="price"),
        sa.CheckConstraint("learner_id IS NULL OR learner_id <> mentor_id", name="two_people"),
        sa.CheckConstraint("kind IN ('public', 'private', 'instant')", name="kind"),
        sa.CheckConstraint(
            "state IN ('open', 'held', 'confirmed', 'live', 'completed', 'cancelled', 'expired')", name="state"
        ),
        sa.Index("ix_live_session_hold", "state", "hold_expires_at"),
    )

    @property
    def lasts_until(self) -> datetime:
        """When the lesson itself ends. Before an instant one is paid, its claim also holds the time of paying."""
        unpaid = self.kind == "instant" and self.confirmed_at is None
        return self.ends_at - INSTANT_PAY_WITHIN if unpaid else self.ends_at

    @property
    def due_paise(self) -> int:
        """What its learner pays in money: the price less the discount; nothing where minutes of packs pay."""
        return 0 if self.prepaid_minutes else self.price_paise - (self.discount_paise or 0)

    @property
    def gross_paise(self) -> int:
        """What mentor, fee and tax share: the price, less a discount that the mentor bears."""
        return self.price_paise - ((self.discount_paise or 0) if self.discount_by == "mentor" else 0)

    @property
    def minutes(self) -> int:
        """Length of the lesson in whole minutes."""
        return int((self.lasts_until - self.starts_at).total_seconds() // 60)

    def side_of(self, user_id: int) -> str | None:
        """Return "mentor", "learner" or None for a person who is no part of this lesson."""
        if user_id == self.mentor_id:
            return "mentor"
        return "learner" if user_id == self.learner_id else None


class TimeClaim(Base):
    """A stretch of one person's time that is taken by a session. Half open: [starts_at, ends_at)."""

    __tablename__ = "time_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="time_forward"),
        sa.Index("ix_time_claim_person_time", "person_id", "starts_at", "ends_at"),
    )


class Extension(PublicId, Base):
    """More time for a running lesson, by agreement of both. Paid by an order of its own; added once."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    minutes: Mapped[int]
    price_paise: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16))
    # Until when the other one may answer, then until when the learner may pay.
    waits_until: Mapped[datetime] = mapped_column(index=True)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_order.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    agreed_at: Mapped[datetime | None]
    added_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("minutes > 0", name="minutes"),
        sa.CheckConstraint("price_paise >= 0", name="price"),
        sa.CheckConstraint("state IN ('offered', 'agreed', 'added', 'declined', 'lapsed', 'returned')", name="state"),
        # One open question at a time.
        sa.Index(
            "ux_extension_waiting",
            "live_session_id",
            unique=True,
            sqlite_where=sa.text("state IN ('offered', 'agreed')"),
            postgresql_where=sa.text("state IN ('offered', 'agreed')"),
        ),
    )


class SessionVerdict(Base):
    """What was seen of a lesson and what follows for its money. Open to objection for a while, then it holds.

    Seconds of the booked time, as `sessions.verdict.Minutes` takes it apart.
    """

    __tablename__ = "session_verdict"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    finding: Mapped[str] = mapped_column(sa.String(24))
    state: Mapped[str] = mapped_column(sa.String(12), default="open")
    seconds: Mapped[Any] = json_column()
    refund_paise: Mapped[int]
    # What goes back beside money: minutes into their packs, and of a discount that the platform bore.
    back_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    waived_paise: Mapped[int] = mapped_column(default=0, server_default="0")
    written_at: Mapped[datetime] = mapped_column(default=now)
    holds_from: Mapped[datetime]
    objected_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    objected_at: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(sa.Text, default="")
    final_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(sa.String(240), default="")

    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'objected', 'final')", name="state"),
        sa.CheckConstraint("refund_paise >= 0", name="refund"),
        sa.Index("ix_session_verdict_due", "state", "holds_from"),
    )


OVERLAP = "time_claim_overlap"

_SQLITE_TRIGGER = """
CREATE TRIGGER time_claim_no_overlap_{event} BEFORE {when} ON time_claim
WHEN EXISTS (
    SELECT 1 FROM time_claim AS other
    WHERE other.person_id = NEW.person_id AND other.id IS NOT NEW.id
      AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at
)
BEGIN SELECT RAISE(ABORT, 'time_claim_overlap'); END
"""

# (dialect, SQL): run after the table is made, and by the migration.
DDL: list[tuple[str, str]] = [
    ("postgresql", "CREATE EXTENSION IF NOT EXISTS btree_gist"),
    (
        "postgresql",
        (
            "ALTER TABLE time_claim ADD CONSTRAINT time_claim_overlap EXCLUDE USING gist "
            "(person_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        ),
    ),
    ("sqlite", _SQLITE_TRIGGER.format(event="insert", when="INSERT")),
    ("sqlite", _SQLITE_TRIGGER.format(event="update", when="UPDATE OF person_id, starts_at, ends_at")),
]
attach_ddl(TimeClaim.__table__, DDL)  # type: ignore[arg-type]


class Feedback(PublicId, Base):
    """One side's word about a lesson: stars, and text if they like."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    about_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    stars: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(sa.String(240))
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        sa.UniqueConstraint("live_session_id", "author_id"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    )


class SessionRecap(Base):
    """What the two leave behind for each other: the mentor's note to the learner, and the goal, when it is reached.

    A row is made by the first word or tick; a lesson without one has neither.
    """

    __tablename__ = "session_recap"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    note_at: Mapped[datetime | None]
    goal_reached_at: Mapped[datetime | None]
    goal_reached_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))


class SessionReminder(Base):
    """One message that is due about a lesson. Done once; found by its due time."""

    __tablename__ = "session_reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(16))

    __table_args__ = (
        sa.UniqueConstraint("live_session_id", "user_id", "kind"),
        sa.CheckConstraint("kind IN ('day', 'hour', 'ten_minutes', 'feedback', 'feedback_again')", name="kind"),
        sa.Index("ix_session_reminder_due", "done_at", "due_at"),
    )
