"""Holds the lessons' log against what was acknowledged: what is missing, doubled, different, or has a gap in its numbers."""

from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

import peerlearn.tables  # noqa: F401 - a mapper must know the tables that others point to
from bench.room.messages import operations
from peerlearn.live.models import JournalEntry
from peerlearn.sessions.models import LiveSession

MARK = "bn_"


def compare(database_url: str, kept: Path) -> dict[str, int]:
    """`kept` has a line for each acknowledgement: the room's token and the stroke's mark."""
    wanted = [tuple(line.split()) for line in kept.read_text(encoding="ascii").splitlines()]
    strokes = operations()
    engine = sa.create_engine(database_url)
    with Session(engine) as reading:
        statement = sa.select(LiveSession.public_id, JournalEntry).join(
            JournalEntry, JournalEntry.live_session_id == LiveSession.id
        )
        rows = list(reading.execute(statement).tuples())
    engine.dispose()
    written = {(token, entry.client_id): entry for token, entry in rows}
    different = 0
    for key in wanted:
        entry = written.get(key)
        if entry is not None:
            mark = key[1].removeprefix(MARK)
            stroke = strokes[(int(mark[:6], 16) - 1) % len(strokes)]
            different += entry.payload != {**stroke, "id": mark}
    numbers: dict[str, list[int]] = {}
    for token, entry in rows:
        numbers.setdefault(token, []).append(entry.seq)
    return {
        "acknowledged": len(wanted),
        "rows": len(rows),
        "missing": sum(key not in written for key in wanted),
        "doubled": len(rows) - len(written) + sum(n - 1 for n in Counter(wanted).values()),
        "different": different,
        "gaps": sum(sorted(seqs) != list(range(1, len(seqs) + 1)) for seqs in numbers.values()),
    }
