"""`make test`: set-up, then every check, then every test. pytest's closing line is the last word of a good run."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time

from config.devkit import build, packages, programs, words
from config.devkit.check import LINT, TYPES, run_checks
from config.devkit.console import ROOT, main, say

BROWSERS = "tests/browser"


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


def _pytest(arguments: list[str], env: dict[str, str]) -> int:
    """Run pytest and return its exit code."""
    command = [str(packages.PYTHON), "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, check=False, stdin=subprocess.DEVNULL).returncode


def _two_lanes(env: dict[str, str]) -> int:
    """Browsers beside everything else: a core each. What the browsers' lane said is printed after the other's."""
    with tempfile.TemporaryFile() as heard:
        browsers = subprocess.Popen(
            [packages.PYTHON, "-m", "pytest", "-q", "-m", "browser and not drill", BROWSERS],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=heard,
            stderr=subprocess.STDOUT,
        )
        try:
            rest = _pytest(["-m", "not browser and not drill", f"--ignore={BROWSERS}"], env)
            lane = browsers.wait()
        finally:
            # An interrupted run leaves nothing behind.
            browsers.terminate()
            browsers.wait()
        heard.seek(0)
        say(heard.read().decode(errors="replace"))
    return rest or lane


if __name__ == "__main__":
    main(body)
