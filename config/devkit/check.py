"""The checks that need no server: `check lint` (style, floors, JavaScript types), `check types` (mypy)."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

from config.devkit.console import ROOT, main, say
from config.devkit.packages import VENV, venv_env

BIN = VENV / "bin"
LINT: dict[str, Sequence[str]] = {
    "ruff check": [str(BIN / "ruff"), "check", "."],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
    "import floors": [str(BIN / "lint-imports"), "--no-logo"],
    "JavaScript types": ["node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json"],
}
TYPES: dict[str, Sequence[str]] = {"mypy": [str(BIN / "python"), "-m", "mypy"]}


def run_checks(checks: dict[str, Sequence[str]]) -> list[str]:
    """Run each check, show its words only when it fails, and return the names of those that did."""
    failed = []
    for name, command in checks.items():
        started = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env=venv_env(), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        good = done.returncode == 0
        say(f"  {name:<18} {'ok' if good else 'FAILED'}  {time.monotonic() - started:.1f} s")
        if not good:
            say((done.stdout + done.stderr).rstrip())
            failed.append(name)
    return failed


def body() -> int:
    """Run the group named on the command line."""
    group = {"lint": LINT, "types": TYPES}[sys.argv[1] if len(sys.argv) > 1 else "lint"]
    return 1 if run_checks(group) else 0


if __name__ == "__main__":
    main(body)
