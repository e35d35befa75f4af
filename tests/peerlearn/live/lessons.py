"""Lessons to test rooms with: written straight into the tables, confirmed and about to begin."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.sessions.models import LiveSession

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Lesson:
    """Ids of a lesson and its two people."""

    id: int
    public_id: str
    mentor_id: int
    learner_id: int


@transactional
def person(name: str = "Rohan Mehta") -> int:
    """A person; returns the row id."""
    user = User(
        email=f"room{next(_numbers)}@peerlearn.test",
        password_hash="nobody signs in with it",
        name=name,
        wizard_done=True,
    )
    db.session.add(user)
    db.session.flush()
    return user.id


@transactional
def lesson(
    *,
    starts_in_minutes: float = 0,
    minutes: int = 50,
    state: str = "confirmed",
    mentor_id: int | None = None,
    learner_id: int | None = None,
    goal: str | None = None,
    title: str = "Integrals, from the picture up",
    price_paise: int = 0,
) -> Lesson:
    """A lesson of Asha and Rohan that starts in so many minutes."""
    mentor_id = mentor_id or person("Asha Raghavan")
    learner_id = learner_id or person("Rohan Mehta")
    starts_at = now() + timedelta(minutes=starts_in_minutes)
    row = LiveSession(
        mentor_id=mentor_id,
        learner_id=learner_id,
        kind="private",
        title=title,
        goal=goal,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        price_paise=price_paise,
        fee_percent=15,
        gst_percent=18,
        state=state,
    )
    db.session.add(row)
    db.session.flush()
    return Lesson(row.id, row.public_id, mentor_id, learner_id)
