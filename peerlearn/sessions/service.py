"""Writes about live sessions that are not about buying them: publish, start, end, cancel, move, rate."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.catalog.models import MentorProfile, Topic
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.sessions.cancelling import cancel_preview, session_cancel, sessions_cancel_for
from peerlearn.sessions.claims import claims_drop, claims_take, people_lock
from peerlearn.sessions.facts import SessionEnded, SessionPublished, SessionStarted
from peerlearn.sessions.feedback import feedback_give, feedback_hide, feedback_show
from peerlearn.sessions.holds import Terms
from peerlearn.sessions.lifecycle import Event, Ignored, State, next_state, refuse, sources
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.moving import move_choices, session_move
from peerlearn.sessions.refusals import overlapping
from peerlearn.sessions.reminders import feedback_plan

__all__ = [
    "cancel_preview",
    "feedback_give",
    "feedback_hide",
    "feedback_show",
    "goal_set",
    "move_choices",
    "session_cancel",
    "session_end",
    "session_move",
    "session_publish",
    "session_start",
    "sessions_cancel_for",
]

SMALLEST_PRICE_PAISE = 100
LARGEST_PRICE_PAISE = 50_000_00
MINUTES = range(15, 181)
PUBLISH_AHEAD = timedelta(days=120)


@transactional
def session_publish(
    mentor_id: int,
    title: str,
    description: str,
    topic_id: int | None,
    starts_at: datetime,
    minutes: int,
    price_paise: int,
    *,
    terms: Terms | None = None,
) -> LiveSession:
    """Put a public session on offer and return it. It takes the mentor's time at once.

    Raises Invalid with the field to mend, NotAllowed for who is no approved mentor, Conflict("overlap") with the
    mentor's other lesson at that time.
    """
    mentor, profile = db.session.get(User, mentor_id), db.session.get(MentorProfile, mentor_id)
    if mentor is None or not mentor.is_active or profile is None or profile.state != "approved":
        raise NotAllowed("You can publish as soon as your mentor profile is approved.", code="not_approved")
    title, description = title.strip(), description.strip()
    if not 3 <= len(title) <= 120:
        raise Invalid("Give it a title of 3 to 120 letters.", code="title", field="title")
    if len(description) > 2000:
        raise Invalid("Shorten the description to 2,000 letters.", code="description", field="description")
    if minutes not in MINUTES:
        raise Invalid("A lesson lasts 15 to 180 minutes.", code="minutes", field="minutes")
    if price_paise != 0 and not SMALLEST_PRICE_PAISE <= price_paise <= LARGEST_PRICE_PAISE:
        raise Invalid("Set a price of 0, or from ₹1 to ₹50,000.", code="price", field="price")
    if starts_at <= now():
        raise Invalid("This time has passed. Choose a later one.", code="past", field="starts_at")
    if starts_at > now() + PUBLISH_AHEAD:
        raise Invalid("Choose a time within the next four months.", code="too_far", field="starts_at")
    if topic_id is not None and db.session.get(Topic, topic_id) is None:
        raise Invalid("Choose a topic of the list.", code="topic", field="topic")
    people_lock([mentor_id])
    chosen = terms or Terms()
    live_session = LiveSession(
        mentor_id=mentor_id,
        kind="public",
        title=title,
        description=description,
        topic_id=topic_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        price_paise=price_paise,
        fee_percent=chosen.fee_percent,
        gst_percent=chosen.gst_percent,
        state=State.OPEN,
    )
    db.session.add(live_session)
    overlap = claims_take(live_session, [mentor_id])
    if overlap is not None:
        raise overlapping(overlap, mentor)
    announce(SessionPublished(live_session.id))
    return live_session


@transactional
def session_start(live_session_id: int) -> LiveSession:
    """Both are in the room: the lesson is live. Starting it again changes nothing. Raises Conflict if it can't be."""
    live_session = _session(live_session_id)
    outcome = next_state(live_session.state, Event.START)
    refuse(outcome)
    if isinstance(outcome, Ignored):
        return live_session
    if transition(LiveSession, live_session_id, sources(Event.START, State.LIVE), State.LIVE, started_at=now()):
        announce(SessionStarted(live_session_id))
    return live_session


@transactional
def session_end(live_session_id: int, actor_id: int | None, reason: str, *, at: datetime | None = None) -> LiveSession:
    """End a lesson that took place. `actor_id` None is the clock. Ending it again changes nothing.

    `at` is when it really ended, if a janitor finds it later. Raises NotAllowed for a stranger, Conflict where the
    lesson has not started.
    """
    live_session = _session(live_session_id)
    if actor_id is not None and live_session.side_of(actor_id) is None:
        actor = db.session.get(User, actor_id)
        if actor is None or not actor.is_admin:
            raise NotAllowed("Only the two people of a lesson can end it.", code="not_yours")
    outcome = next_state(live_session.state, Event.END)
    refuse(outcome)
    if isinstance(outcome, Ignored):
        return live_session
    if actor_id is not None and live_session.state == State.CONFIRMED:
        raise Conflict("This lesson has not started yet. You can cancel it instead.", code="cannot_end")
    if transition(
        LiveSession,
        live_session_id,
        sources(Event.END, State.COMPLETED),
        State.COMPLETED,
        ended_at=at or now(),
        end_reason=reason[:240],
        ended_by=actor_id,
    ):
        claims_drop(live_session_id)  # what is left of the booked time is free again
        feedback_plan(live_session)
        announce(SessionEnded(live_session_id))
    return live_session


@transactional
def goal_set(live_session_id: int, actor_id: int, goal: str) -> LiveSession:
    """Write down what the learner wants out of the lesson; it is pinned in the lobby. Either side may, until the end."""
    live_session = _session(live_session_id)
    if live_session.side_of(actor_id) is None:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    if live_session.state not in {State.CONFIRMED, State.LIVE}:
        raise Conflict("The goal can be changed until the lesson ends.", code="over")
    if len(goal.strip()) > 240:
        raise Invalid("Say it in 240 letters.", code="goal", field="goal")
    live_session.goal = goal.strip() or None
    db.session.flush()
    return live_session


def _session(live_session_id: int) -> LiveSession:
    found = db.session.execute(
        sa.select(LiveSession).where(LiveSession.id == live_session_id).execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise Missing("There is no such lesson.", code="no_such_session")
    return found
