"""One came, the other did not: what the one who waits hears after ten minutes."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.money import rupees
from peerlearn.notifications.service import notify
from peerlearn.sessions.judging import Evidence, verdict_preview
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.policy import Policy
from peerlearn.sessions.words import amounts, session_url

# Who only comes later than this sees it on the lesson's page.
TOLD_WITHIN: Final = timedelta(minutes=10)


def waiting_ids() -> list[int]:
    """Return the lessons that began about ten minutes ago and are not live: somebody may be waiting."""
    at = now()
    wait = timedelta(minutes=Policy().wait_minutes)
    return list(
        db.session.scalars(
            sa.select(LiveSession.id).where(
                LiveSession.state == State.CONFIRMED,
                LiveSession.starts_at <= at - wait,
                LiveSession.starts_at > at - wait - TOLD_WITHIN,
            )
        )
    )


def missing_side(live_session: LiveSession, evidence: Evidence) -> str | None:
    """Return who has not come ("mentor", "learner") while the other one did, long enough after the start; else None."""
    began = live_session.starts_at
    if now() < began + timedelta(minutes=Policy.of(live_session.policy).wait_minutes):
        return None
    mentor_came = any(end > began for _, end in evidence.mentor)
    learner_came = any(end > began for _, end in evidence.learner)
    if mentor_came == learner_came:
        return None
    return "learner" if mentor_came else "mentor"


@transactional
def waiting_tell(live_session_id: int, evidence: Evidence) -> bool:
    """Tell the one who waits, once, what leaving now comes to. Returns whether somebody was told."""
    live_session = db.session.get(LiveSession, live_session_id, populate_existing=True)
    missing = missing_side(live_session, evidence) if live_session is not None else None
    if live_session is None or missing is None or live_session.state != State.CONFIRMED:
        return False
    waits, other = live_session.learner_id, live_session.mentor_id
    if missing == "learner":
        waits, other = live_session.mentor_id, live_session.learner_id or 0
    absent = db.session.get(User, other)
    if waits is None or absent is None:
        return False
    result = verdict_preview(live_session, evidence)
    back = amounts(result.refund_paise, result.back_minutes) or rupees(0)
    kept = f"{back} comes back to you" if missing == "mentor" else "You keep your share"
    url = session_url(live_session.public_id)
    return (
        notify(
            waits,
            "verdict",
            f"{absent.first_name} has not come",
            f"You have waited ten minutes. {kept} if you leave now.",
            url,
            [{"label": "See what you can do", "method": "get", "url": url, "style": "primary"}],
            absent.id,
            f"absent:{live_session.public_id}",
        )
        is not None
    )
