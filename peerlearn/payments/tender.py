"""With what an order was paid, and what a part of it is worth. Pure.

An order has one measure, in which it goes back: paise of money, minutes of packs, or, where nothing at all was paid,
paise of the discount that the platform bears. `worth` tells what so many of these units are of the gross that mentor,
fee and tax share; it only grows, so any row of returns adds up to the same as one return of their sum.

    paid             gross that is shared                 measure
    money            money + the platform's discount      cash (a discount that the mentor bears is in no sum)
    prepaid minutes  what the minutes were bought for     minutes
    nothing          the platform's discount              waived
"""

from dataclasses import dataclass
from enum import StrEnum

from peerlearn.money import apportion, percent_of

SMALLEST_PAISE = 100  # the gateway takes and gives back no less than one rupee


class Measure(StrEnum):
    """In what an order goes back."""

    CASH = "cash"
    MINUTES = "minutes"
    WAIVED = "waived"


@dataclass(frozen=True)
class Use:
    """Minutes out of one pack, and what they were bought for, in paise."""

    minutes: int
    paise: int


@dataclass(frozen=True)
class Tender:
    """What an order was paid with: money, the discount that the platform bears, or minutes of packs."""

    cash_paise: int = 0
    discount_paise: int = 0
    uses: tuple[Use, ...] = ()

    @property
    def prepaid_paise(self) -> int:
        """What the minutes were bought for."""
        return sum(use.paise for use in self.uses)

    @property
    def minutes(self) -> int:
        """The minutes of packs."""
        return sum(use.minutes for use in self.uses)

    @property
    def gross_paise(self) -> int:
        """What mentor, fee and tax share."""
        return self.cash_paise + self.discount_paise + self.prepaid_paise

    @property
    def measure(self) -> Measure:
        """In what it goes back."""
        if self.cash_paise:
            return Measure.CASH
        return Measure.MINUTES if self.uses else Measure.WAIVED

    @property
    def whole(self) -> int:
        """All of it, in units of the measure."""
        return {
            Measure.CASH: self.cash_paise,
            Measure.MINUTES: self.minutes,
            Measure.WAIVED: self.discount_paise,
        }[self.measure]

    def parts_back(self, units: int) -> list[Use]:
        """What each use of minutes has given back when so many minutes have, in all: the newest use gives first."""
        left, parts = units, []
        for use in reversed(self.uses):
            minutes = min(left, use.minutes)
            parts.append(Use(minutes, apportion(use.paise, (minutes, use.minutes - minutes))[0]))
            left -= minutes
        return parts[::-1]

    def worth(self, units: int) -> int:
        """Paise of the gross when so many units have gone back in all. Raises ValueError outside 0..whole."""
        if not 0 <= units <= self.whole:
            raise ValueError(f"{units} of {self.whole}")
        if self.measure is Measure.MINUTES:
            return sum(part.paise for part in self.parts_back(units))
        return apportion(self.gross_paise, (units, self.whole - units))[0]


def share_up(whole: int, part: int, of: int) -> int:
    """The share part/of of some units, rounded up: in favour of the person to whom they go back."""
    return min(whole, -(-whole * part // max(1, of)))


def discounted(price_paise: int, percent: int | None, off_paise: int | None) -> int:
    """The discount on a price, in paise: never more than the price, and nothing is left that the gateway would refuse.

    Where less than one rupee would be left to pay, the discount is raised
    and the lesson is free.
    """
    off = percent_of(price_paise, percent) if percent is not None else off_paise or 0
    off = max(0, min(off, price_paise))
    return price_paise if off and price_paise - off < SMALLEST_PAISE else off
