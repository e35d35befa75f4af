"""`make test`: set-up, then every check, then every test. pytest's closing line is the last word of a good run."""

from __future__ import annotations

import os
import subprocess
import time

from config.devkit import build, packages, programs, words
from config.devkit.check import LINT, TYPES, run_checks
from config.devkit.console import ROOT, main, say


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
    tests = subprocess.run(
        [packages.PYTHON, "-m", "pytest", "-q", *os.environ.get("PYTEST_ARGS", "").split()],
        cwd=ROOT,
        env=env,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return tests.returncode or (1 if failed else 0)


if __name__ == "__main__":
    main(body)
