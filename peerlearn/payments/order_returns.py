"""Giving back a part of what an order was paid with, in its own measure: money, minutes, or a discount."""

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid
from peerlearn.kernel import db, transactional
from peerlearn.payments.books import split_of, unsplit_post
from peerlearn.payments.models import OrderReturn
from peerlearn.payments.orders import lock_order
from peerlearn.payments.packs import minutes_put_back
from peerlearn.payments.refunds import refund_want
from peerlearn.payments.tender import Measure
from peerlearn.payments.tenders import back_of, tender_of


@transactional
def order_give_back(order_id: int, units: int, reason: str, key: str) -> None:
    """Give so many units of a paid order back: a refund is wanted, minutes return to their packs, a discount is undone.

    The same key gives back once. Mentor, fee and tax give their parts at once. Raises Invalid for more than is left
    (or less than one rupee of money), Conflict where nothing was paid.
    """
    order = lock_order(order_id)
    tender = tender_of(order)
    measure = tender.measure
    if measure is Measure.CASH:
        if order.paid_payment_id is None:
            raise Conflict("There is no money of this payment to give back.", code="nothing_to_refund")
        refund_want(order.paid_payment_id, units, reason, key)
        return
    if db.session.execute(sa.select(OrderReturn.id).where(OrderReturn.key == key)).first() is not None:
        return
    before = back_of(order, measure)
    if not 0 < units <= tender.whole - before:
        raise Invalid("That is more than is left of this payment.", code="refund_too_large", left=tender.whole - before)
    worth = tender.worth(before + units) - tender.worth(before)
    row = OrderReturn(order_id=order.id, units=units, worth_paise=worth, key=key, reason=reason[:255], created_at=now())
    db.session.add(row)
    db.session.flush()
    if measure is Measure.MINUTES:
        minutes_put_back(order.id, tender, before, units, f"return:{row.id}")
    shared = split_of(order.id)
    if shared is not None:
        unsplit_post(order, f"giveback:{row.id}", *shared, before, units)
