"""`make drill-webhook`: a paid booking is confirmed though its browser is closed, by webhook and without any webhook.

The processes of production (web, worker, PostgreSQL and Redis; with `--engine sqlite` the embedded product) and the
simulated gateway. First single payments, each told by the gateway's own webhooks. Then 50 events a second for half a
minute: of bookings that are being paid, of foreign money on the same account, duplicates, all out of order; each
answer is timed. Then many payments of which nobody tells: reconciliation finds them. At the end everything is counted.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config.app import create_app
from config.settings import Settings
from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.clock import now
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.payments.models import LedgerTransaction, Payment, PaymentOrder, WebhookEvent
from peerlearn.payments.service import ledger_check
from peerlearn.sessions.checkout import order_open
from peerlearn.sessions.holds import hold_slot
from peerlearn.sessions.models import LiveSession
from tests.drills.daemons import Postgres, redis_daemon
from tests.drills.hail import Desk, Hail, Told
from tests.drills.processes import cpu_seconds
from tests.peerlearn.sessions.people import mentor, person
from tests.product import Product

ANSWER_P99_MS, BY_WEBHOOK_SECONDS, BY_ASKING_SECONDS = 50.0, 2.0, 120.0
SINGLE, UNTOLD = 10, 60
PER_SECOND, SECONDS, BOOKED_PER_SECOND, FOREIGN = 50, 30, 4, 40
SETTLE_SECONDS = 90


class House:
    """The running product, and an application of the drill's own on the same database and gateway."""

    def __init__(self, engine: str, folder: Path, stack: ExitStack) -> None:
        self.engine = engine
        env: dict[str, str] = {}
        if engine == "postgres":
            postgres, redis = Postgres(), redis_daemon(folder)
            for server in (postgres, redis):
                server.start()
                stack.callback(server.stop)
            env = {"DATABASE_URL": postgres.fresh("drill"), "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
        self.product = Product(folder / "product", env, patience=180)
        self.product.prepare(demo=False)
        stack.callback(self.product.stop)
        self.product.start()
        settings = Settings()
        self.gateway = RazorpayGateway(
            key_id=settings.razorpay_key_id,
            key_secret=settings.razorpay_key_secret,
            webhook_secrets=settings.razorpay_webhook_secrets,
            base_url=self.product.gateway_url,
            checkout_url=f"{self.product.gateway_url}/checkout.js",
        )
        url = env.get("DATABASE_URL") or f"sqlite:///{folder / 'product' / 'peerlearn.db'}"
        self.app = create_app(Settings.for_tests(database_url=url, data_dir=folder / "drill"), queue=DirectQueue())
        stack.enter_context(self.app.app_context())
        stack.callback(db.engine.dispose)
        stack.callback(db.session.remove)
        self.desk = Desk(self.product.gateway_port)
        self.people: list[int] = []
        self.orders: dict[int, int] = {}  # order -> lesson, of all that are paid in the drill

    def book(self, count: int) -> list[tuple[int, str]]:
        """Hold lessons of a mentor each and open their orders. Returns (lesson, order id at the gateway)."""
        made = []
        start = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
        for _ in range(count):
            number = len(self.people)
            self.people += [mentor(f"Mentor {number}", zone="UTC")]
            held = hold_slot(self.people[-1], start, person(f"Learner {number}"))
            order = order_open(held.id, gateway=self.gateway)
            assert order is not None
            self.orders[order.id] = held.id
            made.append((held.id, str(order.gateway_order_id)))
            db.session.remove()
        return made

    def confirmed(self) -> set[int]:
        """The lessons that stand, by now."""
        found = set(db.session.scalars(sa.select(LiveSession.id).where(LiveSession.state == "confirmed")))
        db.session.rollback()
        return found

    def cpu(self) -> dict[str, float]:
        """What each process has used of a core so far, in seconds."""
        return {name: cpu_seconds(self.product.pid(name)) for name in ("web", "worker", "gateway")}

    def waiting_events(self) -> int:
        """Events that are stored and not handled."""
        count = db.session.scalar(
            sa.select(sa.func.count()).select_from(WebhookEvent).where(WebhookEvent.handled_at.is_(None))
        )
        db.session.rollback()
        return int(count or 0)


def until_confirmed(house: House, paid: dict[int, float], seconds: float) -> list[float]:
    """Wait until these lessons stand; how long after its payment each did. A lesson that never does has `inf`."""
    took: dict[int, float] = {}
    end = time.monotonic() + seconds
    while len(took) < len(paid) and time.monotonic() < end:
        moment = time.monotonic()
        for lesson in house.confirmed() & paid.keys() - took.keys():
            took[lesson] = moment - paid[lesson]
        time.sleep(0.02)
    return [took.get(lesson, float("inf")) for lesson in paid]


def one_by_one(house: House) -> list[float]:
    """Payments one after another, each told by the gateway."""
    took = []
    for lesson, gateway_id in house.book(SINGLE):
        paid = {lesson: time.monotonic()}
        house.desk.pay(gateway_id)
        took += until_confirmed(house, paid, 60)
    return took


def hailstorm(house: House) -> tuple[list[Told], list[float]]:
    """Half a minute of events. Returns how each was answered, and the bookings' times from payment to confirmation."""
    house.desk.options(webhooks=False)
    booked = house.book(BOOKED_PER_SECOND * SECONDS)
    foreign = [house.gateway.open_order(100_00, f"another-product-{number}", {}) for number in range(FOREIGN)]
    hail = Hail(house.desk, house.product.port, booked, foreign)
    hail.start(PER_SECOND, SECONDS)
    took: dict[int, float] = {}
    end = time.monotonic() + SECONDS + SETTLE_SECONDS
    lessons = {lesson for lesson, _ in booked}
    while (hail.runs or len(took) < len(booked)) and time.monotonic() < end:
        moment = time.monotonic()
        for lesson in house.confirmed() & lessons - took.keys():
            took[lesson] = moment - hail.paid[lesson]
        time.sleep(0.05)
    return hail.end(), [took.get(lesson, float("inf")) for lesson in lessons]


def unheard(house: House) -> list[float]:
    """Payments that no webhook tells of."""
    house.desk.options(webhooks=False)
    paid = {}
    for lesson, gateway_id in house.book(UNTOLD):
        paid[lesson] = time.monotonic()
        house.desk.pay(gateway_id)
    return until_confirmed(house, paid, BY_ASKING_SECONDS + 60)


def count_all(house: House, told: Sequence[Told]) -> list[str]:
    """What is lost or doubled. Empty is good."""
    end = time.monotonic() + SETTLE_SECONDS
    while house.waiting_events() and time.monotonic() < end:
        time.sleep(0.2)
    wrong = []
    if house.waiting_events():
        wrong.append(f"{house.waiting_events()} events were never handled")
    kept = set(db.session.scalars(sa.select(WebhookEvent.event_id)))
    lost = {one.event_id for one in told if one.status == 200} - kept
    if lost:
        wrong.append(f"{len(lost)} answered events are not kept")
    refused = sum(one.status != 200 for one in told)
    if refused:
        wrong.append(f"{refused} events were not answered with 200")

    def off(what: str, found: int) -> None:
        if found != len(house.orders):
            wrong.append(f"{found} {what} of {len(house.orders)} bookings")

    off("confirmed lessons", len(house.confirmed() & set(house.orders.values())))
    paid = sa.select(sa.func.count()).select_from(PaymentOrder).where(PaymentOrder.settled_at.is_not(None))
    off("settled orders", db.session.scalar(paid) or 0)
    off("payments", db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) or 0)
    for kind in ("capture", "split"):
        posted = sa.select(sa.func.count()).where(LedgerTransaction.kind == kind)
        off(f"times {kind} in the ledger", db.session.scalar(posted) or 0)
    bells = sa.select(sa.func.count()).where(
        Notification.kind == "session_confirmed", Notification.user_id.in_(house.people)
    )
    off("bells of mentors", db.session.scalar(bells) or 0)
    report = ledger_check()
    if not report.balanced:
        wrong.append(f"the ledger is off: {report.total_paise} {report.unbalanced} {report.missing}")
    return wrong


def share(values: Sequence[float], part: float) -> float:
    """The value that this part of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("inf")


def row(what: str, values: Sequence[float], judged: float, bound: float, unit: str) -> list[str]:
    """Print one row of the table. Returns what was missed."""
    p50, p99 = share(values, 0.5), share(values, 0.99)
    kept = "kept" if judged < bound else "MISSED"
    print(
        f"  {what:<28} n={len(values):<5} p50 {p50:.2f}, p99 {p99:.2f}, max {max(values):.2f} {unit}: "
        f"{kept} (bound {bound:g} {unit})",
        flush=True,
    )
    return [] if judged < bound else [f"{what}: {judged:.2f} {unit} (bound {bound:g} {unit})"]


def drill(engine: str) -> list[str]:
    """All of it on one engine; prints its table and returns what was missed."""
    print(f"{engine}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores:", flush=True)
    with tempfile.TemporaryDirectory(prefix="peerlearn-drill-") as folder, ExitStack() as stack:
        house = House(engine, Path(folder), stack)
        single = one_by_one(house)
        missed = row("confirmed by webhook, alone", single, max(single), BY_WEBHOOK_SECONDS, "s")
        before = house.cpu()
        told, stormy = hailstorm(house)
        cost = {name: (spent - before[name]) * 1000 / len(told) for name, spent in house.cpu().items()}
        shown = ", ".join(f"{name} {ms:.1f}" for name, ms in cost.items())
        print(f"  a core's milliseconds for each event: {shown}", flush=True)
        answers, late = [one.ms for one in told], max(one.late_ms for one in told)
        missed += row("answer at 50 events/s, p99", answers, share(answers, 0.99), ANSWER_P99_MS, "ms")
        print(f"  events {len(told)}, distinct {len({one.event_id for one in told})}, sent late at most {late:.0f} ms")
        missed += row("confirmed by webhook, storm", stormy, max(stormy), BY_WEBHOOK_SECONDS, "s")
        untold = unheard(house)
        missed += row("confirmed without webhook", untold, max(untold), BY_ASKING_SECONDS, "s")
        wrong = count_all(house, told)
    print(
        f"RESULT drill-webhook engine={engine} answer_p50_ms={share(answers, 0.5):.1f} "
        f"answer_p99_ms={share(answers, 0.99):.1f} web_cpu_ms={cost['web']:.1f} "
        f"alone_max_s={max(single):.2f} storm_p99_s={share(stormy, 0.99):.2f} "
        f"storm_max_s={max(stormy):.2f} untold_max_s={max(untold):.1f} wrong={len(wrong)}",
        flush=True,
    )
    return [f"{engine}: {line}" for line in missed + wrong]


def main() -> int:
    """Run the drill; the exit code says whether every bound was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    chosen: Any = parser.parse_args()
    wrong = [line for engine in chosen.engine or ("postgres", "sqlite") for line in drill(engine)]
    for line in wrong:
        print(f"  MISSED {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
