"""Development data: the schema through its migrations, then the demo people. What is there already is kept."""

from __future__ import annotations

import os
from pathlib import Path

from config.devkit.console import ROOT, run_step
from config.devkit.packages import VENV, venv_env
from config.devkit.stamps import fingerprint, fresh, press

FLASK: list[str | Path] = [VENV / "bin" / "python", "-m", "flask", "--app", "config.app"]


def data_dir() -> Path:
    """Where development data lives; var/ unless DATA_DIR says otherwise."""
    folder = Path(os.environ.get("DATA_DIR") or "var")
    return folder if folder.is_absolute() else ROOT / folder


def _log_words(line: str) -> str:
    """A log line's message; other lines (progress bars of libraries) say nothing to a person."""
    return line.split(": ", 1)[1] if line.startswith("INFO ") and ": " in line else ""


def _database_lost() -> bool:
    return not os.environ.get("DATABASE_URL") and not (data_dir() / "peerlearn.db").exists()


def schema() -> None:
    """Bring the database to the newest migration."""
    stamp = data_dir() / ".stamp-schema"
    value = fingerprint(["migrations/versions"], os.environ.get("DATABASE_URL", ""))
    if fresh(stamp, value) and not _database_lost():
        return
    data_dir().mkdir(parents=True, exist_ok=True)
    run_step(
        "Preparing the database",
        [*FLASK, "db", "upgrade"],
        env=venv_env(),
        hint="If the database cannot be reached, check DATABASE_URL; without it a file in var/ is used.",
    )
    press(stamp, value)


def demo() -> None:
    """Load the demo people once per database; their lessons and messages stay as you left them."""
    stamp = data_dir() / ".stamp-demo"
    value = fingerprint([], os.environ.get("DATABASE_URL", ""))
    if fresh(stamp, value):
        return
    run_step("Loading the demo people", [*FLASK, "demo", "load"], env=venv_env(), digest=_log_words)
    press(stamp, value)


def ready() -> None:
    """Schema and demo data; a lost database file is made anew with both."""
    if _database_lost():
        (data_dir() / ".stamp-demo").unlink(missing_ok=True)
    schema()
    demo()
