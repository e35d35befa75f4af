"""The house of the crash drill: one booking on its way through the services that the product runs, and what must be true.

Every method that takes a `Case` is a step. What the gateway or a person does outside of our processes happens in the
drill itself; what web or worker do may happen in a child process that is killed.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

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
from tests.servers import postgres

# What the worker runs by itself. Search, mail and the rest have no part in this.
MONEY_JOBS = (
    "handle_webhooks",
    "settle_orders",
    "reconcile_orders",
    "send_refunds",
    "expire_holds",
    "run_payouts",
    "settle_disputes",
)


@dataclass
class Case:
    """One booking on its way, as the drill knows it. `events` are webhooks on their way to us."""

    mentor_id: int
    learner_id: int
    starts_at: datetime
    session_id: int = 0
    order_id: int = 0
    payment_id: str = ""
    dispute_id: str = ""
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

    def open_order_if_due(self, case: Case) -> None:
        """On to paying; a lesson that costs nothing any more is booked."""
        checkout.order_open(case.session_id, gateway=self.ports.gateway)

    def pay(self, case: Case) -> None:
        """The learner pays at the bank: outside of our processes."""
        order = db.session.get(PaymentOrder, case.order_id)
        assert order is not None
        started = self.bank.bank.start(str(order.gateway_order_id), "upi", {"vpa": "success@razorpay"})
        case.payment_id = self.bank.bank.succeed(started["id"])["id"]
        self.events(case, "payment.", "order.")

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

    def want(self, case: Case) -> None:
        """The web process decides on the refund and dies before it sends it."""
        session_cancel(case.session_id, case.learner_id, "")

    def refund_events(self, case: Case) -> None:
        """The refund's own webhooks are on their way."""
        self.events(case, "refund.")

    def hear_and_handle(self, case: Case) -> None:
        """The web process takes the webhooks in and dies no later than the worker that handles them."""
        self.hear(case)
        self.handle(case)

    def events(self, case: Case, *kinds: str) -> None:
        """Take the gateway's events of an order out of its box. Never in a child: the box has a lock of this process."""
        order = db.session.get(PaymentOrder, case.order_id)
        assert order is not None
        rows = self.bank.store.rows("SELECT * FROM delivery WHERE order_id = ? ORDER BY id", order.gateway_order_id)
        case.events = [dict(row) for row in rows if row["event"].startswith(kinds)]

    # What must be true -------------------------------------------------------------------------------------------------

    def wrong(self, case: Case, end: str, back_paise: int | None = None) -> list[str]:
        """What is not as it must be, of one booking that should be `held`, `confirmed` or `cancelled`. Empty is good.

        `back_paise` have gone back: else all of a cancelled lesson's money, nothing of one that stands.
        """
        db.session.rollback()
        found = []
        mine = db.session.scalars(
            sa.select(LiveSession).where(
                LiveSession.learner_id == case.learner_id, LiveSession.starts_at == case.starts_at
            )
        ).all()
        if [lesson.state for lesson in mine] != [end]:
            found.append(f"one tap made lessons {[lesson.state for lesson in mine]}, not [{end!r}]")
        if not case.order_id:
            return found
        orders = db.session.scalars(sa.select(PaymentOrder).where(PaymentOrder.purpose_id == case.session_id)).all()
        if len(orders) != 1:
            found.append(f"{len(orders)} orders")
        at_gateway = [self.bank.store.listed("order", receipt=order.receipt) for order in orders]
        if any(len(same) > 1 for same in at_gateway):
            found.append("the gateway has an order twice")
        if end != "held":
            found += self._wrong_money(case, 0 if back_paise is None and end != "cancelled" else back_paise)
        return found

    def _wrong_money(self, case: Case, back_paise: int | None) -> list[str]:
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
            Notification.user_id == case.mentor_id, Notification.kind == "session_confirmed"
        )
        if db.session.scalar(told) != 1:
            found.append("the mentor was not told once")
        refunds = db.session.scalars(sa.select(Refund).where(Refund.payment_id == kept[0].id)).all()
        at_bank = self.bank.store.listed("refund", parent=case.payment_id)
        sums = (sum(row.amount_paise - row.covered_paise for row in refunds), sum(row["amount"] for row in at_bank))
        due = kept[0].amount_paise if back_paise is None else back_paise
        if sums != (due, due):
            found.append(f"refunds are {sums[0]} here and {sums[1]} at the gateway, not {due}")
        return found


@contextmanager
def house_on(engine: str, folder: Path) -> Iterator[House]:
    """One application on one database, and the simulator."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'drill.db'}"
        if engine == "postgres":
            url = stack.enter_context(postgres()).fresh("drill")
        bank = stack.enter_context(simulator(folder / "razorpay.db"))
        for delay in ("refund_seconds", "transfer_seconds"):
            bank.store.set_option(delay, 0.0)
        bank.store.set_option("settlement_seconds", 1e9)  # the drill says when a day ends
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
