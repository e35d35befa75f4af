"""The lesson's log as JSON text, for a browser that missed some of it.

The database holds every payload as JSON already: the text goes out as it lies there, neither read nor written anew, because
a browser that opens a board of 20,000 steps should not hold up the lessons of everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.live.models import JournalEntry
from peerlearn.live.protocol import BOARD, LIMIT

_FETCHED_AT_ONCE: Final = 250


@dataclass(frozen=True)
class LogPage:
    """`lines` is JSON text: a list of [seq, 1 if it is of the board else 0, index into `authors`, client id, at in ms, payload].

    `authors` are row ids of people. `more` says whether the log goes on after this page, whose newest number is `last`.
    """

    lines: str
    authors: list[int]
    more: bool
    last: int


def log_page(live_session_id: int, since: int, most: int) -> LogPage:
    """The log after number `since`: at most `most` lines, and no more than some SYNC_CHARS characters (one line always)."""
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
    lines: list[str] = []
    authors: dict[int, int] = {}
    room = LIMIT["SYNC_CHARS"]
    more = False
    last = since
    with db.session.execute(statement) as rows:
        for seq, kind, author_id, client_id, at, payload in rows:
            if len(lines) == most or (lines and room < len(payload)):
                more = True
                break
            room -= len(payload)
            last = seq
            author = authors.setdefault(author_id, len(authors))
            lines.append(f'[{seq},{int(kind == BOARD)},{author},"{client_id}",{int(at.timestamp() * 1000)},{payload}]')
    return LogPage(f"[{','.join(lines)}]", list(authors), more, last)
