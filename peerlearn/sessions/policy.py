"""What a cancelled lesson gives back. Pure: the sheet that previews and the service that acts call the same function."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from peerlearn.money import Split, split_gross
from peerlearn.payments.ledger import refund_parts, refunded_share

FULL_UNTIL = timedelta(hours=24)
PART_UNTIL = timedelta(hours=12)
PART_PERCENT = 80
# Help now that turns out to be the wrong match costs nothing if it is left this soon.
WRONG_MATCH_WITHIN = timedelta(minutes=3)


class Who(StrEnum):
    """Who calls the lesson off."""

    LEARNER = "learner"
    MENTOR = "mentor"
    PLATFORM = "platform"


class Rule(StrEnum):
    """Which sentence of the promise applies."""

    NOTHING_PAID = "nothing_paid"
    MENTOR_CANCELS = "mentor_cancels"
    PLATFORM_CANCELS = "platform_cancels"
    WRONG_MATCH = "wrong_match"
    EARLY = "early"
    PART = "part"
    LATE = "late"


@dataclass(frozen=True)
class CancelResult:
    """The exact money result, in paise.

    refund + kept.gross + what went back before = paid, and given_back.gross = refund: what each part gives.
    """

    rule: Rule
    paid_paise: int
    refund_paise: int
    kept: Split
    given_back: Split


def cancel_result(
    *,
    who: Who,
    at: datetime,
    starts_at: datetime,
    kind: str,
    paid_paise: int,
    fee_percent: Decimal | int | str,
    gst_percent: Decimal | int | str,
    refunded_before_paise: int = 0,
) -> CancelResult:
    """Return what cancelling at this instant gives back.

    The mentor or the platform cancels: everything. The learner cancels 24 hours or more before the start: everything;
    from 24 down to 12 hours: 80 %; later: nothing. Instant help left within its first three minutes: everything.
    Both boundaries favour the learner. What was refunded before counts. A share of a paisa is rounded in the learner's
    favour; what goes back is taken from each share in proportion, and no paisa is lost.
    """
    rule = _rule(who, at, starts_at, kind, paid_paise)
    if rule is Rule.PART:
        refund = -(-paid_paise * PART_PERCENT // 100)
    elif rule is Rule.LATE:
        refund = 0
    else:
        refund = paid_paise
    whole = split_gross(paid_paise, fee_percent, gst_percent)
    # The ledger takes refunds apart by the same function, so the preview is what will be posted.
    refund = max(0, refund - refunded_before_paise)
    given_back = refund_parts(whole, refunded_before_paise, refund) if refund else Split(0, 0, 0)
    before = refunded_share(whole, refunded_before_paise)
    kept = Split(
        whole.mentor_paise - before.mentor_paise - given_back.mentor_paise,
        whole.fee_paise - before.fee_paise - given_back.fee_paise,
        whole.gst_paise - before.gst_paise - given_back.gst_paise,
    )
    return CancelResult(rule, paid_paise, refund, kept, given_back)


def _rule(who: Who, at: datetime, starts_at: datetime, kind: str, paid_paise: int) -> Rule:
    if paid_paise == 0:
        return Rule.NOTHING_PAID
    if who is Who.MENTOR:
        return Rule.MENTOR_CANCELS
    if who is Who.PLATFORM:
        return Rule.PLATFORM_CANCELS
    if kind == "instant":
        return Rule.WRONG_MATCH if at <= starts_at + WRONG_MATCH_WITHIN else Rule.LATE
    ahead = starts_at - at
    if ahead >= FULL_UNTIL:
        return Rule.EARLY
    return Rule.PART if ahead >= PART_UNTIL else Rule.LATE


class BookingTerms(StrEnum):
    """What a learner who books now may still do about it: the sentence under the price."""

    FREE = "free"
    INSTANT = "instant"
    FULL_UNTIL_DAY_BEFORE = "full_until_day_before"
    PART_UNTIL_HALF_DAY = "part_until_half_day"
    NOT_CANCELLABLE = "not_cancellable"


def booking_terms(at: datetime, starts_at: datetime, kind: str, price_paise: int) -> BookingTerms:
    """Return which promise is true for a booking made at this instant."""
    if price_paise == 0:
        return BookingTerms.FREE
    if kind == "instant":
        return BookingTerms.INSTANT
    ahead = starts_at - at
    if ahead >= FULL_UNTIL:
        return BookingTerms.FULL_UNTIL_DAY_BEFORE
    return BookingTerms.PART_UNTIL_HALF_DAY if ahead >= PART_UNTIL else BookingTerms.NOT_CANCELLABLE
