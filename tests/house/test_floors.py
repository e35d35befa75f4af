"""Imports only go down; a new package must name its floor (pyproject.toml, tool.importlinter)."""

import subprocess
import sys
from pathlib import Path


def test_imports_keep_the_floors(root: Path) -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
