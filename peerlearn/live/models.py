"""Tables of the room: the lesson's log, and who was there when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.kernel import Base, UtcDateTime, json_column


class JournalHead(Base):
    """The last number given out in a lesson's log. Its row is the lock that lets two web processes write one room.

    `board_locked` is what the log's lock steps come to: the mentor keeps the learner from drawing.
    """

    __tablename__ = "journal_head"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    board_locked: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class JournalEntry(Base):
    """One drawing step or chat message. Never changed: a lesson is a log.

    `client_id` is made by the browser and makes a repeated sending harmless.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (sa.UniqueConstraint("live_session_id", "author_id", "client_id"),)

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    client_id: Mapped[str] = mapped_column(sa.String(32))
    kind: Mapped[str] = mapped_column(sa.String(8))
    payload: Mapped[Any] = json_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChatSeen(Base):
    """How far a person has read a lesson's chat: every line up to number `seq` was on their screen. It only rises."""

    __tablename__ = "chat_seen"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True)
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LineReport(Base):
    """What one browser wrote down of its call since it last sent: [[milliseconds before `at`, kind, value], ...]."""

    __tablename__ = "line_report"
    __table_args__ = (sa.Index("ix_line_report_room", "live_session_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    marks: Mapped[Any] = json_column()


class Attendance(Base):
    """One stay of a person in a room, from taking the seat to leaving it.

    `page` names the browser page that sits there and `tab` the tab it lives in, so that a reload comes back to its own
    seat and a second tab is asked. `epoch` numbers the pages of a lesson: messages between two browsers carry it, and
    those of an older page are dropped. `seen_at` moves while the socket lives; after a crash it says when the stay ended.
    """

    __tablename__ = "attendance"
    __table_args__ = (sa.Index("ix_attendance_room", "live_session_id", "user_id", "left_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    page: Mapped[str] = mapped_column(sa.String(32))
    tab: Mapped[str] = mapped_column(sa.String(32))
    epoch: Mapped[int]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Heartbeat(Base):
    """A moment at which some web process was up. A long gap between two is an outage of the platform."""

    __tablename__ = "heartbeat"

    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
