"""Starts what the Procfile names, and the payment simulator beside it, with prefixed output; Ctrl-C ends them all."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from honcho import manager as honcho_manager
from honcho.environ import parse_procfile
from honcho.manager import Manager

from config.devkit.console import ROOT, say

STARTS = ("web", "worker")
UP_WITHIN_SECONDS = 60
# The web process may take a moment to end running requests; a terminal should not wait for its full 20 s.
KILL_AFTER_SECONDS = 8
WELCOME = """
  PeerLearn is up:  {address}

    learner   rohan@peerlearn.test
    mentor    asha@peerlearn.test       (also gurpreet@peerlearn.test)
    admin     admin@peerlearn.test      {address}/admin
    password  peerlearn-demo            (for all of them)

  Payments go to a simulated gateway at {simulator}. Ctrl-C stops everything.
"""


class House(Manager):  # type: ignore[misc]  # honcho ships no types
    """honcho's manager; a second Ctrl-C stops at once, and the terminal's own end stops it too."""

    def end(self, _number: int, _frame: FrameType | None) -> None:
        """Ask every process to end; asked twice, end them at once."""
        if self._terminating:
            self.kill()
        self.returncode = 0
        self.terminate()

    def terminate(self) -> None:
        """Pass the wish on, but only once every process has told its id."""
        deadline = time.monotonic() + 2
        while not self._all_started() and time.monotonic() < deadline and not self._any_stopped():
            message = self.events.get(timeout=2)
            if message.type == "start":
                self._processes[message.name]["pid"] = message.data["pid"]
        super().terminate()

    def _start(self) -> None:
        super()._start()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.end)


def commands(port: int) -> dict[str, str]:
    """What to run, by name: the Procfile's web and worker, and the simulator when no real gateway is set."""
    procfile = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8"))
    found = {name: f"exec {procfile.processes[name]}" for name in STARTS}
    if not os.environ.get("RAZORPAY_BASE_URL"):
        words = [
            *(sys.executable, "-m", "peerlearn.adapters.razorpay_simulator"),
            *("--port", str(port + 1), "--data", str(Path(os.environ["DATA_DIR"]) / "razorpay.db")),
            *("--webhook", f"http://127.0.0.1:{port}/webhooks/razorpay"),
        ]
        found = {"simulator": "exec " + shlex.join(words), **found}
    return found


def _greet(port: int) -> None:
    """Say the address once the site really answers."""
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                say(WELCOME.format(address=address, simulator=f"http://127.0.0.1:{port + 1}"))
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    say(f"  The site did not answer at {address} within {UP_WITHIN_SECONDS} s. The lines above say why.")


def _end_with_parent(parent: int) -> None:
    """When the terminal or `make` itself is killed, nobody is left to press Ctrl-C: end too."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def body() -> int:
    """Run until the first process ends or somebody presses Ctrl-C."""
    port = int(os.environ["PORT"])
    honcho_manager.KILL_WAIT = KILL_AFTER_SECONDS
    house = House()
    for name, command in commands(port).items():
        house.add_process(name, command, env=dict(os.environ), cwd=str(ROOT))
    threading.Thread(target=_greet, args=(port,), daemon=True).start()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    house.loop()
    say(
        "  Everything is stopped."
        if not house.returncode
        else "  A process ended by itself, so the others were stopped. Its lines above say why."
    )
    return int(house.returncode or 0)


if __name__ == "__main__":
    sys.exit(body())
