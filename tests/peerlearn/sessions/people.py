"""Real people, hours and money for tests of booking: written through the services, paid as the gateway tells it."""

import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.catalog.models import MentorProfile, WeeklyHours
from peerlearn.clock import now
from peerlearn.errors import PeerLearnError
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.service import order_attach, payment_record

_numbers = itertools.count(1)


@transactional
def person(name: str = "Rohan Mehta", *, zone: str = "Asia/Kolkata", admin: bool = False) -> int:
    """A learner; returns the row id."""
    number = next(_numbers)
    user = User(email=f"p{number}@peerlearn.test", password_hash="x", name=name, time_zone=zone, is_admin=admin)
    db.session.add(user)
    db.session.flush()
    return user.id


@transactional
def mentor(
    name: str = "Asha Raghavan",
    *,
    zone: str = "Europe/London",
    price_paise: int = 499_00,
    minutes: int = 50,
    **profile: Any,
) -> int:
    """An approved mentor who is free all day, every day; returns the row id."""
    user_id = person(name, zone=zone)
    user = db.session.get(User, user_id)
    assert user is not None
    user.is_mentor = True
    db.session.add(
        MentorProfile(
            user_id=user_id,
            headline="Mathematics, from the picture up",
            price_paise=price_paise,
            lesson_minutes=minutes,
            state="approved",
            approved_at=now(),
            **profile,
        )
    )
    db.session.flush()
    db.session.add_all(WeeklyHours(mentor_id=user_id, weekday=day, start_minute=0, end_minute=1440) for day in range(7))
    return user_id


def at(hours: float = 24) -> datetime:
    """A start on the half hour, so many hours from now."""
    moment = now() + timedelta(hours=hours)
    return moment.replace(minute=0 if moment.minute < 30 else 30, second=0, microsecond=0)


def pay(order_id: int, *, gateway_payment_id: str | None = None) -> str:
    """Money for an order arrives, as the gateway would tell it. Returns the gateway's payment id."""
    order = db.session.get(PaymentOrder, order_id, populate_existing=True)
    assert order is not None
    if order.gateway_order_id is None:
        order = order_attach(order_id, f"order_T{order_id:012d}")
    payment_id = gateway_payment_id or f"pay_T{next(_numbers):012d}"
    payment_record(
        {
            "id": payment_id,
            "order_id": order.gateway_order_id,
            "amount": order.amount_paise,
            "currency": "INR",
            "status": "captured",
            "method": "upi",
            "fee": 0,
            "created_at": int(now().timestamp()),
        }
    )
    return payment_id


class TestGateway:
    """What booking asks of the gateway, answered at once: a fresh order id, or that of an order opened here before."""

    __test__ = False

    def __init__(self) -> None:
        self.opened: list[tuple[int, str]] = []

    def open_order(self, amount_paise: int, receipt: str, notes: dict[str, str]) -> str:
        """Note what was asked for."""
        self.opened.append((amount_paise, receipt))
        return f"order_G{len(self.opened):06d}{receipt[-8:]}"

    def find_order(self, receipt: str) -> str | None:
        """Say which order was opened here for a receipt, if any."""
        numbers = [number for number, (_, known) in enumerate(self.opened, 1) if known == receipt]
        return f"order_G{numbers[-1]:06d}{receipt[-8:]}" if numbers else None


def together(app: Flask, calls: list[Callable[[], Any]]) -> list[Any]:
    """Run calls at the same moment in threads of their own; each result is a value or the PeerLearnError raised."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[index] = call()
            except PeerLearnError as error:
                results[index] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
