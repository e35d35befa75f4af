"""What administrators decide about disputes, each with a reason and an audit row, then told to the gateway.

The audit row is written first, in a transaction of its own: a network call has no place inside one, and nothing may
happen to a dispute without its row.
"""

from peerlearn.accounts import queries as people
from peerlearn.audit.service import audit_write
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed, PeerLearnError
from peerlearn.kernel import db, transactional
from peerlearn.moderation.evidence import evidence_pack
from peerlearn.payments import dispute_answers
from peerlearn.payments.dispute_answers import LONGEST_SUMMARY, dispute_open_one
from peerlearn.payments.models import Payment, PaymentDispute, PaymentOrder
from peerlearn.payments.ports import Gateway
from peerlearn.sessions.disputing import lesson_of_order

SUBJECT = "dispute"


def dispute_give_in(dispute_id: int, actor_id: int, reason: str, ip: str = "", *, gateway: Gateway) -> PaymentDispute:
    """Let the payer have the money, for good.

    Raises NotAllowed, Invalid without a reason, Conflict where it can't be answered any more, Upstream.
    """
    if not reason.strip():
        raise Invalid("Say why. It is kept in the audit log.", code="reason", field="reason")
    _wanted(dispute_id, actor_id, "dispute_accept", reason, ip)
    try:
        return dispute_answers.dispute_accept(dispute_id, gateway=gateway)
    except PeerLearnError as refused:
        _came_to_nothing(dispute_id, actor_id, "dispute_accept", refused, ip)
        raise


def dispute_fight(
    dispute_id: int, actor_id: int, summary: str = "", ip: str = "", *, gateway: Gateway
) -> PaymentDispute:
    """Send the evidence to the bank, with these words or those that were put together. Raises as `dispute_give_in`."""
    pack = evidence_pack(dispute_id)
    words = summary.strip() or pack.summary
    if len(words) > LONGEST_SUMMARY:
        raise Invalid("Say it in 1 to 1,000 letters.", code="summary", field="summary")
    _wanted(dispute_id, actor_id, "dispute_contest", words, ip)
    try:
        return dispute_answers.dispute_contest(dispute_id, words, pack.pdf(words), gateway=gateway)
    except PeerLearnError as refused:
        _came_to_nothing(dispute_id, actor_id, "dispute_contest", refused, ip)
        raise


@transactional
def _wanted(dispute_id: int, actor_id: int, action: str, reason: str, ip: str) -> None:
    actor = people.user_by_id(actor_id)
    if actor is None or not actor.is_admin or not actor.is_active:
        raise NotAllowed("Only an administrator can do this.", code="admin_only")
    dispute = dispute_open_one(dispute_id)
    payment = db.session.get(Payment, dispute.payment_id)
    order = db.session.get(PaymentOrder, payment.order_id) if payment is not None else None
    if order is None:
        raise Missing("There is no such dispute.", code="no_such_dispute")
    lesson = lesson_of_order(order)
    if actor_id == order.payer_id or (lesson is not None and actor_id == lesson.mentor_id):
        raise NotAllowed("This is your own lesson. Another administrator has to decide.", code="own_case")
    before = {"state": dispute.state, "amount_paise": dispute.amount_paise}
    audit_write(actor_id, action, SUBJECT, dispute.public_id, reason, before, {}, ip)


@transactional
def _came_to_nothing(dispute_id: int, actor_id: int, action: str, refused: PeerLearnError, ip: str) -> None:
    dispute = db.session.get(PaymentDispute, dispute_id)
    if dispute is not None and not (isinstance(refused, Conflict) and refused.code == "answered"):
        after = {"state": dispute.state, "code": refused.code}
        audit_write(actor_id, f"{action}_failed", SUBJECT, dispute.public_id, refused.message, {}, after, ip)
