"""The embedded bus: what one process sends, another one's server hears."""

import time
from pathlib import Path
from typing import Any

import pytest
import socketio

from peerlearn.adapters.bus import SocketBus, SqliteManager, make_manager


class Hearing(SqliteManager):
    """A manager that notes what it would hand to its sockets."""

    def __init__(self, file: str, **kwargs: Any) -> None:
        super().__init__(file, **kwargs)
        self.heard: list[tuple[str, Any, str]] = []

    def _handle_emit(self, message: dict[str, Any]) -> None:
        self.heard.append((message["event"], message["data"], message["room"]))


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "bus.db")


def wait_for(condition: Any, seconds: float = 3) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing was heard"
        time.sleep(0.01)


def test_an_event_of_another_process_is_heard_once_and_in_order(file: str) -> None:
    web = Hearing(file)
    socketio.Server(client_manager=web, async_mode="threading").manager.initialize()
    time.sleep(0.05)
    bus = SocketBus(make_manager(redis_url=None, sqlite_file=file, write_only=True))
    for number in range(5):
        bus.emit("noted", {"n": number}, room="user:a")
    wait_for(lambda: len(web.heard) >= 5)
    assert web.heard == [("noted", [{"n": number}], "user:a") for number in range(5)]


def test_a_lone_web_process_does_not_write_to_its_own_channel(file: str) -> None:
    web = Hearing(file, alone=True)
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
