"""Stamps: a step is skipped when what it is made from has not changed since it last succeeded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from config.devkit.console import ROOT


def fingerprint(sources: Iterable[Path | str], *extra: str) -> str:
    """One hash over files (their names and bytes), whole folders, and any further words that matter."""
    digest = hashlib.sha256()
    for source in sources:
        path = ROOT / source
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            if "__pycache__" in file.parts or not file.exists():
                continue
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    for word in extra:
        digest.update(word.encode())
    return digest.hexdigest()


def fresh(stamp: Path, value: str) -> bool:
    """Whether the step behind this stamp was last done from exactly these sources."""
    return stamp.exists() and stamp.read_text(encoding="utf-8").strip() == value


def press(stamp: Path, value: str) -> None:
    """Note that the step is done. The stamp lives inside what the step made, so both vanish together."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n", encoding="utf-8")
