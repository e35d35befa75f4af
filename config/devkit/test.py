"""`make test`: set-up, then every check, then every test. pytest's closing line is the last word of a good run."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue

from config.devkit import build, packages, programs, words
from config.devkit.check import LINT, TYPES, run_checks
from config.devkit.console import ROOT, main, say

BROWSERS = "tests/browser"
# What the lanes take, in this order, so that all end at about the same time. What no part names is the last's.
PARTS = (
    (BROWSERS,),
    ("tests/peerlearn/sessions", "tests/peerlearn/payments"),
    ("tests/blueprints",),
    ("tests/peerlearn",),
    ("tests/blueprints/live",),
    ("tests",),
)
LANES = 3
# Pictures and sounds come in real time, and their lane is the longest; databases can wait for a moment.
# Less than the 10 by which a worker's long jobs step back: a test compares the two.
BEHIND_THE_BROWSERS = 5


def body() -> int:
    """Everything, even after a failing check, so that one run tells all; the exit code is that of the worst."""
    started = time.monotonic()
    say("PeerLearn: setting up for the tests (what is in place already is skipped)")
    packages.python_packages(dev=True)
    packages.node_packages()
    build.assets()
    words.compiled()
    programs.need_all()
    say(f"  ready after {time.monotonic() - started:.1f} s")
    say("Checks")
    failed = run_checks({**LINT, **TYPES})
    if failed:
        say(f"  Failed: {', '.join(failed)}. The tests run all the same.")
    say("Tests")
    env = {
        **packages.venv_env(),
        "CHROMIUM": programs.CHROMIUM.path() or "",
        "INITDB": programs.POSTGRESQL.path() or "",
    }
    chosen = os.environ.get("PYTEST_ARGS", "").split()
    tests = _pytest(chosen, env) if chosen else _lanes(env)
    return tests or (1 if failed else 0)


def _command(arguments: Sequence[str]) -> list[str]:
    return [str(packages.PYTHON), "-m", "pytest", "-q", *arguments]


def _pytest(arguments: Sequence[str], env: dict[str, str]) -> int:
    """Run pytest and return its exit code."""
    return subprocess.run(_command(arguments), cwd=ROOT, env=env, check=False, stdin=subprocess.DEVNULL).returncode


def _parts() -> list[tuple[int, Sequence[str]]]:
    """For each part how much it gives way, and what pytest is given: its places without those that another has of its own."""
    named = sorted({place for part in PARTS for place in part})
    parts: list[tuple[int, Sequence[str]]] = []
    for part in PARTS:
        others = [place for place in named if any(place.startswith(f"{own}/") for own in part)]
        niceness = 0 if BROWSERS in part else BEHIND_THE_BROWSERS
        parts.append((niceness, ("-m", "not drill", *part, *(f"--ignore={place}" for place in others))))
    return parts


class _Lane(threading.Thread):
    """One run of pytest after the other, until nothing is left to take. What a run said is printed when it has ended."""

    _printing = threading.Lock()

    def __init__(self, left: SimpleQueue[tuple[int, Sequence[str]]], env: dict[str, str]) -> None:
        super().__init__()
        self.worst = 0
        self._left, self._env = left, env
        self._running: subprocess.Popen[bytes] | None = None
        self._ended = False

    def run(self) -> None:
        """All that it can take, also after a failing run."""
        while not self._ended:
            try:
                niceness, arguments = self._left.get_nowait()
            except Empty:
                return
            say(f"  {' '.join(word for word in arguments if word.startswith('tests'))} ...")
            with tempfile.TemporaryFile() as heard:
                self._running = subprocess.Popen(
                    ["nice", "-n", str(niceness), *_command(arguments)],
                    cwd=ROOT,
                    env=self._env,
                    stdin=subprocess.DEVNULL,
                    stdout=heard,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C reaches it once, by `end`: a second one would cut its tidying up short
                )
                self.worst = max(self.worst, abs(self._running.wait()))
                heard.seek(0)
                with self._printing:
                    say(heard.read().decode(errors="replace"))

    def end(self) -> None:
        """Stop what still runs, servers and browsers with it: an interrupted run leaves nothing behind."""
        self._ended = True
        if self._running is not None:
            self._running.send_signal(signal.SIGINT)
        self.join()


def _lanes(env: dict[str, str]) -> int:
    """Browsers have a lane of their own from the start; what waits for databases and clocks shares what they leave."""
    left: SimpleQueue[tuple[int, Sequence[str]]] = SimpleQueue()
    for part in _parts():
        left.put(part)
    lanes = [_Lane(left, env) for _ in range(LANES)]
    try:
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
    finally:
        for lane in lanes:
            lane.end()
    return max(lane.worst for lane in lanes)


if __name__ == "__main__":
    main(body)
