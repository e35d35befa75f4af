"""How many of their booked lessons mentors keep: held against called off late or not come to, over half a year.

What was called off in good time counts on neither side, and so does what learners, the house or nobody caused. A verdict
that somebody objected to is not counted: an administrator heard both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.policy import Policy, let_down
from peerlearn.sessions.verdict import Finding
from peerlearn.sessions.verdict_lifecycle import Stand

WINDOW: Final = timedelta(days=180)
ENOUGH: Final = 5  # with fewer lessons a share says nothing


@dataclass(frozen=True)
class Reliability:
    """Lessons kept and lessons let down."""

    kept: int = 0
    broken: int = 0

    @property
    def booked(self) -> int:
        """All that count."""
        return self.kept + self.broken

    @property
    def tells(self) -> bool:
        """Whether there are enough of them to be shown to others."""
        return self.booked >= ENOUGH


def reliability_of(mentor_ids: Sequence[int]) -> dict[int, Reliability]:
    """Return the reliability of each mentor; who has had no lesson has kept none of none."""
    recent = (LiveSession.mentor_id.in_(mentor_ids), LiveSession.starts_at > now() - WINDOW)
    held = sa.select(LiveSession.mentor_id, sa.func.count()).where(*recent, LiveSession.state == State.COMPLETED)
    kept = {mentor_id: int(count) for mentor_id, count in db.session.execute(held.group_by(LiveSession.mentor_id))}
    broken = dict.fromkeys(mentor_ids, 0)
    for mentor_id in _called_off(recent) + _stayed_away(recent):
        broken[mentor_id] += 1
    return {mentor_id: Reliability(kept.get(mentor_id, 0), broken[mentor_id]) for mentor_id in mentor_ids}


def _called_off(recent: tuple[sa.ColumnElement[bool], ...]) -> list[int]:
    rows = db.session.scalars(
        sa.select(LiveSession).where(
            *recent,
            LiveSession.state == State.CANCELLED,
            LiveSession.confirmed_at.is_not(None),
            LiveSession.ended_by == LiveSession.mentor_id,
        )
    )
    return [
        row.mentor_id
        for row in rows
        if row.ended_at is not None and let_down(row.kind, row.starts_at, row.ended_at, Policy.of(row.policy))
    ]


def _stayed_away(recent: tuple[sa.ColumnElement[bool], ...]) -> list[int]:
    rows = (
        sa.select(LiveSession.mentor_id)
        .join(SessionVerdict, SessionVerdict.live_session_id == LiveSession.id)
        .where(
            *recent,
            SessionVerdict.finding == Finding.MENTOR_ABSENT,
            SessionVerdict.state == Stand.FINAL,
            SessionVerdict.objected_at.is_(None),
        )
    )
    return list(db.session.scalars(rows))
