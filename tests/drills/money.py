"""`make drill-money`: 10,000 random steps of bookings, money, webhooks, verdicts, payouts and crashes on one street.

After each step the ledger sums to zero. At the end, when all events have arrived and all jobs have run, it agrees with
the gateway's own books to the paise, and the learner, the mentor and the administrator see the same numbers of each
lesson.
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
from pathlib import Path

import sqlalchemy as sa

from config.app import create_app
from config.settings import Settings
from peerlearn.clock import MovableClock, SystemClock, set_clock
from peerlearn.insights.money import lessons_money
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from peerlearn.payments.books import ledger_check
from peerlearn.payments.ledger import GST_PAYABLE, MENTOR_PAYABLE, PLATFORM_FEE
from peerlearn.payments.models import LedgerEntry, Payee, Payment, PaymentOrder, Payout, Refund
from peerlearn.payments.queries import balance_of, trail_of
from tests.database import make_schema
from tests.drills.money_street import Street, street_open
from tests.peerlearn.sessions.people import mentor, person
from tests.servers import postgres

MENTORS, LEARNERS, PRICES = 6, 24, (499_00, 123_45, 1_000_01, 333_33, 750_00, 100_00)
CRASHES = 0.12
START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@dataclass
class Watch:
    """Looks at what each step added to the ledger."""

    newest: int = 0
    wrong: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """Every transaction that is new sums to zero, so all of it does."""
        statement = (
            sa.select(LedgerEntry.transaction_id, sa.func.sum(LedgerEntry.amount_paise), sa.func.max(LedgerEntry.id))
            .where(LedgerEntry.id > self.newest)
            .group_by(LedgerEntry.transaction_id)
        )
        for transaction_id, paise, newest in db.session.execute(statement).all():
            self.newest = max(self.newest, newest)
            if paise != 0:
                self.wrong.append(f"{name}: transaction {transaction_id} is off by {paise} paise")
        db.session.rollback()


def views_differ() -> Iterator[str]:
    """Where learner (receipt), mentor (earnings) and administrator (ledger lines) see different money of a lesson."""
    for mentor_id in db.session.scalars(sa.select(Payee.mentor_id)).all():
        for seen in lessons_money(mentor_id):
            order_id = db.session.scalar(
                sa.select(PaymentOrder.id)
                .where(PaymentOrder.purpose_id == seen.live_session_id, PaymentOrder.settled_at.is_not(None))
                .where(PaymentOrder.paid_payment_id.is_not(None))
                .order_by(PaymentOrder.id.desc())
            )
            trail = trail_of(order_id) if order_id else None
            if trail is None or trail.split is None:
                continue
            shares = (MENTOR_PAYABLE, PLATFORM_FEE, GST_PAYABLE)
            admin = tuple(
                -sum(line.amount_paise for _, kind, line in trail.lines if line.account == account)
                for account in shares
            )
            if not (trail.kept_paise == sum(admin) == seen.paid_paise):
                yield f"lesson {seen.live_session_id}: {trail.kept_paise}, {sum(admin)}, {seen.paid_paise}"
            if admin != (seen.mentor_paise, seen.fee_paise, seen.gst_paise):
                yield f"lesson {seen.live_session_id}: the shares differ"


def books_differ(street: Street) -> Iterator[str]:
    """Where our books and the gateway's differ."""
    everything = 10**6
    taken = street.store.listed("payment", count=everything)
    captured = sum(one["amount"] for one in taken if one["captured"])
    ours = db.session.scalar(sa.select(sa.func.sum(Payment.amount_paise)).where(Payment.captured_at.is_not(None))) or 0
    if captured != ours:
        yield f"captured: {captured} at the gateway, {ours} here"
    back = [one for one in street.store.listed("refund", count=everything) if one["status"] == "processed"]
    given = db.session.scalar(sa.select(sa.func.sum(Refund.amount_paise)).where(Refund.state == "processed")) or 0
    if sum(one["amount"] for one in back) != given:
        yield f"refunded: {sum(one['amount'] for one in back)} at the gateway, {given} here"
    moved = [one for one in street.store.listed("transfer", count=everything) if one["status"] != "failed"]
    left = Payout.amount_paise - Payout.reversed_paise
    states = ("sent", "held", "released", "settled", "returned", "reversed")
    paid = db.session.scalar(sa.select(sa.func.sum(left)).where(Payout.state.in_(states))) or 0
    if sum(one["amount"] - one["amount_reversed"] for one in moved) != paid:
        yield f"transferred: {sum(one['amount'] - one['amount_reversed'] for one in moved)} at the gateway, {paid} here"
    if street.store.balance() != balance_of("gateway"):
        yield f"balance: {street.store.balance()} at the gateway, {balance_of('gateway')} here"
    for payee in db.session.scalars(sa.select(Payee)).all():
        there, here = street.store.balance(str(payee.gateway_account_id)), balance_of("transfer_held", payee.mentor_id)
        if there != here:
            yield f"account of mentor {payee.mentor_id}: {there} at the gateway, {here} here"
    orders = collections.Counter(one["receipt"] for one in street.store.listed("order", count=everything))
    yield from (f"order {receipt} is there {times} times" for receipt, times in orders.items() if times > 1)


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
        app = create_app(Settings.for_tests(database_url=url, data_dir=folder), queue=DirectQueue())
        make_schema(app)
        clock = MovableClock(START)
        set_clock(clock)
        stack.callback(set_clock, SystemClock())

        with app.app_context():
            street = street_open(app, clock, folder, seed, people_make)
            try:
                yield street
            finally:
                del db.session.commit  # type: ignore[attr-defined]
                street.store.close()
                db.session.remove()
                db.engine.dispose()


@dataclass
class Result:
    """What a run came to."""

    steps: int
    counts: collections.Counter[str]
    wrong: list[str]
    seconds: float
    paid_paise: int = 0
    payouts: int = 0
    settled: int = 0


def run(street: Street, steps: int, deadline: float | None = None) -> Result:
    """Take so many steps, look after each, come to rest and compare everything."""
    began, watch, counts = time.monotonic(), Watch(), collections.Counter[str]()
    weights, acts = zip(*street.acts, strict=True)
    done = 0
    for number in range(steps):
        if deadline is not None and time.monotonic() - began > deadline:
            watch.wrong.append(f"only {number} steps in {deadline:.0f} s")
            break
        (act,) = street.dice.choices(acts, weights)
        outcome = street.step(act, crash=street.dice.random() < CRASHES)
        counts[outcome] += 1
        counts[act.__name__] += outcome == "done"
        watch.look(f"step {number} ({act.__name__}, {outcome})")
        done += 1
        if watch.wrong:
            break
    street.come_to_rest()
    watch.look("at rest")
    report = ledger_check()
    if not report.balanced:
        watch.wrong.append(f"the ledger: {report.total_paise} {report.unbalanced[:3]} {report.missing[:3]}")
    wrong = [*watch.wrong, *books_differ(street), *views_differ()]
    result = Result(done, counts, wrong, time.monotonic() - began, balance_of("learner"))
    states = collections.Counter(db.session.scalars(sa.select(Payout.state)).all())
    result.payouts, result.settled = sum(states.values()), states["settled"]
    return result


def main() -> int:
    """Run the drill; the exit code says whether everything agrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=900)
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with (
        tempfile.TemporaryDirectory(prefix="peerlearn-drill-") as folder,
        street_on(chosen.engine, Path(folder), chosen.seed) as street,
    ):
        result = run(street, chosen.steps, chosen.seconds)
    for name, times in result.counts.most_common():
        print(f"  {name:<18} {times:>6}")
    for line in result.wrong[:20]:
        print(f"  MISSED {line}")
    print(
        f"RESULT drill-money engine={chosen.engine} seed={chosen.seed} steps={result.steps}"
        f" crashes={result.counts['crashed']} payouts={result.payouts} settled={result.settled}"
        f" wrong={len(result.wrong)} seconds={result.seconds:.0f}"
    )
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
