"""A lesson whose payment a bank disputes: which lesson that is, and, after a loss, whether the mentor's share goes.

What was seen of the lesson decides, as it does without a bank: the share goes back where the lesson was not given. The
answer waits until the verdict holds. A lesson that is still ahead is called off: its payer has the money.
"""

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db, one_by_one
from peerlearn.payments.dispute_settling import dispute_settle, disputes_unsettled
from peerlearn.payments.models import Payment, PaymentDispute, PaymentOrder
from peerlearn.sessions import checkout, extending
from peerlearn.sessions.cancelling import session_call_off
from peerlearn.sessions.extension_queries import extensions_of
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import Extension, LiveSession
from peerlearn.sessions.queries import verdict_of
from peerlearn.sessions.verdict import NOT_HELD
from peerlearn.sessions.verdict_lifecycle import Stand

CALLED_OFF = "The bank gave the payment back, so the lesson is called off."


def lesson_of_order(order: PaymentOrder) -> LiveSession | None:
    """The lesson that an order pays for, itself or as added time."""
    if order.purpose == extending.PURPOSE:
        extension = db.session.get(Extension, order.purpose_id)
        return db.session.get(LiveSession, extension.live_session_id) if extension is not None else None
    return db.session.get(LiveSession, order.purpose_id) if order.purpose == checkout.PURPOSE else None


def lesson_of_dispute(dispute: PaymentDispute) -> LiveSession | None:
    """The lesson behind a disputed payment."""
    payment = db.session.get(Payment, dispute.payment_id)
    order = db.session.get(PaymentOrder, payment.order_id) if payment is not None else None
    return lesson_of_order(order) if order is not None else None


def disputes_of_lesson(lesson: LiveSession) -> list[PaymentDispute]:
    """All disputes about a lesson's payments, added time's too, oldest first."""
    orders = [lesson.order_id, *(row.order_id for row in extensions_of(lesson.id))]
    statement = (
        sa.select(PaymentDispute)
        .join(Payment, Payment.id == PaymentDispute.payment_id)
        .where(Payment.order_id.in_([order_id for order_id in orders if order_id is not None]))
        .order_by(PaymentDispute.id)
    )
    return list(db.session.scalars(statement))


def was_given(lesson: LiveSession | None) -> bool | None:
    """Whether a lesson took place for the purpose of a lost dispute; None where that is not decided yet.

    What an administrator decided after an objection stands, and so does what a late cancellation left to the mentor.
    """
    if lesson is None:
        return True
    verdict = verdict_of(lesson.id)
    if verdict is not None:
        if verdict.state != Stand.FINAL:
            return None
        return verdict.finding not in NOT_HELD or verdict.decided_by is not None
    return None if lesson.state in {State.CONFIRMED, State.LIVE} else True


def disputes_settle() -> int:
    """Decide every lost dispute whose lesson is decided. Returns how many. Idempotent."""
    return sum(one_by_one(disputes_unsettled(), _settle, "dispute"))


def _settle(dispute_id: int) -> bool:
    dispute = db.session.get(PaymentDispute, dispute_id)
    lesson = lesson_of_dispute(dispute) if dispute is not None else None
    if lesson is not None and lesson.state == State.CONFIRMED and lesson.starts_at > now():
        session_call_off(lesson.id, CALLED_OFF)
        db.session.refresh(lesson)
    given = was_given(lesson)
    return given is not None and dispute_settle(dispute_id, given=given)
