"""`make drill`: one paid lesson between two real browsers while everything under it is killed, cut, frozen and started again.

Both people draw and write all the time. After each fault the drill waits until pictures move again on both sides and new
ink of both is in the database; at the end it counts. Exit code 1 when a bound is missed. The faults come from `--seed`.

A fault ends when the last thing that was taken is there again: where a tab or a browser was killed, that is the moment at which the
new page begins to come (its navigation commits). What a browser needs to start, and a server to answer, lies before it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.drills.faults import KINDS, Scene, plan
from tests.drills.measure import Account, Back, Watch, settle_account, share, timeline
from tests.drills.people import Person
from tests.drills.world import SIDES, World

MEDIA_P95_SECONDS = 5.0
CLOCK_SECONDS = 2.0


def say(text: str) -> None:
    """A line for who watches."""
    print(text, flush=True)


def run(
    kinds: list[str], seed: int, folder: Path, *, embedded: bool, begun: int, slow: float
) -> tuple[Account, list[Back]]:
    """Hold the lesson and break things in the given order."""
    rng = random.Random(seed)
    world = World(folder, embedded=embedded)
    world.begin(begun)
    backs: list[Back] = []
    try:
        with sync_playwright() as playwright:
            people = {side: Person(world, playwright, side, seed + index) for index, side in enumerate(SIDES)}
            for person in people.values():
                person.open()
            watch = Watch(world, people)
            assert watch.until_calm(60), f"the lesson did not begin: {watch.look()}\n{world.log_tail()}"
            scene = Scene(world, people, rng)
            for number, kind in enumerate(kinds, 1):
                calm = watch.until_calm()
                if rng.random() < 0.3:
                    scene.one().stroke()
                scene.wait(0.2, 1.2)
                broken = time.monotonic()
                KINDS[kind](scene)
                lasted = time.monotonic() - broken
                back = watch.until_back(kind)
                if not calm:
                    back.words.append("the pages were not calm before")
                backs.append(back)
                say(f"{number:3} {kind:16} took {lasted:5.1f} s, media {shown(back.media)}, log {shown(back.log)}")
                if _or_never(back.media) > slow:
                    back.words += back.parts + timeline(people, back)
                for word in back.words:
                    say(f"    {word}")
            watch.until_calm()
            account = settle_account(watch)
            account.faults = len(backs)
            for person in people.values():
                person.context.close()
        return account, backs
    finally:
        world.stop()


def shown(seconds: float | None) -> str:
    """Seconds for the table; "never" where it did not come back."""
    return "never" if seconds is None else f"{seconds:5.2f} s"


def table(backs: list[Back]) -> list[str]:
    """A line per kind: how many, and when media and log were back."""
    by_kind: dict[str, list[Back]] = defaultdict(list)
    for back in backs:
        by_kind[back.kind].append(back)
    lines = [f"{'kind':16} {'count':>5}  {'media p50':>9} {'p95':>7} {'max':>7}   {'log p50':>7} {'max':>7}"]
    for kind, group in sorted(by_kind.items()):
        media, log = (
            [_or_never(value) for value in values] for values in ([b.media for b in group], [b.log for b in group])
        )
        figures = (share(media, 0.5), share(media, 0.95), max(media), share(log, 0.5), max(log))
        a, b, c, d, e = (f"{figure:7.2f}" for figure in figures)
        lines.append(f"{kind:16} {len(group):5}  {a:>9} {b} {c}   {d} {e}")
    return lines


def _or_never(seconds: float | None) -> float:
    return float("inf") if seconds is None else seconds


def missed(account: Account, p95: float) -> list[str]:
    """The bounds that were not kept, a sentence each."""
    found = []
    if account.lost or account.doubled or account.gaps:
        found.append(f"{account.lost} lost, {account.doubled} doubled, {account.gaps} out of order in the log")
    if not account.hashes_equal:
        found.append("the two pages do not show the same")
    if account.reloads or account.kicked:
        found.append(f"{account.reloads} loads that nobody asked for; sent to {account.kicked}")
    if p95 > MEDIA_P95_SECONDS:
        found.append(f"media were back after {p95:.2f} s at p95, later than {MEDIA_P95_SECONDS} s")
    if account.clock_error > CLOCK_SECONDS:
        found.append(f"a clock was wrong by {account.clock_error:.1f} s")
    if account.ledger:
        found.append(account.ledger)
    return found + account.problems


def main() -> int:
    """Run the drill that the arguments describe and print its account."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--faults", type=int, default=54)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kind", choices=sorted(KINDS), nargs="+", help="only these")
    asked.add_argument(
        "--begun",
        type=int,
        default=0,
        help="so many steps are on the board when the drill begins, and a third as many messages in the chat",
    )
    asked.add_argument(
        "--slow", type=float, default=MEDIA_P95_SECONDS, help="show what a return of so many seconds was made of"
    )
    asked.add_argument("--embedded", action="store_true", help="SQLite, no Redis, one web process")
    asked.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    given = asked.parse_args()
    kinds = plan(given.seed, given.faults, embedded=given.embedded, only=given.kind)
    folder = Path(tempfile.mkdtemp(prefix="peerlearn-drill-"))
    folder.chmod(0o755)
    say(
        f"drill: {len(kinds)} faults, seed {given.seed}, {'embedded' if given.embedded else 'cluster'}, logs in {folder}"
    )
    begun = time.monotonic()
    account, backs = run(kinds, given.seed, folder, embedded=given.embedded, begun=given.begun, slow=given.slow)
    say("")
    for line in table(backs):
        say(line)
    p95 = share([_or_never(back.media) for back in backs], 0.95)
    faults = missed(account, p95)
    say(f"\n{account.strokes} strokes and {account.messages} messages in {time.monotonic() - begun:.0f} s")
    say(f"asked {account.moves} times whether to move the call here, and said yes")
    for fault in faults:
        say(f"MISSED {fault}")
    say(
        f"RESULT drill faults={account.faults} seed={given.seed} lost={account.lost} doubled={account.doubled} "
        f"cut_short={account.cut_short} "
        f"hashes_equal={'yes' if account.hashes_equal else 'no'} media_back_p95_s={p95:.2f} "
        f"reloads={account.reloads + len(account.kicked)} clock_error_s={account.clock_error:.1f}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
