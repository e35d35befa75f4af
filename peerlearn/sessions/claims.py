"""Taking people's time. The constraint on `time_claim` is the truth; this file asks it and explains its answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from peerlearn.accounts.models import User
from peerlearn.kernel import db
from peerlearn.sessions.models import OVERLAP, LiveSession, TimeClaim


@dataclass(frozen=True)
class Overlap:
    """Whose time is taken, and by which session."""

    person_id: int
    other: LiveSession


def people_lock(person_ids: Iterable[int]) -> None:
    """Queue up behind everybody who books one of these people, in id order.

    PostgreSQL would otherwise find two equal claims in a deadlock and need a second to say so. SQLite has one writer.
    """
    ids = sorted(set(person_ids))
    db.session.execute(sa.select(User.id).where(User.id.in_(ids)).order_by(User.id).with_for_update(key_share=True))


def claims_take(live_session: LiveSession, person_ids: Iterable[int]) -> Overlap | None:
    """Claim the session's time for these people: all of them or none.

    Returns None on success, else whose time is already taken. The surrounding transaction stays usable.
    """
    db.session.flush()
    people = sorted(set(person_ids))
    rows = [
        {
            "person_id": person_id,
            "live_session_id": live_session.id,
            "starts_at": live_session.starts_at,
            "ends_at": live_session.ends_at,
        }
        for person_id in people
    ]
    if _insert(rows):
        return None
    found = overlap_for(live_session, people)
    assert found is not None, "the guard refused a time that nobody has"
    return found


_CLAIM = cast(sa.Table, TimeClaim.__table__)
_INSERT = {
    "sqlite": sa.insert(_CLAIM).returning(_CLAIM.c.person_id),
    "postgresql": postgresql.insert(_CLAIM).on_conflict_do_nothing().returning(_CLAIM.c.person_id),
}


def _insert(rows: list[dict[str, Any]]) -> bool:
    """Write all claims in one statement, or none. Either way the transaction goes on, and no savepoint is paid for.

    PostgreSQL waits for a rival's open transaction and then skips what the exclusion constraint refuses; on SQLite the
    trigger's RAISE(ABORT) takes back this one statement and nothing before it.
    """
    connection = db.session.connection()
    try:
        taken = connection.scalars(_INSERT[connection.dialect.name], rows).all()
    except IntegrityError as error:
        if OVERLAP not in str(error.orig):
            raise
        return False
    if len(taken) == len(rows):
        return True
    for person_id in taken:
        claims_drop(rows[0]["live_session_id"], person_id)
    return False


def overlap_for(live_session: LiveSession, person_ids: Iterable[int]) -> Overlap | None:
    """Return the first claim of these people that overlaps the session's time, the session's own claims aside."""
    found = db.session.execute(
        sa.select(TimeClaim.person_id, LiveSession)
        .join(LiveSession, LiveSession.id == TimeClaim.live_session_id)
        .where(
            TimeClaim.person_id.in_(set(person_ids)),
            TimeClaim.live_session_id != live_session.id,
            TimeClaim.starts_at < live_session.ends_at,
            TimeClaim.ends_at > live_session.starts_at,
        )
        # The mentor's side first: a taken slot has alternatives, a learner's own lesson has a link.
        .order_by(sa.case((TimeClaim.person_id == live_session.mentor_id, 0), else_=1), TimeClaim.starts_at)
        .limit(1)
    ).first()
    return Overlap(found[0], found[1]) if found else None


def claims_drop(live_session_id: int, person_id: int | None = None) -> None:
    """Give the time of a session back: of everybody, or of one person."""
    statement = sa.delete(TimeClaim).where(TimeClaim.live_session_id == live_session_id)
    if person_id is not None:
        statement = statement.where(TimeClaim.person_id == person_id)
    db.session.execute(statement)


def claims_move(live_session: LiveSession) -> Overlap | None:
    """Put the session's claims onto its present times. Returns the overlap that forbids it, with nothing changed."""
    people = list(
        db.session.scalars(sa.select(TimeClaim.person_id).where(TimeClaim.live_session_id == live_session.id))
    )
    try:
        with db.session.begin_nested():
            db.session.execute(
                sa.update(TimeClaim)
                .where(TimeClaim.live_session_id == live_session.id)
                .values(starts_at=live_session.starts_at, ends_at=live_session.ends_at)
                .execution_options(synchronize_session=False)
            )
    except IntegrityError as error:
        if OVERLAP not in str(error.orig):
            raise
        return overlap_for(live_session, people)
    return None
