"""How many bytes of the database an hour's lesson takes, with its indexes.

The mean of ten lessons that are written after a first one: what an empty table and its map of free space take is not a
lesson's, and a database's pages are shared between lessons.
"""

import random
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench.board.hands import WORDS, hour, logged
from peerlearn.kernel import db, is_sqlite
from peerlearn.live.board import parse_operation
from peerlearn.live.journal import Draft, journal_append
from peerlearn.live.journal_writer import BATCH
from peerlearn.live.models import JournalEntry
from tests.peerlearn.live.lessons import lesson

CHATS = 100
LESSONS = 10


def stored_bytes(app: Flask) -> float:
    """Write one hour, then ten more, and return what the log's table and indexes grew by for each of the ten."""
    with app.app_context():
        steps = logged(hour())
        _write(steps)
        before = _size()
        for _ in range(LESSONS):
            _write(steps)
        return (_size() - before) / LESSONS


def _write(steps: list[dict[str, Any]]) -> None:
    room = lesson()
    dice = random.Random(3)
    people = (room.mentor_id, room.learner_id)
    drafts = [
        Draft(room.id, people[n % 2], step.get("id", f"{n:012x}"), "board", parse_operation(step))
        for n, step in enumerate(steps)
    ]
    drafts += [
        Draft(
            room.id, dice.choice(people), f"chat{n:08x}", "chat", {"text": dice.choice(WORDS) + " " + "so " * (n % 9)}
        )
        for n in range(CHATS)
    ]
    for start in range(0, len(drafts), BATCH):
        journal_append(drafts[start : start + BATCH])


def _size() -> int:
    table = JournalEntry.__tablename__
    if is_sqlite():
        indexes = sa.text("SELECT name FROM sqlite_master WHERE tbl_name = :t AND type = 'index'")
        names = [table, *db.session.scalars(indexes, {"t": table})]
        query = sa.text("SELECT sum(pgsize) FROM dbstat WHERE name = :name")
        try:
            return sum(db.session.scalar(query, {"name": name}) or 0 for name in names)
        finally:
            db.session.rollback()
    size = db.session.scalar(sa.text(f"SELECT pg_total_relation_size('{table}')"))
    db.session.rollback()
    return int(size or 0)
