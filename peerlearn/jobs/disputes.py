"""Telling people about disputes: administrators, who must answer in time, and the two people of the lesson."""

from datetime import timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import admin_ids
from peerlearn.clock import now
from peerlearn.jobs.queue import job, periodic
from peerlearn.kernel import db, one_by_one, transactional
from peerlearn.money import rupees
from peerlearn.notifications.service import mail_want, notify
from peerlearn.payments.dispute_lifecycle import OPEN, QUESTIONS
from peerlearn.payments.models import Payment, PaymentDispute, PaymentOrder
from peerlearn.ports import Ports
from peerlearn.sessions.disputing import lesson_of_dispute
from peerlearn.sessions.words import moment, sentence, session_url

REMIND_BEFORE = timedelta(hours=48)
TELL_FOR = timedelta(days=2)


@job
def tell_dispute(_ports: Ports, dispute_id: int) -> None:
    """Tell everybody whom a dispute concerns how it stands. Once for each word of it."""
    _tell(dispute_id)


@periodic(minutes=5)
def tell_disputes(_ports: Ports) -> None:
    """Tell what a lost wake-up left untold: of disputes that are open, ended or were settled in the last days."""
    lately = now() - TELL_FOR
    said = sa.or_(PaymentDispute.state.in_(OPEN), PaymentDispute.ended_at > lately, PaymentDispute.settled_at > lately)
    one_by_one(db.session.scalars(sa.select(PaymentDispute.id).where(said)).all(), _tell, "dispute")


@transactional
def _tell(dispute_id: int) -> None:
    dispute = db.session.get(PaymentDispute, dispute_id)
    payment = db.session.get(Payment, dispute.payment_id) if dispute is not None else None
    order = db.session.get(PaymentOrder, payment.order_id) if payment is not None else None
    if dispute is None or order is None:
        return
    _tell_admins(dispute)
    lesson = lesson_of_dispute(dispute)
    if lesson is None:
        return
    money = rupees(dispute.amount_paise)
    for user_id, (title, body) in (
        (lesson.mentor_id, _for_mentor(dispute, money)),
        (order.payer_id, _for_payer(dispute, money)),
    ):
        if title:
            word = "open" if dispute.state in OPEN else dispute.state
            key = f"dispute:{dispute.id}:{word}:{user_id}"
            url = session_url(lesson.public_id)
            notify(user_id, "dispute", title, f"{sentence(lesson.title)} {body}", url, dedupe_key=key)


def _for_mentor(dispute: PaymentDispute, money: str) -> tuple[str, str]:
    if dispute.state in OPEN:
        return f"A bank looks at {money} of a lesson", "Your share waits until it has decided. We answer for you."
    if dispute.state == "won":
        return "The bank decided for you", "Your share is paid out as usual."
    if dispute.borne_paise:
        return "The bank gave the money back", "You taught this lesson, so you keep your share. We bear it."
    if dispute.shared_paise:
        return "The bank gave the money back", "The lesson did not take place, so its share goes back too."
    if dispute.covered_paise:
        return "The bank gave the money back", "It did so in place of our refund. Nothing more is taken from you."
    return "", ""


def _for_payer(dispute: PaymentDispute, money: str) -> tuple[str, str]:
    if dispute.state in OPEN and dispute.phase in QUESTIONS:
        return "Your bank has a question", "It asked us about this payment, and we answer it. You need not do anything."
    if dispute.state in OPEN:
        return (
            f"Your bank looks at {money}",
            "It asked us about this payment. Nothing more goes back until it has decided.",
        )
    if dispute.state == "won":
        return "Your bank has decided", f"{money} stays paid. Ask your bank if you don't agree."
    if dispute.state == "lost":
        return f"Your bank gives you {money} back", "There is nothing left for you to do."
    return "", ""


def _tell_admins(dispute: PaymentDispute) -> None:
    money = rupees(dispute.amount_paise)
    words = {
        "open": (f"A bank disputes {money}", "Answer until {by}, else it is lost. The evidence is put together."),
        "won": (f"We won a dispute over {money}", "The money is ours, and what waited goes on."),
        "lost": (f"We lost a dispute over {money}", "What was seen of the lesson decides who bears it."),
    }
    title, body = words.get(dispute.state, ("", ""))
    if title:
        # Evidence that is sent back opens it once more.
        again = f":{dispute.submitted_at:%Y%m%d%H%M}" if dispute.submitted_at and dispute.state == "open" else ""
        _to_admins(dispute, title, body, f"dispute:{dispute.id}:{dispute.state}{again}", mail=dispute.state == "open")


def _to_admins(dispute: PaymentDispute, title: str, body: str, key: str, *, mail: bool) -> None:
    url = f"/admin/disputes/details/?id={dispute.id}"
    for admin_id in admin_ids():
        admin = db.session.get(User, admin_id)
        if admin is None:
            continue
        text = body.format(by=moment(dispute.respond_by, admin.time_zone))
        actions = [{"label": "Open the case", "method": "get", "url": url, "style": "primary"}]
        notify(admin_id, "dispute", title, text, url, actions, dedupe_key=f"{key}:admin:{admin_id}")
        if mail:
            said = {"title": title, "lines": [text], "url": url}
            mail_want(admin.email, title, "notice", said, dedupe_key=f"{key}:{admin.public_id}", locale=admin.locale)


@periodic(minutes=10)
def remind_disputes(_ports: Ports) -> None:
    """Remind every admin, by bell and letter, of a dispute that nobody has answered two days before its time is over."""
    statement = sa.select(PaymentDispute.id).where(
        PaymentDispute.state == "open", PaymentDispute.respond_by <= now() + REMIND_BEFORE
    )
    one_by_one(db.session.scalars(statement).all(), _remind, "dispute")


@transactional
def _remind(dispute_id: int) -> None:
    dispute = db.session.get(PaymentDispute, dispute_id)
    if dispute is None:
        return
    title = f"{rupees(dispute.amount_paise)} is lost without an answer"
    key = f"dispute:{dispute.id}:remind:{dispute.respond_by:%Y%m%d%H%M}"
    _to_admins(dispute, title, "Answer the bank until {by}: one tap sends the evidence.", key, mail=True)
