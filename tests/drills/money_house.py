"""What happens in the house of the street: lessons are held and judged, administrators decide, the worker works, time passes."""

from datetime import timedelta

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.jobs.queue import PERIODIC
from peerlearn.kernel import db, one_by_one
from peerlearn.moderation import service as moderation
from peerlearn.payments import service as payments
from peerlearn.payments.dispute_answers import dispute_accept, dispute_contest
from peerlearn.payments.models import LedgerEntry, Payment, PaymentDispute, Refund
from peerlearn.payments.packs import minutes_left
from peerlearn.sessions.extending import extension_answer, extension_offer, extension_order
from peerlearn.sessions.extension_queries import CHOICES, extension_waiting
from peerlearn.sessions.judging import Evidence, absence_claim, unjudged_ids, verdict_write
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.objecting import verdict_accept, verdict_decide, verdict_object
from peerlearn.sessions.prepaid import extend_with_minutes
from peerlearn.sessions.service import session_end, session_start
from tests.drills.money_desk import deliver, rule
from tests.drills.money_street import Act, Street

MONEY_JOBS = (
    "handle_webhooks",
    "settle_orders",
    "reconcile_orders",
    "send_refunds",
    "expire_holds",
    "run_payouts",
    "lapse_extensions",
    "lapse_move_offers",
    "tend_series",
    "settle_verdicts",
    "reconcile_disputes",
    "settle_disputes",
    "number_receipts",
    "check_gateway",
    "check_ledger",
)
WOKEN = {
    "handle_webhook",
    "settle_order",
    "send_refunds",
    "reconcile_order",
    "tell_payout",
    "tell_refund",
    "tell_payee",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
REST_ROUNDS, REST_QUIET = 80, 5

# The room ---------------------------------------------------------------------------------------------------------------


def begin(street: Street) -> None:
    """Both come into the room."""
    lesson = street.a_lesson("confirmed", where=(LiveSession.starts_at <= now(), LiveSession.ends_at > now()))
    if lesson is not None:
        session_start(lesson.id)


def extend(street: Street) -> None:
    """One more step towards more time: asked for, agreed or declined, about to be paid, or paid with minutes of a pack."""
    lesson = street.a_lesson("live")
    if lesson is None or lesson.learner_id is None:
        return
    waits = extension_waiting(lesson.id)
    if waits is None:
        extension_offer(
            lesson.id, street.dice.choice((lesson.mentor_id, lesson.learner_id)), street.dice.choice(CHOICES)
        )
    elif waits.state == "offered":
        other = lesson.learner_id if waits.asked_by == lesson.mentor_id else lesson.mentor_id
        extension_answer(waits.public_id, other, accept=street.dice.random() < 0.9)
    elif minutes_left(lesson.learner_id, lesson.mentor_id) >= waits.minutes and street.dice.random() < 0.6:
        extend_with_minutes(waits.public_id, lesson.learner_id)
    else:
        extension_order(waits.public_id, lesson.learner_id, gateway=street.gateway)


def end(street: Street) -> None:
    """One of the two ends a lesson for both."""
    lesson = street.a_lesson("live")
    if lesson is not None and lesson.learner_id is not None:
        session_end(lesson.id, street.dice.choice((lesson.mentor_id, lesson.learner_id)), "That was it.")


def leave(street: Street) -> None:
    """Who waited long enough for the other one goes."""
    waited = LiveSession.starts_at <= now() - timedelta(minutes=10)
    lesson = street.a_lesson("confirmed", where=(waited, LiveSession.ends_at > now()))
    if lesson is not None and lesson.learner_id is not None:
        here = [(lesson.starts_at, now())]
        seen = street.dice.choice((Evidence(here, []), Evidence([], here)))
        absence_claim(lesson.id, lesson.mentor_id if seen.mentor else lesson.learner_id, seen)


def judge(street: Street) -> None:
    """Lessons that are over are judged by who was seen in the room."""
    for live_session_id in unjudged_ids():
        lesson = db.session.get(LiveSession, live_session_id)
        if lesson is not None:
            street.touched.add(lesson.id)
            verdict_write(live_session_id, _seen(street, lesson))


def _seen(street: Street, lesson: LiveSession) -> Evidence:
    whole = [(lesson.starts_at, lesson.ends_at)]
    part = [(lesson.starts_at, lesson.starts_at + timedelta(minutes=street.dice.randint(1, 40)))]
    kinds = [(whole, whole)] * 6 + [(whole, []), ([], whole), ([], []), (whole, part), (part, part)]
    mentor, learner = street.dice.choice(kinds)
    return Evidence(mentor, learner)


# Verdicts ---------------------------------------------------------------------------------------------------------------


def object_(street: Street) -> None:
    """Somebody says that it was otherwise."""
    row, lesson = _verdict(street, "open")
    if row is not None and lesson is not None:
        actor = street.dice.choice((lesson.learner_id, lesson.mentor_id)) or lesson.mentor_id
        verdict_object(row.live_session_id, actor, "It was shorter.")


def accept(street: Street) -> None:
    """Who loses by a verdict agrees to it."""
    row, lesson = _verdict(street, "open")
    if row is not None and lesson is not None:
        verdict_accept(lesson.id, lesson.mentor_id if row.refund_paise else lesson.learner_id or lesson.mentor_id)


def decide(street: Street) -> None:
    """An administrator decides an objection."""
    row, _ = _verdict(street, "objected")
    if row is not None:
        verdict_decide(row.live_session_id, street.admin, street.dice.choice([0, row.refund_paise, 10000]), "Seen.")


def _verdict(street: Street, state: str) -> tuple[SessionVerdict | None, LiveSession | None]:
    found = sa.select(SessionVerdict).where(SessionVerdict.state == state).order_by(SessionVerdict.live_session_id)
    rows = db.session.scalars(found.limit(20)).all()
    if not rows:
        return None, None
    row = street.dice.choice(rows)
    street.touched.add(row.live_session_id)
    return row, db.session.get(LiveSession, row.live_session_id)


# Administrators ---------------------------------------------------------------------------------------------------------


def _a_payment(street: Street) -> Payment | None:
    rows = db.session.scalars(
        sa.select(Payment).where(Payment.state == "captured").order_by(Payment.id.desc()).limit(80)
    ).all()
    return street.dice.choice(rows) if rows else None


def refund(street: Street) -> None:
    """An administrator gives a part back, perhaps long after the payout."""
    payment = _a_payment(street)
    if payment is not None:
        paise = street.dice.randint(100, max(100, payment.amount_paise // 2))
        payments.refund_want(payment.id, paise, "A part comes back.", f"drill-{street.dice.random()}")


def give_all_back(street: Street) -> None:
    """An administrator gives a whole payment back; a lesson ahead is called off with it."""
    payment = _a_payment(street)
    if payment is not None:
        moderation.payment_return(payment.id, street.admin, "We are sorry.")


def call_off(street: Street) -> None:
    """An administrator calls a lesson off."""
    lesson = street.a_lesson("confirmed", "live", "open")
    if lesson is not None:
        moderation.lesson_call_off(lesson.id, street.admin, "The mentor is ill.")


def retry_refund(street: Street) -> None:
    """An administrator asks once more for a refund that failed."""
    failed = sa.select(Refund.id).where(Refund.state == "failed").order_by(Refund.id)
    found = db.session.scalars(failed.limit(5)).all()
    if found:
        payments.refund_retry(street.dice.choice(found))


def answer(street: Street) -> None:
    """An administrator gives in to a dispute, or contests it."""
    waiting = sa.select(PaymentDispute.id).where(PaymentDispute.state == "open").order_by(PaymentDispute.id)
    found = db.session.scalars(waiting).all()
    if found and street.dice.random() < 0.4:
        dispute_accept(street.dice.choice(found), gateway=street.gateway)
    elif found:
        dispute_contest(street.dice.choice(found), "Both were there.", PDF, gateway=street.gateway)


# Time and the worker ----------------------------------------------------------------------------------------------------


def worker(street: Street) -> None:
    """One of the worker's periodic jobs."""
    PERIODIC[street.dice.choice(MONEY_JOBS)].function(street.ports)


def wakes(street: Street) -> None:
    """The worker does what it was woken up for, as far as it is about money."""
    street.queue.asked[:] = [entry for entry in street.queue.asked if entry[0] in WOKEN]
    street.queue.run_all(street.ports)


def time(street: Street) -> None:
    """Minutes pass, sometimes a day."""
    street.clock.move(minutes=street.dice.choice([1, 5, 20, 60, 240, 240, 1440]))


def time_of_a_lesson(street: Street) -> None:
    """The time of the next lesson comes."""
    soon = db.session.scalar(
        sa.select(sa.func.min(LiveSession.starts_at)).where(
            LiveSession.state == "confirmed", LiveSession.starts_at > now() - timedelta(minutes=20)
        )
    )
    if soon is not None:
        ahead = soon + timedelta(minutes=street.dice.randint(0, 15)) - now()
        street.clock.move(seconds=max(0.0, min(ahead, timedelta(days=1)).total_seconds()))


ACTS: list[tuple[float, Act]] = [
    (4, begin), (6, extend), (1, end), (1, leave), (3, judge), (1, object_), (1, accept), (1, decide), (1, refund),
    (0.3, give_all_back), (0.3, call_off), (2, retry_refund), (0.6, answer), (18, worker), (8, wakes), (4, time), (3, time_of_a_lesson),
]  # fmt: skip


def come_to_rest(street: Street) -> bool:
    """No more trouble: every event arrives, every job runs, days pass, until nothing is left to do; whether it came to that."""
    street.company.in_good_mood()
    quiet = 0
    for number in range(REST_ROUNDS):
        before = _moved(street)
        if number % 3 == 2:  # an administrator looks only now and then
            failed = list(db.session.scalars(sa.select(Refund.id).where(Refund.state == "failed")))
            one_by_one(failed, payments.refund_retry, "refund")
        one_by_one(
            list(
                db.session.scalars(sa.select(SessionVerdict.live_session_id).where(SessionVerdict.state == "objected"))
            ),
            lambda lesson_id: verdict_decide(lesson_id, street.admin, 0, "Seen."),
            "verdict",
        )
        rule(street, finally_=True)
        deliver(street, everything=True)
        street.queue.asked.clear()
        for name in MONEY_JOBS:
            PERIODIC[name].function(street.ports)
        judge(street)
        street.company.store.run("UPDATE later SET due_at = 0")
        street.company.bank.run_due()
        after = _moved(street)
        quiet = quiet + 1 if before == after and not after[-1] else 0
        street.clock.move(minutes=3 * 1440 if after[-1] else 400)
        db.session.remove()
        if quiet >= REST_QUIET:
            return True
    return False


def _moved(street: Street) -> tuple[int, int, int]:
    events = street.company.store.rows("SELECT max(id) AS id FROM delivery")[0]["id"] or 0
    lessons = db.session.scalar(
        sa.select(sa.func.count()).where(LiveSession.state.in_(("held", "confirmed", "live", "open")))
    )
    return events, db.session.scalar(sa.select(sa.func.max(LedgerEntry.id))) or 0, lessons or 0
