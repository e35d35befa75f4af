"""Wake-ups for live sessions. Each does everything that is due, found by state, however late it comes."""

from typing import Any

from peerlearn.clock import now
from peerlearn.jobs.queue import job, periodic
from peerlearn.kernel import one_by_one
from peerlearn.live.queries import presence_in
from peerlearn.sessions import attendance, cancelling, checkout, extending, queries, reminders


@periodic(minutes=1)
def expire_holds(_ports: Any) -> None:
    """Free the holds that ran out and take offers off the shelf that began unbooked."""
    checkout.holds_expire()


@periodic(minutes=1)
def lapse_extensions(_ports: Any) -> None:
    """End the offers of more time that nobody answered or paid."""
    extending.extensions_lapse()


@periodic(minutes=1)
def send_reminders(_ports: Any) -> None:
    """Send what is due about lessons ahead: a day, an hour, ten minutes before."""
    _send(tuple(reminders.BEFORE_START))


@periodic(minutes=1)
def feedback_prompts(_ports: Any) -> None:
    """Ask both sides of a finished lesson, once, and once more a day later."""
    _send(("feedback", "feedback_again"))


def _send(kinds: tuple[str, ...]) -> None:
    one_by_one(queries.reminders_due(now(), kinds), reminders.reminder_send, "reminder")


@periodic(minutes=1)
def end_stale_sessions(_ports: Any) -> None:
    """End lessons whose door has closed, by who came: nobody has to ask for the money of an absent mentor."""
    one_by_one(attendance.stale_session_ids(), _conclude, "lesson")


def _conclude(live_session_id: int) -> None:
    lesson = queries.session_by_id(live_session_id)
    if lesson is not None:
        there = presence_in(live_session_id)
        came = there.first_entered_at
        attendance.session_conclude(
            live_session_id, lesson.mentor_id in came, lesson.learner_id in came, there.last_left_at
        )


@job
def cancel_sessions_of(ports: Any, user_id: int) -> None:
    """Call off what a closed account still has ahead; everybody else gets all of their money back."""
    cancelling.sessions_cancel_for(user_id, None, "This account was closed.", gateway=ports.gateway)


@periodic(minutes=5)
def cancel_sessions_of_banned(ports: Any) -> None:
    """Find lessons of closed accounts that a lost wake-up left standing."""
    one_by_one(queries.banned_with_sessions(), lambda user_id: cancel_sessions_of(ports, user_id), "closed account")
