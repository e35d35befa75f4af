"""Moving a booked lesson in place: same booking, same price, no second payment."""

from datetime import datetime, timedelta

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import announce, db, transactional
from peerlearn.notifications.service import notify
from peerlearn.sessions.claims import claims_move, people_lock
from peerlearn.sessions.facts import SessionMoved
from peerlearn.sessions.free_times import nearest_free
from peerlearn.sessions.letters import letter_write
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.refusals import overlapping, slot_taken
from peerlearn.sessions.reminders import reminders_plan
from peerlearn.sessions.words import moment, session_url

MOVES = 1


def move_choices(live_session: LiveSession, limit: int = 3) -> list[datetime]:
    """Return the nearest times to which its learner could move a lesson, soonest first; none where it can't move."""
    if not _movable(live_session) or live_session.learner_id is None:
        return []
    free = nearest_free(live_session.mentor_id, live_session.starts_at, limit, but_learner_id=live_session.learner_id)
    return sorted(free)


def _movable(live_session: LiveSession) -> bool:
    return (
        live_session.state == State.CONFIRMED
        and live_session.kind != "instant"
        and live_session.moved_count < MOVES
        and live_session.starts_at > now()
    )


@transactional
def session_move(
    live_session_id: int, actor_id: int, starts_at: datetime, *, sequence: int | None = None
) -> LiveSession:
    """Move a confirmed lesson to another of the mentor's free times, once, for its learner. The old time is free at once.

    `sequence` is the version the page showed: an old page is refused. Raises Missing for a stranger, Conflict
    ("changed", "moved_before", "slot_taken" with alternatives, "overlap").
    """
    live_session = db.session.get(LiveSession, live_session_id)
    actor = db.session.get(User, actor_id)
    if live_session is None or actor is None or live_session.learner_id != actor_id:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    people_lock([live_session.mentor_id, actor_id])
    db.session.refresh(live_session)
    if sequence is not None and sequence != live_session.sequence:
        raise Conflict("This lesson has changed since you opened the page. Load it again.", code="changed")
    if live_session.moved_count >= MOVES:
        raise Conflict("You moved this lesson before. It can be moved once.", code="moved_before")
    if not _movable(live_session):
        raise Conflict("This lesson can't be moved any more.", code="not_movable")
    if starts_at not in nearest_free(live_session.mentor_id, starts_at, 1):
        raise slot_taken(live_session.mentor_id, starts_at)
    length: timedelta = live_session.ends_at - live_session.starts_at
    old = live_session.starts_at
    live_session.refund_counts_from = min(live_session.refund_counts_from or old, old)
    live_session.starts_at, live_session.ends_at = starts_at, starts_at + length
    live_session.moved_count += 1
    live_session.sequence += 1
    db.session.flush()
    overlap = claims_move(live_session)
    if overlap is not None:
        if overlap.person_id == live_session.mentor_id:
            raise slot_taken(live_session.mentor_id, starts_at)
        raise overlapping(overlap, actor)
    reminders_plan(live_session)
    mentor = db.session.get(User, live_session.mentor_id)
    if mentor is not None:
        title = f"{actor.first_name} moved to {moment(starts_at, mentor.time_zone)}"
        body = f"{live_session.title}. It was {moment(old, mentor.time_zone)}. Same price."
        key = f"moved:{live_session.public_id}:{live_session.sequence}"
        notify(mentor.id, "session_moved", title, body, session_url(live_session.public_id), (), actor_id, key)
        letter_write(mentor, live_session, "moved", title, [body])
        title = f"You moved to {moment(starts_at, actor.time_zone)}"
        letter_write(
            actor, live_session, "moved", title, [f"{live_session.title} with {mentor.first_name}. Same price."]
        )
    announce(SessionMoved(live_session.id))
    return live_session
