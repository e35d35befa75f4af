"""Reading the log and the stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.live.attendance import Stay, length, overlap
from peerlearn.live.models import Attendance, JournalEntry, JournalHead
from peerlearn.live.protocol import BOARD, CHAT, SEAT_SILENCE_SECONDS
from peerlearn.live.room import MENTOR, Side
from peerlearn.sessions.models import LiveSession


@dataclass(frozen=True)
class Presence:
    """Minutes in the room, whole, rounded down: of each person, and of both at once.

    The keys of `by_person` are the people who came at all.
    """

    by_person: dict[int, int]
    together: int


def entries_since(live_session_id: int, since: int, limit: int) -> Sequence[JournalEntry]:
    """The log after number `since`, in order, at most `limit` lines."""
    return db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.live_session_id == live_session_id, JournalEntry.seq > since)
        .order_by(JournalEntry.seq)
        .limit(limit)
    ).all()


def chat_lines(live_session_id: int) -> Sequence[JournalEntry]:
    """Every chat message of a lesson, in order. `payload["text"]` is plain text."""
    return _of_kind(live_session_id, CHAT)


def board_steps(live_session_id: int) -> Sequence[JournalEntry]:
    """Every drawing step of a lesson, in order."""
    return _of_kind(live_session_id, BOARD)


def last_seq(live_session_id: int) -> int:
    """The newest number of a lesson's log, 0 when nothing was written."""
    return (
        db.session.scalar(select(func.max(JournalEntry.seq)).where(JournalEntry.live_session_id == live_session_id))
        or 0
    )


def may_draw(live_session_id: int, side: Side) -> bool:
    """Whether the one on this side may draw: the mentor always, the learner unless the mentor has locked the board."""
    locked = select(JournalHead.board_locked).where(JournalHead.live_session_id == live_session_id)
    return side == MENTOR or not db.session.scalar(locked)


@dataclass
class Believed:
    """A lesson as its seats must know it: who, when, in which state, and whether the learner may draw."""

    mentor_id: int
    learner_id: int | None
    starts_at: datetime
    ends_at: datetime
    state: str
    locked: bool


_BELIEVED = (
    select(
        LiveSession.id,
        LiveSession.mentor_id,
        LiveSession.learner_id,
        LiveSession.starts_at,
        LiveSession.ends_at,
        LiveSession.state,
        func.coalesce(JournalHead.board_locked, False),
    )
    .outerjoin(JournalHead, JournalHead.live_session_id == LiveSession.id)
    .where(LiveSession.id.in_(bindparam("ids", expanding=True)))
)


def believed_lessons(live_session_ids: Iterable[int]) -> dict[int, Believed]:
    """Many lessons at once, for a process that believes its seats for a few seconds at a time."""
    rows = db.session.execute(_BELIEVED, {"ids": list(live_session_ids)})
    return {row[0]: Believed(*row[1:6], locked=bool(row[6])) for row in rows}


def people_inside(live_session_id: int) -> set[int]:
    """The ids of the people who sit in the room now (a silent seat does not count)."""
    since = now() - timedelta(seconds=SEAT_SILENCE_SECONDS)
    return set(
        db.session.scalars(
            select(Attendance.user_id).where(
                Attendance.live_session_id == live_session_id, Attendance.left_at.is_(None), Attendance.seen_at > since
            )
        )
    )


def stays_in(live_session_id: int) -> dict[int, list[Stay]]:
    """Each person's stays in the room, as they were; an open one counts until it was last heard of."""
    stays: dict[int, list[Stay]] = defaultdict(list)
    at = now()
    for row in db.session.scalars(select(Attendance).where(Attendance.live_session_id == live_session_id)):
        stays[row.user_id].append((row.entered_at, row.left_at or min(at, row.seen_at)))
    return stays


def presence_in(live_session_id: int) -> Presence:
    """How long each was there and how long both were, from the stays; an open stay counts until it was last heard of."""
    stays = stays_in(live_session_id)
    both = overlap(*stays.values()) if len(stays) == 2 else []
    return Presence(
        by_person={person: int(length(own).total_seconds() // 60) for person, own in stays.items()},
        together=int(length(both).total_seconds() // 60),
    )


def _of_kind(live_session_id: int, kind: str) -> Sequence[JournalEntry]:
    return db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.live_session_id == live_session_id, JournalEntry.kind == kind)
        .order_by(JournalEntry.seq)
    ).all()
