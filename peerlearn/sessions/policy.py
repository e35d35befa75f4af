"""The rules of money and time, as they were when a lesson was booked, and what cancelling gives back.

Pure: the sheet that previews and the service that acts call the same function. What a lesson that began is worth
stands in `verdict.py`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from peerlearn.money import Split
from peerlearn.payments.giving_back import GivenBack, PaidOrder, give_back, still_wanted
from peerlearn.payments.tender import Measure


@dataclass(frozen=True)
class Policy:
    """Every number of the promise. A booking keeps the ones it was made under (`LiveSession.policy`)."""

    full_until_hours: int = 24  # cancelled so early by the learner: everything comes back
    part_until_hours: int = 12
    part_percent: int = 80
    wrong_match_minutes: int = 3  # instant help that is left this soon costs nothing
    wait_minutes: int = 10  # so long one waits for the other; then it is shown who came
    short_minutes: int = 5  # less time together than this is no lesson
    tolerance_minutes: int = 3  # so much lost time is life
    objection_hours: int = 24  # then what was seen holds
    apology_percent: int = 10  # of the price, off a next lesson, where the mentor lets the learner down
    apology_most_paise: int = 200_00

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self:
        """Read a kept policy back; what an older booking did not know has today's value."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: int(value) for name, value in (kept or {}).items() if name in known})

    def kept(self) -> dict[str, int]:
        """The form in which a booking keeps it."""
        return asdict(self)


PROMISE = Policy()


def let_down(kind: str, starts_at: datetime, at: datetime, policy: Policy = PROMISE) -> bool:
    """Whether a mentor who calls a lesson off at this instant lets the learner down: it is too late to plan anew.

    Instant help that turns out to be no match may be left by both in its first minutes.
    """
    if kind == "instant":
        return at > starts_at + timedelta(minutes=policy.wrong_match_minutes)
    return starts_at - at < timedelta(hours=policy.full_until_hours)


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
    ASKED_TO_MOVE = "asked_to_move"
    WRONG_MATCH = "wrong_match"
    EARLY = "early"
    PART = "part"
    LATE = "late"


@dataclass(frozen=True)
class CancelResult:
    """The exact result: what goes back of what was paid, in the order's own measure, and what each part gives of it.

    For money alone: refund + kept.gross + what went back before = paid, and given_back.gross = refund. Where a coupon
    or minutes paid, `kept` and `given_back` are of the gross that mentor, fee and tax shared (`payments.tender`).
    """

    rule: Rule
    paid_paise: int
    refund_paise: int
    kept: Split
    given_back: Split
    minutes: int = 0  # of packs, that paid
    back_minutes: int = 0
    waived_paise: int = 0  # of a discount that paid for all of it: it goes back to the platform, which bore it

    @property
    def back(self) -> dict[Measure, int]:
        """What goes back, in each measure."""
        return {
            Measure.CASH: self.refund_paise,
            Measure.MINUTES: self.back_minutes,
            Measure.WAIVED: self.waived_paise,
        }


def cancel_result(
    *,
    who: Who,
    at: datetime,
    starts_at: datetime,
    kind: str,
    paid: PaidOrder,
    asked_to_move: bool = False,
    policy: Policy = PROMISE,
) -> CancelResult:
    """Return what cancelling at this instant gives back.

    The mentor or the platform cancels, or the mentor has asked for another time (`asked_to_move`) and the learner would
    rather cancel: everything. The learner cancels 24 hours or more before the start: everything;
    from 24 down to 12 hours: 80 %; later: nothing. Instant help left within its first three minutes: everything.
    (The numbers are those of the booking's own policy.) Both boundaries favour the learner. What was refunded before
    counts. A share of a paisa or a minute is rounded in the learner's favour; what goes back is taken from each share in
    proportion, as the ledger takes it, and no paisa is lost.
    """
    rule = _rule(who, at, starts_at, kind, paid.whole.gross_paise, asked_to_move, policy)
    percent = {Rule.PART: policy.part_percent, Rule.LATE: 0}.get(rule, 100)
    return result_of(rule, paid, give_back([paid], still_wanted([paid], percent, 100)))


def result_of(rule: Rule, paid: PaidOrder, found: GivenBack) -> CancelResult:
    """Return what one payment's part of the result is."""
    return CancelResult(
        rule,
        paid.tender.cash_paise,
        found.refund_paise,
        found.kept,
        found.given,
        paid.tender.minutes,
        found.minutes,
        found.waived_paise,
    )


def _rule(
    who: Who, at: datetime, starts_at: datetime, kind: str, paid_paise: int, asked_to_move: bool, policy: Policy
) -> Rule:
    if paid_paise == 0:
        return Rule.NOTHING_PAID
    if who is Who.MENTOR:
        return Rule.MENTOR_CANCELS
    if who is Who.PLATFORM:
        return Rule.PLATFORM_CANCELS
    if asked_to_move:
        return Rule.ASKED_TO_MOVE
    if kind == "instant":
        return Rule.WRONG_MATCH if at <= starts_at + timedelta(minutes=policy.wrong_match_minutes) else Rule.LATE
    ahead = starts_at - at
    if ahead >= timedelta(hours=policy.full_until_hours):
        return Rule.EARLY
    return Rule.PART if ahead >= timedelta(hours=policy.part_until_hours) else Rule.LATE


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
    if ahead >= timedelta(hours=PROMISE.full_until_hours):
        return BookingTerms.FULL_UNTIL_DAY_BEFORE
    partly = ahead >= timedelta(hours=PROMISE.part_until_hours)
    return BookingTerms.PART_UNTIL_HALF_DAY if partly else BookingTerms.NOT_CANCELLABLE
