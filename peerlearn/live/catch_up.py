"""The lesson's log as JSON text, for a browser that missed some of it."""

from __future__ import annotations

from dataclasses import dataclass

from peerlearn.live.log_rows import log_rows
from peerlearn.live.protocol import BOARD, LIMIT


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
    rows, more = log_rows(live_session_id, since, most=most, chars=LIMIT["SYNC_CHARS"])
    authors: dict[int, int] = {}
    lines = [
        f"[{row.seq},{int(row.kind == BOARD)},{authors.setdefault(row.author_id, len(authors))},"
        f'"{row.client_id}",{int(row.at.timestamp() * 1000)},{row.payload}]'
        for row in rows
    ]
    return LogPage(f"[{','.join(lines)}]", list(authors), more, rows[-1].seq if rows else since)
