"""`make drill-money`: 10,000 random steps of bookings, money, webhooks, verdicts, payouts and crashes on one street.

After each step the ledger sums to zero and the learner, the mentor and the administrator see the same money of each
lesson that the step touched. At the end, when all events have arrived and all jobs have run, our books agree with the
gateway's own to the paise, and nothing is left undone.
"""

import argparse
import collections
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from config.app import create_app
from config.settings import Settings
from peerlearn.clock import MovableClock, SystemClock, set_clock
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from peerlearn.payments.models import Payment, PaymentDispute, Payout, Refund
from tests.database import make_schema
from tests.drills import money_desk, money_house, money_offers, money_people
from tests.drills.money_books import books_differ, left_undone
from tests.drills.money_street import Street, street_close, street_open
from tests.drills.money_watch import Watch
from tests.peerlearn.sessions.people import mentor, person
from tests.servers import postgres

MENTORS, LEARNERS, PRICES = 6, 24, (499_00, 123_45, 1_000_01, 333_33, 750_00, 100_00)
CRASHES, KILLS = 0.12, 0.5  # of all steps; of these, by kill -9 in a child
START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MOST_WRONG = 20
TOLD_EVERY = 500


def people_make() -> tuple[list[int], list[int], int]:
    """Learners, mentors of odd prices, an administrator."""
    learners = [person(f"Learner {number}") for number in range(LEARNERS)]
    return learners, [mentor(price_paise=PRICES[n % len(PRICES)]) for n in range(MENTORS)], person(admin=True)


@contextmanager
def street_on(engine: str, folder: Path, seed: int) -> Iterator[Street]:
    """An application on one database, empty but for the people of the street."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'drill.db'}"
        if engine == "postgres":
            url = stack.enter_context(postgres()).fresh("drill")
        settings = Settings.for_tests(database_url=url, data_dir=folder, tds_percent=Decimal(1))
        app = create_app(settings, queue=DirectQueue())
        make_schema(app)
        clock = MovableClock(START)
        set_clock(clock)
        stack.callback(set_clock, SystemClock())
        with app.app_context():
            street = street_open(app, clock, folder, seed, people_make)
            try:
                yield street
            finally:
                street_close(street)
                db.session.remove()
                db.engine.dispose()


@dataclass
class Result:
    """What a run came to."""

    steps: int
    counts: collections.Counter[str]
    wrong: list[str]
    seconds: float
    states: dict[str, collections.Counter[str]] = field(default_factory=dict)
    looked_at: int = 0


def run(street: Street, steps: int, deadline: float | None = None, *, kill: bool = True, tell: bool = False) -> Result:
    """Take so many steps, look after each, come to rest and compare everything. `kill` lets processes die for real."""
    began, watch, counts = time.monotonic(), Watch(street), collections.Counter[str]()
    weights, acts = zip(*money_people.ACTS, *money_offers.ACTS, *money_house.ACTS, *money_desk.ACTS, strict=True)
    logging.getLogger("peerlearn").addHandler(street.surprises)
    done = 0
    for number in range(steps):
        if deadline is not None and time.monotonic() - began > deadline:
            watch.wrong.append(f"only {number} steps in {deadline:.0f} s")
            break
        (act,) = street.dice.choices(acts, weights)
        crash = ""
        if street.dice.random() < CRASHES:
            crash = "kill" if kill and street.dice.random() < KILLS else "raise"
        outcome = street.step(act, crash=crash)
        counts[outcome] += 1
        if outcome == "refused":
            street.touched.clear()
        if outcome == "crashed":
            counts[f"crashed by {crash}"] += 1
        if outcome == "done":
            counts[act.__name__] += 1
        watch.look(f"step {number} ({act.__name__}, {outcome})")
        done += 1
        if tell and done % TOLD_EVERY == 0:
            print(f"  {done} steps, {time.monotonic() - began:.0f} s", flush=True)
        if watch.wrong:
            break
    if not money_house.come_to_rest(street):
        watch.wrong.append("it never comes to rest")
    watch.look("at rest", whole=True)
    logging.getLogger("peerlearn").removeHandler(street.surprises)
    wrong = [*watch.wrong, *books_differ(street), *left_undone(street)]
    result = Result(done, counts, wrong, time.monotonic() - began, looked_at=watch.lessons)
    for model in (Payment, Refund, Payout, PaymentDispute):
        result.states[model.__tablename__] = collections.Counter(db.session.scalars(sa.select(model.state)).all())
    return result


def main() -> int:
    """Run the drill; the exit code says whether everything agrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1800)
    chosen = parser.parse_args()
    logging.getLogger("peerlearn").propagate = False  # the gateway fails all the time: that is the drill
    with (
        tempfile.TemporaryDirectory(prefix="peerlearn-drill-") as folder,
        street_on(chosen.engine, Path(folder), chosen.seed) as street,
    ):
        result = run(street, chosen.steps, chosen.seconds, tell=True)
    for name, times in result.counts.most_common():
        print(f"  {name:<18} {times:>6}")
    for name, states in result.states.items():
        print(f"  {name}: " + ", ".join(f"{times} {state}" for state, times in states.most_common()))
    for line in result.wrong[:MOST_WRONG]:
        print(f"  MISSED {line}")
    print(
        f"RESULT drill-money engine={chosen.engine} seed={chosen.seed} steps={result.steps}"
        f" crashes={result.counts['crashed']} killed={result.counts['crashed by kill']} looked_at={result.looked_at}"
        f" wrong={len(result.wrong)} seconds={result.seconds:.0f}"
    )
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
