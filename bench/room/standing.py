"""What must hold, not only be cheap: committed operations, many sockets, and no Redis for ink between neighbours."""

from pathlib import Path
from typing import Any

import redis

from bench.room import contestants
from bench.room.contestants import Cast
from bench.room.log import compare
from bench.room.machine import GENERATOR_CORE, on_core
from bench.room.script import Figures, Phase, Run, Seat
from bench.room.sizes import Sizes
from tests import servers


def committed(cast: Cast, load: Path, folder: Path, size: Sizes, engine: str, **env: str) -> dict[str, float]:
    """Strokes committed from both seats of many rooms, at the rates that every seat is held to."""
    kept = folder / f"kept-{engine}"
    rooms = size.commit_rooms
    phases = [
        Phase("warm", "commit", "paced", rooms, 2, size.commits_each / 2, size.commit_warm, 10),
        Phase("commit", "commit", "paced", rooms, 2, size.commits_each, size.commit, 15),
    ]
    with contestants.peerlearn(cast, folder / engine, rooms, **env) as (ours, product):
        run = Run(ours.target, ours.seats, {"commit": ours.templates["commit"]}, phases, kept)
        found = run.start(load, folder)
        log = compare(env.get("DATABASE_URL") or f"sqlite:///{product.folder / 'peerlearn.db'}", kept)
    sent = sum(found[name]["sent"] for name in ("warm", "commit"))
    told = sum(found[name]["heard"] for name in ("warm", "commit"))
    figures = found["commit"]
    print(
        f"  {engine:<11}{figures['per_second']:>8.0f}/s{figures['cpu_us']:>9.0f} us CPU each, acknowledged p50 "
        f"{figures['answer_p50_ms']:.1f} p99 {figures['answer_p99_ms']:.1f} max {figures['answer_max_ms']:.1f} ms, at the other "
        f"seat p99 {figures['p99_ms']:.1f} ms\n    sent {sent}, told to the other seat {told}, log "
        + " ".join(f"{key} {value}" for key, value in log.items())
        + (f", refused {figures['refused']}" if figures["refused"] else "")
    )
    return {
        f"commit_{engine}_per_second": figures["per_second"],
        f"commit_{engine}_p99_ms": figures["answer_p99_ms"],
        f"commit_{engine}_lost": (sent - log["acknowledged"])
        + (sent - told)
        + abs(log["rows"] - log["acknowledged"])
        + sum(log[key] for key in ("missing", "doubled", "different", "gaps")),
    }


def many_sockets(cast: Cast, load: Path, folder: Path, size: Sizes) -> dict[str, float]:
    """Open sockets in one process: some sit in rooms, the others are pages that are merely open. Memory for each."""
    with contestants.peerlearn(cast, folder / "sockets", size.seated_rooms) as (ours, _product):
        seated = ours.seats
        warm = Run(ours.target, seated[:2], {}, [Phase("rest", seconds=0.5)])
        warm.start(load, folder)
        open_pages = [Seat(seat.token, seat.cookie, "") for seat in seated]
        others = [open_pages[n % len(open_pages)] for n in range(size.sockets - len(seated))]
        phases = [Phase("settle", seconds=3), Phase("ink", "ink", "paced", size.seated_rooms, 1, 2, 3)]
        found = Run(ours.target, seated + others, {"ink": ours.templates["ink"]}, phases).start(load, folder)
    connected, alive = found["connect"], found["ink"]
    each = (found["settle"]["rss_kb"] - connected["rss_before_kb"]) / size.sockets
    print(
        f"  {size.sockets} sockets, {len(seated)} of them seated: {each:.1f} KB each, {connected['cpu_ms_each']:.1f} ms CPU to "
        f"connect, compression {'accepted' if connected['deflate'] else 'declined'}; closed {alive['closed']}, ink p99 "
        f"{alive['p99_ms']:.1f} ms, lost {alive['lost']}"
    )
    return {
        "sockets": size.sockets - alive["closed"],
        "kb_per_socket": each,
        "sockets_ink_lost": alive["lost"],
    }


def redis_commands(cast: Cast, load: Path, folder: Path, size: Sizes) -> dict[str, float]:
    """What Redis is asked while two people of one process draw: nothing."""
    counts: list[dict[str, int]] = []
    with on_core(GENERATOR_CORE):
        store = servers.redis()
        url = store.__enter__()
    try:
        client = redis.Redis.from_url(url)
        client.ping()

        def count(_phase: str) -> None:
            stats: dict[str, Any] = client.info("commandstats")
            counts.append({name.removeprefix("cmdstat_"): row["calls"] for name, row in stats.items()})

        phases = [
            Phase("before", mode="hold"),
            Phase("ink", "ink", "paced", 1, 2, size.ink_hz, size.redis),
            Phase("after", mode="hold"),
        ]
        with contestants.peerlearn(cast, folder / "redis", 1, REDIS_URL=url) as (ours, _product):
            found: dict[str, Figures] = Run(ours.target, ours.seats, {"ink": ours.templates["ink"]}, phases).start(
                load, folder, count
            )
        client.close()
    finally:
        store.__exit__(None, None, None)
    before, after = counts
    grown = {name: calls - before.get(name, 0) for name, calls in after.items() if name != "info"}
    asked = {name: calls for name, calls in grown.items() if calls}
    ink = found["ink"]
    print(f"  {ink['heard']} of {ink['sent']} ink messages relayed, Redis commands meanwhile: {asked or 'none'}")
    return {"redis_commands": sum(asked.values()), "redis_ink_lost": ink["lost"]}
