"""Who does not come, again and again: first a warning, then a limit for a while, and a person looks at it.

Counted are verdicts that hold and that nobody objected to: where an administrator heard both, that decision is all there
is. Where nobody came, nobody is counted: there was no one to let down.
"""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import admin_ids
from peerlearn.accounts.service import limit_set
from peerlearn.clock import now
from peerlearn.errors import NotAllowed
from peerlearn.kernel import db
from peerlearn.money import rupees
from peerlearn.notifications.service import notify
from peerlearn.sessions.apology import APOLOGY, apology_give
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.verdict import Finding
from peerlearn.sessions.verdict_lifecycle import Stand
from peerlearn.sessions.words import moment, session_url

WINDOW: Final = timedelta(days=30)
LIMIT_AT: Final = 2
LIMITED_FOR: Final = timedelta(days=30)


def absences_of(user_id: int) -> int:
    """Return how many lessons of the last 30 days a person stayed away from while the other one waited."""
    learner = sa.and_(LiveSession.learner_id == user_id, SessionVerdict.finding == Finding.LEARNER_ABSENT)
    mentor = sa.and_(LiveSession.mentor_id == user_id, SessionVerdict.finding == Finding.MENTOR_ABSENT)
    count = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(SessionVerdict)
        .join(LiveSession, LiveSession.id == SessionVerdict.live_session_id)
        .where(
            sa.or_(learner, mentor),
            SessionVerdict.state == Stand.FINAL,
            SessionVerdict.objected_at.is_(None),
            LiveSession.starts_at > now() - WINDOW,
        )
    )
    return int(count or 0)


def absence_note(live_session: LiveSession, row: SessionVerdict) -> None:
    """A verdict holds, inside the open transaction: warn who stayed away, or limit them from the second time on."""
    absent_id = {
        Finding.LEARNER_ABSENT: live_session.learner_id,
        Finding.MENTOR_ABSENT: live_session.mentor_id,
    }.get(Finding(row.finding))
    absent = db.session.get(User, absent_id) if absent_id is not None else None
    if absent is None or row.objected_at is not None:
        return
    if absent.id == live_session.mentor_id:
        _apologise(live_session)
    count = absences_of(absent.id)
    if count < LIMIT_AT:
        title = "You missed a lesson"
        body = "It happens. A second one within 30 days means one lesson at a time and no rings for 30 days."
    else:
        limit_set(absent.id, now() + LIMITED_FOR)
        title = f"You missed {count} lessons in 30 days"
        until = moment(now() + LIMITED_FOR, absent.time_zone)
        body = (
            f"Until {until} you can have one lesson ahead at a time, and rings stay off. Was it otherwise? Write to us."
        )
        _tell_admins(absent, count, live_session)
    notify(
        absent.id,
        "verdict",
        title,
        body,
        session_url(live_session.public_id),
        (),
        None,
        f"absence:{live_session.public_id}:{absent.id}",
    )


def _apologise(live_session: LiveSession) -> None:
    """The learner came and waited for nobody: tell them what they get off a next lesson."""
    given = apology_give(live_session)
    if given is None or given.off_paise is None or live_session.learner_id is None:
        return
    notify(
        live_session.learner_id,
        "verdict",
        f"{rupees(given.off_paise)} off your next lesson",
        APOLOGY.format(rupees(given.off_paise)),
        session_url(live_session.public_id),
        (),
        None,
        f"apology:{live_session.public_id}",
    )


def _tell_admins(absent: User, count: int, live_session: LiveSession) -> None:
    for admin_id in admin_ids():
        notify(
            admin_id,
            "verdict",
            f"{absent.name} missed {count} lessons in 30 days",
            "They are limited for 30 days. Look whether that is enough.",
            f"/admin/people/details/?id={absent.id}",
            dedupe_key=f"absence:{live_session.public_id}:admin:{admin_id}",
        )


def limit_let(learner: User) -> None:
    """Refuse a second lesson ahead to who is limited. For everybody else it asks the database nothing.

    Raises NotAllowed("limited").
    """
    if learner.limited_until is None or learner.limited_until <= now():
        return
    ahead = db.session.scalar(
        sa.select(LiveSession.id)
        .where(
            LiveSession.learner_id == learner.id,
            LiveSession.state.in_([State.HELD, State.CONFIRMED, State.LIVE]),
            LiveSession.ends_at > now(),
        )
        .limit(1)
    )
    if ahead is not None:
        raise NotAllowed(
            "You missed lessons, so for a while you can have one lesson ahead at a time.",
            code="limited",
            until=learner.limited_until.isoformat(),
        )
