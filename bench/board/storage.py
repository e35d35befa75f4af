"""How many bytes of the database an hour's lesson takes, with its indexes."""

import random

import sqlalchemy as sa
from flask import Flask

from bench.board.hands import WORDS, hour, logged
from peerlearn.kernel import db, is_sqlite
from peerlearn.live.board import parse_operation
from peerlearn.live.journal import BATCH, Draft, journal_append
from peerlearn.live.models import JournalEntry
from tests.peerlearn.live.lessons import lesson

CHATS = 100


def stored_bytes(app: Flask) -> int:
    """Write one hour into an otherwise empty log and return what the log's table and indexes grew by."""
    with app.app_context():
        room = lesson()
        before = _size()
        dice = random.Random(3)
        people = (room.mentor_id, room.learner_id)
        drafts = [
            Draft(room.id, people[n % 2], step.get("id", f"{n:016x}"), "board", parse_operation(step))
            for n, step in enumerate(logged(hour()))
        ]
        drafts += [
            Draft(
                room.id,
                dice.choice(people),
                f"chat{n:012x}",
                "chat",
                {"text": dice.choice(WORDS) + " " + "so " * (n % 9)},
            )
            for n in range(CHATS)
        ]
        for start in range(0, len(drafts), BATCH):
            journal_append(drafts[start : start + BATCH])
        return _size() - before


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
