"""How a lesson ends by the clock: who came decides, and nobody has to ask for their money."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.money import Split
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.refunds import refunded_paise
from peerlearn.sessions.cancelling import call_off
from peerlearn.sessions.door import CLOSES_AFTER
from peerlearn.sessions.facts import SessionEnded
from peerlearn.sessions.lifecycle import Event, State, sources
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.policy import Rule, Who, cancel_result
from peerlearn.sessions.reminders import feedback_plan


class Attended(StrEnum):
    """Who was in the room at all."""

    BOTH = "both"
    LEARNER_ONLY = "learner_only"
    MENTOR_ONLY = "mentor_only"
    NOBODY = "nobody"


def attended(mentor_came: bool, learner_came: bool) -> Attended:
    """Name the four cases."""
    if mentor_came:
        return Attended.BOTH if learner_came else Attended.MENTOR_ONLY
    return Attended.LEARNER_ONLY if learner_came else Attended.NOBODY


# What follows from who came: whether it counts as a lesson, and what both read.
DECISIONS: dict[Attended, tuple[bool, str]] = {
    Attended.BOTH: (True, "The lesson reached its end."),
    Attended.MENTOR_ONLY: (True, "The learner did not come. The mentor waited."),
    Attended.LEARNER_ONLY: (False, "The mentor did not come. All of the money goes back."),
    Attended.NOBODY: (False, "Nobody came. All of the money goes back."),
}


def stale_session_ids() -> list[int]:
    """Return the lessons whose door has closed by the clock and that nobody has ended."""
    return list(
        db.session.scalars(
            sa.select(LiveSession.id).where(
                LiveSession.state.in_([State.CONFIRMED, State.LIVE]), LiveSession.ends_at <= now() - CLOSES_AFTER
            )
        )
    )


@transactional
def session_conclude(live_session_id: int, mentor_came: bool, learner_came: bool, left_at: datetime | None) -> bool:
    """End one stale lesson by who came; return whether this call did it.

    `left_at` is when the last of them left, for the true length after an outage; never later than the booked end plus
    the door's grace. Where the mentor did not come it is cancelled and the money goes back.
    """
    live_session = db.session.get(LiveSession, live_session_id, populate_existing=True)
    if live_session is None or live_session.state not in {State.CONFIRMED, State.LIVE}:
        return False
    if live_session.ends_at > now() - CLOSES_AFTER:
        return False
    counts, reason = DECISIONS[attended(mentor_came, learner_came)]
    if not counts:
        order = db.session.get(PaymentOrder, live_session.order_id) if live_session.order_id else None
        paid = order.amount_paise if order is not None and order.paid_payment_id is not None else 0
        before = refunded_paise(order.paid_payment_id) if order is not None and order.paid_payment_id else 0
        result = cancel_result(
            who=Who.PLATFORM,
            at=now(),
            starts_at=live_session.starts_at,
            kind=live_session.kind,
            paid_paise=paid,
            fee_percent=live_session.fee_percent,
            gst_percent=live_session.gst_percent,
            refunded_before_paise=before,
        )
        assert result.kept == Split(0, 0, 0) or result.rule is Rule.NOTHING_PAID
        call_off(live_session, Who.PLATFORM, reason, result)
        return True
    latest = live_session.ends_at + CLOSES_AFTER
    done = transition(
        LiveSession,
        live_session_id,
        sources(Event.END, State.COMPLETED),
        State.COMPLETED,
        LiveSession.ends_at <= now() - CLOSES_AFTER,  # it may have been made longer since it was read
        ended_at=min(left_at or live_session.ends_at, latest),
        end_reason=reason,
    )
    if done:
        feedback_plan(live_session)
        announce(SessionEnded(live_session_id))
    return done
