"""Servers that a drill may kill at any moment and start again on the same port with the same data."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests import servers
from tests.drills.processes import children_of, kill_all, title_of
from tests.product import free_port


class Daemon:
    """One server process and, after its death, the next one in its place."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        port: int,
        folder: Path,
        *,
        user: str | None = None,
        ready: Callable[[int], bool] = servers.answers,
    ) -> None:
        self.name = name
        self.port = port
        self._command = command
        self._folder = folder
        self._as_owner: dict[str, Any] = servers.as_owner(user)
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self._folder / f"{self.name}.log").open("ab") as words:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=self._folder,
                preexec_fn=servers.end_with_parent,  # noqa: PLW1509 - it only asks for its own end
                **self._as_owner,
            )
        self._process = process
        servers.wait_until(lambda: process.poll() is not None or self._ready(self.port), f"{self.name} answering")
        assert process.poll() is None, f"{self.name} ended with {process.returncode}"

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it as a crash would, and wait until nothing of it is left."""
        process, self._process = self._process, None
        assert process is not None
        children = children_of(process.pid)
        process.send_signal(how)
        process.wait()
        kill_all(children)  # those of PostgreSQL notice by themselves, a moment later

    def kill_a_child(self, rng: random.Random) -> None:
        """Kill one of its child processes. PostgreSQL then throws every connection out and recovers by itself."""
        assert self._process is not None
        backends = [child for child in children_of(self._process.pid) if "peerlearn" in title_of(child)]
        if backends:
            os.kill(rng.choice(backends), signal.SIGKILL)
        servers.wait_until(lambda: self._ready(self.port), f"{self.name} answering after its recovery")

    def stop(self) -> None:
        """End it for good."""
        if self._process is not None:
            self.kill()


class Postgres(Daemon):
    """PostgreSQL that keeps what it has acknowledged when it is killed.

    The machine itself does not crash here, so the disk need not be waited for; the log must be handed to the system
    before a commit is acknowledged (`synchronous_commit`).
    """

    def __init__(self) -> None:
        user = servers.unprivileged_user()
        self.cluster = servers.postgres_folder(user)
        port = free_port()
        command = servers.postgres_command(self.cluster, port, "fsync=off", "synchronous_commit=on")
        super().__init__("postgres", command, port, self.cluster, user=user, ready=servers.takes_queries)

    def fresh(self, name: str) -> str:
        """Make an empty database and return its URL."""
        return servers.PostgresServer(self.port).fresh(name)

    def stop(self) -> None:
        """End it and remove its data."""
        super().stop()
        shutil.rmtree(self.cluster, ignore_errors=True)


def redis_daemon(folder: Path) -> Daemon:
    """A Redis that forgets everything when it dies."""
    port = free_port()
    return Daemon("redis", servers.redis_command(port), port, folder)


def turn_daemon(folder: Path) -> tuple[Daemon, servers.TurnServer]:
    """A coturn, and what the application must know of it."""
    place = Path(tempfile.mkdtemp(prefix="turn-", dir=folder))
    server = servers.TurnServer(port=free_port(), secret="secret-of-the-drill")
    return Daemon("turn", servers.turn_command(server, place), server.port, place), server
