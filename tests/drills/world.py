"""The product of a drill and one paid lesson in it: every server a process of its own, started here and killable by its id."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2

from bench.board.hands import crowd, logged
from config.settings import Settings
from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.live.journal import Draft, journal_append
from peerlearn.live.protocol import BOARD, CHAT
from peerlearn.payments.service import ledger_check
from peerlearn.sessions.checkout import order_open
from peerlearn.sessions.claims import claims_move
from peerlearn.sessions.holds import hold_slot
from peerlearn.sessions.models import LiveSession
from tests.browser.room_pages import Stage
from tests.drills.daemons import Daemon, Postgres, redis_daemon, turn_daemon
from tests.drills.doors import DoorKeeper, TcpDoor, UdpDoor
from tests.peerlearn.sessions.people import mentor, person
from tests.product import free_port
from tests.servers import wait_until

LESSON_MINUTES = 50
# Two browsers and all servers start and run beside each other; where the cores are shared, a start may take a minute.
SLOW_MACHINE_SECONDS = 180.0
BATCH = 500
SIDES = ("mentor", "learner")


@dataclass(frozen=True)
class Booked:
    """The lesson of a drill: ids of the lesson and its two people."""

    id: int
    public_id: str
    people: dict[str, int]
    ends_at: datetime


@transactional
def _begin(live_session_id: int) -> datetime:
    """Let the time of a lesson have come: nobody wants to wait for three hours. Returns its end."""
    lesson = db.session.get_one(LiveSession, live_session_id)
    lesson.starts_at = now() - timedelta(minutes=1)
    lesson.ends_at = lesson.starts_at + timedelta(minutes=LESSON_MINUTES)
    db.session.flush()
    claims_move(lesson)
    return lesson.ends_at


class World:
    """PostgreSQL, Redis, coturn, the payment simulator, two web processes and a worker; or the embedded product.

    Each person reaches the web through a door of their own that prefers one of the web processes; media pass a UDP door
    in front of coturn.
    """

    def __init__(self, folder: Path, *, embedded: bool) -> None:
        self.folder = folder
        self.embedded = embedded
        self.keeper = DoorKeeper()
        self.daemons: dict[str, Daemon] = {}
        turn, turn_server = turn_daemon(folder)
        self.daemons["turn"] = turn
        turn.start()
        self.dark = UdpDoor(self.keeper, turn.port)
        gateway_port = free_port()
        gateway_url = f"http://127.0.0.1:{gateway_port}"
        env = {
            "TURN_URLS": f"turn:127.0.0.1:{self.dark.port}?transport=udp,turn:127.0.0.1:{turn.port}?transport=tcp",
            "TURN_SECRET": turn_server.secret,
            "RAZORPAY_BASE_URL": gateway_url,
            "RAZORPAY_CHECKOUT_URL": f"{gateway_url}/checkout.js",
        }
        if not embedded:
            postgres, redis = Postgres(), redis_daemon(folder)
            self.daemons |= {"postgres": postgres, "redis": redis}
            for server in (postgres, redis):
                server.start()
            env |= {"DATABASE_URL": postgres.fresh("drill"), "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
        self.env = env
        self.stage = Stage(folder, env, processes=1 if embedded else 2)
        self.webs = self.stage.products
        for web in self.webs:
            web.patience = SLOW_MACHINE_SECONDS
        self.webs[0].gateway_port = gateway_port
        self.webs[0].start("gateway", "worker")
        ports = [web.port for web in self.webs]
        self.doors = {
            side: TcpDoor(self.keeper, ports if index == 0 else ports[::-1]) for index, side in enumerate(SIDES)
        }
        self.booked = self._book(gateway_url)

    def _book(self, gateway_url: str) -> Booked:
        """Book and pay a lesson the way a learner does: hold, order, payment at the bank, webhook, confirmation."""
        settings = Settings()
        gateway = RazorpayGateway(
            key_id=settings.razorpay_key_id,
            key_secret=settings.razorpay_key_secret,
            webhook_secrets=settings.razorpay_webhook_secrets,
            base_url=gateway_url,
            checkout_url=f"{gateway_url}/checkout.js",
        )
        with self.stage.app.app_context():
            people = {"mentor": mentor(minutes=LESSON_MINUTES), "learner": person()}
            start = now() + timedelta(hours=3)
            start = start.replace(minute=0, second=0, microsecond=0)
            held = hold_slot(people["mentor"], start, people["learner"], title="Integrals, from the picture up")
            order = order_open(held.id, gateway=gateway)
            assert order is not None
            ids = held.id, held.public_id, order.gateway_order_id
            db.session.rollback()
        body = json.dumps({"order_id": ids[2], "method": "upi", "vpa": "success@razorpay"}).encode()
        ask = urllib.request.Request(f"{gateway_url}/_control/pay", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(ask, timeout=10).close()
        wait_until(
            lambda: self.rows("SELECT state FROM live_session WHERE id = %s", ids[0]) == [("confirmed",)], "paid"
        )
        with self.stage.app.app_context():
            ends_at = _begin(ids[0])
        return Booked(ids[0], ids[1], people, ends_at)

    def begin(self, steps: int) -> None:
        """Put so many steps on the board and a third as many messages into the chat, as if the lesson had gone on for long."""
        drafts = []
        for index, step in enumerate(logged(crowd(steps)) if steps else []):
            author = self.booked.people[SIDES[index % 2]]
            drafts.append(Draft(self.booked.id, author, f"step-{index:06}", BOARD, step))
            if index % 3 == 2:
                said = {"text": f"What was said after step {index}"}
                drafts.append(Draft(self.booked.id, author, f"word-{index:06}", CHAT, said))
        with self.stage.app.app_context():
            for first in range(0, len(drafts), BATCH):
                journal_append(drafts[first : first + BATCH])

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read from the database over a connection of its own."""
        if self.embedded:
            lite = sqlite3.connect(self.folder / "peerlearn.db", timeout=5)
            try:
                return lite.execute(statement.replace("%s", "?"), values).fetchall()
            finally:
                lite.close()
        connection = psycopg2.connect(self.env["DATABASE_URL"].replace("+psycopg2", ""), connect_timeout=3)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def written(self, since: int = 0) -> list[tuple[int, int, str, str]]:
        """The lesson's log after a number: (seq, author id, client id, kind)."""
        statement = "SELECT seq, author_id, client_id, kind FROM journal_entry WHERE live_session_id = %s AND seq > %s"
        return [tuple(row) for row in self.rows(statement + " ORDER BY seq", self.booked.id, since)]

    def ledger_fault(self) -> str:
        """What is wrong with the money, empty when nothing is."""
        with self.stage.app.app_context():
            db.engine.dispose()  # its connections may be of a server that was killed
            report = ledger_check()
            split = db.session.execute(
                db.text("SELECT count(*) FROM ledger_transaction WHERE reference LIKE 'split:%'")
            ).scalar_one()
        faults = [] if report.balanced else [f"the ledger is not balanced: {report}"]
        if split != 1:
            faults.append(f"{split} splits of one payment")
        return "; ".join(faults)

    def seconds_left(self) -> float:
        """Until the lesson ends, by the clock of this machine, which is the server's."""
        return (self.booked.ends_at - datetime.now(UTC)).total_seconds()

    def room_url(self, side: str) -> str:
        """Where a person of the drill goes: through their own door, media by relay only."""
        return f"http://127.0.0.1:{self.doors[side].port}/lesson/{self.booked.public_id}/room?ice=relay"

    def cookie(self, side: str) -> dict[str, Any]:
        """The cookie of a person who signed in, for the host that all doors share."""
        cookie = self.stage.cookie(self.booked.people[side])
        return {**cookie, "url": "http://127.0.0.1/", "expires": time.time() + 86_400}

    def start_webs(self, indexes: Sequence[int]) -> None:
        """Start web processes beside each other and wait until all of them answer."""
        with ThreadPoolExecutor(len(self.webs)) as threads:
            list(threads.map(lambda index: self.webs[index].start("web"), indexes))

    def freeze(self, frozen: bool) -> None:
        """Stop every web process where it stands, or let all go on."""
        for web in self.webs:
            os.kill(web.pid("web"), signal.SIGSTOP if frozen else signal.SIGCONT)

    def log_tail(self, characters: int = 3000) -> str:
        """The last words of the web processes."""
        file = self.folder / "web.log"
        return file.read_text(errors="replace")[-characters:] if file.exists() else ""

    def stop(self) -> None:
        """End everything that was started."""
        self.stage.stop()
        for daemon in self.daemons.values():
            daemon.stop()
        self.keeper.stop()
