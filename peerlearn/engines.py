"""How a database engine is set up, and how a writer gets its turn on SQLite."""

import sqlite3
import time
from contextvars import ContextVar
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

PING_AFTER_SECONDS = 1.0
BUSY_SECONDS: Final = 4
TURN_SECONDS: Final = 0.001

# Whether the transaction that begins next in this context is one that writes.
writing: ContextVar[bool] = ContextVar("peerlearn_writing", default=False)


def prepare_engine(engine: sa.Engine) -> None:
    """Set an engine up: on SQLite WAL, foreign keys, explicit BEGIN (IMMEDIATE for writers); elsewhere `_ping_rested`."""
    if getattr(engine, "_peerlearn_prepared", False):
        return
    engine._peerlearn_prepared = True  # type: ignore[attr-defined]
    if engine.dialect.name != "sqlite":
        _ping_rested(engine)
        return

    @event.listens_for(engine, "connect")
    def _on_connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # sqlite3 must not begin transactions by itself
        cursor = raw.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if writing.get():
            _begin_write(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_write(connection: Connection) -> None:
    """Wait here for a writer in another process, not inside SQLite.

    It would sleep in C, where no green thread can run meanwhile, and in steps of up to a tenth of a second.
    """
    raw: Any = connection.connection.driver_connection
    until = time.monotonic() + BUSY_SECONDS
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
            else:
                return
            time.sleep(TURN_SECONDS)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # what it raises is SQLAlchemy's
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _ping_rested(engine: sa.Engine) -> None:
    """Ask a pooled connection whether it lives before it is used, where it has rested for a second or more.

    A server that went away and came back leaves dead connections behind: they are found here, and all are made anew.
    One that did its work a moment ago is not asked: the question costs as much as a statement (`make bench-booking`).
    """

    @event.listens_for(engine, "checkin")
    def _on_checkin(_raw: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(raw: Any, record: Any, _fairy: Any) -> None:
        rests_since = record.info.get("rests_since")
        if rests_since is None or time.monotonic() - rests_since < PING_AFTER_SECONDS:
            return
        try:
            engine.dialect.do_ping(raw)
        except engine.dialect.loaded_dbapi.Error as error:
            raise sa.exc.InvalidatePoolError from error
