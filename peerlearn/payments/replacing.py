"""A refund that failed and was then given back by a person on the gateway's own page: it owes that much less."""

import sqlalchemy as sa

from peerlearn.kernel import db, transactional, transition
from peerlearn.payments.lifecycle import REFUND, states_before
from peerlearn.payments.models import Refund


@transactional
def failed_replace(payment_id: int, paise: int) -> int:
    """Take up to `paise` off what failed refunds of a payment still owe, the newest first; return how many were taken.

    Only a failed one is surely not at the gateway: any other may be on its way there and keeps its amount. One that
    owes nothing more is replaced for good.
    """
    statement = (
        sa.select(Refund)
        .where(Refund.payment_id == payment_id, Refund.state == "failed")
        .order_by(Refund.id.desc())
        .with_for_update()
    )
    taken = 0
    for refund in db.session.scalars(statement, execution_options={"populate_existing": True}).all():
        part = min(paise - taken, refund.amount_paise - refund.covered_paise)
        if part <= 0:
            break
        taken += part
        left = refund.amount_paise - part
        if left > refund.covered_paise:
            refund.amount_paise = left
        elif left:
            transition(Refund, refund.id, states_before(REFUND, "covered", "covered"), "covered", amount_paise=left)
        else:
            transition(Refund, refund.id, states_before(REFUND, "replaced", "replaced"), "replaced", amount_paise=0)
    db.session.flush()
    return taken
