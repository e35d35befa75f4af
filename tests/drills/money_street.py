"""A street of learners and mentors at one gateway: everything that can happen to money, one step at a time.

The simulator of the gateway is reached with the real SDK inside the process, without sockets. Each step is drawn by a
seeded generator; a step may be cut off at any commit or any call to the gateway, before or after it.
"""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from flask import Flask
from requests.adapters import BaseAdapter

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.bank import DECLINED, Bank
from peerlearn.adapters.razorpay_simulator.faults import Faults
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.route import Route
from peerlearn.adapters.razorpay_simulator.server import make_app
from peerlearn.adapters.razorpay_simulator.store import Store
from peerlearn.adapters.razorpay_simulator.webhooks import Account, Outbox
from peerlearn.clock import MovableClock, now
from peerlearn.errors import PeerLearnError
from peerlearn.jobs.queue import PERIODIC, DirectQueue
from peerlearn.kernel import db, one_by_one
from peerlearn.payments import service as payments
from peerlearn.payments.models import LedgerEntry, Payment, PaymentOrder, Refund
from peerlearn.payments.payees import BankForm, payee_onboard
from peerlearn.sessions import checkout
from peerlearn.sessions.cancelling import session_cancel
from peerlearn.sessions.judging import Evidence, unjudged_ids, verdict_write
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.objecting import verdict_decide, verdict_object
from peerlearn.sessions.settling import order_settle

WEBHOOK_SECRET = "the webhook secret of the drill"
BASE = "http://gateway.drill"
MONEY_JOBS = ("handle_webhooks", "settle_orders", "reconcile_orders", "send_refunds", "expire_holds", "run_payouts")
WOKEN = {
    "handle_webhook",
    "settle_order",
    "send_refunds",
    "reconcile_order",
    "tell_payout",
    "tell_refund",
    "tell_payee",
}
LATEST_DELIVERY = timedelta(days=3)


class Crash(BaseException):
    """The process dies here. Not an Exception: nothing that runs on after a failure may catch it."""


class Fuse:
    """Counts the boundaries of a step (a commit, a call to the gateway) and ends it at one of them."""

    def __init__(self) -> None:
        self.left: int | None = None

    def __call__(self) -> None:
        """One boundary further."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Crash


class InProcess(BaseAdapter):
    """Carries the SDK's requests to the simulator's application without a socket."""

    def __init__(self, app: Flask, fuse: Fuse) -> None:
        super().__init__()
        self._client = app.test_client()
        self._fuse = fuse

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer a prepared request; the process may die before it is sent and after it was answered."""
        self._fuse()
        body = request.body.encode() if isinstance(request.body, str) else request.body
        path = str(request.url)[len(BASE) :]
        answered = self._client.open(path, method=request.method, data=body, headers=dict(request.headers))
        response = requests.Response()
        response.status_code, response.request, response.url = answered.status_code, request, str(request.url)
        response.headers.update(dict(answered.headers))
        response.raw = io.BytesIO(answered.data)
        self._fuse()
        return response

    def close(self) -> None:
        """Nothing is open."""


class DrillGateway(RazorpayGateway):
    """The product's own gateway, whose session leads to the simulator in this process."""

    def __init__(self, app: Flask, fuse: Fuse, account: Account) -> None:
        super().__init__(
            key_id=account.key_id,
            key_secret=account.key_secret,
            webhook_secrets=(account.webhook_secret,),
            base_url=BASE,
            checkout_url=f"{BASE}/checkout.js",
        )
        self._drill = InProcess(app, fuse)

    def _client(self) -> Any:
        client = super()._client()
        client.session.mount(BASE, self._drill)
        return client


@dataclass
class Street:
    """Everybody, the gateway, the clock and the dice."""

    app: Flask
    clock: MovableClock
    dice: random.Random
    store: Store
    bank: Bank
    route: Route
    faults: Faults
    account: Account
    fuse: Fuse
    learners: list[int]
    mentors: list[int]
    admin: int
    delivered: int = 0  # the newest event that has a time to arrive
    post: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)  # events on their way
    old: list[dict[str, Any]] = field(default_factory=list)  # events that may come once more

    @property
    def ports(self) -> Any:
        """The application's ports."""
        return self.app.extensions["peerlearn.ports"]

    @property
    def gateway(self) -> RazorpayGateway:
        """The real gateway adapter."""
        found: RazorpayGateway = self.ports.gateway
        return found

    @property
    def queue(self) -> DirectQueue:
        """What was asked of the worker."""
        found: DirectQueue = self.ports.queue
        return found

    # Learners and mentors -------------------------------------------------------------------------------------------

    def book(self) -> None:
        """A learner takes a time and goes on to pay."""
        start = now() + timedelta(minutes=30 * self.dice.randint(2, 150))
        start = start.replace(minute=0 if start.minute < 30 else 30, second=0, microsecond=0)
        held = checkout.hold_slot(self.dice.choice(self.mentors), start, self.dice.choice(self.learners))
        checkout.order_open(held.id, gateway=self.gateway)

    def _order(self, *states: str) -> PaymentOrder | None:
        statement = sa.select(PaymentOrder).where(
            PaymentOrder.state.in_(states), PaymentOrder.gateway_order_id.is_not(None)
        )
        rows = db.session.scalars(statement.order_by(PaymentOrder.id.desc()).limit(12)).all()
        return self.dice.choice(rows) if rows else None

    def pay(self) -> None:
        """A learner pays: it works, fails, fails and works later, is another amount; the browser comes back or not."""
        order = self._order("open") or self._order("closed")
        if order is None:
            return
        gateway_id = str(order.gateway_order_id)
        if self.dice.random() < 0.02:
            started = self.bank.start(gateway_id, "upi", {}, amount=order.amount_paise + 100)
            self.bank.succeed(started["id"])
            return
        started = self.bank.start(gateway_id, "upi", {})
        if self.dice.random() < 0.2:
            self.bank.fail(started["id"], DECLINED, late=self.dice.random() < 0.5)
            return
        self.bank.succeed(started["id"])
        if self.dice.random() < 0.5:
            signature = self.account.sign_payment(gateway_id, started["id"])
            payments.payment_verify_return(order, started["id"], signature, gateway=self.gateway)
            order_settle(order.id)

    def pay_twice(self) -> None:
        """A paid order is paid once more: a second tab, or an authorisation that came late."""
        order = self._order("paid", "closed")
        if order is not None:
            started = self.bank.start(str(order.gateway_order_id), "upi", {}, again=True)
            self.bank.succeed(started["id"])

    def cancel(self) -> None:
        """One of the two calls a lesson off."""
        lesson = self._lesson("confirmed", "held")
        if lesson is not None and lesson.learner_id is not None:
            actor = lesson.learner_id if self.dice.random() < 0.6 else lesson.mentor_id
            session_cancel(lesson.id, actor, "", gateway=self.gateway if self.dice.random() < 0.5 else None)

    def _lesson(self, *states: str) -> LiveSession | None:
        statement = sa.select(LiveSession).where(LiveSession.state.in_(states))
        rows = db.session.scalars(statement.order_by(LiveSession.id.desc()).limit(20)).all()
        return self.dice.choice(rows) if rows else None

    def give_bank(self) -> None:
        """A mentor gives a bank account, or gives it once more."""
        mentor_id = self.dice.choice(self.mentors)
        form = BankForm(
            "Asha Rao", f"m{mentor_id}@drill.test", "9876543210", "ABCPE1234F", "50100012345678", "HDFC0000123"
        )
        payee_onboard(mentor_id, form, gateway=self.gateway)

    # The room and the house -----------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Lessons that are over are judged by who was seen in the room."""
        for live_session_id in unjudged_ids():
            lesson = db.session.get(LiveSession, live_session_id)
            if lesson is not None:
                verdict_write(live_session_id, self._seen(lesson))

    def _seen(self, lesson: LiveSession) -> Evidence:
        whole = [(lesson.starts_at, lesson.ends_at)]
        part = [(lesson.starts_at, lesson.starts_at + timedelta(minutes=self.dice.randint(1, 40)))]
        kinds = [(whole, whole)] * 6 + [(whole, []), ([], whole), ([], []), (whole, part), (part, part)]
        mentor, learner = self.dice.choice(kinds)
        return Evidence(mentor, learner)

    def object(self) -> None:
        """Somebody says that it was otherwise."""
        row = self._verdict("open")
        lesson = db.session.get(LiveSession, row.live_session_id) if row else None
        if row is not None and lesson is not None:
            verdict_object(row.live_session_id, lesson.learner_id or lesson.mentor_id, "It was shorter.")

    def decide(self) -> None:
        """An administrator decides an objection."""
        row = self._verdict("objected")
        if row is not None:
            verdict_decide(row.live_session_id, self.admin, self.dice.choice([0, row.refund_paise, 10000]), "Seen.")

    def _verdict(self, state: str) -> SessionVerdict | None:
        rows = db.session.scalars(sa.select(SessionVerdict).where(SessionVerdict.state == state).limit(20)).all()
        return self.dice.choice(rows) if rows else None

    def refund(self) -> None:
        """An administrator gives a part back, perhaps long after the payout."""
        rows = db.session.scalars(
            sa.select(Payment).where(Payment.state == "captured").order_by(Payment.id.desc()).limit(80)
        ).all()
        if rows:
            payment = self.dice.choice(rows)
            paise = self.dice.randint(100, max(100, payment.amount_paise // 2))
            payments.refund_want(payment.id, paise, "A part comes back.", f"drill-{self.dice.random()}")

    def retry_refund(self) -> None:
        """An administrator asks once more for a refund that failed."""
        found = db.session.scalars(sa.select(Refund.id).where(Refund.state == "failed").limit(5)).all()
        if found:
            payments.refund_retry(self.dice.choice(found))

    # The gateway ----------------------------------------------------------------------------------------------------

    def trouble(self) -> None:
        """The gateway stumbles: an error page instead of an answer, before or after it did what it was asked."""
        self.faults.clear()
        if self.dice.random() < 0.7:
            kind = self.dice.choice(["500", "502", "504", "429"])
            lost = kind != "429" and self.dice.random() < 0.6
            self.faults.add({"kind": kind, "method": "*", "lost": lost, "times": self.dice.randint(1, 3)})

    def mood(self) -> None:
        """Refunds, transfers and banks work, or do not, for a while."""
        for name in ("refund_outcome", "transfer_outcome", "settlement_outcome"):
            self.store.set_option(name, "failed" if self.dice.random() < 0.15 else "processed")
        self.store.set_option("review", self.dice.choice(["activated", "activated", "needs_clarification"]))

    def gateway_works(self) -> None:
        """Some of what the gateway put off happens now."""
        share = self.dice.choice([3, 2, 1])
        self.store.run("UPDATE later SET due_at = 0 WHERE id % ? = 0", share)
        self.bank.run_due()

    def pay_out(self) -> None:
        """The gateway's settlement of the day."""
        self.route.settle_all()

    def bank_returns(self) -> None:
        """A bank sends a settlement back, days later."""
        found = self.store.listed("settlement", count=10)
        if found:
            self.route.bank_returns(self.dice.choice(found)["id"])

    def deliver(self) -> None:
        """Events arrive: in any order, after seconds or after three days, some of them again."""
        for row in self.store.rows("SELECT * FROM delivery WHERE id > ? ORDER BY id", self.delivered):
            late = self.dice.random()
            delay = LATEST_DELIVERY * late if late < 0.3 else timedelta(seconds=30 * late)
            self.post.append((now() + delay, dict(row)))
            self.delivered = row["id"]
        self.dice.shuffle(self.post)
        due = [entry for entry in self.post if entry[0] <= now()][:6]
        again = [self.dice.choice(self.old)] if self.old and self.dice.random() < 0.3 else []
        for entry in due:
            self._arrive(entry[1])
            self.post.remove(entry)
            self.old = [*self.old[-40:], entry[1]]
        for event in again:
            self._arrive(event)

    def _arrive(self, event: dict[str, Any]) -> None:
        payments.webhook_store(event["body"].encode(), event["signature"], event["event_id"], [WEBHOOK_SECRET])

    # Time and the worker --------------------------------------------------------------------------------------------

    def worker(self) -> None:
        """One of the worker's periodic jobs."""
        PERIODIC[self.dice.choice(MONEY_JOBS)].function(self.ports)

    def wakes(self) -> None:
        """The worker does what it was woken up for, as far as it is about money."""
        self.queue.asked[:] = [entry for entry in self.queue.asked if entry[0] in WOKEN]
        self.queue.run_all(self.ports)

    def settle_verdicts(self) -> None:
        """What nobody objected to holds."""
        PERIODIC["settle_verdicts"].function(self.ports)

    def time(self) -> None:
        """Minutes pass, sometimes a day."""
        self.clock.move(minutes=self.dice.choice([1, 5, 20, 60, 240, 240, 1440]))

    @property
    def acts(self) -> list[tuple[int, Callable[[], None]]]:
        """What may happen, by weight."""
        return [
            (14, self.book), (14, self.pay), (2, self.pay_twice), (4, self.cancel), (2, self.give_bank),
            (3, self.judge), (1, self.object), (1, self.decide), (2, self.refund), (2, self.retry_refund),
            (2, self.trouble), (1, self.mood), (6, self.gateway_works), (2, self.pay_out), (1, self.bank_returns),
            (14, self.deliver), (14, self.worker), (8, self.wakes), (3, self.settle_verdicts), (5, self.time),
        ]  # fmt: skip

    def step(self, act: Callable[[], None], *, crash: bool) -> str:
        """One thing happens, perhaps only up to a boundary. Returns what came of it."""
        self.fuse.left = self.dice.randint(0, 5) if crash else None
        try:
            act()
        except Crash:
            self.queue.asked.clear()
            return "crashed"
        except (PeerLearnError, Problem):
            return "refused"
        finally:
            self.fuse.left = None
            db.session.remove()
        if self.dice.random() < 0.1:
            self.queue.asked.clear()  # wake-ups are lost now and then
        return "done"

    def come_to_rest(self) -> None:
        """No more trouble: every event arrives, every job runs, days pass, until nothing is left to do."""
        self.faults.clear()
        for name in ("refund_outcome", "transfer_outcome", "settlement_outcome"):
            self.store.set_option(name, "processed")
        self.store.set_option("review", "activated")
        quiet = 0
        for number in range(40):
            before = self.store.rows("SELECT max(id) AS id FROM delivery")[0]["id"], self._moved()
            failed = list(db.session.scalars(sa.select(Refund.id).where(Refund.state == "failed")))
            one_by_one(failed, payments.refund_retry, "refund")
            self.deliver()
            while self.post:
                self._arrive(self.post.pop()[1])
            self.queue.asked.clear()
            for name in MONEY_JOBS:
                PERIODIC[name].function(self.ports)
            if number < 12:
                self.judge()
                self.settle_verdicts()
            self.store.run("UPDATE later SET due_at = 0")
            self.bank.run_due()
            self.clock.move(minutes=400 if number < 12 or number % 4 == 0 else 45)
            after = self.store.rows("SELECT max(id) AS id FROM delivery")[0]["id"], self._moved()
            quiet = quiet + 1 if before == after and not self.post else 0
            db.session.remove()
            if quiet == 4:
                return

    def _moved(self) -> int:
        return db.session.scalar(sa.select(sa.func.max(LedgerEntry.id))) or 0


def street_open(app: Flask, clock: MovableClock, folder: Path, seed: int, people: Callable[[], Any]) -> Street:
    """Put the street together around an application whose database is empty. `people` makes everybody."""
    dice = random.Random(seed)
    account = Account("rzp_test_drill00000001", "the key secret of the drill", WEBHOOK_SECRET)
    store = Store(folder / "razorpay.db")
    store.run("PRAGMA synchronous=OFF")
    outbox = Outbox(store, account)
    bank = Bank(store, outbox)
    route, faults, fuse = Route(bank, outbox), Faults(), Fuse()
    gateway = DrillGateway(make_app(bank, route, account, outbox, faults), fuse, account)
    learners, mentors, admin = people()
    street = Street(app, clock, dice, store, bank, route, faults, account, fuse, learners, mentors, admin)
    app.extensions["peerlearn.ports"] = _with(street.ports, gateway, clock)
    commit = db.session.commit

    def fused() -> None:
        fuse()
        commit()
        fuse()

    db.session.commit = fused  # type: ignore[method-assign]
    return street


def _with(tray: Any, gateway: RazorpayGateway, clock: MovableClock) -> Any:
    return type(tray)(**{**vars(tray), "gateway": gateway, "clock": clock})
