"""Letters about a lesson: booked, moved, called off. Each is written in the transaction of what it tells."""

from collections.abc import Sequence

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.notifications.calendar import CalendarEvent, uid_of
from peerlearn.notifications.service import mail_want
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.words import session_url


def letter_write(
    reader: User, live_session: LiveSession, event: str, title: str, lines: Sequence[str], *, calendar: bool = True
) -> None:
    """Put a letter into one person's outbox, once per lesson, event and version of its times.

    `calendar` adds the lesson's calendar entry, the same one however often it moves; a cancelled lesson takes it away.
    """
    mail_want(
        reader.email,
        title,
        "lesson",
        {
            "title": title,
            "lines": [line for line in lines if line],
            "url": session_url(live_session.public_id),
            "calendar_url": f"{session_url(live_session.public_id)}.ics" if calendar else "",
            "calendar_event": _entry(reader, live_session).kept() if calendar else None,
        },
        dedupe_key=f"{event}:{live_session.public_id}:{live_session.sequence}:{reader.public_id}",
        locale=reader.locale,
    )


def _entry(reader: User, live_session: LiveSession) -> CalendarEvent:
    other_id = live_session.learner_id if reader.id == live_session.mentor_id else live_session.mentor_id
    other = db.session.get(User, other_id) if other_id else None
    return CalendarEvent(
        uid=uid_of(live_session.public_id),
        sequence=live_session.sequence,
        stamped_at=now(),
        starts_at=live_session.starts_at,
        ends_at=live_session.ends_at,
        summary=f"{live_session.title}, with {other.first_name}" if other else live_session.title,
        description=live_session.goal or live_session.description or live_session.title,
        url=session_url(live_session.public_id),
        cancelled=live_session.state == State.CANCELLED,
    )
