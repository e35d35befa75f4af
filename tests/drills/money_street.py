"""A street of learners and mentors at one gateway: everything that can happen to money, one step at a time.

Each step is drawn by a seeded generator and may be cut off at any commit or any call to the gateway: by an exception that
nothing catches, or in a child process that is killed.
"""

import os
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.store import company_clock
from peerlearn.clock import MovableClock, SystemClock, now
from peerlearn.errors import PeerLearnError
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from peerlearn.payments.models import PaymentOrder
from peerlearn.sessions.models import LiveSession
from tests.drills.money_company import Company, company_open
from tests.drills.money_fuse import NEVER, Crash, Fuse, Surprises

LATEST_DELIVERY = timedelta(days=3)
DONE, REFUSED, SURPRISED = 0, 2, 3  # how a child ends that was not killed

Act = Callable[["Street"], None]


@dataclass
class Street:
    """Everybody, the gateway's company, the clock and the dice."""

    app: Flask
    clock: MovableClock
    dice: random.Random
    company: Company
    fuse: Fuse
    surprises: Surprises
    learners: list[int]
    mentors: list[int]
    admin: int
    touched: set[int] = field(default_factory=set)  # lessons that the last step looked at
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
        return self.company.gateway

    @property
    def queue(self) -> DirectQueue:
        """What was asked of the worker."""
        found: DirectQueue = self.ports.queue
        return found

    # Choosing ---------------------------------------------------------------------------------------------------------

    def an_order(self, *states: str) -> PaymentOrder | None:
        """One of the newest orders in these states that is known at the gateway."""
        statement = sa.select(PaymentOrder).where(
            PaymentOrder.state.in_(states), PaymentOrder.gateway_order_id.is_not(None)
        )
        rows = db.session.scalars(statement.order_by(PaymentOrder.id.desc()).limit(12)).all()
        return self.dice.choice(rows) if rows else None

    def a_lesson(self, *states: str, where: tuple[sa.ColumnElement[bool], ...] = ()) -> LiveSession | None:
        """One of the newest lessons in these states."""
        statement = sa.select(LiveSession).where(LiveSession.state.in_(states), *where)
        rows = db.session.scalars(statement.order_by(LiveSession.id.desc()).limit(20)).all()
        if not rows:
            return None
        chosen = self.dice.choice(rows)
        self.touched.add(chosen.id)
        return chosen

    # One step ---------------------------------------------------------------------------------------------------------

    def step(self, act: Act, *, crash: str = "") -> str:
        """One thing happens, perhaps only up to a boundary. Returns what came of it.

        `crash` "raise" ends it by an exception, "kill" runs it in a child that is killed.
        """
        self.touched.clear()
        outcome = self._killed(act) if crash == "kill" else self._done(act, cut=bool(crash))
        if outcome == "crashed" or self.dice.random() < 0.1:
            self.queue.asked.clear()  # wake-ups die with the process, and are lost now and then
        return outcome

    def _done(self, act: Act, *, cut: bool) -> str:
        self.fuse.left = self.dice.randint(0, 5) if cut else None
        try:
            act(self)
        except Crash:
            return "crashed"
        except (PeerLearnError, Problem) as error:
            if getattr(error, "code", "") in NEVER:
                self.surprises.heard.append(f"{act.__name__}: {error.code} {error}")
            return "refused"
        finally:
            self.fuse.left = None
            db.session.remove()
        return "done"

    def _killed(self, act: Act) -> str:
        """Neither database may have a connection open while the process forks."""
        boundary = self.dice.randint(0, 5)
        db.session.remove()
        db.engine.dispose()
        self.company.store.close()
        child = os.fork()
        if child == 0:
            self._child(act, boundary)
        _, status = os.waitpid(child, 0)
        self.company.store.reopen()
        self.dice.seed(self.dice.getrandbits(64))  # the child has thrown these dice
        if os.WIFSIGNALED(status):
            return "crashed"
        if os.WEXITSTATUS(status) not in (DONE, REFUSED):
            self.surprises.heard.append(f"{act.__name__}: the child said what went wrong above")
        return "refused" if os.WEXITSTATUS(status) == REFUSED else "done"

    def _child(self, act: Act, boundary: int) -> None:
        code = SURPRISED
        try:
            self.company.store.reopen()
            self.fuse.left, self.fuse.deadly = boundary, True
            act(self)
            code = DONE
        except (PeerLearnError, Problem) as error:
            code = SURPRISED if getattr(error, "code", "") in NEVER else REFUSED
        except BaseException:
            traceback.print_exc()
        finally:
            for line in self.surprises.heard:
                print(line, flush=True)
            os._exit(SURPRISED if self.surprises.heard else code)


def street_open(app: Flask, clock: MovableClock, folder: Path, seed: int, people: Callable[[], Any]) -> Street:
    """Put the street together around an application whose database is empty. `people` makes everybody."""
    random.seed(seed)  # the company shuffles its events
    company_clock(clock)
    fuse = Fuse()
    company = company_open(folder, fuse)
    learners, mentors, admin = people()
    street = Street(app, clock, random.Random(seed), company, fuse, Surprises(), learners, mentors, admin)
    tray = street.ports
    app.extensions["peerlearn.ports"] = type(tray)(**{**vars(tray), "gateway": company.gateway, "clock": clock})
    commit = db.session.commit

    def fused() -> None:
        fuse()
        commit()
        fuse()

    db.session.commit = fused  # type: ignore[method-assign]
    return street


def street_close(street: Street) -> None:
    """Give back what was borrowed of the process."""
    del db.session.commit
    company_clock(SystemClock())
    street.company.store.close()


def later(minutes: float) -> datetime:
    """An instant so many minutes from now."""
    return now() + timedelta(minutes=minutes)
