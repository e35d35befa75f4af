"""What tests of money share: looking again, counting, delivering an event, doing ten things at once."""

import secrets
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.kernel import db
from peerlearn.payments import service
from peerlearn.payments.models import LedgerTransaction, PaymentOrder
from peerlearn.payments.payees import BankForm
from tests.gateway import OLD_WEBHOOK_SECRET, WEBHOOK_SECRET

SECRETS = (WEBHOOK_SECRET, OLD_WEBHOOK_SECRET)
PARALLEL = 10

Pay = Callable[..., dict[str, Any]]


def new_mail() -> str:
    return f"{secrets.token_hex(6)}@peerlearn.test"


def bank_form(mail: str) -> BankForm:
    return BankForm("Asha Rao", mail, "+919876543210", "ABCPE1234F", "50100012345678", "HDFC0000123")


def fresh(order: PaymentOrder) -> PaymentOrder:
    db.session.rollback()
    found = db.session.get(PaymentOrder, order.id, populate_existing=True)
    assert found is not None
    return found


def count(model: type) -> int:
    db.session.rollback()
    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def references() -> list[str]:
    db.session.rollback()
    return sorted(db.session.execute(sa.select(LedgerTransaction.reference)).scalars())


def balanced() -> bool:
    db.session.rollback()
    return service.ledger_check().balanced


def events_of(bank: Simulator, order: PaymentOrder) -> list[dict[str, Any]]:
    rows = bank.store.rows("SELECT * FROM delivery WHERE order_id = ? ORDER BY id", order.gateway_order_id)
    return [dict(row) for row in rows]


def deliver(event: dict[str, Any], gateway: RazorpayGateway) -> None:
    webhook_id = service.webhook_store(event["body"].encode(), event["signature"], event["event_id"], SECRETS)
    service.webhook_handle(webhook_id, gateway=gateway)


def in_parallel(app: Flask, work: Callable[[int], None], times: int = PARALLEL) -> None:
    problems: list[BaseException] = []
    start = threading.Barrier(times)

    def run(number: int) -> None:
        start.wait()
        try:
            with app.app_context():
                work(number)
                db.session.remove()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems
