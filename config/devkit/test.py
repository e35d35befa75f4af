"""`make test`: set-up, then every check, then every test. pytest's closing line is the last word of a good run."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from typing import IO

from config.devkit import build, packages, programs, words
from config.devkit.check import LINT, TYPES, run_checks
from config.devkit.console import ROOT, main, say

BROWSERS = "tests/browser"
# What the lane of the browsers does when it is through with them, so that both lanes end at about the same time.
AFTER_BROWSERS = ("tests/blueprints/live", "tests/bench", "tests/config")


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
    """Runs of pytest one after the other, beside the caller's own. What they say is kept."""

    def __init__(self, runs: Sequence[Sequence[str]], env: dict[str, str], heard: IO[bytes]) -> None:
        super().__init__()
        self.worst = 0
        self._runs, self._env, self._heard = runs, env, heard
        self._running: subprocess.Popen[bytes] | None = None
        self._ended = False

    def run(self) -> None:
        """All runs, also after a failing one."""
        for arguments in self._runs:
            if self._ended:
                return
            self._running = subprocess.Popen(
                _command(arguments),
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=self._heard,
                stderr=subprocess.STDOUT,
            )
            self.worst = max(self.worst, abs(self._running.wait()))

    def end(self) -> None:
        """Stop what still runs: an interrupted run leaves nothing behind."""
        self._ended = True
        if self._running is not None:
            self._running.terminate()
        self.join()


def _two_lanes(env: dict[str, str]) -> int:
    """Browsers beside everything else: a core each. What the browsers' lane said is printed after the other's."""
    only = ("-m", "not browser and not drill")
    with tempfile.TemporaryFile() as heard:
        lane = _Lane([("-m", "browser and not drill", BROWSERS), (*only, *AFTER_BROWSERS)], env, heard)
        lane.start()
        try:
            rest = _pytest([*only, *(f"--ignore={place}" for place in (BROWSERS, *AFTER_BROWSERS))], env)
            lane.join()
        finally:
            lane.end()
        heard.seek(0)
        say(heard.read().decode(errors="replace"))
    return rest or lane.worst


if __name__ == "__main__":
    main(body)
