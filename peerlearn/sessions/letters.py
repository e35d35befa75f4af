"""Letters about a lesson: booked, moved, called off. Each is written in the transaction of what it tells."""

from collections.abc import Sequence

from peerlearn.accounts.models import User
from peerlearn.notifications.service import mail_want
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.words import session_url


def letter_write(
    reader: User, live_session: LiveSession, event: str, title: str, lines: Sequence[str], *, calendar: bool = True
) -> None:
    """Put a letter into one person's outbox, once per lesson, event and version of its times.

    `calendar` adds the way to the calendar file, which is the same entry however often the lesson moves.
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
        },
        dedupe_key=f"{event}:{live_session.public_id}:{live_session.sequence}:{reader.public_id}",
        locale=reader.locale,
    )
