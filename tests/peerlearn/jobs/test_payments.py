"""What jobs of money tell people."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from peerlearn.clock import now
from peerlearn.jobs.payments import DEBT_CAP_PAISE
from peerlearn.jobs.queue import PERIODIC
from peerlearn.kernel import db, transactional
from peerlearn.notifications.models import Notification
from peerlearn.payments.books import ledger_post
from peerlearn.payments.ledger import Posting
from peerlearn.payments.models import WebhookEvent
from tests.peerlearn.sessions.people import mentor, person
from tests.peerlearn.sessions.test_cancelling import booked


def news(user_id: int) -> list[str]:
    rows = sa.select(Notification.title).where(Notification.user_id == user_id).order_by(Notification.id)
    return list(db.session.scalars(rows))


def test_a_debt_is_told_to_its_mentor_and_beyond_the_cap_to_the_admins_once_each(app: Flask, ports: Any) -> None:
    asha, root = mentor(), person("Root", admin=True)

    @transactional
    def owe(paise: int, reference: str) -> None:
        ledger_post("refund", reference, [Posting("mentor_payable", asha, paise), Posting("gateway", None, -paise)])

    tell = PERIODIC["tell_debts"].function
    tell(ports)
    assert news(asha) == []
    owe(170_00, "debt:1")
    for _ in range(2):
        tell(ports)
    assert news(asha) == ["₹170 is kept from your next payouts"] and news(root) == []
    owe(DEBT_CAP_PAISE, "debt:2")
    for _ in range(2):
        tell(ports)
    assert news(asha)[1:] == ["₹5,170 is kept from your next payouts"]
    assert news(root) == ["A mentor owes ₹5,170"]


def test_where_money_comes_in_and_no_event_does_the_admins_hear_it_once_a_day(
    app: Flask, ports: Any, clock: Any
) -> None:
    asha, root = mentor(), person("Root", admin=True)
    watch = PERIODIC["watch_webhooks"].function
    for hours in (48, 50, 52):
        watch(ports)
        booked(asha, person(), hours)
    watch(ports)
    assert news(root) == [], "an event may still be on its way"
    clock.move(minutes=10)
    for _ in range(2):
        watch(ports)
    assert news(root) == ["No webhooks come in"]

    @transactional
    def hear() -> None:
        db.session.add(WebhookEvent(event_id="evt_1", kind="payment.captured", body="{}", received_at=now()))

    hear()
    clock.move(hours=24)
    watch(ports)
    assert len(news(root)) == 1
