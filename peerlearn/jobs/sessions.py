"""Wake-ups for live sessions. Each does everything that is due, found by state, however late it comes."""

from typing import Any

from peerlearn.clock import now
from peerlearn.jobs.queue import job, periodic
from peerlearn.kernel import one_by_one
from peerlearn.live.evidence import evidence_of
from peerlearn.sessions import (
    cancelling,
    checkout,
    extending,
    judging,
    move_offers,
    objecting,
    queries,
    recurring,
    reminders,
    told_times,
    waiting,
    waitlist,
)
from peerlearn.sessions.holds import Terms


@periodic(minutes=1)
def expire_holds(_ports: Any) -> None:
    """Free the holds that ran out and take offers off the shelf that began unbooked."""
    checkout.holds_expire()


@periodic(minutes=1)
def advance_lines(ports: Any) -> None:
    """Offer freed times to the first in line, and end offers that nobody took."""
    settings = ports.settings
    waitlist.lines_advance(Terms(settings.platform_fee_percent, settings.gst_percent))


@periodic(minutes=1)
def tend_series(_ports: Any) -> None:
    """Let go of series that were never paid, and remind of lessons that want to be paid."""
    recurring.series_tend()


@periodic(minutes=1)
def lapse_extensions(_ports: Any) -> None:
    """End the offers of more time that nobody answered or paid."""
    extending.extensions_lapse()


@periodic(minutes=1)
def lapse_move_offers(_ports: Any) -> None:
    """End the moves that were asked for and not answered; the lessons stay as they are."""
    move_offers.move_offers_lapse()


@periodic(minutes=1)
def send_reminders(_ports: Any) -> None:
    """Send what is due about lessons ahead: a day, an hour, ten minutes before."""
    _send(tuple(reminders.BEFORE_START))


@periodic(minutes=60)
def tell_shifted_clocks(_ports: Any) -> None:
    """Tell both where the rules of a zone changed after booking, and keep what they read of each lesson ahead."""
    one_by_one(told_times.unequal_ids(), told_times.shift_tell, "lesson")


@periodic(minutes=1)
def feedback_prompts(_ports: Any) -> None:
    """Ask both sides of a finished lesson, once, and once more a day later."""
    _send(("feedback", "feedback_again"))


def _send(kinds: tuple[str, ...]) -> None:
    one_by_one(queries.reminders_due(now(), kinds), reminders.reminder_send, "reminder")


@periodic(minutes=1)
def judge_lessons(_ports: Any) -> None:
    """Write down what was seen of lessons that are over, and end those that nobody has ended."""
    one_by_one(judging.unjudged_ids(), _judge, "lesson")


def _judge(live_session_id: int) -> None:
    lesson = queries.session_by_id(live_session_id)
    if lesson is not None:
        judging.verdict_write(live_session_id, evidence_of(lesson))


@periodic(minutes=1)
def settle_verdicts(_ports: Any) -> None:
    """Let verdicts hold that nobody objected to for a day."""
    one_by_one(objecting.verdicts_due(), objecting.verdict_settle, "verdict")


@periodic(minutes=1)
def tell_of_absence(_ports: Any) -> None:
    """Nudge both where one is missing after five minutes; tell who waits after ten what they may do and what they get."""
    one_by_one(waiting.nudging_ids(), _nudge, "lesson")
    one_by_one(waiting.waiting_ids(), _tell_waiting, "lesson")


def _nudge(live_session_id: int) -> None:
    lesson = queries.session_by_id(live_session_id)
    if lesson is not None:
        waiting.nudge_tell(live_session_id, evidence_of(lesson))


def _tell_waiting(live_session_id: int) -> None:
    lesson = queries.session_by_id(live_session_id)
    if lesson is not None:
        waiting.waiting_tell(live_session_id, evidence_of(lesson))


@job
def cancel_sessions_of(ports: Any, user_id: int) -> None:
    """Call off what a closed account still has ahead; everybody else gets all of their money back."""
    cancelling.sessions_cancel_for(user_id, None, "This account was closed.", gateway=ports.gateway)


@periodic(minutes=5)
def cancel_sessions_of_banned(ports: Any) -> None:
    """Find lessons of closed accounts that a lost wake-up left standing."""
    one_by_one(queries.banned_with_sessions(), lambda user_id: cancel_sessions_of(ports, user_id), "closed account")
