"""Jobs of money. Each finds its work by state, so a lost wake-up costs a minute and never a paisa."""

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import takewhile
from typing import TypeVar

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import admin_ids
from peerlearn.clock import now
from peerlearn.jobs.queue import job, periodic, urgent
from peerlearn.kernel import db, one_by_one
from peerlearn.money import rupees
from peerlearn.notifications.service import mail_want, notify
from peerlearn.payments import queries, service
from peerlearn.payments.agreement import books_findings, books_note, gateway_differs_still
from peerlearn.payments.credit_notes import notes_number
from peerlearn.payments.dispute_record import disputes_reconcile
from peerlearn.payments.models import Payee, Payout
from peerlearn.payments.payees import payees_ask
from peerlearn.payments.payout_queries import debts
from peerlearn.payments.receipts import receipts_number
from peerlearn.payments.transfers import payouts_run
from peerlearn.payments.webhooks import hook_is_silent
from peerlearn.ports import Ports
from peerlearn.sessions.disputing import disputes_settle
from peerlearn.sessions.settling import order_settle

log = logging.getLogger(__name__)

T = TypeVar("T")
DEBT_CAP_PAISE = 5_000_00  # beyond this a debt will hardly be taught off: a person decides what happens
ROUNDS = 50  # of reconciliation in one minute; a round asks about forty orders
LONGEST = timedelta(seconds=45)  # a periodic job leaves its worker to others before its next turn


def for_a_while(items: Iterable[T]) -> Iterator[T]:
    """Give out one item after another, and no more after three quarters of a minute: the rest has its turn later."""
    began = now()
    return takewhile(lambda _: now() - began < LONGEST, items)


@urgent
def handle_webhook(ports: Ports, webhook_id: int) -> None:
    """Do what one stored event tells, and settle the order that it moved."""
    order_id = service.webhook_handle(webhook_id, gateway=ports.gateway)
    if order_id is not None:
        settle_order(ports, order_id)


@periodic(minutes=1)
def handle_webhooks(ports: Ports) -> None:
    """Handle every event that is still waiting. One that fails does not stop the others."""
    waiting = for_a_while(service.webhooks_waiting())
    one_by_one(waiting, lambda webhook_id: handle_webhook(ports, webhook_id), "webhook")


@urgent
def settle_order(_ports: Ports, order_id: int) -> None:
    """Give the money of a paid order its use: a confirmed lesson, more time of a running one, or the way back."""
    order_settle(order_id)


@periodic(minutes=1)
def settle_orders(ports: Ports) -> None:
    """Settle every paid order that nobody settled."""
    one_by_one(queries.orders_unsettled(), lambda order_id: settle_order(ports, order_id), "order")


@urgent
def reconcile_order(ports: Ports, order_id: int) -> None:
    """Ask the gateway about one order now: a person is waiting on its page."""
    if service.orders_reconcile(gateway=ports.gateway, only=order_id):
        settle_order(ports, order_id)


@periodic(minutes=1)
def reconcile_orders(ports: Ports) -> None:
    """Ask the gateway about open and closed orders whose webhook may be lost, then settle what was paid."""
    for _ in for_a_while(range(ROUNDS)):
        if not service.orders_reconcile(gateway=ports.gateway):
            break
        settle_orders(ports)
    settle_orders(ports)


@periodic(minutes=1)
def send_refunds(ports: Ports) -> None:
    """Send every refund that is wanted, and ask about those that have been pending for a while."""
    service.refunds_send(gateway=ports.gateway)
    service.refunds_ask(gateway=ports.gateway)


@periodic(minutes=1)
def number_receipts(_ports: Ports) -> None:
    """Give every paid order the number of its receipt, and all that went back of one the number of its note."""
    receipts_number()
    notes_number()


@periodic(minutes=1)
def run_payouts(ports: Ports) -> None:
    """Carry out payouts: decide, send on hold, take back, release, ask. Frozen while the books do not agree."""
    payees_ask(gateway=ports.gateway)
    payouts_run(gateway=ports.gateway, tds_percent=ports.settings.tds_percent)


@periodic(minutes=10)
def reconcile_disputes(ports: Ports) -> None:
    """Read the gateway's disputes: a bank's word must not be missed because one event was lost."""
    disputes_reconcile(gateway=ports.gateway)


@periodic(minutes=1)
def settle_disputes(_ports: Ports) -> None:
    """Name who bears the disputes that were lost, as soon as it is decided whether the lesson was given."""
    disputes_settle()


@periodic(minutes=30)
def check_gateway(ports: Ports) -> None:
    """Compare our books with the gateway's and keep what differs: payouts are frozen until it is clear."""
    disputes_reconcile(gateway=ports.gateway)  # what was said a minute ago is no difference
    books_note(gateway_differs_still(gateway=ports.gateway))


@periodic(minutes=1)
def check_ledger(_ports: Ports) -> None:
    """Check that the ledger sums to zero, misses nothing and is the gateway's; tell every admin, once a day, where it does not."""
    report, differs = service.ledger_check(), books_findings()
    if report.balanced and not differs:
        return
    what = ", ".join([*report.unbalanced, *report.missing, *differs][:5]) or f"{report.total_paise} paise"
    log.critical("the ledger is not balanced: %s", what)
    for admin_id in admin_ids():
        notify(
            admin_id,
            "ledger_unbalanced",
            "The ledger does not balance",
            f"Look at {what}. Payouts are frozen until it is clear."[:500],
            "/admin",
            dedupe_key=f"ledger:{now():%Y-%m-%d}:{admin_id}",
        )


@periodic(minutes=5)
def alert_admins(_ports: Ports) -> None:
    """Tell every admin, once each, about money that a person must look at."""
    troubles = [
        (
            f"quarantined:{payment.id}",
            "A payment does not match its order",
            f"{payment.gateway_payment_id}: {rupees(payment.amount_paise)} is set aside. Give it back or explain it.",
        )
        for payment in queries.payments_quarantined()
    ] + [
        (
            f"refund-failed:{refund.id}:{refund.tries}",
            "A refund failed",
            f"{rupees(refund.amount_paise)} is still owed. {refund.problem or 'The bank did not take it.'}",
        )
        for refund in queries.refunds_failed()
    ]
    for key, title, body in troubles:
        for admin_id in admin_ids():
            notify(admin_id, "money_trouble", title, body, "/admin", dedupe_key=f"{key}:{admin_id}")


@job
def tell_refund(_ports: Ports, refund_id: int) -> None:
    """Tell the payer that the money has left for the bank. Once per refund."""
    found = queries.refund_with_order(refund_id)
    if found is None:
        return
    refund, order = found
    url = f"/pay/{order.public_id}/receipt"
    notify(
        order.payer_id,
        "refund_processed",
        f"{rupees(refund.amount_paise)} has gone back to your bank",
        f"{refund.reason} Your bank shows it within five to seven working days.",
        url,
        [{"label": "See the receipt", "method": "get", "url": url, "style": "quiet"}],
        dedupe_key=f"refund:{refund.id}",
    )


PAYEE_WORDS = {
    "activated": ("Your bank account is ready", "What you earn goes there by itself, a day after each lesson."),
    "under_review": ("Your bank account is being checked", "This takes a day or two. Your money waits for you."),
    "needs_clarification": ("Your bank account needs another look", "Open Money and correct what is marked."),
    "suspended": ("Payouts are paused", "Our payment partner has paused your account. Write to us."),
}


@job
def tell_payee(_ports: Ports, mentor_id: int) -> None:
    """Tell a mentor what the gateway said about their account. Once per word of it and day."""
    payee = db.session.get(Payee, mentor_id)
    if payee is None or payee.state not in PAYEE_WORDS:
        return
    title, body = PAYEE_WORDS[payee.state]
    notify(mentor_id, "payee", title, body, "/money", dedupe_key=f"payee:{mentor_id}:{payee.state}:{now():%Y-%m-%d}")


@job
def tell_bank_account(_ports: Ports, mentor_id: int) -> None:
    """Tell a mentor by bell and letter that payouts go to another account: who has their session could have changed it."""
    payee, mentor = db.session.get(Payee, mentor_id), db.session.get(User, mentor_id)
    if payee is None or mentor is None:
        return
    title = "Your bank account was changed"
    body = (
        f"What you earn goes to the account that ends in {payee.last_four} from now on. "
        "Was it not you? Change your password, then write to us."
    )
    key = f"bank_account:{mentor_id}:{payee.last_four}:{now():%Y-%m-%d %H}"
    notify(mentor_id, "payee", title, body, "/money/bank", dedupe_key=key)
    said = {"title": title, "lines": [body], "url": "/money/bank"}
    mail_want(mentor.email, title, "notice", said, dedupe_key=f"{key}:letter", locale=mentor.locale)


@job
def tell_payout(_ports: Ports, payout_id: int) -> None:
    """Tell a mentor that money has reached the bank or came back, and the admins of one that failed. Once each."""
    payout = db.session.get(Payout, payout_id)
    if payout is None:
        return
    paid, key = rupees(payout.amount_paise - payout.reversed_paise), f"payout:{payout.id}:{payout.state}"
    if payout.state == "settled":
        title, body = f"{paid} is on its way into your bank", "Your bank shows it within three hours."
        notify(payout.mentor_id, "payout", title, body, "/money", dedupe_key=f"{key}:{payout.settlement_id}")
    elif payout.state == "returned":
        title, body = f"Your bank sent {paid} back", "Check your bank account under Money. We pay it out again."
        notify(payout.mentor_id, "payout", title, body, "/money", dedupe_key=f"{key}:{payout.settlement_id}")
    elif payout.state == "failed":
        for admin_id in admin_ids():
            title, body = "A payout failed", f"{paid}: {payout.problem}. It is tried again by itself."
            notify(admin_id, "money_trouble", title, body, "/admin", dedupe_key=f"{key}:{payout.tries}:{admin_id}")


@periodic(minutes=5)
def tell_debts(_ports: Ports) -> None:
    """Tell a mentor of each debt that a refund after the payout left, and the admins of one beyond the cap. Once each."""
    for mentor_id, paise in debts():
        owes, key = rupees(paise), f"debt:{mentor_id}:{paise}"
        body = (
            f"More went back to learners than we still owed you. Your next payouts are {owes} less, until it is even."
        )
        notify(mentor_id, "payout", f"{owes} is kept from your next payouts", body, "/money", dedupe_key=key)
        for admin_id in admin_ids() if paise > DEBT_CAP_PAISE else ():
            title, body = f"A mentor owes {owes}", "That is beyond the cap. Decide whether they go on teaching."
            url = f"/admin/people/details/?id={mentor_id}"
            notify(admin_id, "money_trouble", title, body, url, dedupe_key=f"{key}:{admin_id}")


@periodic(minutes=5)
def watch_webhooks(_ports: Ports) -> None:
    """Tell the admins, once a day, that money comes in and the gateway's events do not."""
    if not hook_is_silent():
        return
    title, body = "No webhooks come in", "Payments are found later than they could be. Turn the webhook on at Razorpay."
    for admin_id in admin_ids():
        key = f"hook-silent:{now():%Y-%m-%d}:{admin_id}"
        notify(admin_id, "money_trouble", title, body, "/admin/payments/", dedupe_key=key)
