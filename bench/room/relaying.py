"""Ink, saturation, whiteboard minutes and ordinary events: our server beside the others, repetition by repetition."""

import math
import statistics
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from bench.room import contestants
from bench.room.contestants import Cast, Contestant
from bench.room.machine import GENERATOR_CORE, SERVER_CORE
from bench.room.messages import INK_HZ, POINTER_HZ
from bench.room.script import Figures, Phase, Run
from bench.room.sizes import Sizes

Rows = dict[tuple[str, str], list[Figures]]  # (contestant, phase): the repetitions


def phases_of(name: str, parts: Sequence[str], size: Sizes) -> list[Phase]:
    """What one contestant is asked to do. Warming up always comes first; nothing is taken from it."""
    in_flight, rooms = size.in_flight, size.rooms
    warm = Phase("warm", "ink", "loop", rooms, 1, in_flight, size.warm)
    ink = Phase("ink", "ink", "paced", rooms, 1, size.ink_hz, size.ink)
    saturation = Phase("saturation", "ink", "loop", rooms, 1, in_flight, size.saturation)
    board_rooms = size.board_rooms_channels if name == "channels" else size.board_rooms
    board_hz = INK_HZ if name == "peerlearn" else POINTER_HZ
    board = Phase("board", "board", "paced", board_rooms, 1, board_hz, size.board, 3)
    lesson = Phase("lesson", "lesson", "paced", size.board_rooms, 1, INK_HZ + 1, size.board, 3)
    ordinary = Phase("ordinary", "ordinary", "loop", rooms, 1, in_flight, size.ordinary)
    chosen: dict[str, dict[str, list[Phase]]] = {
        "ink": {
            "floor": [ink, saturation], "node": [ink, saturation], "peerlearn": [ink, saturation],
            "flask": [saturation], "channels": [saturation],
        },
        "board": {"node": [board], "peerlearn": [board, lesson], "channels": [board]},
        "ordinary": {"peerlearn": [ordinary], "flask": [ordinary], "node": [ordinary]},
    }  # fmt: skip
    wanted = [phase for part, of in chosen.items() if part in parts for phase in of.get(name, [])]
    return [warm, *wanted] if wanted else []


def measure(
    cast: Cast, programs: tuple[Path, Path], folder: Path, size: Sizes, parts: Sequence[str], names: Sequence[str]
) -> Rows:
    """Run everyone in turn, as often as there are repetitions. Each time a fresh process is started."""
    load, floor = programs
    rooms = max(size.rooms, size.board_rooms)
    servers: dict[str, Callable[[], AbstractContextManager[Contestant]]] = {
        "floor": partial(contestants.floor, floor, rooms),
        "node": partial(contestants.node, cast, rooms),
        "flask": partial(contestants.flask, cast, rooms),
        "channels": partial(contestants.channels, cast, rooms),
    }
    rows: Rows = {}
    for repetition in range(size.repetitions):
        for name in ("floor", "node", "peerlearn", "flask", "channels"):
            phases = phases_of(name, parts, size)
            if name not in names or not phases:
                continue
            if name == "peerlearn":
                copy = folder / f"peerlearn-{repetition}"
                with contestants.peerlearn(cast, copy, rooms, **contestants.RATES_LIFTED) as (ours, _product):
                    found = _run(ours, phases, load, folder)
            else:
                with servers[name]() as other:
                    found = _run(other, phases, load, folder)
            for phase, figures in found.items():
                rows.setdefault((name, phase), []).append(figures)
    return rows


def _run(one: Contestant, phases: list[Phase], load: Path, folder: Path) -> dict[str, Figures]:
    return Run(one.target, one.seats, one.templates, phases).start(load, folder)


def middle(rows: Rows, name: str, phase: str, figure: str) -> float | None:
    """The median over the repetitions, or None where it was not measured."""
    found = rows.get((name, phase))
    return statistics.median(figures[figure] for figures in found) if found else None


def print_rows(rows: Rows) -> None:
    """A line for each contestant and phase."""
    print(
        f"  {'phase':<11}{'server':<11}{'CPU us/msg':>11}{'(min-max)':>17}{'msg/s':>8}{'p50 ms':>9}{'p99 ms':>9}"
        f"{'sent':>9}{'lost':>6}{'order':>6}{'load':>6}"
    )
    for name, phase in sorted(rows, key=lambda key: (PHASES.index(key[1]), key[0])):
        if phase in {"connect", "warm"}:
            continue
        found = rows[name, phase]
        costs = [figures["cpu_us"] for figures in found]
        m = {key: middle(rows, name, phase, key) or 0 for key in ("per_second", "p50_ms", "p99_ms", "generator")}
        total = {key: sum(figures[key] for figures in found) for key in ("sent", "lost", "out_of_order", "refused")}
        print(
            f"  {phase:<11}{name:<11}{statistics.median(costs):>11.1f}{f'({min(costs):.0f}-{max(costs):.0f})':>17}"
            f"{m['per_second']:>8.0f}{m['p50_ms']:>9.2f}{m['p99_ms']:>9.2f}{total['sent']:>9}{total['lost']:>6}"
            f"{total['out_of_order'] if phase != 'lesson' else '-':>6}{m['generator']:>6.0%}"
            + (f"  refused {total['refused']}" if total["refused"] else "")
        )
    where = f"core {SERVER_CORE}", f"core {GENERATOR_CORE}"
    print(f"  servers on {where[0]}, generator on {where[1]}; load: the generator's share of its core")


PHASES = ("connect", "warm", "ink", "saturation", "board", "lesson", "ordinary")


def ratios(rows: Rows) -> dict[str, float]:
    """The figures that have bounds, as far as both sides were measured."""
    found: dict[str, float] = {}

    def ratio(key: str, phase: str, other: str, weight: float = 1) -> None:
        ours, theirs = middle(rows, "peerlearn", phase, "cpu_us"), middle(rows, other, phase, "cpu_us")
        if ours and theirs and math.isfinite(theirs):
            found[key] = ours / theirs * weight

    ratio("ink_vs_node", "ink", "node")
    ratio("saturation_vs_node", "saturation", "node")
    ratio("saturation_vs_flask", "saturation", "flask")
    ratio("saturation_vs_channels", "saturation", "channels")
    # For the same minute of drawing ours sends INK_HZ messages a second where the others send POINTER_HZ.
    ratio("board_vs_node", "board", "node", INK_HZ / POINTER_HZ)
    ratio("board_vs_channels", "board", "channels", INK_HZ / POINTER_HZ)
    ratio("ordinary_vs_flask", "ordinary", "flask")
    ratio("ordinary_vs_node", "ordinary", "node")
    for key, figure in (("added_p50_ms", "p50_ms"), ("added_p99_ms", "p99_ms")):
        ours, bare = middle(rows, "peerlearn", "ink", figure), middle(rows, "floor", "ink", figure)
        if ours is not None and bare is not None:
            found[key] = ours - bare
    kept_up = [
        figures
        for (name, phase), many in rows.items()
        if name == "peerlearn" and phase in PHASES[2:]
        for figures in many
    ]
    if kept_up:
        found["ink_lost"] = sum(figures["lost"] for figures in kept_up)
        found["refused"] = sum(figures["refused"] for figures in kept_up)
    for name in ("peerlearn", "node", "channels"):
        cost = middle(rows, name, "board", "cpu_us")
        if cost is not None:
            hz = INK_HZ if name == "peerlearn" else POINTER_HZ
            found[f"board_minute_{name}_ms"] = cost * hz * 60 / 1000
    drawn = middle(rows, "peerlearn", "lesson", "cpu_us")
    if drawn is not None:
        found["lesson_minute_ms"] = drawn * (INK_HZ + 1) * 60 / 1000
    return found
