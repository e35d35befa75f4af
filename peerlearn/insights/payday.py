"""When a mentor is paid next, and why money waits: what each lesson's share still needs before it goes to the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.insights.money import EarnedLesson
from peerlearn.kernel import db
from peerlearn.payments.agreement import books_findings
from peerlearn.payments.gone import order_waits
from peerlearn.payments.models import Payee, PaymentOrder
from peerlearn.payments.payees import bank_waits_until, payee_for
from peerlearn.sessions.door import CLOSES_AFTER
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.policy import Policy


class Wait(StrEnum):
    """Why the share of a lesson is on hold."""

    AHEAD = "ahead"  # the lesson is still to come, or runs
    JUDGED = "judged"  # it is over, and what was seen is being written down
    OPEN = "open"  # open to objection
    OBJECTED = "objected"  # a person looks at an objection
    BANK = "bank"  # the payer's bank asks for the money


class Stop(StrEnum):
    """Why nothing at all is paid out."""

    NO_ACCOUNT = "no_account"
    CHECKED = "checked"  # the gateway looks at the account
    NEW_BANK = "new_bank"  # a new bank account waits for a day
    PAUSED = "paused"  # the gateway has paused it, or wants to know more
    BOOKS = "books"  # our books and the gateway's differ


@dataclass(frozen=True, slots=True)
class Held:
    """A share that waits: why, and when it becomes free by itself (None: when somebody has decided)."""

    lesson: EarnedLesson
    why: Wait
    free_at: datetime | None


@dataclass(frozen=True, slots=True)
class Payday:
    """What waits, soonest first, and whether something stops all of it."""

    held: tuple[Held, ...]
    stop: Stop | None
    new_bank_until: datetime | None = None

    @property
    def held_paise(self) -> int:
        """The sum of what waits."""
        return sum(one.lesson.money.owed_paise for one in self.held)

    @property
    def next(self) -> Held | None:
        """The share that becomes free first."""
        return next((one for one in self.held if one.free_at is not None), None)


def payday_of(mentor_id: int, lessons: Sequence[EarnedLesson]) -> Payday:
    """Return what of a mentor's lessons waits and why. Reads only."""
    waiting = {one.live_session_id: one for one in lessons if one.money.owed_paise > 0 and one.held}
    verdicts = {
        row.live_session_id: row
        for row in db.session.scalars(sa.select(SessionVerdict).where(SessionVerdict.live_session_id.in_(waiting)))
    }
    policies = {
        lesson_id: Policy.of(kept)
        for lesson_id, kept in db.session.execute(
            sa.select(LiveSession.id, LiveSession.policy).where(LiveSession.id.in_(waiting))
        )
    }
    disputed = set(
        db.session.scalars(
            sa.select(LiveSession.id)
            .join(PaymentOrder, PaymentOrder.id == LiveSession.order_id)
            .where(LiveSession.id.in_(waiting), order_waits())
        )
    )
    held = [
        Held(one, Wait.BANK, None)
        if lesson_id in disputed
        else _held(one, verdicts.get(lesson_id), policies.get(lesson_id, Policy()), now())
        for lesson_id, one in waiting.items()
    ]
    far = max((one.free_at for one in held if one.free_at), default=None)
    held.sort(key=lambda one: (one.free_at is None, one.free_at or far or one.lesson.ends_at))
    payee = payee_for(mentor_id)
    return Payday(tuple(held), _stop(payee), bank_waits_until(payee) if payee is not None else None)


def _held(one: EarnedLesson, verdict: SessionVerdict | None, policy: Policy, at: datetime) -> Held:
    if verdict is not None and verdict.state == "objected":
        return Held(one, Wait.OBJECTED, None)
    if verdict is not None:
        return Held(one, Wait.OPEN, verdict.holds_from)
    expected = one.ends_at + CLOSES_AFTER + timedelta(hours=policy.objection_hours)
    if one.state in {"confirmed", "live"} and expected > at:
        return Held(one, Wait.AHEAD, expected)
    return Held(one, Wait.JUDGED, expected if expected > at else None)


def _stop(payee: Payee | None) -> Stop | None:
    state = payee.state if payee is not None else "new"
    if state != "activated":
        return {"new": Stop.NO_ACCOUNT, "suspended": Stop.PAUSED, "needs_clarification": Stop.PAUSED}.get(
            state, Stop.CHECKED
        )
    if payee is not None and bank_waits_until(payee) is not None:
        return Stop.NEW_BANK
    return Stop.BOOKS if books_findings() else None
