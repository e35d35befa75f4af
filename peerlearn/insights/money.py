"""What lessons brought, read from the ledger: per lesson, on hold, free. Balances are sums of entries, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.kernel import db
from peerlearn.payments.ledger import MENTOR_PAYABLE
from peerlearn.payments.models import LedgerEntry
from peerlearn.sessions.lesson_money import LessonMoney, money_of_lessons
from peerlearn.sessions.models import LiveSession


@dataclass(frozen=True, slots=True)
class EarnedLesson:
    """A paid lesson of a mentor with its money. The three parts sum to what the learner paid for good."""

    live_session_id: int
    title: str
    learner_id: int | None
    starts_at: datetime
    ends_at: datetime
    state: str
    money: LessonMoney

    @property
    def paid_paise(self) -> int:
        """What the learner has paid in the end."""
        return self.money.kept.gross_paise

    @property
    def mentor_paise(self) -> int:
        """The mentor's share of it."""
        return self.money.kept.mentor_paise

    @property
    def fee_paise(self) -> int:
        """Our fee of it."""
        return self.money.kept.fee_paise

    @property
    def gst_paise(self) -> int:
        """The tax on our fee."""
        return self.money.kept.gst_paise

    @property
    def held(self) -> bool:
        """Whether its money waits: for the lesson, for the day after it, or for a decision."""
        return not self.money.released

    @property
    def given(self) -> bool:
        """Whether it counts as earned: the lesson is over, and some of the money stayed."""
        return self.state not in {"confirmed", "live", "held", "open"} and self.mentor_paise > 0


@dataclass(frozen=True, slots=True)
class Purse:
    """A mentor's money in paise. `free` and `held` sum to `balance`, which is the ledger's."""

    balance_paise: int
    held_paise: int

    @property
    def free_paise(self) -> int:
        """What is the mentor's beyond doubt."""
        return self.balance_paise - self.held_paise


_LESSONS = (
    sa.select(LiveSession)
    .where(LiveSession.mentor_id == bindparam("mentor_id"), LiveSession.confirmed_at.is_not(None))
    .order_by(LiveSession.starts_at.desc())
)
_BALANCE = sa.select(sa.func.coalesce(sa.func.sum(-LedgerEntry.amount_paise), 0)).where(
    LedgerEntry.account == MENTOR_PAYABLE, LedgerEntry.owner_id == bindparam("owner_id")
)


def lessons_money(mentor_id: int, limit: int | None = None) -> list[EarnedLesson]:
    """Return the money of a mentor's paid lessons, newest first."""
    statement = _LESSONS if limit is None else _LESSONS.limit(limit)
    lessons = db.session.scalars(statement, {"mentor_id": mentor_id}).all()
    sums = money_of_lessons(lesson.id for lesson in lessons)
    return [
        EarnedLesson(
            lesson.id, lesson.title, lesson.learner_id, lesson.starts_at, lesson.ends_at, lesson.state, sums[lesson.id]
        )
        for lesson in lessons
        if lesson.id in sums
    ]


def balance_of_mentor(mentor_id: int) -> int:
    """Return what the house owes a mentor, in paise: the sum of their ledger entries."""
    return int(db.session.scalar(_BALANCE, {"owner_id": mentor_id}) or 0)


def purse_of(mentor_id: int, lessons: Sequence[EarnedLesson]) -> Purse:
    """Return a mentor's balance and how much of it waits, given the money of all their lessons."""
    waiting = [lesson for lesson in lessons if lesson.mentor_paise > 0 and lesson.held]
    return Purse(balance_of_mentor(mentor_id), sum(lesson.money.owed_paise for lesson in waiting))
