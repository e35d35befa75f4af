"""Reading a finished lesson's log in pages, as text: a long lesson is sent on without being taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Text, cast, func, select

from peerlearn.kernel import db
from peerlearn.live.models import JournalEntry
from peerlearn.live.protocol import BOARD

PAGE_LINES: Final = 4_000
PAGE_CHARS: Final = 1_500_000


@dataclass(frozen=True)
class LogLine:
    """A line of the log; `payload` is JSON text as the database keeps it."""

    seq: int
    kind: str
    author_id: int
    at: datetime
    payload: str


def log_page(live_session_id: int, since: int) -> tuple[list[LogLine], bool]:
    """The log after number `since`: at most PAGE_LINES lines and about PAGE_CHARS characters, and whether there is more.

    A page has at least one line when there is one, however long.
    """
    statement = (
        select(
            JournalEntry.seq,
            JournalEntry.kind,
            JournalEntry.author_id,
            JournalEntry.at,
            cast(JournalEntry.payload, Text).label("payload"),
        )
        .where(JournalEntry.live_session_id == live_session_id, JournalEntry.seq > since)
        .order_by(JournalEntry.seq)
        .limit(PAGE_LINES + 1)
        .execution_options(yield_per=200)
    )
    lines: list[LogLine] = []
    chars = 0
    with db.session.execute(statement) as rows:
        for row in rows:
            chars += len(row.payload)
            if lines and (len(lines) == PAGE_LINES or chars > PAGE_CHARS):
                return lines, True
            lines.append(LogLine(row.seq, row.kind, row.author_id, row.at, row.payload))
    return lines, False


def board_count(live_session_id: int) -> int:
    """How many drawing steps a lesson has."""
    return (
        db.session.scalar(
            select(func.count()).where(JournalEntry.live_session_id == live_session_id, JournalEntry.kind == BOARD)
        )
        or 0
    )
