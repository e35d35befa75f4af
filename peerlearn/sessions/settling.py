"""One door for the money of every order: what it was paid for decides where it goes."""

from peerlearn.payments import packs
from peerlearn.payments.queries import purpose_of
from peerlearn.sessions import checkout, extending, prepaid
from peerlearn.sessions.checkout import Settled

SETTLE = {
    checkout.PURPOSE: checkout.settle,
    extending.PURPOSE: extending.extension_settle,
    packs.PURPOSE: prepaid.pack_order_settle,
}


def order_settle(order_id: int) -> Settled | None:
    """Give the money of an order its use, by its purpose; None for a purpose that is not ours. Idempotent."""
    act = SETTLE.get(purpose_of(order_id) or "")
    return act(order_id) if act else None
