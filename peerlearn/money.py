"""Money is integer paise. Rules for splitting and showing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from peerlearn.errors import Invalid


@dataclass(frozen=True)
class Split:
    """How one gross amount is shared, in paise. The three parts sum to the gross exactly."""

    mentor_paise: int
    fee_paise: int
    gst_paise: int

    @property
    def gross_paise(self) -> int:
        """The amount the learner pays."""
        return self.mentor_paise + self.fee_paise + self.gst_paise

    def __add__(self, other: "Split") -> "Split":
        """Share by share, as the ledger adds them up."""
        return Split(
            self.mentor_paise + other.mentor_paise, self.fee_paise + other.fee_paise, self.gst_paise + other.gst_paise
        )

    def __sub__(self, other: "Split") -> "Split":
        """What is left of each share."""
        return Split(
            self.mentor_paise - other.mentor_paise, self.fee_paise - other.fee_paise, self.gst_paise - other.gst_paise
        )


NOTHING = Split(0, 0, 0)


def apportion(total: int, weights: Sequence[Decimal | int]) -> tuple[int, ...]:
    """Share a total out by weights in whole paise, by largest remainders. The only place where money is rounded.

    Each part is its exact share rounded down, and what is left goes paisa by paisa to the largest remainders; of equal
    ones, to the part that is named first. So the parts sum to the total, and each is within a paisa of its exact share.

    Two parts also never shrink while the total grows. Three or more may (the Alabama paradox), and then a second refund
    could take a paisa back from the tax. That is why money that goes back in steps is halved twice, and not cut in three.
    Raises Invalid for a negative total or weight, and for a total that no weight wants.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if total < 0 or min(exact, default=0) < 0:
        raise Invalid("An amount can't be negative.", code="negative_amount")
    if not whole:
        if total:
            raise Invalid("Nobody is named who could have this amount.", code="no_shares")
        return (0,) * len(exact)
    shares = [total * weight / whole for weight in exact]
    parts = [share.__floor__() for share in shares]
    largest = sorted(range(len(parts)), key=lambda at: parts[at] - shares[at])  # sorting keeps the order of equals
    for at in largest[: total - sum(parts)]:
        parts[at] += 1
    return tuple(parts)


def split_gross(gross_paise: int, fee_percent: Decimal | int | str, gst_percent: Decimal | int | str) -> Split:
    """Split a gross amount into the mentor's share, the platform's fee and the GST on that fee.

    The fee percentage is taken of the gross and includes its GST: at 15 % and 18 %, 49900 paise become
    42415 (mentor), 6343 (fee) and 1142 (GST). Our side is rounded against the mentor's, then the tax against the fee,
    each by largest remainders; a tie is the tax's, then ours. Raises Invalid for a negative amount or a fee outside
    0..100 %.
    """
    fee, gst = Decimal(str(fee_percent)), Decimal(str(gst_percent))
    if gross_paise < 0:
        raise Invalid("An amount can't be negative.", code="negative_amount")
    if not 0 <= fee <= 100 or gst < 0:
        raise Invalid("The fee must be between 0 and 100 percent.", code="bad_rate")
    ours, mentor = apportion(gross_paise, (fee, 100 - fee))
    gst_paise, fee_paise = apportion(ours, (gst, Decimal(100)))
    return Split(mentor, fee_paise, gst_paise)


def part_of(split: Split, gross_paise: int) -> Split:
    """The part of each share in a part of the gross, halved as the split itself is.

    Each share only grows with the part, none passes its whole, and the whole gross gives the whole split.
    Raises Invalid for more than the gross.
    """
    ours = split.fee_paise + split.gst_paise
    if gross_paise > split.gross_paise:
        raise Invalid("That is more than there is.", code="more_than_all")
    ours_part, mentor_part = apportion(gross_paise, (ours, split.mentor_paise))
    gst_part, fee_part = apportion(ours_part, (split.gst_paise, split.fee_paise))
    return Split(mentor_part, fee_part, gst_part)


def percent_of(amount_paise: int, percent: Decimal | int | str) -> int:
    """A percentage of an amount in whole paise: what is withheld (a tie is its own), the rest is the other part."""
    rate = Decimal(str(percent))
    return apportion(amount_paise, (rate, 100 - rate))[0]


def _grouped(whole: int) -> str:
    """Group digits the Indian way: 12,34,567."""
    digits = str(whole)
    if len(digits) <= 3:
        return digits
    head, tail = digits[:-3], digits[-3:]
    parts: list[str] = []
    while len(head) > 2:
        parts.insert(0, head[-2:])
        head = head[:-2]
    if head:
        parts.insert(0, head)
    return ",".join([*parts, tail])


def rupees(paise: int, *, exact: bool = False) -> str:
    """Show paise as rupees: 49900 -> "₹499", 42415 -> "₹424.15", -500 -> "-₹5".

    With `exact` the two decimals are always shown.
    """
    sign = "-" if paise < 0 else ""
    whole, rest = divmod(abs(paise), 100)
    decimals = f".{rest:02d}" if rest or exact else ""
    return f"{sign}₹{_grouped(whole)}{decimals}"
