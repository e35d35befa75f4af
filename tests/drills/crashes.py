"""`make drill-crash`: kill -9 at every step of paying and giving back, on both databases. Afterwards: one effect.

A step is any moment before or after a commit, and before or after a call to the gateway. For each door (holding,
opening the order, the browser's return, the webhook in the web process, its handling in the worker, cancelling, the
refund and the refund's webhook) a child process of the drill runs the very service that the product runs there and
kills itself at step 1, the next child at step 2, and so on, until one gets through. After each kill the person taps
again, or nobody does, and the worker's own periodic jobs run. Then the books are compared with the gateway's.
"""

import argparse
import dataclasses
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from config.app import create_app
from config.settings import Settings
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.clock import MovableClock, now, set_clock
from peerlearn.jobs.queue import JOBS, PERIODIC, DirectQueue
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.payments import service as payments
from peerlearn.payments.models import LedgerTransaction, Payment, PaymentOrder, Refund
from peerlearn.ports import Ports
from peerlearn.sessions import checkout
from peerlearn.sessions.cancelling import session_cancel
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.settling import order_settle
from tests.database import make_schema
from tests.gateway import WEBHOOK_SECRET, gateway_to, simulator
from tests.peerlearn.sessions.people import mentor, person
from tests.servers import postgres

# What the worker runs by itself. Search, mail and the rest have no part in this.
MONEY_JOBS = ("handle_webhooks", "settle_orders", "reconcile_orders", "send_refunds", "expire_holds")
MOST_STEPS = 80


@dataclass
class Case:
    """One booking on its way, as the drill knows it. `door` names where the next kill happens."""

    mentor_id: int
    learner_id: int
    starts_at: datetime
    session_id: int = 0
    order_id: int = 0
    payment_id: str = ""
    events: list[Any] = field(default_factory=list)


@dataclass
class House:
    """The application, its movable clock and the gateway that it talks to."""

    app: Flask
    clock: MovableClock
    bank: Simulator
    turn: int = 0

    @property
    def ports(self) -> Ports:
        """The application's ports."""
        tray: Ports = self.app.extensions["peerlearn.ports"]
        return tray

    def tick(self) -> None:
        """A few minutes of the worker's life."""
        for _ in range(4):
            self.clock.move(minutes=1)
            for name in MONEY_JOBS:
                PERIODIC[name].function(self.ports)
        queue = self.ports.queue
        assert isinstance(queue, DirectQueue)
        queue.asked.clear()

    # The doors --------------------------------------------------------------------------------------------------------

    def hold(self, case: Case) -> None:
        """A tap on a time."""
        case.session_id = checkout.hold_slot(case.mentor_id, case.starts_at, case.learner_id).id

    def open_order(self, case: Case) -> None:
        """On to paying."""
        order = checkout.order_open(case.session_id, gateway=self.ports.gateway)
        assert order is not None
        case.order_id = order.id

    def pay(self, case: Case) -> None:
        """The learner pays at the bank: outside of our processes."""
        order = db.session.get(PaymentOrder, case.order_id)
        assert order is not None
        started = self.bank.bank.start(str(order.gateway_order_id), "upi", {"vpa": "success@razorpay"})
        case.payment_id = self.bank.bank.succeed(started["id"])["id"]
        case.events = self._events(order)

    def come_back(self, case: Case) -> None:
        """The browser returns with the gateway's signature."""
        order = db.session.get(PaymentOrder, case.order_id)
        assert order is not None
        signature = self.bank.account.sign_payment(str(order.gateway_order_id), case.payment_id)
        payments.payment_verify_return(order, case.payment_id, signature, gateway=self.ports.gateway)
        order_settle(case.order_id)

    def hear(self, case: Case) -> None:
        """The web process takes in the webhooks."""
        for row in case.events:
            payments.webhook_store(row["body"].encode(), row["signature"], row["event_id"], [WEBHOOK_SECRET])

    def handle(self, _case: Case) -> None:
        """The worker does what they tell."""
        JOBS["handle_webhooks"](self.ports)

    def cancel(self, case: Case) -> None:
        """The learner cancels in time; all of it goes back."""
        session_cancel(case.session_id, case.learner_id, "", gateway=self.ports.gateway)

    def send_refund(self, _case: Case) -> None:
        """The worker sends what is wanted back."""
        JOBS["send_refunds"](self.ports)

    def hear_refund(self, case: Case) -> None:
        """The refund's own webhook."""
        order = db.session.get(PaymentOrder, case.order_id)
        assert order is not None
        case.events = [row for row in self._events(order) if row["event"].startswith("refund.")]
        self.hear(case)
        self.handle(case)

    def _events(self, order: PaymentOrder) -> list[Any]:
        found = self.bank.store.rows("SELECT * FROM delivery WHERE order_id = ? ORDER BY id", order.gateway_order_id)
        return [dict(row) for row in found]

    # What must be true -------------------------------------------------------------------------------------------------

    def wrong(self, case: Case, *, paid: bool, returned: bool) -> list[str]:
        """What is not as it must be, of one booking. Empty is good."""
        db.session.rollback()
        found = []
        lesson = db.session.get(LiveSession, case.session_id, populate_existing=True)
        orders = db.session.scalars(sa.select(PaymentOrder).where(PaymentOrder.purpose_id == case.session_id)).all()
        mine = db.session.scalars(
            sa.select(LiveSession).where(
                LiveSession.learner_id == case.learner_id, LiveSession.starts_at == case.starts_at
            )
        ).all()
        state = lesson.state if lesson else "missing"
        wanted = "cancelled" if returned else "confirmed" if paid else "held"
        if state != wanted:
            found.append(f"the lesson is {state}, not {wanted}")
        if len(mine) != 1:
            found.append(f"{len(mine)} lessons for one tap")
        if len(orders) != 1:
            found.append(f"{len(orders)} orders")
        at_gateway = [self.bank.store.listed("order", receipt=order.receipt) for order in orders]
        if any(len(same) > 1 for same in at_gateway):
            found.append("the gateway has an order twice")
        if paid:
            found += self._wrong_money(case, returned)
        return found

    def _wrong_money(self, case: Case, returned: bool) -> list[str]:
        found = []
        kept = db.session.scalars(sa.select(Payment).where(Payment.gateway_payment_id == case.payment_id)).all()
        if len(kept) != 1:
            return [f"the payment was written {len(kept)} times"]
        references = {
            "capture": f"capture:{case.payment_id}",
            "split": f"split:{case.order_id}",
        }
        for what, reference in references.items():
            posted = sa.select(sa.func.count()).where(LedgerTransaction.reference == reference)
            if db.session.scalar(posted) != 1:
                found.append(f"{what} is not posted once")
        told = sa.select(sa.func.count()).where(
            Notification.user_id == case.mentor_id, Notification.kind == "session_booked"
        )
        if (db.session.scalar(told) or 0) > 1:
            found.append("the mentor was told twice")
        refunds = db.session.scalars(sa.select(Refund).where(Refund.payment_id == kept[0].id)).all()
        at_bank = self.bank.store.listed("refund", parent=case.payment_id)
        sums = (sum(row.amount_paise for row in refunds), sum(row["amount"] for row in at_bank))
        due = kept[0].amount_paise if returned else 0
        if sums != (due, due):
            found.append(f"refunds are {sums[0]} here and {sums[1]} at the gateway, not {due}")
        return found


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


def dies_at(house: House, act: Callable[[], None], step: int) -> bool:
    """Run an act in a child that is killed at a step; whether it was killed (else it got through)."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            house.app.extensions["peerlearn.ports"] = dataclasses.replace(house.ports, gateway=gateway_to(house.bank))
            Fuse(step).lay(db.engine)
            act()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, f"the child failed by itself ({status})"
    return False


# door: (what happened before, the act that is killed, whether the person taps again afterwards)
DOORS: dict[str, tuple[tuple[str, ...], str, bool]] = {
    "hold": ((), "hold", True),
    "open the order": (("hold",), "open_order", True),
    "browser's return": (("hold", "open_order", "pay"), "come_back", False),
    "webhook, web": (("hold", "open_order", "pay"), "hear", False),
    "webhook, worker": (("hold", "open_order", "pay", "hear"), "handle", False),
    "cancel": (("hold", "open_order", "pay", "come_back"), "cancel", True),
    "send the refund": (("hold", "open_order", "pay", "come_back", "want"), "send_refund", False),
    "refund's webhook": (("hold", "open_order", "pay", "come_back", "cancel"), "hear_refund", False),
}
PAID = {"browser's return", "webhook, web", "webhook, worker"}
RETURNED = {"cancel", "send the refund", "refund's webhook"}


def want(case: Case) -> None:
    """The web process decides on the refund and dies before it sends it."""
    session_cancel(case.session_id, case.learner_id, "")


def storm(house: House, door: str) -> tuple[int, list[str]]:
    """Kill at every step of one door. Returns how many kills there were, and what was wrong after any of them."""
    before, act, again = DOORS[door]
    wrong: list[str] = []
    for step in range(1, MOST_STEPS):
        house.turn += 1
        start = (now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
        case = Case(mentor(f"Mentor {house.turn}", zone="UTC"), person(f"Learner {house.turn}"), start)
        for name in before:
            want(case) if name == "want" else getattr(house, name)(case)
        doing = getattr(house, act)
        killed = dies_at(house, partial(doing, case), step)
        if again:
            doing(case)
        house.tick()
        paid = door in PAID | RETURNED
        problems = house.wrong(case, paid=paid, returned=door in RETURNED) if case.order_id else _one_hold(case)
        wrong += [f"{door}, step {step}: {problem}" for problem in problems]
        if not killed:
            return step - 1, wrong
    raise AssertionError(f"{door} never came to its end")


def _one_hold(case: Case) -> list[str]:
    db.session.rollback()
    count = db.session.scalar(sa.select(sa.func.count()).where(LiveSession.learner_id == case.learner_id))
    return [] if count == 1 else [f"{count} lessons for one tap"]


@contextmanager
def house_on(engine: str, folder: Path) -> Iterator[House]:
    """One application on one database, and the simulator."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'drill.db'}"
        if engine == "postgres":
            url = stack.enter_context(postgres()).fresh("drill")
        bank = stack.enter_context(simulator(folder / "razorpay.db"))
        bank.store.set_option("refund_seconds", 0.0)
        app = create_app(Settings.for_tests(database_url=url, data_dir=folder), queue=DirectQueue())
        make_schema(app)
        clock = MovableClock(now())
        set_clock(clock)
        tray: Ports = app.extensions["peerlearn.ports"]
        app.extensions["peerlearn.ports"] = dataclasses.replace(tray, gateway=gateway_to(bank), clock=clock)
        with app.app_context():
            yield House(app, clock, bank)
            db.session.remove()
            db.engine.dispose()


def drill(engine: str, doors: list[str]) -> tuple[int, list[str]]:
    """All doors on one database."""
    print(f"{engine}:")
    kills = 0
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="peerlearn-drill-") as folder, house_on(engine, Path(folder)) as house:
        for door in doors:
            count, problems = storm(house, door)
            kills, wrong = kills + count, wrong + problems
            print(f"  {door:<20} killed at {count:>2} steps, {'one effect' if not problems else problems[0]}")
        report = payments.ledger_check()
        if not report.balanced:
            wrong.append(f"the ledger is off: {report.total_paise} {report.unbalanced} {report.missing}")
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
