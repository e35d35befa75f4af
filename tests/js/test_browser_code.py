"""The browser's cores are tested in Node: no page, no network, only their own words. One process runs a file's tests."""

import subprocess
from pathlib import Path

import pytest

TESTS = sorted(Path(__file__).resolve().parent.rglob("*.test.mjs"))


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_browser_code(file: Path, root: Path) -> None:
    done = subprocess.run(["node", str(file)], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
