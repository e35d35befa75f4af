"""Reading the log as it lies in the database: every payload stays the JSON text that it is, neither read nor written anew.

A browser that opens a board of 20,000 steps should not hold up the lessons of everybody else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.live.models import JournalEntry

_FETCHED_AT_ONCE: Final = 250


class LogRow(NamedTuple):
    """A line of the log; `payload` is JSON text as the database keeps it."""

    seq: int
    kind: str
    author_id: int
    client_id: str
    at: datetime
    payload: str


def log_rows(live_session_id: int, since: int, *, most: int, chars: int) -> tuple[list[LogRow], bool]:
    """The log after number `since`: at most `most` lines and `chars` characters of payload, and whether there is more.

    One line always, where there is one, however long.
    """
    statement = (
        sa.select(
            JournalEntry.seq,
            JournalEntry.kind,
            JournalEntry.author_id,
            JournalEntry.client_id,
            JournalEntry.at,
            sa.cast(JournalEntry.payload, sa.Text).label("payload"),
        )
        .where(JournalEntry.live_session_id == live_session_id, JournalEntry.seq > since)
        .order_by(JournalEntry.seq)
        .limit(most + 1)
        .execution_options(yield_per=_FETCHED_AT_ONCE)
    )
    found: list[LogRow] = []
    with db.session.execute(statement) as rows:
        for row in rows:
            chars -= len(row.payload)
            if found and (len(found) == most or chars < 0):
                return found, True
            found.append(LogRow(*row))
    return found, False
