"""`make bench-room`: what a room costs our server and others doing the same work, in one run. `ARGS="--only ink"` for parts."""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench.room import relaying, standing
from bench.room.build import compiled, node_ready
from bench.room.contestants import prepared
from bench.room.machine import CORES, GENERATOR_CORE, on_core, open_files_up
from bench.room.profile import profile
from bench.room.sizes import QUICK, Sizes
from tests import servers
from tests.product import ROOT

PARTS = ("ink", "board", "ordinary", "commit", "sockets", "redis")
RELAYING = ("ink", "board", "ordinary")
SERVERS = ("floor", "node", "peerlearn", "flask", "channels")
AT_MOST = {
    "ink_vs_node": 0.75,
    "saturation_vs_node": 0.5,
    "board_vs_node": 0.2,
    "board_vs_channels": 0.05,
    "ordinary_vs_flask": 0.3,
    "added_p50_ms": 0.5,
    "added_p99_ms": 5.0,
    "commit_sqlite_p99_ms": 150.0,
    "commit_postgresql_p99_ms": 150.0,
    "kb_per_socket": 70.0,
}
AT_LEAST = {"commit_sqlite_per_second": 1950.0, "commit_postgresql_per_second": 1950.0, "sockets": 5000.0}
# These are right or wrong at any size.
NOTHING = ("ink_lost", "refused", "commit_sqlite_lost", "commit_postgresql_lost", "sockets_ink_lost")
NOTHING += ("redis_commands", "redis_ink_lost")


def measure(folder: Path, size: Sizes, parts: list[str], names: list[str], engines: list[str]) -> dict[str, float]:
    """All figures of one run."""
    programs = compiled(ROOT / "var" / "bench-room")
    load = programs[0]
    if "node" in names:
        node_ready()
    rooms = {"commit": size.commit_rooms, "sockets": size.seated_rooms, "redis": 1}
    most = max([max(size.rooms, size.board_rooms), *(rooms[part] for part in parts if part in rooms)])
    cast = prepared(folder / "cast", most)
    found: dict[str, float] = {}
    if relayed := [part for part in parts if part in RELAYING]:
        rows = relaying.measure(cast, programs, folder, size, relayed, names)
        relaying.print_rows(rows)
        found |= relaying.ratios(rows)
    if "commit" in parts:
        each = size.commits_each * 2 * size.commit_rooms
        print(f"committed operations, {each:.0f} a second from {size.commit_rooms} rooms")
        if "sqlite" in engines:
            found |= standing.committed(cast, load, folder, size, "sqlite")
        if "postgresql" in engines:
            with on_core(GENERATOR_CORE):
                database = servers.postgres()
                server = database.__enter__()
            try:
                url = server.fresh("bench_room")
                theirs = prepared(folder / "cast-postgresql", size.commit_rooms, DATABASE_URL=url)
                found |= standing.committed(theirs, load, folder, size, "postgresql", DATABASE_URL=url)
            finally:
                database.__exit__(None, None, None)
    if "sockets" in parts:
        print("many sockets in one process")
        found |= standing.many_sockets(cast, load, folder, size)
    if "redis" in parts:
        print("ink of two people who share a process, with Redis configured")
        found |= standing.redis_commands(cast, load, folder, size)
    return found


def missed(found: dict[str, float], *, judged: bool, whole: bool) -> list[str]:
    """The bounds that are not kept, a line each. Speed is judged only at full size; a whole run must have every figure."""
    lines = [f"{key} {found[key]:g} (must be 0)" for key in NOTHING if found.get(key)]
    if whole:
        lines += [f"{key} could not be measured" for key in (*AT_MOST, *AT_LEAST, *NOTHING) if key not in found]
    if judged:
        lines += [
            f"{key} {found[key]:.3f} (at most {most:g})" for key, most in AT_MOST.items() if found.get(key, 0) > most
        ]
        lines += [
            f"{key} {found[key]:.0f} (at least {least:g})"
            for key, least in AT_LEAST.items()
            if key in found and found[key] < least
        ]
    return lines


def _chosen(text: str, known: tuple[str, ...]) -> list[str]:
    names = [name for name in text.split(",") if name]
    if unknown := set(names) - set(known):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: choose from {', '.join(known)}")
    return names


def main() -> int:
    """Measure, print, and say by the exit code whether every bound is kept."""
    parser = argparse.ArgumentParser(prog="bench.room", description=__doc__)
    parser.add_argument("--only", type=lambda t: _chosen(t, PARTS), default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--servers", type=lambda t: _chosen(t, SERVERS), default=list(SERVERS), help=", ".join(SERVERS))
    parser.add_argument("--engines", type=lambda t: _chosen(t, ENGINES), default=list(ENGINES), help=", ".join(ENGINES))
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it works, judges no speed")
    parser.add_argument("--profile", action="store_true", help="where our CPU time goes, instead of measuring it")
    chosen = parser.parse_args()
    if sys.platform != "linux":
        print("  This measurement reads the CPU clocks of other processes and needs Linux.")
        return 2
    size = QUICK if chosen.quick else Sizes()
    if open_files_up() < size.sockets + 200 and "sockets" in chosen.only:
        print(f"  The limit of open files of this machine is below {size.sockets + 200} (ulimit -Hn).")
        return 2
    if len(CORES) == 1:
        print("  One core only: servers and generator share it, and latencies tell little.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are ended on the way out
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="peerlearn-bench-") as name:
        if chosen.profile:
            folder = Path(name)
            profile(prepared(folder / "cast", size.rooms), compiled(ROOT / "var" / "bench-room")[0], folder, size)
            return 0
        found = measure(Path(name), size, chosen.only, chosen.servers, chosen.engines)
    found["seconds"] = time.monotonic() - started
    whole = (chosen.only, chosen.servers, chosen.engines) == (list(PARTS), list(SERVERS), list(ENGINES))
    lines = missed(found, judged=not chosen.quick, whole=whole)
    for line in lines:
        print(f"  MISSED {line}")
    print("RESULT bench-room " + " ".join(f"{key}={value:.3f}" for key, value in sorted(found.items())))
    return 1 if lines else 0


ENGINES = ("sqlite", "postgresql")

if __name__ == "__main__":
    sys.exit(main())
