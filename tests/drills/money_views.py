"""What learner, mentor and administrator are shown of a lesson's money, read by the queries of their own pages."""

from collections.abc import Iterator

import sqlalchemy as sa

from peerlearn.insights.money import balance_of_mentor
from peerlearn.kernel import db
from peerlearn.payments.books import kept_split
from peerlearn.payments.ledger import GST_PAYABLE, LEARNER, MENTOR_PAYABLE, PLATFORM_FEE
from peerlearn.payments.models import PaymentOrder, Payout
from peerlearn.payments.payout_queries import payout_sums
from peerlearn.payments.queries import MoneyTrail, balance_of, mentor_earnings, trail_of
from peerlearn.payments.tender import SMALLEST_PAISE
from peerlearn.sessions.judging import money_of
from peerlearn.sessions.lesson_money import LessonMoney, money_of_lesson
from peerlearn.sessions.models import Extension, LiveSession, SessionVerdict

SHARES = (MENTOR_PAYABLE, PLATFORM_FEE, GST_PAYABLE)
BEYOND = ("released", "settled", "returned")  # the hold was lifted
AT_GATEWAY = ("held", "released", "returned")  # moved, and in no bank


def orders_about(lesson_id: int) -> list[PaymentOrder]:
    """Every order that was ever made for a lesson or for more time of it."""
    of_lesson = sa.and_(PaymentOrder.purpose == "live_session", PaymentOrder.purpose_id == lesson_id)
    longer = sa.select(Extension.id).where(Extension.live_session_id == lesson_id)
    of_more = sa.and_(PaymentOrder.purpose == "extension", PaymentOrder.purpose_id.in_(longer))
    return list(db.session.scalars(sa.select(PaymentOrder).where(sa.or_(of_lesson, of_more))).all())


def lesson_differs(lesson_id: int) -> Iterator[str]:
    """Where the three see different money of a lesson, or money that is wrong."""
    lesson = db.session.get(LiveSession, lesson_id)
    if lesson is None:
        return
    trails = [trail for order in orders_about(lesson_id) if (trail := trail_of(order.id)) is not None]
    for trail in trails:
        yield from (f"lesson {lesson_id}, order {trail.order.id}: {what}" for what in _order_wrong(trail))
    shared = [trail for trail in trails if trail.split is not None]
    learner = sum(trail.kept_paise for trail in shared)
    admin = [-sum(_sum(trail, account) for trail in shared) for account in SHARES]
    money = money_of_lesson(lesson_id) or LessonMoney(lesson_id)
    kept = [money.kept.mentor_paise, money.kept.fee_paise, money.kept.gst_paise]
    if admin != kept or money.paid_paise - money.returned_paise != learner:
        here = f"the mentor sees {kept} of {money.paid_paise} less {money.returned_paise}"
        yield f"lesson {lesson_id}: the learner pays {learner}, the ledger has {admin}, {here}"
    paid, back = money_of(lesson)
    waits = [trail for trail in trails if trail.order.state == "paid" and trail.order.settled_at is None]
    if paid - back != learner and not waits:
        yield f"lesson {lesson_id}: the case shows {paid} less {back}, the receipts {learner}"
    yield from _payouts_early(lesson, [trail.order for trail in trails])


def _sum(trail: MoneyTrail, account: str) -> int:
    return sum(line.amount_paise for _, _, line in trail.lines if line.account == account)


def _order_wrong(trail: MoneyTrail) -> Iterator[str]:
    order = trail.order
    taken = [payment for payment in trail.payments if payment.captured_at is not None]
    for payment in taken:
        # "refunded": by hand at the gateway, all of it, before we heard of the money; of the refund itself we are told by and by.
        extra = payment.id != order.paid_payment_id and payment.state not in ("quarantined", "refunded")
        if extra and _gone(trail, payment.id) < payment.amount_paise:
            yield f"paid twice, and {payment.gateway_payment_id}, {payment.state}, does not go back"
        if (
            _gone(trail, payment.id, borne=False) > payment.amount_paise
        ):  # a bank may take more: then the house bears it
            yield f"more went back than came by {payment.gateway_payment_id}"
    used = trail.split is not None or order.purpose == "pack"
    too_little_to_send = range(SMALLEST_PAISE)
    if order.state == "paid" and order.settled_at and not used and trail.kept_paise not in too_little_to_send:
        yield f"settled without a lesson, and {trail.kept_paise} paise are kept"
    yield from _owed_wrong(trail)
    kept = kept_split(order) if trail.split is not None else None
    if kept is not None:
        shares = (kept[1].mentor_paise, kept[1].fee_paise, kept[1].gst_paise)
        if shares != tuple(-_sum(trail, account) for account in SHARES):
            yield f"a payout would share {shares}"


def _gone(trail: MoneyTrail, payment_id: int, *, borne: bool = True) -> int:
    """What the payer has back or is owed of a payment; without `borne`: what nobody but the shares gave."""
    lost = (one.shared_paise + borne * one.borne_paise for one in trail.disputes if one.payment_id == payment_id)
    return sum(lost) + sum(refund.amount_paise for refund in trail.refunds if refund.payment_id == payment_id)


def owed_to_learner(trail: MoneyTrail) -> int:
    """What the ledger owes the learner of an order."""
    return -_sum(trail, LEARNER)


def _owed_wrong(trail: MoneyTrail) -> Iterator[str]:
    """Refunds that are not made yet, and money that has no use yet: so much is owed to the learner, no more."""
    order = trail.order
    if order.purpose == "pack" or any(
        payment.captured_at is None and payment.state == "refunded" for payment in trail.payments
    ):
        return
    waiting = ("wanted", "pending", "failed")
    owed = sum(refund.amount_paise - refund.covered_paise for refund in trail.refunds if refund.state in waiting)
    for payment in trail.payments:
        counts = payment.id == order.paid_payment_id and trail.split is not None
        if payment.captured_at is not None and not counts:
            owed += payment.amount_paise - _gone(trail, payment.id)
    if owed_to_learner(trail) != owed:
        yield f"the ledger owes the learner {owed_to_learner(trail)}, the receipt {owed}"


def _payouts_early(lesson: LiveSession, orders: list[PaymentOrder]) -> Iterator[str]:
    """A payout left before it was sure what the lesson is worth."""
    ids = [order.id for order in orders]
    for payout in db.session.scalars(sa.select(Payout).where(Payout.order_id.in_(ids), Payout.state.in_(BEYOND))):
        if not verdict_holds(lesson):
            yield f"lesson {lesson.id}: payout {payout.id} is {payout.state} while it is open what the lesson is worth"


def verdict_holds(lesson: LiveSession) -> bool:
    """Whether nobody can change any more what a lesson is worth by its rules."""
    verdict = db.session.get(SessionVerdict, lesson.id)
    return verdict.state == "final" if verdict is not None else lesson.state == "cancelled"


def mentor_differs(mentor_id: int) -> Iterator[str]:
    """Where the pages of a mentor and the ledger say different sums."""
    owed = -balance_of(MENTOR_PAYABLE, mentor_id)
    sums = payout_sums(mentor_id)
    if not owed == sums.owed_paise == balance_of_mentor(mentor_id):
        yield f"mentor {mentor_id}: owed {owed}, shown {sums.owed_paise} and {balance_of_mentor(mentor_id)}"
    earned = mentor_earnings(mentor_id).payable_paise
    if earned - sums.paid_out_paise - sums.tds_paise != owed:
        yield f"mentor {mentor_id}: {earned} earned less {sums.paid_out_paise} and {sums.tds_paise} are not {owed}"
    held = sa.select(sa.func.coalesce(sa.func.sum(Payout.amount_paise - Payout.reversed_paise), 0)).where(
        Payout.mentor_id == mentor_id, Payout.state.in_(AT_GATEWAY)
    )
    left, moved = int(db.session.scalar(held) or 0), balance_of("transfer_held", mentor_id)
    if left != moved:
        yield f"mentor {mentor_id}: payouts hold {left}, the ledger {moved}"
