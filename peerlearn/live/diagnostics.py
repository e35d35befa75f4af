"""What a call went through, as both browsers wrote it down: states of the connection with their times. Kept for those who help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Invalid
from peerlearn.kernel import db, transactional
from peerlearn.live.models import LineReport
from peerlearn.live.protocol import LIMIT

_KIND_CHARS: Final = 16
_VALUE_CHARS: Final = 120
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True)
class Mark:
    """One state at its time, by this server's clock."""

    at: datetime
    user_id: int
    kind: str
    value: str


def parse_marks(raw: object) -> list[list[Any]]:
    """Return [[milliseconds ago, kind, value], ...] with nothing else in it; characters that a row can't hold are dropped.

    Raises Invalid("diagnostics_invalid").
    """
    if not isinstance(raw, list) or not 1 <= len(raw) <= LIMIT["MARKS"]:
        raise _refusal()
    return [_mark(one) for one in raw]


def _mark(raw: object) -> list[Any]:
    if not isinstance(raw, list) or len(raw) != 3:
        raise _refusal()
    ago, kind, value = raw
    if type(ago) is not int or not 0 <= ago <= _DAY_MS or not isinstance(kind, str) or not isinstance(value, str):
        raise _refusal()
    if not 0 < len(kind) <= _KIND_CHARS or len(value) > _VALUE_CHARS:
        raise _refusal()
    return [ago, _plain(kind), _plain(value)]


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


@transactional
def marks_keep(live_session_id: int, user_id: int, marks: list[list[Any]]) -> int:
    """Write down what one browser sent; times are counted back from now, as a device's own clock may be wrong.

    Returns how many were kept: none once a person has sent MARK_REPORTS reports of one lesson.
    """
    said = sa.select(sa.func.count(LineReport.id)).where(
        LineReport.live_session_id == live_session_id, LineReport.user_id == user_id
    )
    if (db.session.scalar(said) or 0) >= LIMIT["MARK_REPORTS"]:
        return 0
    db.session.add(LineReport(live_session_id=live_session_id, user_id=user_id, at=now(), marks=marks))
    return len(marks)


def marks_of(live_session_id: int) -> list[Mark]:
    """Everything both browsers wrote down of a lesson, oldest first."""
    rows = db.session.scalars(sa.select(LineReport).where(LineReport.live_session_id == live_session_id))
    marks = [
        Mark(row.at - timedelta(milliseconds=ago), row.user_id, kind, value)
        for row in rows
        for ago, kind, value in row.marks
    ]
    return sorted(marks, key=lambda mark: mark.at)


def _refusal() -> Invalid:
    return Invalid("The diagnostics could not be sent. Load the page again.", code="diagnostics_invalid")
