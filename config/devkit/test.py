"""`make test`: set-up, then every check, then every test. pytest's closing line is the last word of a good run."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import IO

from config.devkit import build, packages, programs, words
from config.devkit.check import LINT, TYPES, run_checks
from config.devkit.console import ROOT, main, say

BROWSERS = "tests/browser"
# Kept for whichever lane is through with its own tests first, so that both end at about the same time.
FOR_THE_FIRST = (("tests/blueprints/live",), ("tests/bench", "tests/config"))


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
    tests = _pytest(chosen, env) if chosen else _two_lanes(env)
    return tests or (1 if failed else 0)


def _command(arguments: Sequence[str]) -> list[str]:
    return [str(packages.PYTHON), "-m", "pytest", "-q", *arguments]


def _pytest(arguments: Sequence[str], env: dict[str, str]) -> int:
    """Run pytest and return its exit code."""
    return subprocess.run(_command(arguments), cwd=ROOT, env=env, check=False, stdin=subprocess.DEVNULL).returncode


class _Lane(threading.Thread):
    """Its own run of pytest, then one after the other of those that the lanes share. `heard` takes what they say."""

    def __init__(
        self,
        own: Sequence[str],
        shared: SimpleQueue[Sequence[str]],
        env: dict[str, str],
        heard: IO[bytes] | None = None,
    ) -> None:
        super().__init__()
        self.worst = 0
        self._own, self._shared, self._env, self._heard = own, shared, env, heard
        self._running: subprocess.Popen[bytes] | None = None
        self._ended = False

    def run(self) -> None:
        """All runs, also after a failing one."""
        arguments = self._own
        while not self._ended:
            self._running = subprocess.Popen(
                _command(arguments),
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=self._heard,
                stderr=subprocess.STDOUT,
            )
            self.worst = max(self.worst, abs(self._running.wait()))
            try:
                arguments = self._shared.get_nowait()
            except Empty:
                return

    def end(self) -> None:
        """Stop what still runs: an interrupted run leaves nothing behind."""
        self._ended = True
        if self._running is not None:
            self._running.terminate()
        self.join()


def _two_lanes(env: dict[str, str]) -> int:
    """Browsers beside everything else: a core each. What the browsers' lane said is printed after the other's."""
    only = ("-m", "not browser and not drill")
    kept = [place for places in FOR_THE_FIRST for place in places]
    rest = (*only, *(f"--ignore={place}" for place in (BROWSERS, *kept)))
    shared: SimpleQueue[Sequence[str]] = SimpleQueue()
    for places in FOR_THE_FIRST:
        shared.put((*only, *places))
    with tempfile.TemporaryFile() as heard:
        lanes = [
            _Lane(rest, shared, env),
            _Lane(("-m", "browser and not drill", BROWSERS), shared, env, heard),
        ]
        try:
            for lane in lanes:
                lane.start()
            for lane in lanes:
                lane.join()
        finally:
            for lane in lanes:
                lane.end()
        heard.seek(0)
        say(heard.read().decode(errors="replace"))
    return max(lane.worst for lane in lanes)


if __name__ == "__main__":
    main(body)
