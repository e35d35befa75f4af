"""Unused minutes given up: what they were bought for goes back, any time, all that is left of a pack at once."""

import sqlalchemy as sa

from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.kernel import db, transactional
from peerlearn.money import rupees
from peerlearn.payments.models import Payment, Refund
from peerlearn.payments.orders import lock_order
from peerlearn.payments.pack_models import Pack
from peerlearn.payments.packs import returnable_paise
from peerlearn.payments.refunds import refund_want
from peerlearn.payments.tender import SMALLEST_PAISE


@transactional
def packs_refund_for(user_id: int, reason: str) -> list[Refund]:
    """An account was closed: give back what all unused minutes with or of this person were bought for. Idempotent.

    What a bank gave back before, in place of us, is not given again: closing an account never stops at that.
    """
    rows = db.session.scalars(
        sa.select(Pack)
        .where(sa.or_(Pack.mentor_id == user_id, Pack.learner_id == user_id), Pack.paise_left >= SMALLEST_PAISE)
        .order_by(Pack.id)
    ).all()
    return [refund for pack in rows if (refund := _refund(pack, reason)) is not None]


@transactional
def pack_refund(public_id: str, learner_id: int, *, expect_paise: int | None = None) -> Refund:
    """Give all unused minutes of a pack up; return the refund of what they were bought for.

    `expect_paise` is what the person saw. Raises Missing for another's pack, Conflict where nothing is left or it is
    another sum by now, Invalid below one rupee.
    """
    pack = db.session.scalar(sa.select(Pack).where(Pack.public_id == public_id))
    if pack is None or pack.learner_id != learner_id or pack.order_id is None:
        raise Missing("There is no such pack among yours.", code="no_such_pack")
    lock_order(pack.order_id)
    db.session.refresh(pack, with_for_update=True)
    if pack.paise_left == 0:
        raise Conflict("All of this pack is used or given back.", code="pack_empty")
    if expect_paise is not None and expect_paise != pack.paise_left:
        raise Conflict(
            f"Your minutes have changed meanwhile. What is left is worth {rupees(pack.paise_left)}.",
            code="pack_changed",
        )
    if pack.paise_left < SMALLEST_PAISE:
        raise Invalid("Less than ₹1 is left. Use these minutes in a lesson.", code="refund_too_small")
    refund = _refund(pack, f"You gave {pack.minutes_left} prepaid minutes up.")
    if refund is None:
        raise Conflict(
            "Your bank gave you this money back already. Use these minutes in a lesson.", code="nothing_to_refund"
        )
    return refund


def _refund(pack: Pack, reason: str) -> Refund | None:
    """Want back what the minutes of a locked pack are worth, as far as the payment has it; None where it has not a rupee."""
    order = lock_order(pack.order_id or 0)
    db.session.refresh(pack, with_for_update=True)
    payment = db.session.get(Payment, order.paid_payment_id) if order.paid_payment_id else None
    paise = returnable_paise(payment) if payment is not None else 0
    if order.paid_payment_id is None or paise < SMALLEST_PAISE:
        return None
    gone = sa.select(sa.func.count()).where(Refund.payment_id == order.paid_payment_id)
    number = int(db.session.execute(gone).scalar_one()) + 1
    return refund_want(order.paid_payment_id, paise, reason, f"pack:{pack.public_id}:{number}")
