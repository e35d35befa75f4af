"""Money is integer paise. Rules for splitting and showing it."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

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


def _share(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split_gross(gross_paise: int, fee_percent: Decimal | int | str, gst_percent: Decimal | int | str) -> Split:
    """Split a gross amount into the mentor's share, the platform's fee and the GST on that fee.

    The fee percentage is taken of the gross and includes its GST: at 15 % and 18 %, 49900 paise become
    42415 (mentor), 6343 (fee) and 1142 (GST). Rounding is half up on the two platform parts; the mentor
    gets the rest, so that no paisa is lost. Raises Invalid for a negative amount or a fee outside 0..100 %.
    """
    fee, gst = Decimal(str(fee_percent)), Decimal(str(gst_percent))
    if gross_paise < 0:
        raise Invalid("An amount can't be negative.", code="negative_amount")
    if not 0 <= fee <= 100 or gst < 0:
        raise Invalid("The fee must be between 0 and 100 percent.", code="bad_rate")
    platform = _share(Decimal(gross_paise) * fee / 100)
    gst_paise = _share(Decimal(platform) * gst / (100 + gst))
    return Split(gross_paise - platform, platform - gst_paise, gst_paise)


def percent_of(amount_paise: int, percent: Decimal | int | str) -> int:
    """A percentage of an amount in whole paise, half up: what is withheld, the rest is the other part."""
    return _share(Decimal(amount_paise) * Decimal(str(percent)) / 100)


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
