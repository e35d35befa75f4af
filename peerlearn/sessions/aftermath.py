"""What is added to a lesson when it is over: the mentor's note to the learner, and the tick at its goal."""

from peerlearn.accounts.queries import user_by_id
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import db, transactional
from peerlearn.notifications.service import notify
from peerlearn.sessions.claims import people_lock
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession, SessionRecap
from peerlearn.sessions.words import session_url

NOTE_CHARS = 2_000


def recap_of(live_session_id: int) -> SessionRecap | None:
    """The note and the tick; None when there is neither."""
    return db.session.get(SessionRecap, live_session_id)


@transactional
def note_write(live_session_id: int, actor_id: int, text: str) -> SessionRecap:
    """Keep the mentor's note as it stands now; the learner's bell rings for the first words, once.

    Raises Missing for a stranger, NotAllowed("mentor_only") for the learner, Conflict("not_over") before the end,
    Invalid("note") for more than NOTE_CHARS characters.
    """
    lesson = _over(live_session_id, actor_id)
    if lesson.side_of(actor_id) != "mentor":
        raise NotAllowed("The note is the mentor’s to write.", code="mentor_only")
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > NOTE_CHARS:
        raise Invalid(f"Shorten your note to {NOTE_CHARS:,} letters.", code="note", field="note")
    recap = _row(lesson)
    if recap.note != text:
        recap.note, recap.note_at = text, now()
    mentor = user_by_id(lesson.mentor_id)
    if text and mentor is not None and lesson.learner_id is not None:
        notify(
            lesson.learner_id,
            "note_written",
            f"{mentor.first_name} wrote you a note",
            lesson.title,
            session_url(lesson.public_id, "recap"),
            (),
            lesson.mentor_id,
            f"note:{lesson.public_id}",
        )
    return recap


@transactional
def goal_reach(live_session_id: int, actor_id: int, *, reached: bool) -> SessionRecap:
    """Tick the lesson's goal, or take the tick away. Either of the two may.

    Raises Missing for a stranger, Conflict("not_over") before the end, Conflict("no_goal") where there is none.
    """
    lesson = _over(live_session_id, actor_id)
    if not lesson.goal:
        raise Conflict("This lesson had no goal.", code="no_goal")
    recap = _row(lesson)
    if reached and recap.goal_reached_at is None:
        recap.goal_reached_at, recap.goal_reached_by = now(), actor_id
    elif not reached:
        recap.goal_reached_at, recap.goal_reached_by = None, None
    return recap


def _over(live_session_id: int, actor_id: int) -> LiveSession:
    lesson = db.session.get(LiveSession, live_session_id)
    if lesson is None or lesson.side_of(actor_id) is None:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    if lesson.state != State.COMPLETED:
        raise Conflict("You can do this once the lesson has taken place.", code="not_over")
    return lesson


def _row(lesson: LiveSession) -> SessionRecap:
    people_lock([lesson.mentor_id])  # two savings at once: the second one finds the first one's row
    recap = db.session.get(SessionRecap, lesson.id, populate_existing=True)
    if recap is None:
        recap = SessionRecap(live_session_id=lesson.id, note="")
        db.session.add(recap)
        db.session.flush()
    return recap
