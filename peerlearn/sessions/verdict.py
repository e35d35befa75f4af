"""What a lesson that began was worth, from who was there and when. Pure.

Each moment of the booked time is one of six: both were there, only the mentor, only the learner, nobody because the
line of both broke (they had met and met again), nobody at all, or the platform was down. From their lengths follow the
finding and the exact paise.

    platform down for more than the tolerance          OUTAGE           minutes lost to it come back; no time together: all
    nobody came                                        NOBODY_CAME      all comes back
    the mentor never came while the learner waited     MENTOR_ABSENT    all comes back
    the learner never came                             LEARNER_ABSENT   nothing comes back: the mentor waited
    both came, less than `short_minutes` together      NO_LESSON        all comes back, unless it was the learner who left
    more than the tolerance lost to mentor or line     CUT_SHORT        the lost minutes come back, in proportion
    else                                               TAUGHT           nothing comes back

Time that the learner was away while the mentor waited is never lost to the mentor. Flapping lines count by the union of
stays, not by first and last. A lesson that one person ended for both was given up by that person from there on.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from peerlearn.money import Split
from peerlearn.payments.giving_back import PaidOrder, give_back, still_wanted
from peerlearn.sessions.policy import Policy

Stay = tuple[datetime, datetime]


class Finding(StrEnum):
    """What was seen."""

    TAUGHT = "taught"
    CUT_SHORT = "cut_short"
    NO_LESSON = "no_lesson"
    LEARNER_ABSENT = "learner_absent"
    MENTOR_ABSENT = "mentor_absent"
    NOBODY_CAME = "nobody_came"
    OUTAGE = "outage"


# Nothing took place: the lesson counts as called off, and nobody is asked for a review.
NOT_HELD = frozenset({Finding.MENTOR_ABSENT, Finding.NOBODY_CAME, Finding.NO_LESSON})


@dataclass(frozen=True)
class Minutes:
    """The booked time, taken apart. Lengths that sum to the whole; `mentor_late` is part of `only_learner`."""

    whole: timedelta
    together: timedelta
    only_mentor: timedelta
    only_learner: timedelta
    broken: timedelta
    nobody: timedelta
    outage: timedelta
    mentor_late: timedelta


@dataclass(frozen=True)
class Seen:
    """The evidence: booked times, each one's stays in the room, when the platform was down, who ended it and when."""

    starts_at: datetime
    ends_at: datetime
    mentor: Sequence[Stay]
    learner: Sequence[Stay]
    outages: Sequence[Stay] = ()
    ended_at: datetime | None = None
    ended_by: str | None = None  # "mentor" or "learner", where one of them ended it for both


@dataclass(frozen=True)
class Verdict:
    """The finding and what it costs whom, in paise: refund + kept + what went back before = paid.

    What was paid in minutes of packs, or by a discount alone, goes back in the same proportion.
    """

    finding: Finding
    minutes: Minutes
    lost: timedelta  # that the learner gets money back for
    refund_paise: int
    kept: Split
    back_minutes: int = 0
    waived_paise: int = 0


def taken_apart(seen: Seen) -> Minutes:
    """Cut the booked time at every coming and going and give each piece to one of the five."""
    down = _clipped(seen.outages, seen.starts_at, seen.ends_at)
    mentor = _clipped(seen.mentor, seen.starts_at, seen.ends_at)
    learner = _clipped(seen.learner, seen.starts_at, seen.ends_at)
    # Who ended the lesson for both has gone from there on; the other one would have stayed.
    if seen.ended_at is not None and seen.ended_at < seen.ends_at and seen.ended_by is not None:
        rest = [(max(seen.ended_at, seen.starts_at), seen.ends_at)]
        if seen.ended_by == "mentor":
            learner = learner + rest
        else:
            mentor = mentor + rest
    edges = sorted({seen.starts_at, seen.ends_at, *(edge for stay in (*down, *mentor, *learner) for edge in stay)})
    pieces = [(start, end, _piece(start, down, mentor, learner)) for start, end in itertools.pairwise(edges)]
    met = [start for start, _, name in pieces if name == "together"]
    sums = dict.fromkeys(("together", "only_mentor", "only_learner", "broken", "nobody", "outage"), timedelta())
    late = timedelta()
    for start, end, name in pieces:
        between = bool(met) and met[0] < start < met[-1]
        sums["broken" if name == "nobody" and between else name] += end - start
        if name == "only_learner" and not any(stay[0] < start for stay in mentor):
            late += end - start
    return Minutes(whole=seen.ends_at - seen.starts_at, mentor_late=late, **sums)


def _piece(at: datetime, down: Sequence[Stay], mentor: Sequence[Stay], learner: Sequence[Stay]) -> str:
    if _within(down, at):
        return "outage"
    return {(True, True): "together", (True, False): "only_mentor", (False, True): "only_learner"}.get(
        (_within(mentor, at), _within(learner, at)), "nobody"
    )


def judge(seen: Seen, policy: Policy, *, paid: Sequence[PaidOrder]) -> Verdict:
    """Return what was seen and its money, given the lesson's payments, oldest first.

    A share of a paisa or a minute is rounded in the learner's favour; no paisa is lost. What is kept is summed over the payments,
    each split and taken back by itself as the ledger does it.
    """
    minutes = taken_apart(seen)
    finding, lost = _finding(seen, minutes, policy)
    found = give_back(paid, still_wanted(paid, _seconds(lost), _seconds(minutes.whole)))
    return Verdict(finding, minutes, lost, found.refund_paise, found.kept, found.minutes, found.waived_paise)


def _finding(seen: Seen, minutes: Minutes, policy: Policy) -> tuple[Finding, timedelta]:
    nothing, tolerance = timedelta(), timedelta(minutes=policy.tolerance_minutes)
    short = timedelta(minutes=policy.short_minutes)
    mentor_came, learner_came = bool(_met(seen.mentor, seen)), bool(_met(seen.learner, seen))
    if minutes.outage > tolerance:
        lost = minutes.whole if minutes.together < short else minutes.outage + _beyond(_gone(minutes), tolerance)
        return Finding.OUTAGE, lost
    if not mentor_came and not learner_came:
        return Finding.NOBODY_CAME, minutes.whole
    if not mentor_came:
        return Finding.MENTOR_ABSENT, minutes.whole
    if not learner_came:
        return Finding.LEARNER_ABSENT, nothing
    if minutes.together < short:
        # The mentor waited for a learner who hardly came: that is an absence, not a broken lesson.
        if minutes.only_mentor > minutes.whole / 2:
            return Finding.LEARNER_ABSENT, nothing
        return Finding.NO_LESSON, minutes.whole
    lost = _beyond(_gone(minutes), tolerance)
    return (Finding.CUT_SHORT, lost) if lost else (Finding.TAUGHT, nothing)


def _gone(minutes: Minutes) -> timedelta:
    """Time that the learner was there or could not be, without the mentor: the mentor's, or the line's of both."""
    return minutes.only_learner + minutes.broken


def _beyond(lost: timedelta, tolerance: timedelta) -> timedelta:
    """Lost time counts whole where it is more than life's share, else not at all."""
    return lost if lost > tolerance else timedelta()


def _met(stays: Sequence[Stay], seen: Seen) -> list[Stay]:
    """The stays that touch the booked time. Who only looked in before it began has not come."""
    return _clipped(stays, seen.starts_at, seen.ends_at)


def _clipped(stays: Sequence[Stay], start: datetime, end: datetime) -> list[Stay]:
    return [(max(a, start), min(b, end)) for a, b in stays if max(a, start) < min(b, end)]


def _within(stays: Sequence[Stay], at: datetime) -> bool:
    return any(start <= at < end for start, end in stays)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
