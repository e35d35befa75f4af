"""What goes back of one or several payments for one thing, and who gives it. Pure: previews and services share it."""

from collections.abc import Sequence
from dataclasses import dataclass

from peerlearn.money import NOTHING, Split, part_of
from peerlearn.payments.ledger import refund_parts

SMALLEST_PAISE = 100  # the gateway gives back no less than one rupee


@dataclass(frozen=True)
class PaidOrder:
    """One payment as the ledger has it: how it was split, and how much of it has gone back or is on its way."""

    whole: Split
    refunded_paise: int = 0
    borne_paise: int = 0  # the payer has it back by a dispute that the house bore: no share gave it

    @property
    def left_paise(self) -> int:
        """What could still go back."""
        return self.whole.gross_paise - self.returned_paise

    @property
    def returned_paise(self) -> int:
        """What the payer has back, or is owed."""
        return self.refunded_paise + self.borne_paise


@dataclass(frozen=True)
class GivenBack:
    """A refund taken apart: paise per order (as the orders came), what each share gives, and what each keeps then."""

    per_order: tuple[int, ...]
    given: Split
    kept: Split

    @property
    def refund_paise(self) -> int:
        """What goes back in all."""
        return sum(self.per_order)


def returnable(refund_paise: int, left_paise: int) -> int:
    """What a wanted refund of one payment becomes: never more than is left, and never less than the gateway can give.

    Less than a rupee becomes one rupee, in the payer's favour. Less than a rupee that is left can't go back.
    """
    if refund_paise <= 0 or left_paise < SMALLEST_PAISE:
        return 0
    return min(max(refund_paise, SMALLEST_PAISE), left_paise)


def give_back(orders: Sequence[PaidOrder], refund_paise: int) -> GivenBack:
    """Share a wanted refund out over the payments (oldest first): the newest gives first, as added time goes back first.

    No payment gives less than a rupee; where the last bit would be less, the newer one leaves it so much. Each
    payment's refund is taken from its own split, as the ledger does, so that what is shown is what is booked.
    """
    per_order = [0] * len(orders)
    able = [at for at in reversed(range(len(orders))) if orders[at].left_paise >= SMALLEST_PAISE]
    rest = min(refund_paise, sum(orders[at].left_paise for at in able))
    for place, at in enumerate(able):
        part = returnable(rest, orders[at].left_paise)
        more = place + 1 < len(able)
        if more and 0 < rest - part < SMALLEST_PAISE and part - (SMALLEST_PAISE - (rest - part)) >= SMALLEST_PAISE:
            part -= SMALLEST_PAISE - (rest - part)
        per_order[at], rest = part, max(0, rest - part)
    given, kept = NOTHING, NOTHING
    for order, part in zip(orders, per_order, strict=True):
        parts = refund_parts(order.whole, order.refunded_paise, part) if part else NOTHING
        given += parts
        kept += order.whole - part_of(order.whole, order.refunded_paise) - parts
    return GivenBack(tuple(per_order), given, kept)
