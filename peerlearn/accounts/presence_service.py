"""Writing and reading who is here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from peerlearn.accounts.models import Presence, User
from peerlearn.accounts.presence import AWAY_AFTER, REST_AFTER_LEAVING, Here, presence_at
from peerlearn.clock import now
from peerlearn.errors import NotAllowed
from peerlearn.kernel import db, is_sqlite, transactional


@transactional
def presence_touch(user_id: int) -> None:
    """A page of this person said "still here"."""
    _upsert(user_id, seen_at=now())


@transactional
def presence_leave(user_id: int) -> None:
    """A page of this person closed. Unless another one speaks up, they are away within half a minute."""
    latest: datetime = now() - AWAY_AFTER + REST_AFTER_LEAVING
    db.session.execute(
        sa.update(Presence).where(Presence.user_id == user_id, Presence.seen_at > latest).values(seen_at=latest)
    )


@transactional
def presence_lesson_set(user_id: int, in_lesson: bool) -> None:
    """A person entered or left a lesson's room."""
    _upsert(user_id, seen_at=now(), in_lesson=in_lesson)


@transactional
def presence_touch_all(user_ids: Iterable[int]) -> None:
    """These people's pages live, in one statement. Who was never here before is left out."""
    db.session.execute(sa.update(Presence).where(Presence.user_id.in_(set(user_ids))).values(seen_at=now()))


@transactional
def presence_lessons_end(user_ids: Iterable[int]) -> None:
    """These people sit in no lesson any more. It says nothing of whether they are still here."""
    db.session.execute(sa.update(Presence).where(Presence.user_id.in_(set(user_ids))).values(in_lesson=False))


@transactional
def rings_set(user_id: int, on: bool) -> None:
    """Switch a mentor's "ring me now" on or off. Raises NotAllowed for who missed lessons lately (`User.limited_until`)."""
    if on:
        until = db.session.scalar(sa.select(User.limited_until).where(User.id == user_id))
        if until is not None and until > now():
            raise NotAllowed(
                "You missed lessons, so rings stay off for 30 days. Write to us if this is wrong.", code="limited"
            )
        _upsert(user_id, seen_at=now(), rings_on=True)
    else:
        db.session.execute(sa.update(Presence).where(Presence.user_id == user_id).values(rings_on=False))


def presence_of(user_ids: Iterable[int]) -> dict[int, Here]:
    """Where people are: online, away, in_lesson or offline, for every id asked."""
    ids = set(user_ids)
    rows = db.session.execute(
        sa.select(Presence.user_id, Presence.seen_at, Presence.in_lesson).where(Presence.user_id.in_(ids))
    )
    at = now()
    found: dict[int, Here] = {row_id: presence_at(seen_at, in_lesson, at) for row_id, seen_at, in_lesson in rows}
    return {user_id: found.get(user_id, "offline") for user_id in ids}


def rings_of(user_id: int) -> bool:
    """Whether a mentor's ring switch is on."""
    return bool(db.session.scalar(sa.select(Presence.rings_on).where(Presence.user_id == user_id)))


def ringable_ids(user_ids: Iterable[int] | None = None) -> list[int]:
    """People who may be rung now: switch on, heard within the away limit, not in a lesson."""
    statement = sa.select(Presence.user_id).where(
        Presence.rings_on.is_(True), Presence.in_lesson.is_(False), Presence.seen_at >= now() - AWAY_AFTER
    )
    if user_ids is not None:
        statement = statement.where(Presence.user_id.in_(set(user_ids)))
    return list(db.session.scalars(statement))


def _upsert(user_id: int, **values: Any) -> None:
    """One statement, so that two open pages never collide."""
    insert: Any = sqlite.insert if is_sqlite() else postgresql.insert
    statement = insert(Presence).values(user_id=user_id, **{"in_lesson": False, "rings_on": False, **values})
    db.session.execute(statement.on_conflict_do_update(index_elements=[Presence.user_id], set_=values))
