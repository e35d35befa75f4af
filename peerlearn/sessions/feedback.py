"""What two people say about a lesson: once each, after it, in words they can mend for two days."""

from datetime import timedelta

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import announce, db, transactional
from peerlearn.notifications.service import notify
from peerlearn.sessions.claims import people_lock
from peerlearn.sessions.facts import FeedbackGiven
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import Feedback, LiveSession
from peerlearn.sessions.ratings import feedback_by
from peerlearn.sessions.words import session_url

MAY_CHANGE_FOR = timedelta(hours=48)
LONGEST = 1500


@transactional
def feedback_give(live_session_id: int, author_id: int, stars: int, text: str = "") -> Feedback:
    """Keep one side's stars and words about a finished lesson. Within 48 hours a second call changes the first.

    Raises Missing for a stranger, Invalid (field `stars` or `text`), Conflict where the lesson did not take place or
    the time to change has passed.
    """
    live_session = db.session.get(LiveSession, live_session_id)
    side = live_session.side_of(author_id) if live_session else None
    if live_session is None or side is None:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    if live_session.state != State.COMPLETED:
        raise Conflict("You can rate a lesson once it has taken place.", code="not_over")
    if stars not in range(1, 6):
        raise Invalid("Tap one to five stars.", code="stars", field="stars")
    text = text.strip()
    if len(text) > LONGEST:
        raise Invalid(f"Shorten your words to {LONGEST:,} letters.", code="text", field="text")
    about_id = live_session.learner_id if side == "mentor" else live_session.mentor_id
    people_lock([author_id])  # two taps at once: the second one changes the first
    feedback = feedback_by(live_session_id, author_id)
    if feedback is not None:
        if now() > feedback.created_at + MAY_CHANGE_FOR:
            raise Conflict("You rated this lesson more than two days ago. It stays as it is.", code="too_late")
        feedback.stars, feedback.text = stars, text
        return feedback
    feedback = Feedback(live_session_id=live_session_id, author_id=author_id, about_id=about_id, stars=stars, text=text)
    db.session.add(feedback)
    db.session.flush()
    author = db.session.get(User, author_id)
    if side == "learner" and author is not None and stars >= 4:
        notify(
            live_session.mentor_id,
            "feedback_received",
            f"{author.first_name} thanked you with {stars} stars",
            f"“{text}”" if text else live_session.title,
            session_url(live_session.public_id, "recap"),
            (),
            author_id,
            f"thanks:{feedback.public_id}",
        )
    announce(FeedbackGiven(live_session_id))
    return feedback


@transactional
def feedback_hide(feedback_id: int, actor_id: int, reason: str) -> Feedback:
    """Take a review off every page and out of the average. It stays in the database with the reason.

    Raises NotAllowed for who is no administrator, Invalid without a reason.
    """
    feedback = _for_admin(feedback_id, actor_id)
    if not reason.strip():
        raise Invalid("Say why. The author will read it.", code="reason", field="reason")
    if feedback.hidden_at is None:
        feedback.hidden_at, feedback.hidden_reason = now(), reason.strip()[:240]
        notify(
            feedback.author_id,
            "feedback_hidden",
            "We took your review off the page",
            f"{feedback.hidden_reason}. Write to us if you think this is wrong.",
            "/notifications",
            (),
            None,
            f"hidden:{feedback.public_id}",
        )
    return feedback


@transactional
def feedback_show(feedback_id: int, actor_id: int) -> Feedback:
    """Bring a hidden review back. Raises NotAllowed for who is no administrator."""
    feedback = _for_admin(feedback_id, actor_id)
    feedback.hidden_at, feedback.hidden_reason = None, None
    return feedback


def _for_admin(feedback_id: int, actor_id: int) -> Feedback:
    actor = db.session.get(User, actor_id)
    if actor is None or not actor.is_admin:
        raise NotAllowed("Only an administrator can do this.", code="admin_only")
    feedback = db.session.get(Feedback, feedback_id)
    if feedback is None:
        raise Missing("There is no such review.", code="no_such_feedback")
    return feedback
