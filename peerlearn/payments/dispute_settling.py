"""Who bears a dispute that was lost. Decided once for each paisa that the gateway took, and posted.

First it stands in for refunds of the same payment that we still owe, as far as both together would be more than was
paid. The rest is given by the shares of mentor, fee and tax, as a refund would, where the lesson was not given; else by
the house (docs/decisions/0009-a-lost-dispute.md).
"""

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Missing
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.money import Split
from peerlearn.payments.books import ledger_post, settle_mark, split_of
from peerlearn.payments.dispute_lifecycle import OPEN
from peerlearn.payments.facts import DisputeSettled
from peerlearn.payments.gone import UNSETTLED, refunded_paise, shares_gave_paise
from peerlearn.payments.ledger import dispute_lost_postings, refund_parts
from peerlearn.payments.lifecycle import REFUND, states_before
from peerlearn.payments.models import Payment, PaymentDispute, PaymentOrder, Refund
from peerlearn.payments.orders import lock_order
from peerlearn.payments.packs import PURPOSE as PACK
from peerlearn.payments.packs import pack_shrink
from peerlearn.payments.tender import SMALLEST_PAISE
from peerlearn.payments.tenders import tender_of


def disputes_unsettled(limit: int = 50) -> list[int]:
    """Disputes that have ended, with money taken that nobody has been named to bear."""
    statement = sa.select(PaymentDispute.id).where(PaymentDispute.state.not_in(OPEN), UNSETTLED)
    return list(db.session.scalars(statement.order_by(PaymentDispute.id).limit(limit)))


@transactional
def dispute_settle(dispute_id: int, *, given: bool) -> bool:
    """Name who bears a lost dispute, and post it. `given`: the lesson took place, so the house bears it.

    Of money that a lesson is about to use, a lost part waits until that is decided: before, there is nobody to share it.
    Returns whether this call did it. Raises Missing.
    """
    dispute = db.session.get(PaymentDispute, dispute_id)
    payment = db.session.get(Payment, dispute.payment_id) if dispute is not None else None
    if dispute is None or payment is None:
        raise Missing("There is no such dispute.", code="no_such_dispute")
    order = lock_order(payment.order_id)
    db.session.refresh(dispute)
    lost = dispute.taken_paise - dispute.covered_paise - dispute.shared_paise - dispute.borne_paise
    if dispute.state in OPEN or lost <= 0 or _undecided(order, payment, lost):
        return False
    covered = _cover(payment, lost)
    mentor_id, parts, shared, unused = _shares(order, payment, lost - covered, given=given)
    if order.purpose == PACK and order.settled_at is not None and order.paid_payment_id == payment.id:
        # Lessons that used its minutes were given or given back by their own verdicts; the rest is unused.
        unused = pack_shrink(order, f"dispute:{dispute.id}:{dispute.moves}", unused)
    borne = lost - covered - unused - shared
    discount = parts.gross_paise - shared
    postings = dispute_lost_postings(order.payer_id, mentor_id, parts, covered + unused, borne, discount)
    ledger_post("dispute_lost", f"dispute_lost:{dispute.id}:{dispute.moves}", postings)
    dispute.covered_paise += covered
    dispute.shared_paise += shared + unused
    dispute.borne_paise += borne
    dispute.settled_at = now()
    db.session.flush()
    if mentor_id is None and refunded_paise(payment.id) >= payment.amount_paise and order.paid_payment_id == payment.id:
        settle_mark(order.id)  # all of it is gone before any lesson used it
    announce(DisputeSettled(dispute.id))
    return True


def _undecided(order: PaymentOrder, payment: Payment, lost_paise: int) -> bool:
    """Whether it is still open what the money of this payment does, and some of it is left to do it with."""
    counts = order.paid_payment_id == payment.id and order.settled_at is None
    return counts and refunded_paise(payment.id) + lost_paise < payment.amount_paise


def _cover(payment: Payment, lost_paise: int) -> int:
    """Take back refunds that we owe, as far as refunds and dispute together are more than the payment.

    A refund that the gateway has made already lowers what can be disputed, so what is over was certainly not sent.
    """
    over = min(lost_paise, refunded_paise(payment.id) + lost_paise - payment.amount_paise)
    covered = 0
    owed = sa.select(Refund).where(Refund.payment_id == payment.id, Refund.state.in_(("wanted", "failed")))
    for refund in db.session.scalars(owed.order_by(Refund.id.desc())).all():
        left = refund.amount_paise - refund.covered_paise
        part = min(left, over - covered)
        if 0 < left - part < SMALLEST_PAISE:
            part = min(left, lost_paise - covered)  # so little can't be sent, and the gateway has no more to send
        if part <= 0:
            continue
        covered += part
        refund.covered_paise += part
        db.session.flush()
        if refund.covered_paise == refund.amount_paise:
            transition(Refund, refund.id, states_before(REFUND, "covered", "covered"), "covered", processed_at=now())
    return covered


def _shares(
    order: PaymentOrder, payment: Payment, wanted_paise: int, *, given: bool
) -> tuple[int | None, Split, int, int]:
    """The mentor, what mentor, fee and tax give and for how much of the money, and what money no lesson has used.

    They give more than the money where the platform bore a part of the price.
    """
    nothing, gone = Split(0, 0, 0), shares_gave_paise(payment.id)
    paise = max(0, min(wanted_paise, payment.amount_paise - gone))
    found = split_of(order.id) if order.paid_payment_id == payment.id else None
    if found is None:
        return None, nothing, 0, paise
    mentor_id, whole = found
    if given or not paise:
        return mentor_id, nothing, 0, 0
    tender = tender_of(order)
    before = tender.worth(gone)
    return mentor_id, refund_parts(whole, before, tender.worth(gone + paise) - before), paise, 0
