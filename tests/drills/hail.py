"""A hail of webhooks at an even rate, and the desk of the simulated gateway where the drill pays."""

import heapq
import http.client
import itertools
import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

SENDERS = 24
SPREAD_SECONDS = 3.0  # a payment's other events come up to so long after the first


class Desk:
    """The simulator's own desk."""

    def __init__(self, port: int) -> None:
        self._port = port

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, json.dumps(body or {}), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, text
            return json.loads(text)
        finally:
            connection.close()

    def pay(self, gateway_order_id: str) -> None:
        """A learner pays an order; the browser is closed then and comes back to nobody."""
        self._ask("POST", "/_control/pay", {"order_id": gateway_order_id, "method": "upi", "vpa": "success@razorpay"})

    def options(self, **wanted: Any) -> None:
        """Set the simulator's switches."""
        self._ask("POST", "/_control/options", wanted)

    def events(self, gateway_order_id: str) -> list[dict[str, Any]]:
        """What the gateway has to tell of an order: body, signature, event_id."""
        found: list[dict[str, Any]] = self._ask("GET", f"/_control/deliveries?order_id={gateway_order_id}")
        return found


@dataclass(frozen=True)
class Told:
    """One event on its way: the answer's status and time, and how late it was sent."""

    event_id: str
    status: int
    ms: float
    late_ms: float


@dataclass
class Hail:
    """Pays bookings and foreign orders at the desk and posts their events, at an even rate, out of order, some again."""

    desk: Desk
    web_port: int
    booked: list[tuple[int, str]]
    foreign: list[str]
    paid: dict[int, float] = field(default_factory=dict)  # lesson -> when its payment began
    runs: bool = True
    _told: list[Told] = field(default_factory=list)
    _coming: list[tuple[float, int, dict[str, Any]]] = field(default_factory=list)
    _sent: list[dict[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turn: Any = field(default_factory=itertools.count)
    _dice: random.Random = field(default_factory=lambda: random.Random(7))

    def start(self, per_second: int, seconds: int) -> None:
        """Begin, in threads."""
        for number, order_id in enumerate(self.foreign[:5]):  # something to tell before the first booking is paid
            self._pay(order_id, number * 0.01)
        self._payer = threading.Thread(target=self._pay_all, args=(seconds,))
        self._sender = threading.Thread(target=self._send_all, args=(per_second, seconds))
        self._payer.start()
        self._sender.start()

    def end(self) -> list[Told]:
        """Wait for the last answer."""
        self._payer.join()
        self._sender.join()
        return self._told

    def _pay(self, order_id: str, after: float = 0.0) -> None:
        self.desk.pay(order_id)
        events = self.desk.events(order_id)
        self._dice.shuffle(events)
        with self._lock:
            for number, event in enumerate(events):
                due = time.monotonic() + after + (self._dice.uniform(0, SPREAD_SECONDS) if number else 0.0)
                heapq.heappush(self._coming, (due, next(self._turn), event))

    def _pay_all(self, seconds: int) -> None:
        orders: list[tuple[int | None, str]] = [*self.booked, *((None, order) for order in self.foreign[5:])]
        self._dice.shuffle(orders)
        began, gap = time.monotonic(), (seconds - SPREAD_SECONDS) / len(orders)
        for number, (lesson, order_id) in enumerate(orders):
            time.sleep(max(0.0, began + number * gap - time.monotonic()))
            if lesson is not None:
                self.paid[lesson] = time.monotonic()
            self._pay(order_id)

    def _next(self) -> dict[str, Any]:
        with self._lock:
            if self._coming and (self._coming[0][0] <= time.monotonic() or not self._sent):
                event = heapq.heappop(self._coming)[2]
                self._sent.append(event)
                return event
            return self._dice.choice(self._sent[-300:])

    def _send_all(self, per_second: int, seconds: int) -> None:
        began = time.monotonic()
        with ThreadPoolExecutor(SENDERS) as senders:
            for number in range(per_second * seconds):
                due = began + number / per_second
                time.sleep(max(0.0, due - time.monotonic()))
                senders.submit(self._send, self._next(), due)
            while self._coming:  # every event is told at least once
                senders.submit(self._send, self._next(), time.monotonic())
                time.sleep(1 / per_second)
        self.runs = False

    def _send(self, event: dict[str, Any], due: float) -> None:
        body = event["body"].encode()
        headers = {
            "Content-Type": "application/json",
            "X-Razorpay-Signature": event["signature"],
            "x-razorpay-event-id": event["event_id"],
        }
        began = time.monotonic()
        status = 0
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=30)
        try:
            connection.request("POST", "/webhooks/razorpay", body, headers)
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except OSError:
            status = 0
        finally:
            connection.close()
        self._told.append(Told(event["event_id"], status, (time.monotonic() - began) * 1000, (began - due) * 1000))
