"""What goes back of one or several payments for one thing, and who gives it. Pure: previews and services share it.

A payment goes back in its own measure (`tender.Measure`): paise of money, minutes of packs, paise of a discount that
paid for all of it. Such amounts are called units here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from peerlearn.money import NOTHING, Split, part_of
from peerlearn.payments.ledger import refund_parts
from peerlearn.payments.tender import SMALLEST_PAISE, Measure, Tender, share_up

Units = dict[Measure, int]


@dataclass(frozen=True)
class PaidOrder:
    """One payment as the ledger has it: how it was split, and how many units its shares have given back.

    Without a `paid` all of it was money.
    """

    whole: Split
    back: int = 0
    borne: int = 0  # the payer has it back by a dispute that the house bore: no share gave it
    paid: Tender | None = None

    @property
    def tender(self) -> Tender:
        """With what it was paid."""
        return self.paid if self.paid is not None else Tender(self.whole.gross_paise)

    @property
    def measure(self) -> Measure:
        """In what it goes back."""
        return self.tender.measure

    @property
    def returned(self) -> int:
        """Units that the payer has back, or is owed."""
        return self.back + self.borne

    @property
    def left(self) -> int:
        """Units that could still go back."""
        return self.tender.whole - self.returned

    def parts(self, units: int) -> Split:
        """What each share gives when so many more units go back."""
        gone = self.tender.worth(self.back)
        worth = self.tender.worth(self.back + units) - gone
        return refund_parts(self.whole, gone, worth) if worth else NOTHING


@dataclass(frozen=True)
class GivenBack:
    """A return taken apart: units per order (as the orders came), what each share gives, and what each keeps then."""

    per_order: tuple[int, ...]
    given: Split
    kept: Split
    measures: tuple[Measure, ...] = ()

    def back(self, measure: Measure) -> int:
        """What goes back in one measure."""
        return sum(units for units, its in zip(self.per_order, self.measures, strict=True) if its is measure)

    @property
    def refund_paise(self) -> int:
        """The money that goes back in all."""
        return self.back(Measure.CASH)

    @property
    def minutes(self) -> int:
        """The minutes that go back into packs."""
        return self.back(Measure.MINUTES)

    @property
    def waived_paise(self) -> int:
        """What the platform bore for all of a price, and bears no more."""
        return self.back(Measure.WAIVED)


def returnable(refund_paise: int, left_paise: int) -> int:
    """What a wanted refund of one payment becomes: never more than is left, and never less than the gateway can give.

    Less than a rupee becomes one rupee, in the payer's favour. Less than a rupee that is left can't go back.
    """
    if refund_paise <= 0 or left_paise < SMALLEST_PAISE:
        return 0
    return min(max(refund_paise, SMALLEST_PAISE), left_paise)


def paid_in(orders: Sequence[PaidOrder]) -> Units:
    """What all orders together were paid with, in each measure."""
    sums = dict.fromkeys(Measure, 0)
    for order in orders:
        sums[order.measure] += order.tender.whole
    return sums


def still_wanted(orders: Sequence[PaidOrder], part: int, of: int) -> Units:
    """What must go back yet, in each measure, so that part/of of all has. Rounded up, in the payer's favour."""
    wanted = {measure: share_up(whole, part, of) for measure, whole in paid_in(orders).items()}
    for order in orders:
        wanted[order.measure] -= order.returned
    return wanted


def give_back(orders: Sequence[PaidOrder], wanted: int | Units) -> GivenBack:
    """Share a wanted return out over the payments (oldest first): the newest gives first, as added time goes back first.

    A bare number is money.

    No payment gives less than a rupee; where the last bit would be less, the newer one leaves it so much. Each
    payment's refund is taken from its own split, as the ledger does, so that what is shown is what is booked.
    """
    units = {Measure.CASH: wanted} if isinstance(wanted, int) else wanted
    per_order = [0] * len(orders)
    _money(orders, units.get(Measure.CASH, 0), per_order)
    for measure in (Measure.MINUTES, Measure.WAIVED):
        rest = max(0, units.get(measure, 0))
        for at in reversed([at for at, order in enumerate(orders) if order.measure is measure]):
            per_order[at] = min(rest, orders[at].left)
            rest -= per_order[at]
    given, kept = NOTHING, NOTHING
    for order, part in zip(orders, per_order, strict=True):
        parts = order.parts(part)
        given += parts
        kept += order.whole - part_of(order.whole, order.tender.worth(order.back)) - parts
    return GivenBack(tuple(per_order), given, kept, tuple(order.measure for order in orders))


def _money(orders: Sequence[PaidOrder], refund_paise: int, per_order: list[int]) -> None:
    cash = [at for at, order in enumerate(orders) if order.measure is Measure.CASH]
    able = [at for at in reversed(cash) if orders[at].left >= SMALLEST_PAISE]
    rest = min(refund_paise, sum(orders[at].left for at in able))
    for place, at in enumerate(able):
        part = returnable(rest, orders[at].left)
        more = place + 1 < len(able)
        if more and 0 < rest - part < SMALLEST_PAISE and part - (SMALLEST_PAISE - (rest - part)) >= SMALLEST_PAISE:
            part -= SMALLEST_PAISE - (rest - part)
        per_order[at], rest = part, max(0, rest - part)
