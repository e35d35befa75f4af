"""What learners and mentors of the street do: book, pay in every way that goes wrong, move, call off, ask for the money."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.adapters.razorpay_simulator.bank import DECLINED
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.payments import service as payments
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.payees import BankForm, payee_onboard
from peerlearn.sessions import checkout
from peerlearn.sessions.cancelling import cancel_preview, session_cancel
from peerlearn.sessions.free_times import nearest_free
from peerlearn.sessions.holds import hold_agreed
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.move_offer_models import MoveOffer
from peerlearn.sessions.move_offer_queries import move_offer_times
from peerlearn.sessions.move_offers import move_offer_accept, move_offer_keep, move_offer_make, move_offer_withdraw
from peerlearn.sessions.moving import session_move
from peerlearn.sessions.recurring import series_hold
from peerlearn.sessions.service import session_publish
from peerlearn.sessions.settling import order_settle
from tests.drills.money_street import Act, Street

TITLES = ("Fractions", "Verbs", "Loops", "Waves")


def a_start(street: Street, hours: float = 75) -> datetime:
    """A start on the half hour, within some days."""
    start = now() + timedelta(minutes=30 * street.dice.randint(2, int(hours * 2)))
    return start.replace(minute=0 if start.minute < 30 else 30, second=0, microsecond=0)


def book(street: Street) -> None:
    """A learner takes a time and goes on to pay."""
    held = checkout.hold_slot(street.dice.choice(street.mentors), a_start(street), street.dice.choice(street.learners))
    street.touched.add(held.id)
    checkout.order_open(held.id, gateway=street.gateway)


def book_series(street: Street) -> None:
    """A learner takes the same hour of some weeks and goes on to pay the first."""
    mentor, learner = street.dice.choice(street.mentors), street.dice.choice(street.learners)
    held = series_hold(mentor, a_start(street), learner, street.dice.randint(2, 4))
    street.touched.update(lesson.id for lesson in held)
    checkout.order_open(held[0].id, gateway=street.gateway)


def pay_of_series(street: Street) -> None:
    """A later lesson of a series is about to be paid."""
    lesson = street.a_lesson("held", where=(LiveSession.series_id.is_not(None),))
    if lesson is not None:
        checkout.order_open(lesson.id, gateway=street.gateway)


def publish(street: Street) -> None:
    """A mentor offers a lesson to everybody."""
    mentor, price = street.dice.choice(street.mentors), street.dice.choice((250_00, 123_45, 100_01))
    title = street.dice.choice(TITLES)
    session_publish(mentor, title, "All of it, slowly.", None, a_start(street), 50, price)


def book_public(street: Street) -> None:
    """A learner takes a lesson that is on offer, perhaps one that somebody let go of."""
    lesson = street.a_lesson("open")
    if lesson is not None:
        checkout.hold_public(lesson.public_id, street.dice.choice(street.learners))
        checkout.order_open(lesson.id, gateway=street.gateway)


def book_instant(street: Street) -> None:
    """A learner needs help now, and a mentor has said yes."""
    mentor, learner = street.dice.choice(street.mentors), street.dice.choice(street.learners)
    price = street.dice.choice((150_00, 99_99, 201_01, 1_00))  # of a rupee the share is too little to be moved
    held = hold_agreed(
        mentor, learner, now(), 30, price, "Help now", kind="instant", request_id=1, hold_for=timedelta(minutes=5)
    )
    street.touched.add(held.id)
    checkout.order_open(held.id, gateway=street.gateway)


def pay(street: Street) -> None:
    """A learner pays: it works, fails, fails and works later, is another amount; the browser comes back or not."""
    order = street.an_order("open") or street.an_order("closed")
    if order is None:
        return
    gateway_id, bank = str(order.gateway_order_id), street.company.bank
    if street.dice.random() < 0.02:
        started = bank.start(gateway_id, "upi", {}, amount=order.amount_paise + street.dice.choice((100, -50)))
        bank.succeed(started["id"])
        return
    started = bank.start(gateway_id, "upi", {})
    if street.dice.random() < 0.2:
        bank.fail(started["id"], DECLINED, late=street.dice.random() < 0.5)
        return
    bank.succeed(started["id"])
    if street.dice.random() < 0.5:
        come_back(street, order, started["id"])


def come_back(street: Street, order: PaymentOrder, payment_id: str) -> None:
    """The browser comes back with a success."""
    signature = street.company.account.sign_payment(str(order.gateway_order_id), payment_id)
    payments.payment_verify_return(order, payment_id, signature, gateway=street.gateway)
    order_settle(order.id)


def authorise(street: Street) -> None:
    """A bank says yes and the gateway does not take the money: we do in time, or it goes back by itself after days."""
    order = street.an_order("open", "closed", "paid") if street.dice.random() < 0.3 else street.an_order("open")
    if order is not None:
        started = street.company.bank.start(str(order.gateway_order_id), "upi", {}, again=order.state == "paid")
        street.company.store.set_option("expiry_tells", street.dice.random() < 0.5)
        street.company.authorisations.authorise(started["id"])


def pay_twice(street: Street) -> None:
    """A paid order is paid once more: a second tab, or an authorisation that came late."""
    order = street.an_order("paid", "closed")
    if order is not None:
        started = street.company.bank.start(str(order.gateway_order_id), "upi", {}, again=True)
        street.company.bank.succeed(started["id"])


def cancel(street: Street) -> None:
    """One of the two calls a lesson off; the refund goes at once, or the job sends it."""
    lesson = street.a_lesson("confirmed", "held", "live")
    if lesson is not None and lesson.learner_id is not None:
        actor = lesson.learner_id if street.dice.random() < 0.6 else lesson.mentor_id
        session_cancel(lesson.id, actor, "", gateway=street.gateway if street.dice.random() < 0.5 else None)


def move(street: Street) -> None:
    """A learner moves a lesson to another free time."""
    lesson = street.a_lesson("confirmed")
    if lesson is None or lesson.learner_id is None:
        return
    free = nearest_free(lesson.mentor_id, a_start(street), 3, for_lesson=lesson)
    if free:
        session_move(lesson.id, lesson.learner_id, street.dice.choice(free))


def ask_to_move(street: Street) -> None:
    """A mentor who can't come proposes other times, perhaps for the second time."""
    lesson = street.a_lesson("confirmed", where=(LiveSession.starts_at > now(),))
    if lesson is not None:
        times = {a_start(street, 120) for _ in range(street.dice.randint(1, 3))}
        move_offer_make(lesson.id, lesson.mentor_id, sorted(times))


def answer_move(street: Street) -> None:
    """The learner takes a proposed time, keeps the old one, or calls it off for all of the money; or it is taken back."""
    statement = sa.select(MoveOffer).where(MoveOffer.state == "offered").order_by(MoveOffer.id.desc()).limit(12)
    rows = db.session.scalars(statement).all()
    if not rows:
        return
    offer = street.dice.choice(rows)
    lesson = db.session.get(LiveSession, offer.live_session_id)
    if lesson is None or lesson.learner_id is None:
        return
    street.touched.add(lesson.id)
    match street.dice.choice(("accept", "accept", "accept", "keep", "withdraw", "cancel")):
        case "accept":
            move_offer_accept(offer.public_id, lesson.learner_id, street.dice.choice(move_offer_times(offer.id)))
        case "keep":
            move_offer_keep(offer.public_id, lesson.learner_id)
        case "withdraw":
            move_offer_withdraw(offer.public_id, lesson.mentor_id)
        case _:
            shown = cancel_preview(lesson, db.session.get(User, lesson.learner_id))
            session_cancel(lesson.id, lesson.learner_id, "", expect_paise=shown.refund_paise)


def let_go(street: Street) -> None:
    """A learner lets go of a hold; money for it may be on its way."""
    lesson = street.a_lesson("held")
    if lesson is not None and lesson.held_by is not None:
        checkout.hold_drop(lesson.id, lesson.held_by)


def give_bank(street: Street) -> None:
    """A mentor gives a bank account, or gives it once more."""
    mentor_id = street.dice.choice(street.mentors)
    form = BankForm("Asha Rao", f"m{mentor_id}@drill.test", "9876543210", "ABCPE1234F", "50100012345678", "HDFC0000123")
    payee_onboard(mentor_id, form, gateway=street.gateway)


def look_again(street: Street) -> None:
    """A person waits on the page of an order: it is asked about now."""
    order_id = db.session.scalar(
        sa.select(PaymentOrder.id).where(PaymentOrder.state == "open").order_by(PaymentOrder.id.desc()).limit(1)
    )
    if order_id is not None:
        payments.orders_reconcile(gateway=street.gateway, only=order_id)


ACTS: list[tuple[float, Act]] = [
    (12, book), (2, book_series), (2, pay_of_series), (2, publish), (2, book_public), (2, book_instant), (16, pay),
    (2, pay_twice), (3, cancel), (2, move), (1, let_go), (2, give_bank), (1, look_again),
    (3, authorise), (3, ask_to_move), (4, answer_move),
]  # fmt: skip
