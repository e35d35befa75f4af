"""The simulator's memory: one SQLite file, so that money, deliveries and options outlive a restart."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peerlearn.adapters.razorpay_simulator.shapes import Body
from peerlearn.clock import Clock, SystemClock

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entity (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    parent TEXT, receipt TEXT, created_at INTEGER NOT NULL, body TEXT NOT NULL, private TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS entity_parent ON entity (kind, parent);
CREATE INDEX IF NOT EXISTS entity_receipt ON entity (kind, receipt);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, payment_id TEXT NOT NULL, request TEXT NOT NULL, refund_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL,
    order_id TEXT, body TEXT NOT NULL, signature TEXT NOT NULL, due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL, answer INTEGER, problem TEXT, created_at REAL NOT NULL, sent_at REAL);
CREATE TABLE IF NOT EXISTS later (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due_at REAL NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS balance (account TEXT PRIMARY KEY, paise INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS option (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

DEFAULTS: dict[str, Any] = {
    "webhooks": True,
    "duplicates": False,
    "delay_seconds": 0.0,
    "late_seconds": 12.0,
    "expiry_seconds": 3 * 86_400.0,
    "expiry_tells": True,
    "refund_seconds": 2.0,
    "refund_outcome": "processed",
    "review": "activated",
    "transfer_outcome": "processed",
    "transfer_seconds": 1.0,
    "settlement_outcome": "processed",
    "settlement_seconds": 5.0,
    "dispute_deducts": "loss",
    "retry_seconds": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0],
}


class _Time:
    """The company's own clock."""

    clock: Clock = SystemClock()


def unix_now() -> float:
    """Seconds since 1970: the simulated company lives in real time, whatever the product's clock says."""
    return _Time.clock.now().timestamp()


def company_clock(clock: Clock) -> None:
    """Let the company live in another time: that of a drill whose days pass in seconds."""
    _Time.clock = clock


class Store:
    """Typed access to the file. Every change runs inside `change()`, one at a time."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._durable = path, durable
        self._lock = threading.RLock()
        self._depth = 0
        self.reopen()
        self._connection.executescript(_SCHEMA)

    def reopen(self) -> None:
        """Open the file, again after `close()`: a connection must not be open while a process forks."""
        self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        if not self._durable:  # a drill: what a power cut would take is of no interest
            self._connection.execute("PRAGMA synchronous=OFF")

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """All or nothing: what is written inside is committed together. Joins a change that is already open."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Rows of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        """One statement; the number of rows it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    # entities -------------------------------------------------------------------------------------------------------

    def add(self, kind: str, body: Body, parent: str | None = None, private: Body | None = None) -> Body:
        """Keep a new entity. `private` is what the API never shows (how the order wants to be captured)."""
        self.run(
            "INSERT INTO entity (id, kind, parent, receipt, created_at, body, private) VALUES (?,?,?,?,?,?,?)",
            body["id"],
            kind,
            parent,
            body.get("receipt"),
            body["created_at"],
            json.dumps(body),
            json.dumps(private or {}),
        )
        return body

    def save(self, body: Body) -> Body:
        """Write an entity back."""
        self.run("UPDATE entity SET body = ? WHERE id = ?", json.dumps(body), body["id"])
        return body

    def find(self, kind: str, entity_id: str) -> Body | None:
        """The entity with this id, or nothing."""
        found = self.rows("SELECT body FROM entity WHERE kind = ? AND id = ?", kind, entity_id)
        return json.loads(found[0]["body"]) if found else None

    def private(self, entity_id: str) -> Body:
        """What the API never shows of an entity."""
        found = self.rows("SELECT private FROM entity WHERE id = ?", entity_id)
        private: Body = json.loads(found[0]["private"]) if found else {}
        return private

    def listed(
        self,
        kind: str,
        parent: str | None = None,
        receipt: str | None = None,
        since: int = 0,
        until: int = 2**40,
        count: int = 10,
        skip: int = 0,
    ) -> list[Body]:
        """Entities of a kind, newest first."""
        found = self.rows(
            "SELECT body FROM entity WHERE kind = ? AND (? IS NULL OR parent = ?) AND (? IS NULL OR receipt = ?)"
            " AND created_at BETWEEN ? AND ? ORDER BY seq DESC LIMIT ? OFFSET ?",
            kind,
            parent,
            parent,
            receipt,
            receipt,
            since,
            until,
            count,
            skip,
        )
        return [json.loads(row["body"]) for row in found]

    # balances -------------------------------------------------------------------------------------------------------

    def balance(self, account: str = "") -> int:
        """Paise in an account: a linked one, or (empty) the merchant's own."""
        found = self.rows("SELECT paise FROM balance WHERE account = ?", account)
        return int(found[0]["paise"]) if found else 0

    def move(self, paise: int, account: str = "") -> None:
        """Add to an account; less than nothing takes away."""
        self.run(
            "INSERT INTO balance (account, paise) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET paise = paise + ?",
            account,
            paise,
            paise,
        )

    # options --------------------------------------------------------------------------------------------------------

    def option(self, name: str) -> Any:
        """The value of an option, or its default."""
        found = self.rows("SELECT value FROM option WHERE name = ?", name)
        return json.loads(found[0]["value"]) if found else DEFAULTS[name]

    def options(self) -> dict[str, Any]:
        """All options."""
        return {name: self.option(name) for name in DEFAULTS}

    def set_option(self, name: str, value: Any) -> None:
        """Change an option. Raises KeyError for a name that does not exist."""
        DEFAULTS[name]
        self.run("INSERT OR REPLACE INTO option (name, value) VALUES (?, ?)", name, json.dumps(value))

    # things to do later -----------------------------------------------------------------------------------------------

    def do_later(self, what: str, subject: str, due_at: float) -> None:
        """Remember to do `what` to an entity at a time."""
        self.run("INSERT INTO later (due_at, what, subject) VALUES (?,?,?)", due_at, what, subject)

    def due(self, now: float) -> list[sqlite3.Row]:
        """What is due, oldest first: rows of (id, what, subject)."""
        return self.rows("SELECT id, what, subject FROM later WHERE due_at <= ? ORDER BY due_at, id", now)

    def done(self, later_id: int) -> bool:
        """Strike out what was put off; False where somebody else was quicker."""
        return self.run("DELETE FROM later WHERE id = ?", later_id) == 1
