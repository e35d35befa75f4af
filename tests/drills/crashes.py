"""`make drill-crash`: kill -9 at every step of paying, giving back and paying out, on both databases. Afterwards: one effect.

A step is any moment before or after a commit, and before or after a call to the gateway. For each door (holding,
opening the order, the browser's return, the webhook in the web process, its handling in the worker, cancelling, the
refund, the mentor's account, the transfer, its release, its reversal, the settlement, the dispute; and for packs and
codes: buying, paying with them, getting them back) a child process of
the drill runs the very service that the product runs there and kills itself at step 1, the next child at step 2, and
so on, until one gets through. After each kill the person taps again, or nobody does, and the worker's own periodic jobs
run. Then the books are compared with the gateway's.
"""

import argparse
import dataclasses
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import requests
import sqlalchemy as sa
from sqlalchemy import event

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.payments import service as payments
from peerlearn.payments.agreement import gateway_differs
from tests.drills.crash_house import Case, House, house_on
from tests.drills.crash_offers import Offers
from tests.drills.crash_payouts import PART_PAISE, Payouts
from tests.gateway import gateway_to
from tests.peerlearn.sessions.people import mentor, person

MOST_STEPS = 120


# --- killing ---------------------------------------------------------------------------------------------------------


class Fuse:
    """Counts the steps of one child process and kills it at one of them."""

    def __init__(self, at: int) -> None:
        self.at, self.step = at, 0

    def __call__(self, *_: Any, **__: Any) -> None:
        """One step further."""
        self.step += 1
        if self.step == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def lay(self, engine: sa.Engine) -> None:
        """Before and after every commit, before and after every call to the gateway."""
        event.listen(engine, "commit", self)
        event.listen(db.session.registry().__class__, "after_commit", self)
        send = requests.Session.send

        def fused(session: requests.Session, request: Any, **more: Any) -> Any:
            self()
            answer = send(session, request, **more)
            self()
            return answer

        requests.Session.send = fused  # type: ignore[method-assign, assignment]


def _live(house: House, act: Callable[[], None], step: int) -> NoReturn:
    """The child's life."""
    code = 1
    try:
        house.app.extensions["peerlearn.ports"] = dataclasses.replace(house.ports, gateway=gateway_to(house.bank))
        Fuse(step).lay(db.engine)
        act()
        code = 0
    finally:
        os._exit(code)


def dies_at(house: House, act: Callable[[], None], step: int) -> bool:
    """Run an act in a child that is killed at a step; whether it was killed (else it got through)."""
    db.session.remove()
    db.engine.dispose()
    # None of the simulator's threads may be inside SQLite while we fork: what it had locked would stay locked in the child.
    with house.bank.store.change():
        child = os.fork()
        if child == 0:
            _live(house, act, step)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, f"the child failed by itself ({status})"
    return False


# --- doors -----------------------------------------------------------------------------------------------------------

PAID = ("hold", "open_order", "pay", "come_back")
ACTIVE = (*PAID, "onboard", "activate")
MOVED = (*ACTIVE, "pay_out", "gateway_works")
RELEASED = (*MOVED, "release", "pay_out")


@dataclass(frozen=True)
class Door:
    """What happened before, the act that is killed, and how lesson and payout must stand in the end.

    `again`: the person taps, or the gateway tells, once more after the kill. `rest` is what the gateway does afterwards,
    `back_paise` what has gone back to the learner where it is not all or nothing.
    """

    before: tuple[str, ...]
    act: str
    lesson: str
    payout: str = ""
    again: bool = False
    rest: tuple[str, ...] = ()
    back_paise: int | None = None
    offer: str = ""  # how the pack or the code must stand; then the lesson is looked at with it


CODED = ("make_code", "hold", "write_code")

DOORS = {
    "hold": Door((), "hold", "held", again=True),
    "open the order": Door(("hold",), "open_order", "held", again=True),
    "browser's return": Door(("hold", "open_order", "pay"), "come_back", "confirmed"),
    "webhook, web": Door(("hold", "open_order", "pay"), "hear", "confirmed"),
    "webhook, worker": Door(("hold", "open_order", "pay", "hear"), "handle", "confirmed"),
    "cancel": Door(PAID, "cancel", "cancelled", again=True),
    "send the refund": Door((*PAID, "want"), "send_refund", "cancelled"),
    "refund's webhook": Door((*PAID, "cancel", "refund_events"), "hear_and_handle", "cancelled"),
    "mentor's account": Door(PAID, "onboard", "confirmed", "onboarded", again=True),
    "transfer": Door(ACTIVE, "pay_out", "confirmed", "held", rest=("gateway_works",)),
    "release": Door((*MOVED, "release"), "pay_out", "confirmed", "released"),
    "reversal": Door((*MOVED, "give_part"), "pay_out", "confirmed", "held", back_paise=PART_PAISE),
    # The gateway sends again what was not answered.
    "settlement's webhook": Door((*RELEASED, "day_ends"), "hear_and_handle", "confirmed", "settled", again=True),
    "returned settlement": Door(
        (*RELEASED, "day_ends", "hear_and_handle", "bank_returns"),
        "hear_and_handle",
        "confirmed",
        "returned",
        again=True,
    ),
    "dispute": Door((*PAID, "dispute"), "hear_and_handle", "confirmed", "disputed", again=True),
    # Lost before the lesson: it is called off, and the refund that is owed then is what the bank took.
    "lost dispute": Door(
        (*PAID, "dispute", "hear_and_handle", "lose"), "hear_and_bear", "cancelled", "lost", again=True, back_paise=0
    ),
    "pack: open the order": Door(("offer",), "want_pack", "", offer="asked", again=True),
    "pack: browser's return": Door(("offer", "want_pack", "pay"), "settle_pack", "", offer="bought"),
    "pack: webhook": Door(("offer", "want_pack", "pay"), "hear_and_handle", "", offer="bought", again=True),
    "pack: pay with minutes": Door(("bought", "hold"), "use_minutes", "", offer="used", again=True),
    "pack: minutes back": Door(("bought", "hold", "use_minutes"), "call_off", "", offer="back", again=True),
    "pack: give it up": Door(("bought",), "give_up", "", offer="given up", again=True),
    "code: write it": Door(("make_code", "hold"), "write_code", "", offer="coded", again=True),
    "code: browser's return": Door((*CODED, "pay"), "come_back", "", offer="spent"),
    "code: all of it off": Door(("make_free_code", "hold"), "write_code", "", offer="free", again=True),
    "code: call it off": Door((*CODED, "pay", "come_back"), "call_off", "", offer="code back", again=True),
}


def storm(house: House, door: Door, name: str) -> tuple[int, list[str]]:
    """Kill at every step of one door. Returns how many kills there were, and what was wrong after any of them."""
    payouts, offers = Payouts(house), Offers(house)
    wrong: list[str] = []

    def act(step: str) -> Callable[[Case], None]:
        rooms = (house, payouts, offers)
        found: Callable[[Case], None] = next(getattr(room, step) for room in rooms if hasattr(room, step))
        return found

    for step in range(1, MOST_STEPS):
        house.turn += 1
        start = (now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
        case = Case(mentor(f"Mentor {house.turn}", zone="UTC"), person(f"Learner {house.turn}"), start)
        for earlier in door.before:
            act(earlier)(case)
        killed = dies_at(house, partial(act(door.act), case), step)
        if door.again:
            act(door.act)(case)
        house.tick()
        for later in door.rest:
            act(later)(case)
        problems = house.wrong(case, door.lesson, door.back_paise) if door.lesson else []
        problems += offers.wrong(case, door.offer) if door.offer else []
        problems += payouts.wrong(case, door.payout) if door.payout else []
        wrong += [f"{name}, step {step}: {problem}" for problem in problems]
        payouts.set_aside(case)
        if not killed:
            return step - 1, wrong
    raise AssertionError(f"{name} never came to its end")


def drill(engine: str, doors: list[str]) -> tuple[int, list[str]]:
    """All doors on one database."""
    print(f"{engine}:")
    kills = 0
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="peerlearn-drill-") as folder, house_on(engine, Path(folder)) as house:
        for door in doors:
            count, problems = storm(house, DOORS[door], door)
            kills, wrong = kills + count, wrong + problems
            print(f"  {door:<20} killed at {count:>2} steps, {'one effect' if not problems else problems[0]}")
        report = payments.ledger_check()
        if not report.balanced:
            wrong.append(f"the ledger is off: {report.total_paise} {report.unbalanced} {report.missing}")
        # The gateway lives in real time, the drill's clock runs ahead.
        began, ends = datetime.now(UTC) - timedelta(hours=2), datetime.now(UTC) + timedelta(minutes=1)
        wrong += gateway_differs(gateway=house.ports.gateway, since=began, until=ends)
    return kills, [f"{engine}: {line}" for line in wrong]


def main() -> int:
    """Run the drill; the exit code says whether every kill left one effect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--door", choices=list(DOORS), action="append")
    chosen = parser.parse_args()
    kills = 0
    wrong: list[str] = []
    for engine in chosen.engine or ("sqlite", "postgres"):
        count, found = drill(engine, chosen.door or list(DOORS))
        kills, wrong = kills + count, wrong + found
    for line in wrong:
        print(f"  MISSED {line}")
    print(f"RESULT drill-crash kills={kills} wrong={len(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
