"""Fixtures for every test: the application on both databases, a movable clock, real servers, a real browser."""

import contextvars
import dataclasses
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

from config.devkit import programs
from tests import servers

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - compared with, not listened on
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday, far from any change of summer time
MEMORY = "/dev/shm"  # noqa: S108 - a database that is thrown away waits for no disk
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream=fps=10",  # two calls' pictures must fit on two cores beside everything else
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
]


def _loopback_only(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple) and not str(args[1][0]).startswith(LOOPBACK):
        raise RuntimeError(f"A test tried to reach {args[1][0]}; tests use the loopback only.")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--db sqlite` while you work on something; both before you commit."""
    parser.addoption(
        "--db", choices=["sqlite", "postgres", "both"], default="both", help="which database(s) to test on"
    )


def pytest_configure(config: pytest.Config) -> None:
    """From here on this process reaches nothing but itself and its own servers.

    Hypothesis tries the same examples in every run and takes the time it needs: how fast one comes says something of the
    machine, not of the code. Another search: `--hypothesis-profile default`.
    """
    sys.addaudithook(_loopback_only)
    settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    if not config.getoption("--hypothesis-profile", None):
        settings.load_profile("steady")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """pytest has the last word: a thread that misses its Redis says nothing any more."""
    logging.disable(logging.CRITICAL)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches the database runs on SQLite and on PostgreSQL."""
    if "engine_name" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        names = ["sqlite", "postgres"] if chosen == "both" else [chosen]
        metafunc.parametrize("engine_name", names, scope="session")


# --- servers -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.PostgresServer]:
    """A PostgreSQL of this run."""
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this run."""
    with servers.redis() as url:
        yield url


@pytest.fixture(scope="session")
def turn_server() -> Iterator[servers.TurnServer]:
    """A coturn of this run."""
    with servers.turn() as server:
        yield server


@pytest.fixture
def smtp_server() -> Iterator[servers.Letters]:
    """An SMTP server with an empty box."""
    with servers.smtp() as box:
        yield box


# --- the application -----------------------------------------------------------------------------------------------


class IsolatedClient(FlaskClient):
    """A browser of its own: its requests do not see the test's application context (nor the person signed in there)."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request; afterwards the test reads what is true now, not what it saw before."""
        from peerlearn.kernel import db

        result = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.rollback()
        return result


@pytest.fixture(scope="session")
def db_url(engine_name: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The SQLAlchemy URL of this run's database on one engine."""
    if engine_name == "sqlite":
        memory = MEMORY if os.access(MEMORY, os.W_OK) else None
        with tempfile.TemporaryDirectory(prefix="peerlearn-test-", dir=memory) as folder:
            yield f"sqlite:///{folder}/test.db"
        return
    server: servers.PostgresServer = request.getfixturevalue("postgres_server")
    yield server.fresh("test")


@pytest.fixture(scope="session")
def templates_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where compiled templates lie, so that each is compiled once for all applications of the run."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(scope="session")
def house(
    db_url: str, tmp_path_factory: pytest.TempPathFactory, templates_of_the_run: Path
) -> Iterator[tuple[Flask, Any]]:
    """One application per engine and the eraser of its database. Tests ask for `app`."""
    from config.app import create_app
    from config.settings import Settings
    from peerlearn.accounts import passwords
    from peerlearn.jobs.queue import DirectQueue
    from peerlearn.kernel import db
    from tests.database import Eraser, make_schema

    folder = tmp_path_factory.mktemp("house")
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # Argon2id at its cheapest
    passwords._nobody = passwords._hasher.hash("no account has this password")
    app = create_app(Settings.for_tests(database_url=db_url, data_dir=folder), queue=DirectQueue())
    app.test_client_class = IsolatedClient
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(templates_of_the_run))
    make_schema(app)
    yield app, Eraser(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(house: tuple[Flask, Any]) -> Iterator[Flask]:
    """The application with an empty database and its context pushed; runs once per engine."""
    from peerlearn.kernel import db

    made, eraser = house
    with made.app_context():
        made.extensions["peerlearn.ports"].queue.asked.clear()
        made.extensions["peerlearn.ports"].queue.later.clear()
        yield made
        db.session.remove()
    eraser.erase()


@pytest.fixture
def kept(house: tuple[Flask, Any], app: Flask) -> Callable[[str, Callable[[], Any]], Any]:
    """`kept(name, make)` fills the database as `make` does, which is called once per engine; see `Eraser.kept`."""
    queue = app.extensions["peerlearn.ports"].queue

    def fill(name: str, make: Callable[[], Any]) -> Any:
        made = house[1].kept(name, make)
        queue.asked.clear()
        queue.later.clear()
        return made

    return fill


@pytest.fixture
def ports(app: Flask) -> Any:
    """The application's ports."""
    return app.extensions["peerlearn.ports"]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with. More of them: `app.test_client()`."""
    return app.test_client()


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The process clock, standing still at noon of a Wednesday until the test moves it."""
    from peerlearn.clock import MovableClock, clock_in_use, set_clock

    before, moved = clock_in_use(), MovableClock(NOON)
    app = request.getfixturevalue("app") if "app" in request.fixturenames else None
    set_clock(moved)
    if app is not None:
        tray = app.extensions["peerlearn.ports"]
        app.extensions["peerlearn.ports"] = dataclasses.replace(tray, clock=moved)
    yield moved
    set_clock(before)
    if app is not None:
        app.extensions["peerlearn.ports"] = tray


# --- the browser ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium with a fake camera and microphone."""
    path = os.environ.get("CHROMIUM") or programs.CHROMIUM.path()
    assert path, "Chromium is missing: apt install chromium"
    return {**browser_type_launch_args, "executable_path": path, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parent.parent
