"""Reads what a process costs (from /proc) and asks pages of it over one kept-alive connection."""

import http.client
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def has_loaded(pid: int, library: str) -> bool:
    """Whether a shared library of that package is mapped into a process."""
    return f"/{library}/" in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Timing:
    """What asking a page many times showed: milliseconds to the answer, CPU milliseconds of the server per page."""

    median_ms: float
    p95_ms: float
    cpu_ms: float
    bytes: int


class Asker:
    """One browser-like connection to one server process."""

    def __init__(self, port: int, pid: int, headers: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.pid = pid
        self._headers = {
            "Accept": "text/html",
            "Accept-Encoding": "br, gzip",
            "Accept-Language": "en",
            **(headers or {}),
        }

    def get(self, path: str) -> tuple[float, int]:
        """Ask once; return milliseconds and the size of the answer. Raises where it is not a 200."""
        started = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        elapsed = (time.perf_counter() - started) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        return elapsed, len(body)

    def many(self, paths: list[str]) -> Timing:
        """Ask for all these pages in turn."""
        before = cpu_seconds(self.pid)
        answers = [self.get(path) for path in paths]
        cpu = (cpu_seconds(self.pid) - before) * 1000 / len(paths)
        times = sorted(elapsed for elapsed, _ in answers)
        return Timing(
            median_ms=statistics.median(times),
            p95_ms=times[int(len(times) * 0.95)],
            cpu_ms=cpu,
            bytes=answers[-1][1],
        )


def middle(timings: list[Timing]) -> Timing:
    """The median of several rounds, figure by figure."""
    return Timing(
        *(statistics.median(getattr(t, name) for t in timings) for name in ("median_ms", "p95_ms", "cpu_ms")),
        bytes=timings[-1].bytes,
    )
