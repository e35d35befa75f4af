"""Reading a finished lesson's log in pages, as text: a long lesson is sent on without being taken apart."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from peerlearn.kernel import db
from peerlearn.live.log_rows import LogRow, log_rows
from peerlearn.live.models import JournalEntry
from peerlearn.live.protocol import BOARD

PAGE_LINES: Final = 4_000
PAGE_CHARS: Final = 1_500_000


def log_page(live_session_id: int, since: int) -> tuple[list[LogRow], bool]:
    """The log after number `since`: at most PAGE_LINES lines and about PAGE_CHARS characters, and whether there is more."""
    return log_rows(live_session_id, since, most=PAGE_LINES, chars=PAGE_CHARS)


def board_count(live_session_id: int) -> int:
    """How many drawing steps a lesson has."""
    return (
        db.session.scalar(
            select(func.count()).where(JournalEntry.live_session_id == live_session_id, JournalEntry.kind == BOARD)
        )
        or 0
    )
