"""Where an order stands for the person who pays it. Pure; it says success only where the rows do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peerlearn.payments.models import Payment, PaymentOrder, Refund
from peerlearn.payments.pack_models import Pack
from peerlearn.sessions.models import Extension, LiveSession


class Stand(StrEnum):
    """One word for one page."""

    OPEN = "open"  # can be paid
    FAILED = "failed"  # the last attempt failed; can be paid again
    CHECKING = "checking"  # money may be on its way
    CONFIRMED = "confirmed"  # the lesson stands
    CANCELLED = "cancelled"  # it stood, and was called off
    RETURNED = "returned"  # the money goes back: the time was gone
    EXPIRED = "expired"  # nobody paid in time


WAITING = {Stand.OPEN, Stand.FAILED, Stand.CHECKING}


@dataclass(frozen=True)
class Standing:
    """The word, and the money that goes with it."""

    stand: Stand
    refunded_paise: int = 0
    extra_paise: int = 0  # paid twice: this much of a second payment goes back


def standing_of(
    order: PaymentOrder,
    payments: Sequence[Payment],
    refunds: Sequence[Refund],
    live_session: LiveSession | None,
    at: datetime,
    extension: Extension | None = None,
    pack: Pack | None = None,
) -> Standing:
    """Say where an order stands at an instant. An order for more time is given with its `extension`, one for a `pack` with that."""
    back = sum(refund.amount_paise for refund in refunds if refund.payment_id == order.paid_payment_id)
    extra = sum(refund.amount_paise for refund in refunds if refund.payment_id != order.paid_payment_id)
    if order.state == "paid":
        stand = Stand.CHECKING
        bought = live_session is not None and live_session.order_id == order.id
        if pack is not None:
            stand = Stand.CONFIRMED if pack.bought_at is not None else Stand.RETURNED if back else Stand.CHECKING
        elif extension is not None:
            stand = _extended(order, extension, back)
        elif bought and live_session is not None and live_session.confirmed_at is not None:
            stand = Stand.CANCELLED if live_session.state == "cancelled" else Stand.CONFIRMED
        elif back:
            stand = Stand.RETURNED
        return Standing(stand, back, extra)
    # Quarantined money is with us too: a person looks at it, and nobody should pay again meanwhile.
    if any(payment.state in {"authorized", "quarantined"} for payment in payments):
        return Standing(Stand.CHECKING)
    waits = _held(order, live_session, at) if extension is None else _agreed(order, extension, at)
    waits = waits or pack is not None  # nobody else can take it
    if order.state == "closed" or not waits:
        return Standing(Stand.EXPIRED)
    return Standing(Stand.FAILED if payments and payments[-1].state == "failed" else Stand.OPEN)


def _held(order: PaymentOrder, live_session: LiveSession | None, at: datetime) -> bool:
    return (
        live_session is not None
        and live_session.order_id == order.id
        and live_session.state == "held"
        and live_session.hold_expires_at is not None
        and live_session.hold_expires_at > at
    )


def _agreed(order: PaymentOrder, extension: Extension, at: datetime) -> bool:
    return extension.order_id == order.id and extension.state == "agreed" and extension.waits_until > at


def _extended(order: PaymentOrder, extension: Extension, back_paise: int) -> Stand:
    if extension.order_id == order.id and extension.state == "added":
        return Stand.CANCELLED if back_paise else Stand.CONFIRMED
    return Stand.RETURNED if back_paise else Stand.CHECKING
