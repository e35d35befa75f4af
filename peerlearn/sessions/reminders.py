"""What people are told about a lesson, and when. Each due message is a row, done once; late ones are dropped."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.notifications.service import notify
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import Feedback, LiveSession, SessionReminder
from peerlearn.sessions.words import lobby_url, moment, sentence, session_url

BEFORE_START = {"day": timedelta(hours=24), "hour": timedelta(hours=1), "ten_minutes": timedelta(minutes=10)}
FEEDBACK_AGAIN_AFTER = timedelta(hours=24)


def reminders_plan(live_session: LiveSession) -> None:
    """Write down the reminders of a confirmed lesson inside the open transaction, or move them to its new times.

    What would already have been due is left out: "tomorrow" makes no sense an hour before.
    """
    db.session.flush()
    db.session.execute(
        sa.delete(SessionReminder).where(
            SessionReminder.live_session_id == live_session.id, SessionReminder.kind.in_(list(BEFORE_START))
        )
    )
    for user_id in (live_session.mentor_id, live_session.learner_id):
        if user_id is None:
            continue
        for kind, before in BEFORE_START.items():
            due_at = live_session.starts_at - before
            if due_at > now():
                _add(live_session.id, user_id, kind, due_at)


def feedback_plan(live_session: LiveSession) -> None:
    """Write down the two prompts for feedback of a finished lesson: at once, and once more a day later."""
    for user_id in (live_session.mentor_id, live_session.learner_id):
        if user_id is not None:
            _add(live_session.id, user_id, "feedback", now())
            _add(live_session.id, user_id, "feedback_again", now() + FEEDBACK_AGAIN_AFTER)


def _add(live_session_id: int, user_id: int, kind: str, due_at: datetime) -> None:
    known = db.session.scalar(
        sa.select(SessionReminder.id).where(
            SessionReminder.live_session_id == live_session_id,
            SessionReminder.user_id == user_id,
            SessionReminder.kind == kind,
        )
    )
    if known is None:
        db.session.add(SessionReminder(live_session_id=live_session_id, user_id=user_id, kind=kind, due_at=due_at))


@transactional
def reminder_send(reminder_id: int) -> bool:
    """Send one due reminder, or drop it where it came too late. Returns whether a person was told.

    Taking the row is one conditional UPDATE, so two workers never both send it. A reminder of a lesson that has begun,
    was cancelled or moved is dropped, never sent.
    """
    at = now()
    taken: int = db.session.execute(  # type: ignore[attr-defined]
        sa.update(SessionReminder)
        .where(SessionReminder.id == reminder_id, SessionReminder.done_at.is_(None), SessionReminder.due_at <= at)
        .values(done_at=at, outcome="dropped")
        .execution_options(synchronize_session=False)
    ).rowcount
    if not taken:
        return False
    reminder = db.session.get(SessionReminder, reminder_id, populate_existing=True)
    live_session = db.session.get(LiveSession, reminder.live_session_id) if reminder else None
    reader = db.session.get(User, reminder.user_id) if reminder else None
    if reminder is None or live_session is None or reader is None or not reader.is_active:
        return False
    told = (
        _tell_start(live_session, reader, reminder.kind, at)
        if reminder.kind in BEFORE_START
        else _ask_feedback(live_session, reader, reminder.kind)
    )
    if told:
        reminder.outcome = "sent"
    return told


def _other(live_session: LiveSession, reader: User) -> User | None:
    other_id = live_session.learner_id if reader.id == live_session.mentor_id else live_session.mentor_id
    return db.session.get(User, other_id) if other_id else None


def _tell_start(live_session: LiveSession, reader: User, kind: str, at: datetime) -> bool:
    if live_session.state != State.CONFIRMED or at >= live_session.starts_at:
        return False
    # After an outage several may be due at once: only the nearest one still tells the truth.
    nearer = [other for other, before in BEFORE_START.items() if before < BEFORE_START[kind]]
    if any(live_session.starts_at - BEFORE_START[other] <= at for other in nearer):
        return False
    other = _other(live_session, reader)
    with_whom = f" with {other.first_name}" if other else ""
    when = moment(live_session.starts_at, reader.time_zone)
    title = {
        "day": f"Tomorrow: {live_session.title}",
        "hour": f"In one hour: {live_session.title}",
        "ten_minutes": f"The door is open: {live_session.title}",
    }[kind]
    soon = kind == "ten_minutes"
    url = lobby_url(live_session.public_id) if soon else session_url(live_session.public_id)
    return (
        notify(
            reader.id,
            "reminder",
            title,
            f"{when}{with_whom}.",
            url,
            [
                {
                    "label": "Join" if soon else "Open",
                    "method": "get",
                    "url": url,
                    "style": "accent" if soon else "primary",
                }
            ],
            other.id if other else None,
            f"reminder:{live_session.public_id}:{live_session.sequence}:{kind}:{reader.id}",
        )
        is not None
    )


def _ask_feedback(live_session: LiveSession, reader: User, kind: str) -> bool:
    if live_session.state != State.COMPLETED:
        return False
    given = db.session.scalar(
        sa.select(Feedback.id).where(Feedback.live_session_id == live_session.id, Feedback.author_id == reader.id)
    )
    other = _other(live_session, reader)
    if given is not None or other is None:
        return False
    url = session_url(live_session.public_id, "feedback")
    return (
        notify(
            reader.id,
            "feedback",
            f"How was it with {other.first_name}?",
            f"{sentence(live_session.title)} Two taps help the next person.",
            url,
            [{"label": "Rate", "method": "get", "url": url, "style": "primary"}],
            other.id,
            f"{kind}:{live_session.public_id}:{reader.id}",
        )
        is not None
    )
