"""`make setup` and what other targets need first: `setup` (all), `setup dev`, `setup bench`, `setup pages`."""

from __future__ import annotations

import sys

from config.devkit import build, database, packages, words
from config.devkit.console import main


def body() -> None:
    """Bring in place what the word after the command asks for."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "all"
    packages.python_packages(dev=kind in {"dev", "bench"}, bench=kind == "bench")
    packages.node_packages()
    build.assets()
    words.compiled()
    if kind in {"all", "bench"}:
        database.ready()


if __name__ == "__main__":
    main(body)
