"""One database per engine for the whole run, put back to its empty state between tests."""

import sqlite3
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask

import peerlearn.tables  # noqa: F401 - metadata must know every table
from peerlearn.kernel import db

ROOT = Path(__file__).resolve().parent.parent

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


def make_schema(app: Flask) -> None:
    """Make every table the way a deployment does: by the migrations."""
    with app.app_context():
        if any((ROOT / "migrations" / "versions").glob("*.py")):
            flask_migrate.upgrade()
        else:
            db.create_all()
        db.session.remove()


class Eraser:
    """Remembers the empty state of a database and brings it back."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self._app = app
        with app.app_context():
            self._engine = db.engine
        self._empty = folder / "empty.db"
        if self._engine.dialect.name == "sqlite":
            self._engine.dispose()
            self._copy(self._file, self._empty)

    @property
    def _file(self) -> Path:
        return Path(str(self._engine.url.database))

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        with sqlite3.connect(source) as here, sqlite3.connect(target) as there:
            here.backup(there)
        here.close()
        there.close()

    def erase(self) -> None:
        """Empty the database. Connections left open by a test are closed first."""
        if self._engine.dialect.name == "sqlite":
            self._engine.dispose()
            self._copy(self._empty, self._file)
            return
        with self._engine.begin() as connection:
            connection.execute(sa.text(EMPTY_POSTGRES))
