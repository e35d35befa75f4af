"""Reading about people."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from peerlearn.accounts.models import BANNED, Block, LearnerInterest, LearnerProfile, User
from peerlearn.kernel import db

_KEY = sa.inspect(User).identity_key_from_primary_key
_PUBLIC_IDS = sa.select(User.public_id).where(User.id.in_(sa.bindparam("ids", expanding=True)))


def user_by_id(user_id: int) -> User | None:
    """One person by row id."""
    return db.session.get(User, user_id)


def user_by_public_id(public_id: str) -> User | None:
    """One person by public id."""
    return db.session.scalar(sa.select(User).where(User.public_id == public_id))


def user_by_email(email: str) -> User | None:
    """One person by e-mail, in any case."""
    return db.session.scalar(sa.select(User).where(User.email == email.strip().lower()))


def user_of_sign_in(key: str) -> User | None:
    """The person of a sign-in key (`User.get_id`); None where they are banned or the sign-in was ended."""
    public_id, _, epoch = key.rpartition(":")
    user = user_by_public_id(public_id) if public_id else None
    if user is None or user.state == BANNED or str(user.session_epoch) != epoch:
        return None
    return user


def users_by_ids(user_ids: Iterable[int]) -> dict[int, User]:
    """People by row id."""
    ids = set(user_ids)
    return {user.id: user for user in db.session.scalars(sa.select(User).where(User.id.in_(ids)))} if ids else {}


def public_ids_of(user_ids: Iterable[int]) -> list[str]:
    """The public ids of people, in no particular order: what their rooms are called.

    Who is loaded already is not read again: a public id never changes.
    """
    known: list[str] = []
    unknown: list[int] = []
    for user_id in user_ids:
        user = db.session.identity_map.get(_KEY((user_id,)))
        if user is None:
            unknown.append(user_id)
        else:
            known.append(user.public_id)
    return known + (list(db.session.scalars(_PUBLIC_IDS, {"ids": unknown})) if unknown else [])


def admin_ids() -> list[int]:
    """Everyone who runs the place."""
    return list(db.session.scalars(sa.select(User.id).where(User.is_admin.is_(True), User.state != BANNED)))


def learner_profile_of(user_id: int) -> LearnerProfile | None:
    """A learner's goal, level and languages; None before the wizard."""
    return db.session.get(LearnerProfile, user_id)


def interests_of(user_id: int) -> dict[int, float]:
    """A learner's topics: {topic_id: weight}."""
    rows = db.session.execute(
        sa.select(LearnerInterest.topic_id, LearnerInterest.weight).where(LearnerInterest.user_id == user_id)
    )
    return dict(rows.all())


def blocked_between(one_id: int, other_id: int) -> bool:
    """Whether either of two people blocked the other."""
    return bool(db.session.scalar(sa.select(blocked_pair(one_id, other_id))))


def blocked_pair(one_id: Any, other_id: Any) -> sa.ColumnElement[bool]:
    """The same as a part of a statement, for bound parameters or columns."""
    return sa.exists().where(
        sa.or_(
            sa.and_(Block.blocker_id == one_id, Block.blocked_id == other_id),
            sa.and_(Block.blocker_id == other_id, Block.blocked_id == one_id),
        )
    )


def blocked_ids(user_id: int) -> set[int]:
    """Everyone this person must not meet: whom they blocked and who blocked them."""
    mine = sa.select(Block.blocked_id).where(Block.blocker_id == user_id)
    theirs = sa.select(Block.blocker_id).where(Block.blocked_id == user_id)
    return set(db.session.scalars(mine.union(theirs)))
