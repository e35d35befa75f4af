"""Starts the servers that are compared, each alone on the servers' core."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.room import messages
from bench.room.build import NODE
from bench.room.machine import SERVER_CORE, on_core
from bench.room.script import Seat, Target
from tests.product import ROOT, Product, free_port
from tests.servers import wait_until

SECRET = "development-only-secret-key-not-for-production"  # noqa: S105 - the one that everybody knows
RATES_LIFTED = {"ROOM_RATE_FACTOR": "10000"}


@dataclass(frozen=True)
class Contestant:
    """A running server, who sits in its rooms (two seats a room), and what is said there."""

    target: Target
    seats: list[Seat]
    templates: dict[str, list[str]]


@dataclass
class Cast:
    """Rooms, people and cookies of one prepared database; `folder` holds what the product wrote."""

    folder: Path
    rooms: list[dict[str, list[str] | str]] = field(default_factory=list)

    def seats(self, count: int) -> list[Seat]:
        """The seats of the first `count` rooms."""
        return [
            Seat(str(room["token"]), cookie, messages.join(str(room["token"]), side))
            for room in self.rooms[:count]
            for side, cookie in zip(("mentor", "learner"), room["cookies"], strict=True)
        ]


def prepared(folder: Path, rooms: int, **env: str) -> Cast:
    """A new database with so many lessons under way, and the cookies of their people."""
    folder.mkdir(parents=True)
    product = Product(folder, extra_env=env)
    file = folder / "cast.json"
    words = [sys.executable, "-m", "bench.room.cast", str(rooms), str(file)]
    done = subprocess.run(words, cwd=ROOT, env=product.env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the people could not be made:\n{done.stdout}\n{done.stderr}")
    return Cast(folder, json.loads(file.read_text(encoding="utf-8")))


@contextmanager
def peerlearn(cast: Cast, folder: Path, rooms: int, **env: str) -> Iterator[tuple[Contestant, Product]]:
    """Our own web process, `wsgi.py`, on a copy of the prepared database."""
    shutil.copytree(cast.folder, folder)
    product = Product(folder, extra_env=env)
    with on_core(SERVER_CORE):
        product.start("web")
    try:
        target = Target("peerlearn", product.port, product._running["web"].pid)
        yield Contestant(target, cast.seats(rooms), messages.ours()), product
    finally:
        product._running["web"].kill()  # what it would say to its sockets while draining is not measured
        product.stop()


@contextmanager
def _process(words: list[str], port: int, **env: str) -> Iterator[int]:
    environment = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT), **env}
    with on_core(SERVER_CORE):
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: process.poll() is not None or _listens(process.pid, port), f"{words[-2]} answering")
        if process.poll() is not None:
            raise RuntimeError(f"{' '.join(words)} ended at once")
        yield process.pid
    finally:
        process.kill()
        process.wait()


def _listens(pid: int, port: int) -> bool:
    """Whether the process listens, without connecting to it."""
    wanted = f"0100007F:{port:04X} 00000000:0000 0A"
    return wanted in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii")


@contextmanager
def node(cast: Cast, rooms: int) -> Iterator[Contestant]:
    """Socket.IO's own server on Node, with nothing changed."""
    port = free_port()
    program = shutil.which("node")
    if program is None:
        raise RuntimeError("node was not found; `make setup` installs one")
    with _process([program, str(NODE / "server.mjs"), str(port)], port) as pid:
        yield Contestant(Target("node", port, pid), cast.seats(rooms), messages.socketio())


@contextmanager
def flask(cast: Cast, rooms: int) -> Iterator[Contestant]:
    """Flask-SocketIO on eventlet, with nothing changed."""
    port = free_port()
    words = [sys.executable, "-m", "bench.room.peers.stock_flask", str(port)]
    with _process(words, port, SECRET_KEY=SECRET) as pid:
        yield Contestant(Target("flask", port, pid), cast.seats(rooms), messages.socketio())


@contextmanager
def channels(cast: Cast, rooms: int) -> Iterator[Contestant]:
    """Django Channels with its in-memory layer, on uvicorn with uvloop."""
    port = free_port()
    words = [sys.executable, "-m", "bench.room.peers.django_channels", str(port)]
    with _process(words, port) as pid:
        seats = [Seat(seat.token, seat.cookie, messages.plain_join(seat.token)) for seat in cast.seats(rooms)]
        yield Contestant(Target("channels", port, pid, "plain", "/room", "joined"), seats, messages.plain())


@contextmanager
def floor(program: Path, rooms: int) -> Iterator[Contestant]:
    """A relay in C that knows no rooms and no protocol: what the machine and the generator themselves cost."""
    with on_core(SERVER_CORE):
        process = subprocess.Popen([str(program)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        port = int(process.stdout.readline())
        seats = [Seat(f"room{room}", "", "") for room in range(rooms) for _ in range(2)]
        yield Contestant(Target("floor", port, process.pid, "bare", "/"), seats, messages.socketio())
    finally:
        process.kill()
        process.communicate()
