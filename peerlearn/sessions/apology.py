"""A lesson that its mentor lets down late: beside all of the money the learner gets something off the next one."""

from datetime import timedelta
from typing import Final

from peerlearn.clock import now
from peerlearn.payments.coupon_models import Coupon
from peerlearn.payments.credits import credit_make, credited_since
from peerlearn.payments.tender import SMALLEST_PAISE
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.policy import Policy, let_down

# The house pays it, so two who know each other can't make a business of it.
ONCE_IN: Final = timedelta(days=30)
APOLOGY: Final = "We are sorry: {} off your next lesson is yours. The booking sheet takes it off by itself."


def apology_preview(live_session: LiveSession) -> int:
    """Return what the learner would get off a next lesson if the mentor called this one off now, in paise."""
    return apology_worth(live_session) if is_let_down(live_session) else 0


def is_let_down(live_session: LiveSession) -> bool:
    """Whether a mentor who called this booked lesson off now would let the learner down."""
    policy = Policy.of(live_session.policy)
    return live_session.confirmed_at is not None and let_down(live_session.kind, live_session.starts_at, now(), policy)


def apology_worth(live_session: LiveSession) -> int:
    """Return what an apology for this lesson is worth: a part of its price, of what its promise says; free ones nothing."""
    learner_id, policy = live_session.learner_id, Policy.of(live_session.policy)
    if learner_id is None or live_session.gross_paise <= 0:
        return 0
    if credited_since(learner_id, live_session.mentor_id, now() - ONCE_IN):
        return 0
    part = live_session.price_paise * policy.apology_percent // 100
    return max(SMALLEST_PAISE, min(part, policy.apology_most_paise))


def apology_give(live_session: LiveSession) -> Coupon | None:
    """Give it, inside the open transaction. None where it is worth nothing, or was given already."""
    worth = apology_worth(live_session)
    if not worth or live_session.learner_id is None:
        return None
    return credit_make(live_session.learner_id, live_session.mentor_id, live_session.id, worth)
