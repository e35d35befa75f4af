"""Lock files pin everything by hash and say nothing of where it came from."""

import json
import re
from pathlib import Path

import pytest

LOCKS = [
    "requirements.txt",
    "requirements-model.txt",
    "requirements-dev.txt",
    "requirements-bench.txt",
    "requirements-node.txt",
]


@pytest.mark.parametrize("name", LOCKS)
def test_python_locks_pin_by_hash_and_name_no_index(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if re.match(r"[a-zA-Z0-9]", line)]
    assert entries
    assert all("==" in line and line.rstrip().endswith("\\") for line in entries)
    assert "://" not in text
    assert not re.search(r"^(nvidia|cuda|triton|torch==)", text, re.MULTILINE)


@pytest.mark.parametrize("folder", [".", "bench/room/peers/node"])
def test_the_javascript_lock_names_no_registry(root: Path, folder: str) -> None:
    packages = json.loads((root / folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in packages.items() if name and not entry.get("inBundle"))
