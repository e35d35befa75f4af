"""Payment facts to browsers: the page that waits for an order looks again at once."""

from peerlearn.accounts.queries import user_by_id
from peerlearn.payments import facts
from peerlearn.payments.queries import order_by_id
from peerlearn.ports import Ports
from peerlearn.sessions.facts import LateMoneyReturned, SessionExtended

OrderFact = facts.MoneyCaptured | facts.PaymentFailed | facts.PaymentQuarantined | LateMoneyReturned


def push_order(ports: Ports, fact: OrderFact) -> None:
    """Tell the payer's browsers that an order has changed; they ask for its state themselves."""
    _push(ports, fact.order_id)


def push_extended(ports: Ports, fact: SessionExtended) -> None:
    """The order of more time has been settled. Free time has none."""
    if fact.order_id is not None:
        _push(ports, fact.order_id)


def _push(ports: Ports, order_id: int) -> None:
    order = order_by_id(order_id)
    payer = user_by_id(order.payer_id) if order else None
    if order is not None and payer is not None:
        ports.bus.emit("order_changed", {"order": order.public_id}, room=f"user:{payer.public_id}")
