"""A country changes its clocks after a lesson was booked: the instant stays, and both hear that the wall clock reads another time.

The text that each person was told is kept with its zone. A job compares it with what the zone rules of today say; the
version of the rules need not be known, and rules that change nothing for a lesson are not spoken of.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import users_by_ids
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.notifications.service import notify
from peerlearn.sessions.letters import letter_write
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.told_models import ToldTime
from peerlearn.sessions.words import moment, session_url


def _keep(live_session: LiveSession, people: Iterable[User]) -> None:
    starts_at = live_session.starts_at
    for reader in people:
        zone = reader.time_zone
        row = ToldTime(live_session_id=live_session.id, user_id=reader.id, starts_at=starts_at, zone=zone)
        row.text = moment(starts_at, zone)
        db.session.merge(row)
    db.session.flush()


def unequal_ids() -> list[int]:
    """Return the lessons ahead whose kept texts are not what the two read today: new, moved, or with other clock rules."""
    rows = db.session.execute(
        sa.select(LiveSession.id, LiveSession.starts_at, User.time_zone, ToldTime.zone, ToldTime.text)
        .join(User, sa.or_(User.id == LiveSession.mentor_id, User.id == LiveSession.learner_id))
        .outerjoin(ToldTime, sa.and_(ToldTime.live_session_id == LiveSession.id, ToldTime.user_id == User.id))
        .where(LiveSession.state == State.CONFIRMED, LiveSession.starts_at > now())
        .order_by(LiveSession.starts_at)
    )
    return list(
        dict.fromkeys(
            row.id for row in rows if (row.time_zone, moment(row.starts_at, row.time_zone)) != (row.zone, row.text)
        )
    )


@transactional
def shift_tell(live_session_id: int) -> bool:
    """Keep what both read today. Where the rules of a zone changed it, tell both, once; returns whether it did.

    A lesson that was just booked or moved, or a person who chose another zone, is only kept: they were told by that.
    """
    lesson = db.session.get(LiveSession, live_session_id, populate_existing=True, with_for_update=True)
    if lesson is None or lesson.state != State.CONFIRMED or lesson.starts_at <= now():
        return False
    rows = db.session.scalars(sa.select(ToldTime).where(ToldTime.live_session_id == live_session_id)).all()
    people = users_by_ids(side for side in (lesson.mentor_id, lesson.learner_id) if side is not None)
    before = {
        row.user_id: row.text
        for row in rows
        if row.starts_at == lesson.starts_at
        and row.user_id in people
        and people[row.user_id].time_zone == row.zone
        and moment(row.starts_at, row.zone) != row.text
    }
    _keep(lesson, people.values())
    for reader in people.values() if before else ():
        _tell(lesson, reader, before, people)
    return bool(before)


def _tell(lesson: LiveSession, reader: User, before: dict[int, str], people: dict[int, User]) -> None:
    here = moment(lesson.starts_at, reader.time_zone)
    others = [person for person in people.values() if person.id != reader.id]
    if reader.id in before:
        title = f"{lesson.title}: {here} on your clock"
        lines = [
            f"The clock rules of your zone have changed. The lesson is at the same moment, not at {before[reader.id]}."
        ]
    else:
        title = f"{lesson.title} stays at {here}"
        lines = []
    lines += [
        f"The clock rules where {other.first_name} lives have changed: there it is {moment(lesson.starts_at, other.time_zone)} now."
        for other in others
        if other.id in before
    ]
    lines.append("If it does not suit you any more, move it.")
    url = session_url(lesson.public_id)
    key = f"rules:{lesson.public_id}:{lesson.sequence}:{reader.id}:{moment(lesson.starts_at, reader.time_zone)}"
    told = notify(
        reader.id,
        "reminder",
        title,
        " ".join(lines),
        url,
        [{"label": "Open", "method": "get", "url": url, "style": "primary"}],
        others[0].id if others else None,
        f"{key}:{'|'.join(before.values())}"[:120],
    )
    if told is not None:
        letter_write(reader, lesson, f"rules{told.id}", title, lines)
