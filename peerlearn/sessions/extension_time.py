"""Whether the minutes after a running lesson are free for both, and the sentence for who has another lesson then."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict
from peerlearn.kernel import db
from peerlearn.sessions.door import CLOSES_AFTER
from peerlearn.sessions.extension_queries import CHOICES
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession, TimeClaim
from peerlearn.sessions.standing_holds import holds_standing
from peerlearn.sessions.words import moment


def minutes_check(live_session: LiveSession, minutes: int, reader_id: int) -> None:
    """Refuse with a sentence where the lesson does not run, or one of the two has another lesson in these minutes."""
    if live_session.state != State.LIVE or live_session.ends_at + CLOSES_AFTER <= now():
        raise Conflict("More time can be added while you are both in the lesson.", code="not_live")
    if live_session.learner_id is not None:
        holds_standing(live_session.mentor_id, live_session.learner_id)  # lets go of those that ran out
    until = live_session.ends_at + timedelta(minutes=minutes)
    if _next_claim(live_session, until) is not None:
        raise minutes_taken(live_session, until, reader_id)


def _next_claim(live_session: LiveSession, until: datetime) -> tuple[int, datetime] | None:
    row = db.session.execute(
        sa.select(TimeClaim.person_id, TimeClaim.starts_at)
        .where(
            TimeClaim.person_id.in_([live_session.mentor_id, live_session.learner_id]),
            TimeClaim.live_session_id != live_session.id,
            TimeClaim.starts_at < until,
            TimeClaim.ends_at > live_session.ends_at,
        )
        .order_by(TimeClaim.starts_at)
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def minutes_taken(live_session: LiveSession, until: datetime, reader_id: int) -> Conflict:
    """Return the answer for who can't have the minutes: whose lesson follows, and whether fifteen would fit."""
    claim = _next_claim(live_session, until)
    reader = db.session.get(User, reader_id)
    if claim is None or reader is None:
        return Conflict("This time was just taken. Book the next lesson instead.", code="time_taken")
    person = db.session.get(User, claim[0])
    when = moment(claim[1], reader.time_zone)
    name = "You have" if claim[0] == reader_id else f"{person.first_name if person else 'The other one'} has"
    free = int((claim[1] - live_session.ends_at).total_seconds() // 60)
    rest = " Try 15 minutes." if free >= min(CHOICES) else " Book another lesson to go on."
    return Conflict(f"{name} another lesson: {when}.{rest}", code="time_taken")
