"""`make bench-board`: a very large board in a slow browser, and how much an hour's lesson takes in the database.

The real product and a real Chromium whose CPU is slowed four times. Bounds of each figure stand below.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from flask import Flask

from bench.board.browser import Sizes, measure
from bench.board.storage import stored_bytes
from config.app import create_app
from config.settings import Settings
from peerlearn.jobs.queue import DirectQueue
from tests import servers
from tests.database import make_schema

AT_MOST = {
    "open_ms": 1000.0,
    "sync_ms": 1000.0,
    "draw_p95_ms": 20.0,
    "pan_p95_ms": 20.0,
    "zoom_p95_ms": 20.0,
    "hour_sqlite_kb": 300.0,
    "hour_postgresql_kb": 300.0,
}
AT_LEAST = {"draw_fps": 57.0, "pan_fps": 57.0, "zoom_fps": 57.0}


def application(folder: Path, url: str) -> Flask:
    """An application over an empty database of its own."""
    app = create_app(Settings.for_tests(database_url=url, data_dir=folder), queue=DirectQueue())
    make_schema(app)
    return app


def hour_kb(folder: Path, engines: list[str]) -> dict[str, float]:
    """Kilobytes (of 1000) that one hour takes, by engine."""
    found: dict[str, float] = {}
    if "sqlite" in engines:
        found["hour_sqlite_kb"] = stored_bytes(application(folder, f"sqlite:///{folder / 'hour.db'}")) / 1000
    if "postgresql" in engines:
        with servers.postgres() as database:
            found["hour_postgresql_kb"] = stored_bytes(application(folder, database.fresh("hour"))) / 1000
    return found


def missed(found: dict[str, float]) -> list[str]:
    """The bounds that are not kept, a line each."""
    over = [f"{key} {found[key]:.1f} (at most {most:g})" for key, most in AT_MOST.items() if found.get(key, 0) > most]
    under = [f"{key} {found[key]:.1f} (at least {low:g})" for key, low in AT_LEAST.items() if found.get(key, low) < low]
    return over + under


def main() -> int:
    """Measure, print, and say by the exit code whether every bound is kept."""
    parser = argparse.ArgumentParser(prog="bench.board", description=__doc__)
    parser.add_argument("--only", choices=("hour", "browser"), help="one part of it")
    parser.add_argument("--steps", type=int, default=Sizes.steps, help="drawing steps on the board")
    parser.add_argument("--slow", type=float, default=Sizes.slow, help="how many times the CPU is slowed")
    chosen = parser.parse_args()
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="peerlearn-bench-") as name:
        if chosen.only != "browser":
            found |= hour_kb(Path(name), ["sqlite", "postgresql"])
        if chosen.only != "hour":
            found |= measure(Path(name), Sizes(steps=chosen.steps, slow=chosen.slow))
    for key, value in found.items():
        bound = AT_MOST.get(key, AT_LEAST.get(key))
        print(f"  {key:<24}{value:>12.1f}   {'' if bound is None else f'bound {bound:g}'}")
    lines = missed(found)
    for line in lines:
        print(f"  missed: {line}")
    print("RESULT bench-board " + " ".join(f"{key}={value:.1f}" for key, value in found.items()))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
