"""The bus, embedded and on Redis: what one process sends, another one's server hears."""

import time
from pathlib import Path
from typing import Any

import pytest
import socketio

from peerlearn.adapters.bus import CHANNEL, RedisManager, SocketBus, SqliteManager, make_manager
from tests.drills.daemons import redis_daemon


class Noting:
    """Mixin: notes what a manager would hand to its sockets."""

    heard: list[tuple[str, Any, str]]

    def _handle_emit(self, message: dict[str, Any]) -> None:
        self.heard.append((message["event"], message["data"], message["room"]))


class NotingSqlite(Noting, SqliteManager):
    """On the embedded channel."""


class NotingRedis(Noting, RedisManager):
    """On Redis."""


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "bus.db")


def wait_for(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing was heard"
        time.sleep(0.01)


@pytest.mark.parametrize("channel", ["embedded", "redis"])
def test_an_event_of_another_process_is_heard_once_and_in_order(
    channel: str, file: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("redis_url") if channel == "redis" else None
    web = NotingRedis(url, channel=CHANNEL) if url else NotingSqlite(file)
    web.heard = []
    socketio.Server(client_manager=web, async_mode="threading").manager.initialize()
    bus = SocketBus(make_manager(redis_url=url, sqlite_file=file, write_only=True))

    def reached() -> bool:
        bus.emit("are you there", {}, room="user:a")
        time.sleep(0.05)
        return bool(web.heard)

    wait_for(reached)  # a subscriber starts at the newest message; it hears nothing sent before
    bus.emit("start", {}, room="user:a")
    for number in range(5):
        bus.emit("noted", {"n": number}, room="user:a")
    wait_for(lambda: sum(event == "noted" for event, _, _ in web.heard) >= 5)
    time.sleep(0.2)
    after = web.heard[[event for event, _, _ in web.heard].index("start") + 1 :]
    assert after == [("noted", [{"n": number}], "user:a") for number in range(5)]


def test_a_lone_web_process_does_not_write_to_its_own_channel(file: str) -> None:
    web = NotingSqlite(file, alone=True)
    web.heard = []
    SocketBus(web).emit("noted", {}, room="user:a")
    connection = web._open()
    assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)
    connection.close()


def test_a_broken_bus_does_not_break_the_sender(file: str, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def emit(self, *args: Any, **kwargs: Any) -> None:
            raise OSError("gone")

    SocketBus(Broken()).emit("noted", {}, room="user:a")
    assert "could not emit noted" in caplog.text


def test_a_channel_that_was_deaf_hears_again_at_once_and_says_that_it_missed_something(tmp_path: Path) -> None:
    server = redis_daemon(tmp_path)
    server.start()
    url = f"redis://127.0.0.1:{server.port}/0"
    web = NotingRedis(url, channel=CHANNEL)
    web.heard = []
    regained: list[float] = []
    web.on_regained = lambda: regained.append(time.monotonic())
    socketio.Server(client_manager=web, async_mode="threading").manager.initialize()
    bus = SocketBus(make_manager(redis_url=url, sqlite_file="", write_only=True))
    try:
        for times in (0, 1):
            wait_for(lambda: bus.emit("are you there", {}, room="user:a") or web.heard)
            assert len(regained) == times
            web.heard.clear()
            if times == 0:
                server.kill()
                time.sleep(1.5)
                server.start()
                up = time.monotonic()
                wait_for(lambda: regained)
                assert regained[0] - up < 1
    finally:
        server.stop()
