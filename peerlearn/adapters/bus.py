"""The message bus: one python-socketio client manager, on Redis or on a small SQLite file.

Both let any process reach every connected browser; the web process and the worker use the same calls either way.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import socketio
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

CHANNEL = "peerlearn"
CUT = "__cut__"
KEEP_SECONDS = 60
POLL_SECONDS = 0.15
REGAIN_SECONDS = 0.5


class CutsRooms:
    """Mixin: an emit of `CUT` disconnects the room's sockets in every process instead of reaching a browser."""

    def _handle_emit(self, message: dict[str, Any]) -> None:
        if message["event"] != CUT:
            super()._handle_emit(message)  # type: ignore[misc]
            return
        server, namespace = self.server, message["namespace"]  # type: ignore[attr-defined]
        if server is not None:
            for sid, _ in list(self.get_participants(namespace, message["room"])):  # type: ignore[attr-defined]
                server.disconnect(sid, namespace=namespace)


class RedisManager(CutsRooms, socketio.RedisManager):  # type: ignore[misc]
    """The Redis channel. It listens again within a second of Redis being back, and tells that it has missed something.

    The library doubles its pause up to a minute, and does not tell: a page would wait as long for the other one's words.
    """

    def __init__(self, *args: Any, sleep: Callable[[float], Any] = time.sleep, **kwargs: Any) -> None:
        super().__init__(*args, redis_options={"socket_connect_timeout": 2}, **kwargs)
        self._sleep = sleep
        self.on_regained: Callable[[], None] = _nobody_cares

    def _redis_listen_with_retries(self) -> Iterator[Any]:
        lost = False
        while True:
            try:
                self._redis_connect()
                self.pubsub.subscribe(self.channel)
                if lost:
                    log.warning("bus: Redis is back; what was said meanwhile is lost")
                    self.on_regained()
                lost = False
                yield from self.pubsub.listen()
            except (RedisError, OSError) as error:
                if not lost:
                    log.warning("bus: Redis is away: %s", error)
                lost = True
                self._sleep(REGAIN_SECONDS)


def _nobody_cares() -> None:
    """Until a server asks to be told."""


class SqliteManager(CutsRooms, socketio.PubSubManager):  # type: ignore[misc]
    """A client manager whose channel is a table in a SQLite file, for one machine without Redis.

    Messages live for a minute. A reader starts at the newest one, as it would on a real channel.
    """

    name = "sqlite"

    def __init__(
        self,
        file: str,
        *,
        write_only: bool = False,
        sleep: Callable[[float], Any] = time.sleep,
        alone: bool = False,
    ) -> None:
        super().__init__(channel=CHANNEL, write_only=write_only)
        self._file = file
        self._sleep = sleep
        # The only reader of the channel need not write to it: it has already served its own sockets.
        self.alone = alone
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, data TEXT)"
            )
        connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=2, isolation_level=None)
        # What lives for a minute need not be waited for until it is on the disk.
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **more: Any) -> Any:
        """Where no other process listens, the channel is not even prepared: it would look through all of `data` for bytes."""
        if self.alone and event != CUT:
            more["ignore_queue"] = True
        return super().emit(event, data, namespace, room=room, **more)

    def _publish(self, data: Any) -> None:
        if self.alone:
            return
        connection = self._open()
        try:
            connection.execute(
                "INSERT INTO message (at, data) VALUES (?, ?)",
                (time.time(), self.json.dumps(data)),
            )
            connection.execute("DELETE FROM message WHERE at < ?", (time.time() - KEEP_SECONDS,))
        finally:
            connection.close()

    def _listen(self) -> Iterator[str]:
        connection = self._open()
        seen = connection.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0]
        while True:
            rows = connection.execute("SELECT id, data FROM message WHERE id > ? ORDER BY id", (seen,)).fetchall()
            for row_id, data in rows:
                seen = row_id
                yield data
            self._sleep(POLL_SECONDS)


def make_manager(
    *,
    redis_url: str | None,
    sqlite_file: str,
    write_only: bool,
    alone: bool = False,
    sleep: Any = time.sleep,
) -> socketio.PubSubManager:
    """Return the client manager that both settings of the house describe."""
    if redis_url:
        return RedisManager(redis_url, channel=CHANNEL, write_only=write_only, sleep=sleep)
    return SqliteManager(sqlite_file, write_only=write_only, alone=alone, sleep=sleep)


class SocketBus:
    """The Bus port over a client manager (write-only in the worker) or over the running Socket.IO server (web)."""

    def __init__(self, emitter: Any) -> None:
        self._emitter = emitter

    def emit(self, event: str, payload: dict[str, Any], *, room: str) -> None:
        """Send an event to a room. A lost bus is logged: browsers catch up from the database."""
        try:
            self._emitter.emit(event, payload, room=room, namespace="/")
        except Exception:
            log.exception("bus: could not emit %s to %s", event, room)

    def disconnect_user(self, user_public_id: str) -> None:
        """Cut every socket of a person, in every process."""
        self.emit(CUT, {}, room=f"user:{user_public_id}")


class NullBus:
    """A bus that remembers what was sent. For tests and one-off commands."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any], str]] = []
        self.cut: list[str] = []

    def emit(self, event: str, payload: dict[str, Any], *, room: str) -> None:
        """Remember an event."""
        self.sent.append((event, payload, room))

    def disconnect_user(self, user_public_id: str) -> None:
        """Remember whose sockets were to be cut."""
        self.cut.append(user_public_id)
