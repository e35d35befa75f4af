"""Taking and leaving a seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from peerlearn.accounts.presence_service import presence_lesson_set, presence_lessons_end, presence_touch_all
from peerlearn.clock import now
from peerlearn.errors import Conflict
from peerlearn.kernel import announce, db, transactional
from peerlearn.live.facts import RoomEntered, RoomLeft
from peerlearn.live.models import Attendance
from peerlearn.live.protocol import SEAT_SILENCE_SECONDS
from peerlearn.sessions.models import LiveSession


@dataclass(frozen=True)
class SeatTaken:
    """A taken seat. `moved_from` is the epoch of the page that had it, when that page has just lost it.

    `others` are the epochs of the other person's page, at most one.
    """

    attendance_id: int
    epoch: int
    moved_from: int | None
    others: tuple[int, ...]


@transactional
def seat_take(live_session_id: int, user_id: int, *, page: str, tab: str, move: bool = False) -> SeatTaken:
    """Sit down. A person has one seat: the page that holds it keeps it, another page of the same tab takes it over: after a
    reload, or in the tab that follows one that died (static/js/live/tab_name.js).

    Raises Conflict("seat_taken") when a living page in another tab or device holds it and `move` is False. The same page
    coming back after a lost socket keeps its epoch, so that the media between the two browsers is left alone. Each sitting
    is a stay of its own: a server that only now notices the end of the old socket ends that one, and not the new one.
    """
    _lock_room(live_session_id)
    at = now()
    moved_from: int | None = None
    came_back = False
    for row in _open_rows(live_session_id):
        if row.user_id != user_id:
            continue
        alive = row.seen_at > at - timedelta(seconds=SEAT_SILENCE_SECONDS)
        if row.page == page:
            came_back = alive
            row.left_at = at if alive else row.seen_at
            continue
        if alive and row.tab != tab and not move:
            raise Conflict(
                "You are in this lesson in another tab or on another device. Move the call here?", code="seat_taken"
            )
        row.left_at = at if alive else row.seen_at
        moved_from = row.epoch if alive else moved_from
    held = Attendance(
        live_session_id=live_session_id,
        user_id=user_id,
        page=page,
        tab=tab,
        epoch=_epoch_for(live_session_id, user_id, page),
        entered_at=at,
        seen_at=at,
    )
    db.session.add(held)
    db.session.flush()  # the id is the seat's name in this process
    presence_lesson_set(user_id, True)
    if not came_back:
        announce(RoomEntered(live_session_id, user_id))
    others = tuple(
        row.epoch
        for row in _open_rows(live_session_id)
        if row.user_id != user_id and row.seen_at > at - timedelta(seconds=SEAT_SILENCE_SECONDS)
    )
    return SeatTaken(held.id, held.epoch, moved_from, others)


@transactional
def seat_leave(attendance_id: int) -> bool:
    """Stand up now; return whether this call did it. Leaving twice is leaving once, and a stay that a newer sitting has
    ended is left already."""
    row = db.session.get(Attendance, attendance_id)
    if row is None or row.left_at is not None:
        return False
    row.seen_at = row.left_at = now()
    presence_lesson_set(row.user_id, False)
    announce(RoomLeft(row.live_session_id, row.user_id))
    return True


@transactional
def seats_touch(attendance_ids: Sequence[int]) -> None:
    """Say that these seats' sockets live, and the people on them."""
    seated = Attendance.id.in_(attendance_ids), Attendance.left_at.is_(None)
    people = db.session.scalars(select(Attendance.user_id).where(*seated)).all()
    db.session.execute(update(Attendance).where(*seated).values(seen_at=now()))
    presence_touch_all(people)


@transactional
def seats_close(live_session_id: int) -> None:
    """Empty the room: when a lesson ends, every open stay ends, a silent one at the moment it was last heard of."""
    at = now()
    rows = _open_rows(live_session_id)
    for row in rows:
        row.left_at = at if row.seen_at > at - timedelta(seconds=SEAT_SILENCE_SECONDS) else row.seen_at
    presence_lessons_end(row.user_id for row in rows)


@transactional
def silent_seats_close(before: datetime) -> int:
    """End the stays that were last heard of before an instant, at that moment. Returns how many. For a periodic job.

    Their people are in no lesson any more: after a crash a mentor would otherwise never be rung again.
    """
    silent = db.session.scalars(
        select(Attendance).where(Attendance.left_at.is_(None), Attendance.seen_at < before).with_for_update()
    ).all()
    for row in silent:
        row.left_at = row.seen_at
    db.session.flush()
    gone = {row.user_id for row in silent}
    elsewhere = set(
        db.session.scalars(select(Attendance.user_id).where(Attendance.user_id.in_(gone), Attendance.left_at.is_(None)))
    )
    presence_lessons_end(gone - elsewhere)
    return len(silent)


def _lock_room(live_session_id: int) -> None:
    """Let people in one by one: two who enter at the same moment must see each other and get different epochs."""
    db.session.execute(select(LiveSession.id).where(LiveSession.id == live_session_id).with_for_update(key_share=True))


def _open_rows(live_session_id: int) -> Sequence[Attendance]:
    return db.session.scalars(
        select(Attendance)
        .where(Attendance.live_session_id == live_session_id, Attendance.left_at.is_(None))
        .order_by(Attendance.id)
        .with_for_update()
    ).all()


def _epoch_for(live_session_id: int, user_id: int, page: str) -> int:
    """A page keeps its number for life; a new page gets the next one of the lesson."""
    room = Attendance.live_session_id == live_session_id
    known = db.session.scalar(
        select(Attendance.epoch).where(room, Attendance.user_id == user_id, Attendance.page == page).limit(1)
    )
    if known is not None:
        return known
    return (db.session.scalar(select(func.max(Attendance.epoch)).where(room)) or 0) + 1
