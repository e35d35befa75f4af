"""What Linux knows of the processes that a drill started: children, command lines, whether they still live."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path

from tests.servers import wait_until


def children_of(pid: int) -> list[int]:
    """Process ids of all descendants, nearest first."""
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold spaces; the parent is the second word after it.
            words = place.read_text().rpartition(")")[2].split()
            parents.setdefault(int(words[1]), []).append(int(place.parent.name))
    found: list[int] = []
    todo = [pid]
    while todo:
        below = parents.get(todo.pop(0), [])
        found += below
        todo += below
    return found


def title_of(pid: int) -> str:
    """The command line, empty when the process has gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def cpu_seconds(pid: int) -> float:
    """The time that a process has had a core for itself, with its finished children's; 0 when it has gone."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def lives(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def kill_all(pids: Iterable[int]) -> None:
    """Kill these processes and wait until none of them runs."""
    pids = list(pids)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    gone(pids)


def gone(pids: Iterable[int], seconds: float = 10) -> None:
    """Wait until none of these runs."""
    left = list(pids)
    wait_until(lambda: not any(lives(pid) for pid in left), f"the end of {left}", seconds)
