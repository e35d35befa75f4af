"""One database per engine for the whole run, put back to its empty state between tests, or to one that was kept."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import flask_migrate
import sqlalchemy as sa
from flask import Flask

import peerlearn.tables  # noqa: F401 - metadata must know every table
from peerlearn.kernel import db

ROOT = Path(__file__).resolve().parent.parent
T = TypeVar("T")

# Triggers (the ledger refuses deletion) and foreign keys are off for this one session; sequences start again at 1.
EMPTY_POSTGRES = """
DO $$
DECLARE entry record; filled boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR entry IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', entry.name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', entry.name); END IF;
  END LOOP;
  FOR entry IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', entry.name);
  END LOOP;
END $$
"""

# A kept state is a schema of its own: a copy of each table that has rows, and how far the sequences have come.
KEEP_POSTGRES = """
DO $$
DECLARE entry record; filled boolean;
BEGIN
  CREATE SCHEMA {name};
  FOR entry IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', entry.name) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE {name}.%I AS TABLE public.%I', entry.name, entry.name); END IF;
  END LOOP;
  CREATE TABLE {name}.sequences AS SELECT sequencename AS name, last_value AS at FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
FILL_POSTGRES = """
DO $$
DECLARE entry record;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR entry IN SELECT tablename AS name FROM pg_tables WHERE schemaname = '{name}' AND tablename <> 'sequences' LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM {name}.%I', entry.name, entry.name);
  END LOOP;
  PERFORM setval(format('public.%I', name)::regclass, at) FROM {name}.sequences;
END $$
"""


# What the migrations made of an empty SQLite file: they run once in a process, for all applications that it makes.
_migrated: list[bytes] = []


def make_schema(app: Flask) -> None:
    """Make every table the way a deployment does: by the migrations."""
    with app.app_context():
        url = db.engine.url
        file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        fresh = file is not None and not (file.exists() and file.stat().st_size)
        if file is not None and fresh and _migrated:
            file.write_bytes(_migrated[0])
            return
        flask_migrate.upgrade()
        db.session.remove()
        if file is not None and fresh:
            _migrated.append(_content(file))


def _content(file: Path) -> bytes:
    """All that is committed in a SQLite file, with what still lies in its log."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.serialize()


class Eraser:
    """Remembers states of a database, the empty one first, and brings them back."""

    def __init__(self, app: Flask) -> None:
        self._made: dict[str, Any] = {}
        self._states: dict[str, bytes] = {}  # of SQLite
        with app.app_context():
            self._engine = db.engine
        if self._on_sqlite:
            self._states[""] = _content(self._file)

    @property
    def _on_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @property
    def _file(self) -> Path:
        return Path(str(self._engine.url.database))

    def _put(self, content: bytes) -> None:
        """Another file under the same name: a connection that a test left open keeps the old one, log and all."""
        self._engine.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)
        beside = Path(f"{self._file}-next")
        beside.write_bytes(content)
        beside.replace(self._file)

    def _run(self, script: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.text(script))

    def erase(self) -> None:
        """Empty the database. Connections left open by a test are closed first."""
        if self._on_sqlite:
            self._put(self._states[""])
        else:
            self._run(EMPTY_POSTGRES)

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """Fill the empty database with what `make` writes and return what it returns: plain values, no rows.

        `make` runs once; from then on the rows that it wrote are put back, which takes milliseconds.
        """
        known = name in self._made
        made = self._made[name] if known else make()
        db.session.remove()
        if self._on_sqlite:
            if known:
                self._put(self._states[name])
            else:
                self._states[name] = _content(self._file)
        else:
            self._run((FILL_POSTGRES if known else KEEP_POSTGRES).format(name=f"kept_{name}"))
        self._made[name] = made
        return made
