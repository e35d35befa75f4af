"""Real servers for tests: each starts on a free port in a folder of its own and ends with the test run."""

import base64
import ctypes
import hashlib
import hmac
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import psycopg2
from aiosmtpd.controller import Controller

from config.devkit import programs
from tests.product import free_port

START_SECONDS = 30
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """In the child, before its program starts: ask Linux to end it when the test run dies, however it dies."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
    """Poll until the condition holds. Raises AssertionError with `what` when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)


@contextmanager
def _server(
    command: Sequence[str],
    port: int,
    folder: Path,
    *,
    user: str | None = None,
    ready: Callable[[int], bool] = answers,
) -> Iterator[None]:
    log = folder / "server.log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            cwd=folder,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - started before any thread of the tests
            **as_owner(user),
        )
    try:
        wait_until(lambda: process.poll() is not None or ready(port), f"{command[0]} answering")
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        yield
    finally:
        process.send_signal(signal.SIGINT)  # for PostgreSQL the fast way to stop
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def need(program: programs.Program) -> str:
    """The path of a program of this machine. Raises AssertionError with the package that holds it."""
    path = program.path()
    assert path, f"{program.title} is missing: {program.package} (apt), or run make test, which says what it needs"
    return path


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; as root it gets an account that can own nothing else."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@dataclass(frozen=True)
class PostgresServer:
    """A running PostgreSQL; `fresh()` gives the URL of a new empty database."""

    port: int

    def _dsn(self, name: str) -> str:
        return f"postgresql://peerlearn@127.0.0.1:{self.port}/{name}"

    def fresh(self, name: str) -> str:
        """Make an empty database (dropping an older one of that name) and return its SQLAlchemy URL."""
        connection = psycopg2.connect(self._dsn("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        return self._dsn(name).replace("postgresql://", "postgresql+psycopg2://")


def takes_queries(port: int) -> bool:
    """PostgreSQL takes connections a moment before it takes queries."""
    try:
        psycopg2.connect(f"postgresql://peerlearn@127.0.0.1:{port}/postgres", connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def as_owner(user: str | None) -> dict[str, Any]:
    """Arguments of `subprocess` that run a program as another account; none without a name."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def postgres_folder(user: str | None) -> Path:
    """Make a new cluster for that account and return the folder it stands in; its data are in `data`."""
    folder = Path(tempfile.mkdtemp(prefix="peerlearn-pg-"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    made = subprocess.run(
        [
            *(Path(need(programs.POSTGRESQL)), "-D", folder / "data", "-U", "peerlearn", "-A", "trust", "-E", "UTF8"),
            *("--no-sync", "--locale=C"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **as_owner(user),
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


def postgres_command(folder: Path, port: int, *settings: str) -> list[str]:
    """What starts the cluster of `postgres_folder` on a port, with settings like `fsync=off`."""
    program = Path(need(programs.POSTGRESQL)).parent / "postgres"
    command = [str(program), "-D", str(folder / "data"), "-h", "127.0.0.1", "-p", str(port)]
    for setting in ("unix_socket_directories=", "max_connections=80", *settings):
        command += ["-c", setting]
    return command


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """PostgreSQL without the safety of a disk: fast, and gone afterwards. `durable` commits to disk, for benchmarks."""
    user = unprivileged_user()
    folder = postgres_folder(user)
    try:
        port = free_port()
        quick = () if durable else ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
        command = postgres_command(folder, port, *quick)
        with _server(command, port, folder, user=user, ready=takes_queries):
            yield PostgresServer(port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def redis_command(port: int) -> list[str]:
    """What starts a Redis that writes nothing to disk."""
    return [need(programs.REDIS), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]


@contextmanager
def redis() -> Iterator[str]:
    """Redis that writes nothing to disk; yields its URL."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="peerlearn-redis-") as folder,
        _server(redis_command(port), port, Path(folder)),
    ):
        yield f"redis://127.0.0.1:{port}/0"


@dataclass(frozen=True)
class TurnServer:
    """A running coturn and the secret it shares with the application (TURN REST credentials)."""

    port: int
    secret: str

    @property
    def urls(self) -> tuple[str, ...]:
        """What `TURN_URLS` says."""
        return (f"turn:127.0.0.1:{self.port}?transport=udp", f"turn:127.0.0.1:{self.port}?transport=tcp")

    def credentials(self, name: str = "test", ttl_seconds: int = 600) -> tuple[str, str]:
        """A user name and password that coturn accepts until they end."""
        user = f"{int(time.time()) + ttl_seconds}:{name}"
        digest = hmac.new(self.secret.encode(), user.encode(), hashlib.sha1).digest()
        return user, base64.b64encode(digest).decode()


def turn_command(server: TurnServer, folder: Path) -> list[str]:
    """What starts a coturn that relays between loopback addresses and writes into `folder` only."""
    relay = 42000 + (os.getpid() % 80) * 100
    return [
        need(programs.COTURN),
        *("-n", "--listening-ip=127.0.0.1", f"--listening-port={server.port}", "--relay-ip=127.0.0.1"),
        *(f"--min-port={relay}", f"--max-port={relay + 99}", "--realm=peerlearn.test", "--use-auth-secret"),
        *(f"--static-auth-secret={server.secret}", "--fingerprint", "--no-tls", "--no-dtls", "--no-cli"),
        *("--allow-loopback-peers", "--no-multicast-peers", "--log-file=stdout"),
        *(f"--pidfile={folder / 'turn.pid'}", f"--userdb={folder / 'turndb'}"),
    ]


@contextmanager
def turn(port: int | None = None, words: str = "secret-of-the-tests") -> Iterator[TurnServer]:
    """coturn on the loopback, relaying between loopback addresses; on a free port when none is given. `words` are its secret."""
    server = TurnServer(port=port or free_port(), secret=words)
    with (
        tempfile.TemporaryDirectory(prefix="peerlearn-turn-") as name,
        _server(turn_command(server, Path(name)), server.port, Path(name)),
    ):
        yield server


@dataclass
class Letters:
    """A real SMTP server that keeps what it is given; `refuse` makes it answer with that line instead."""

    port: int = 0
    letters: list[Message] = field(default_factory=list)
    refuse: str | None = None

    @property
    def url(self) -> str:
        """What `SMTP_URL` says."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one letter."""
        if self.refuse:
            return self.refuse
        self.letters.append(message_from_bytes(envelope.content))
        return "250 Taken"


@contextmanager
def smtp() -> Iterator[Letters]:
    """A mail server on the loopback."""
    box = Letters(port=free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
