"""A lesson whose two people are on two web processes: one PostgreSQL, one Redis, nothing in common otherwise.

The processes are the real ones: eventlet, green database driver, real websockets.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
import socketio
from flask import Flask

from config.app import create_app
from config.settings import Settings
from peerlearn.accounts.models import User
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from peerlearn.live.queries import last_seq, people_inside
from tests.database import make_schema
from tests.peerlearn.live.lessons import Lesson, lesson
from tests.product import Product
from tests.servers import PostgresServer

SOON_SECONDS = 30.0
SECRET = "the same in both processes " * 2

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture(scope="module")
def house_of_two(
    postgres_server: PostgresServer, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Product, Product]]:
    """Two web processes, and an application of the test's own that reads and writes their database."""
    url = postgres_server.fresh("rooms")
    folder = tmp_path_factory.mktemp("two")
    app = create_app(Settings.for_tests(database_url=url, secret_key=SECRET, data_dir=folder), queue=DirectQueue())
    make_schema(app)
    shared = {"DATABASE_URL": url, "REDIS_URL": redis_url, "SECRET_KEY": SECRET}
    webs = [Product(folder / name, extra_env=shared) for name in ("one", "other")]
    try:
        for web in webs:
            web.folder.mkdir()
            web.start("web")
        yield app, webs[0], webs[1]
    finally:
        for web in webs:
            web.stop()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


class There:
    """One person's page on one of the processes. What it hears is kept until it is asked for."""

    def __init__(self, app: Flask, web: Product, user_id: int) -> None:
        with app.app_context():
            user = db.session.get(User, user_id)
            assert user is not None
            client = app.test_client()
            with client.session_transaction() as cookies:
                cookies["_user_id"] = user.get_id()
                cookies["_fresh"] = True
        cookie = client.get_cookie("session")
        assert cookie is not None
        self.public_id = user.public_id
        self._heard: list[tuple[str, Any]] = []
        self._changed = threading.Condition()
        self.socket = socketio.Client(reconnection=False)
        self.socket.on("*", self._keep)
        self.socket.connect(web.url, headers={"Cookie": f"session={cookie.value}"}, transports=["websocket"])

    def _keep(self, event: str, payload: Any = None) -> None:
        with self._changed:
            self._heard.append((event, payload))
            self._changed.notify_all()

    def ask(self, event: str, **payload: Any) -> Any:
        """Emit and return the acknowledgement."""
        return self.socket.call(event, payload, timeout=SOON_SECONDS)

    def hears(self, event: str) -> Any:
        """Wait for an event and return its first payload."""
        with self._changed:
            assert self._changed.wait_for(lambda: event in dict(self._heard), SOON_SECONDS), (event, self._heard)
            found = next(pair for pair in self._heard if pair[0] == event)
            self._heard.remove(found)
            return found[1]

    def heard(self, event: str) -> bool:
        """Whether an event has come, after a moment in which it could have."""
        time.sleep(0.3)
        with self._changed:
            return event in dict(self._heard)

    def close(self) -> None:
        self.socket.disconnect()


@pytest.fixture
def room(house_of_two: tuple[Flask, Product, Product]) -> Lesson:
    with house_of_two[0].app_context():
        return lesson()


@pytest.fixture
def enter(house_of_two: tuple[Flask, Product, Product]) -> Iterator[Callable[[int, int], There]]:
    """Opens a page of a person on process 0 or 1; all of them are closed after the test."""
    app, *webs = house_of_two
    made: list[There] = []

    def make(process: int, user_id: int) -> There:
        made.append(There(app, webs[process], user_id))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def inside(house_of_two: tuple[Flask, Product, Product], room: Lesson) -> Callable[[], set[int]]:
    """Who sits in the room by the database."""

    def look() -> set[int]:
        with house_of_two[0].app_context():
            return people_inside(room.id)

    return look


def join(there: There, room: Lesson, page: str, **more: Any) -> Any:
    return there.ask("room_join", session=room.public_id, page=page, tab=page, **more)


@pytest.fixture
def two(enter: Callable[[int, int], There], room: Lesson) -> tuple[There, There]:
    """The mentor on the first process, the learner on the other, both seated."""
    mentor, learner = enter(0, room.mentor_id), enter(1, room.learner_id)
    assert join(mentor, room, "m")["ok"]
    assert join(learner, room, "l")["peer"] == {"epoch": 1}
    return mentor, learner


def test_they_meet_write_and_draw(
    two: tuple[There, There], room: Lesson, house_of_two: tuple[Flask, Product, Product]
) -> None:
    mentor, learner = two
    assert mentor.hears("peer_entered") == {"epoch": 2}
    assert mentor.hears("room_started") == {}
    assert learner.ask("chat_send", session=room.public_id, client_id="a", text="Hello")["answers"][0]["seq"] == 1
    assert mentor.ask("chat_send", session=room.public_id, client_id="a", text="Hi")["answers"][0]["seq"] == 2
    assert mentor.hears("journal_appended")["entries"][0]["payload"] == {"text": "Hello"}
    assert learner.hears("journal_appended")["entries"][0]["payload"] == {"text": "Hi"}
    learner.socket.emit("typing_show", {"session": room.public_id})
    assert mentor.hears("typing_shown") == {}
    with house_of_two[0].app_context():
        assert last_seq(room.id) == 2


def test_ink_finds_the_other_process_and_stays_on_this_one_when_both_are_here(
    enter: Callable[[int, int], There], two: tuple[There, There], redis_url: str, room: Lesson
) -> None:
    ink = [0, 2, "CEoD", "s1", 0, 30, 0]
    mentor, learner = two
    mentor.socket.emit("ink", ink)
    assert learner.hears("ink") == ink
    learner.socket.emit("ink", ink)
    assert mentor.hears("ink") == ink
    learner.close()
    here = enter(0, room.learner_id)
    assert join(here, room, "l")["ok"]
    store = redis.Redis.from_url(redis_url)
    before = published(store)
    for _ in range(20):
        mentor.socket.emit("ink", ink)
        assert here.hears("ink") == ink
    assert published(store) == before, "Redis is not asked for ink between neighbours"
    store.close()


def published(store: redis.Redis) -> int:
    """How often anything was said over Redis so far."""
    stats: Any = store.info("commandstats")
    return int(stats.get("cmdstat_publish", {}).get("calls", 0))


def test_the_call_moves_to_a_tab_on_the_other_process(
    enter: Callable[[int, int], There], two: tuple[There, There], room: Lesson, inside: Callable[[], set[int]]
) -> None:
    mentor, learner = two
    tab = enter(1, room.mentor_id)
    assert join(tab, room, "m2")["code"] == "seat_taken"
    moved = join(tab, room, "m2", move=True)
    assert mentor.hears("seat_moved") == {"epoch": moved["epoch"]}
    assert mentor.ask("room_leave", session=room.public_id)["ok"]  # the page gives the old seat back
    mentor.close()
    learner.socket.emit("typing_show", {"session": room.public_id})
    assert tab.hears("typing_shown") == {}
    assert inside() == {room.mentor_id, room.learner_id}
    assert not learner.heard("peer_left")


def test_a_dead_socket_on_the_one_does_not_end_the_sitting_on_the_other(
    enter: Callable[[int, int], There], two: tuple[There, There], room: Lesson, inside: Callable[[], set[int]]
) -> None:
    mentor, learner = two
    back = enter(1, room.mentor_id)
    assert join(back, room, "m")["epoch"] == 1  # the same page, before the first process noticed
    mentor.close()
    assert not learner.heard("peer_left")
    assert inside() == {room.mentor_id, room.learner_id}
    back.close()
    assert learner.hears("peer_left") == {"epoch": 1, "on_purpose": False}


def test_the_end_reaches_both_and_nothing_is_written_after_it(two: tuple[There, There], room: Lesson) -> None:
    mentor, learner = two
    assert mentor.ask("room_end", session=room.public_id)["ok"]
    assert learner.hears("room_ended") == {"state": "completed"}
    assert mentor.hears("room_ended") == {"state": "completed"}
    refused = learner.ask("chat_send", session=room.public_id, client_id="z", text="late")
    assert refused["code"] == "room_ended"
