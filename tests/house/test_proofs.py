"""docs/proofs.md names, for each requirement of the call and of money, tests that exist."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "proofs.md").read_text()
NAMED = re.compile(r"`([a-z_/]+): ([^`]+)`")
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+) \|$", re.MULTILINE)
IDS = [
    *(f"{letter}{number:02}" for letter, last in (("L", 30), ("W", 22), ("B", 16), ("P", 22)) for number in range(1, last + 1)),
    *(f"{letter}{number}" for letter, last in (("A", 14), ("B", 12), ("C", 25), ("D", 22), ("E", 14)) for number in range(1, last + 1)),
]  # fmt: skip


@cache
def names_in(place: str) -> list[str]:
    """The tests of one file: functions without `test_`, or titles."""
    folder, _, stem = place.rpartition("/")
    python = ROOT / "tests" / folder / f"test_{stem}.py"
    if python.exists():
        return re.findall(r"^def test_(\w+)", python.read_text(), re.MULTILINE)
    script = ROOT / "tests" / folder / f"{stem}.test.mjs"
    return re.findall(r'^test\("([^"]+)"', script.read_text(), re.MULTILINE) if script.exists() else []


def test_each_requirement_has_its_row_once() -> None:
    assert [row for row, _ in ROW.findall(PAGE)] == IDS


def test_each_named_test_exists_and_is_meant_alone() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 200
    wrong = [
        f"{place}: {start} fits {len(fits)}"
        for place, start in named
        if len(fits := [name for name in names_in(place) if name.startswith(start)]) != 1
    ]
    assert not wrong


def test_each_row_names_a_test_or_a_drill() -> None:
    assert not [row for row, words in ROW.findall(PAGE) if "`" not in words]
