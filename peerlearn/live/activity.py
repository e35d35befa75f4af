"""How much each person wrote and drew in a lesson, and when: counts and times, never what."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.live.models import JournalEntry


@dataclass(frozen=True)
class Activity:
    """What one person left of one kind ("chat" or "board") in a lesson's log."""

    person_id: int
    kind: str
    count: int
    first_at: datetime
    last_at: datetime


def activity_in(live_session_id: int) -> list[Activity]:
    """Every person's messages and drawing steps in a lesson, counted. The words are not read."""
    at = JournalEntry.at
    rows = db.session.execute(
        sa.select(JournalEntry.author_id, JournalEntry.kind, sa.func.count(), sa.func.min(at), sa.func.max(at))
        .where(JournalEntry.live_session_id == live_session_id)
        .group_by(JournalEntry.author_id, JournalEntry.kind)
        .order_by(JournalEntry.author_id, JournalEntry.kind)
    )
    return [Activity(person, str(kind), int(count), first, last) for person, kind, count, first, last in rows]
