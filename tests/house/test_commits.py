"""A service call is one transaction: only the kernel commits."""

import ast
from pathlib import Path

KERNEL = "peerlearn/kernel.py"
# The simulated gateway is a program of its own with a database of its own.
SIMULATOR = "peerlearn/adapters/razorpay_simulator/"


def test_only_the_kernel_commits(root: Path) -> None:
    found: list[str] = []
    for folder in ("peerlearn", "blueprints", "config"):
        for file in sorted((root / folder).rglob("*.py")):
            name = file.relative_to(root).as_posix()
            if name == KERNEL or name.startswith(SIMULATOR):
                continue
            calls = [
                node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
            ]
            found += [
                f"{name}:{call.lineno}"
                for call in calls
                if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
            ]
    assert not found
