"""Webhooks: events are signed and queued with the money they tell of, then delivered at least once, in any order."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from peerlearn.adapters.razorpay_simulator.shapes import Body, random_part
from peerlearn.adapters.razorpay_simulator.store import Store, unix_now

ANSWER_SECONDS = 5.0  # Razorpay counts a slower answer as failed
_PARALLEL = 4


@dataclass(frozen=True)
class Account:
    """The merchant: keys, and where its webhooks go. No URL: events are kept and not delivered."""

    key_id: str
    key_secret: str
    webhook_secret: str
    webhook_url: str | None = None
    account_id: str = "acc_PeerLearn00001"

    def sign_payment(self, order_id: str, payment_id: str) -> str:
        """The signature that Checkout hands to the merchant's page after a success."""
        message = f"{order_id}|{payment_id}".encode()
        return hmac.new(self.key_secret.encode(), message, hashlib.sha256).hexdigest()

    def sign_webhook(self, raw: bytes) -> str:
        """The signature header over the raw body."""
        return hmac.new(self.webhook_secret.encode(), raw, hashlib.sha256).hexdigest()


class Outbox:
    """Writes events. Called inside the change that moves the money, so neither can exist without the other."""

    def __init__(self, store: Store, account: Account) -> None:
        self._store = store
        self._account = account

    @property
    def account_id(self) -> str:
        """The merchant's own account."""
        return self._account.account_id

    def put(self, events: list[tuple[str, dict[str, Body]]], account_id: str | None = None) -> list[str]:
        """Queue events, shuffled, with the duplicates and the delay that the options ask for. Returns event ids.

        `account_id` is the linked account that an event is about; the merchant's own where it is left out.
        """
        options = self._store.options()
        events = random.sample(events, len(events))
        ids = []
        for name, payload in events:
            event_id = random_part()
            ids.append(event_id)
            raw = json.dumps(
                {
                    "entity": "event",
                    "account_id": account_id or self._account.account_id,
                    "event": name,
                    "contains": list(payload),
                    "payload": {kind: _wrapped(kind, body) for kind, body in payload.items()},
                    "created_at": int(unix_now()),
                },
                separators=(",", ":"),
            )
            subject, order_id = _subject(payload)
            for copy in range(2 if options["duplicates"] else 1):
                self._store.run(
                    "INSERT INTO delivery (event_id, event, subject, order_id, body, signature, due_at, state, created_at)"
                    " VALUES (?,?,?,?,?,?,?,?,?)",
                    event_id,
                    name,
                    subject,
                    order_id,
                    raw,
                    self._account.sign_webhook(raw.encode()),
                    unix_now() + options["delay_seconds"] + 0.15 * copy,
                    "waiting" if options["webhooks"] and self._account.webhook_url else "held",
                    unix_now(),
                )
        return ids

    def replay(self, delivery_id: int, copies: int = 1) -> None:
        """Send a past event again: same id, same bytes, same signature."""
        with self._store.change():
            for _ in range(copies):
                self._store.run(
                    "INSERT INTO delivery (event_id, event, subject, order_id, body, signature, due_at, state, created_at)"
                    " SELECT event_id, event, subject, order_id, body, signature, ?, 'waiting', ? FROM delivery WHERE id = ?",
                    unix_now(),
                    unix_now(),
                    delivery_id,
                )

    def release(self) -> int:
        """Let held events go out now. Returns how many."""
        return self._store.run("UPDATE delivery SET state = 'waiting', due_at = ? WHERE state = 'held'", unix_now())


def _wrapped(kind: str, body: Body) -> Body:
    if kind != "merchant_product":
        return {"entity": body}
    short = {"id": body["id"], "merchant_id": body["account_id"], "activation_status": body["activation_status"]}
    return {"entity": short, "data": {"requirements": body["requirements"]}}


def _subject(payload: dict[str, Body]) -> tuple[str, str | None]:
    first = next(iter(payload.values()))
    order_id = payload["order"]["id"] if "order" in payload else payload.get("payment", {}).get("order_id")
    return first["id"], order_id


class Courier:
    """One thread that finds due deliveries by state and sends them, a few at a time. A restart loses none."""

    def __init__(self, store: Store, account: Account) -> None:
        self._store = store
        self._account = account
        self._pool = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="webhook")
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Take no new delivery and wait for those on the way."""
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def send_due(self) -> None:
        """Hand all due deliveries to the pool, each marked so that it goes out once."""
        if self._stopped.is_set() or self._account.webhook_url is None:
            return
        with self._store.change():
            due = self._store.rows(
                "SELECT id FROM delivery WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT 50", unix_now()
            )
            for row in due:
                self._store.run("UPDATE delivery SET state = 'sending' WHERE id = ?", row["id"])
        for row in due:
            self._pool.submit(self._send, int(row["id"]))

    def recover(self) -> None:
        """After a restart: what was on the way may not have arrived, so it goes out again."""
        self._store.run("UPDATE delivery SET state = 'waiting' WHERE state = 'sending'")

    def _send(self, delivery_id: int) -> None:
        row = self._store.rows("SELECT * FROM delivery WHERE id = ?", delivery_id)[0]
        answer: int | None = None
        problem: str | None = None
        try:
            response = requests.post(
                str(self._account.webhook_url),
                data=row["body"].encode(),
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": "Razorpay-Webhook/v1",
                    "X-Razorpay-Signature": row["signature"],
                    "x-razorpay-event-id": row["event_id"],
                },
            )
            answer = response.status_code
        except requests.RequestException as error:
            problem = type(error).__name__
        waits: list[float] = self._store.option("retry_seconds")
        attempts = row["attempts"] + 1
        if answer is not None and 200 <= answer < 300:
            state, due_at = "delivered", row["due_at"]
        elif attempts <= len(waits):
            state, due_at = "waiting", unix_now() + waits[attempts - 1]
        else:
            state, due_at = "gave_up", row["due_at"]
        self._store.run(
            "UPDATE delivery SET state = ?, attempts = ?, answer = ?, problem = ?, due_at = ?, sent_at = ? WHERE id = ?",
            state,
            attempts,
            answer,
            problem,
            due_at,
            unix_now(),
            delivery_id,
        )
