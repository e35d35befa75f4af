"""A coupon on a held lesson: counted at the hold, given back when the hold ends unpaid, used when it is confirmed.

The lesson keeps what the coupon takes off and who bears it. The order repeats it, so that money that comes late, or for
an order of before, is judged by what its payer was shown.
"""

from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import db, transactional
from peerlearn.payments.coupons import (
    Quote,
    coupon_quote,
    coupon_return,
    coupon_spend,
    coupon_take,
)
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.orders import Discount
from peerlearn.sessions.claims import people_lock
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.standing_holds import NO_DISCOUNT


@transactional
def coupon_apply(live_session_id: int, learner_id: int, code: str) -> Quote:
    """Take a code's discount off a lesson that this learner holds, and count the use. The same code again changes nothing.

    Another code takes the place of the first. Raises Missing for a stranger, Conflict("hold_expired"), and the
    refusals of `coupon_quote`; a limit that somebody else reached meanwhile is Conflict("coupon_used_up").
    """
    live_session = _held(live_session_id, learner_id)
    discount_drop(live_session)
    quote = coupon_quote(code, learner_id, live_session.mentor_id, live_session.price_paise)
    if not coupon_take(quote.coupon_id, learner_id, live_session.id, quote.discount_paise):
        raise Conflict("This code was just used up.", code="coupon_used_up", field="code")
    _set(live_session, Discount(quote.discount_paise, quote.funded_by, quote.coupon_id))
    return quote


@transactional
def coupon_remove(live_session_id: int, learner_id: int) -> None:
    """Take the code off a held lesson again: the list price is due. Raises as `coupon_apply`."""
    discount_drop(_held(live_session_id, learner_id))


def _held(live_session_id: int, learner_id: int) -> LiveSession:
    live_session = db.session.get(LiveSession, live_session_id)
    if live_session is None or live_session.learner_id != learner_id:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    people_lock({live_session.mentor_id, learner_id})
    db.session.refresh(live_session)
    expires = live_session.hold_expires_at
    if live_session.state != State.HELD or live_session.held_by != learner_id or expires is None or expires <= now():
        raise Conflict(
            "The time to pay ran out and the lesson is free again. Choose a time once more.", code="hold_expired"
        )
    return live_session


def _set(live_session: LiveSession, discount: Discount | None) -> None:
    values = NO_DISCOUNT
    if discount is not None:
        values = {"discount_paise": discount.paise, "discount_by": discount.by, "coupon_id": discount.coupon_id}
    for name, value in values.items():
        setattr(live_session, name, value)
    db.session.flush()


def discount_of(live_session: LiveSession) -> Discount | None:
    """Return what is taken off a lesson's price, or None."""
    if not live_session.discount_paise or live_session.coupon_id is None or live_session.discount_by is None:
        return None
    return Discount(live_session.discount_paise, live_session.discount_by, live_session.coupon_id)


def _of_order(order: PaymentOrder) -> Discount | None:
    if not order.discount_paise or order.coupon_id is None or order.discount_by is None:
        return None
    return Discount(order.discount_paise, order.discount_by, order.coupon_id)


def discount_drop(live_session: LiveSession) -> None:
    """Give the lesson's use of a coupon back, inside the open transaction."""
    if live_session.coupon_id is not None:
        coupon_return(live_session.id)
        _set(live_session, None)


def discount_stands(live_session: LiveSession, order: PaymentOrder) -> bool:
    """Whether a paid order may have its discount: its use stands, or can be taken again within the limits.

    Afterwards the lesson has the order's discount; money that came for another amount than the lesson's last one counts
    as its payer was shown it. Returns False, with nothing changed, where the coupon is used up.
    """
    wanted, has = _of_order(order), discount_of(live_session)
    if wanted == has:
        return True
    if wanted is not None and (has is None or has.coupon_id != wanted.coupon_id):
        if not coupon_take_instead(live_session, order.payer_id, wanted):
            return False
    elif wanted is None:
        coupon_return(live_session.id)
    _set(live_session, wanted)
    return True


def coupon_take_instead(live_session: LiveSession, person_id: int, wanted: Discount) -> bool:
    """Take a coupon for a lesson that may have another: both or nothing, inside the open transaction."""
    with db.session.begin_nested() as savepoint:
        coupon_return(live_session.id)
        if coupon_take(wanted.coupon_id, person_id, live_session.id, wanted.paise):
            return True
        savepoint.rollback()
    return False


def discount_keep(live_session: LiveSession, order: PaymentOrder | None) -> None:
    """The lesson is confirmed by this order: its use of a coupon is used; one that did not pay is given back."""
    if order is not None and _of_order(order) is not None:
        coupon_spend(live_session.id)
    else:
        discount_drop(live_session)
