"""One came, the other did not: after five minutes both are nudged, after ten the one who waits hears what leaving comes to."""

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
from peerlearn.sessions.words import amounts, lobby_url, session_url

# Who only comes later than this sees it on the lesson's page.
TOLD_WITHIN: Final = timedelta(minutes=10)
NUDGE_AFTER: Final = timedelta(minutes=5)


def waiting_ids() -> list[int]:
    """Return the lessons that began about ten minutes ago and are not live: somebody may be waiting."""
    wait = timedelta(minutes=Policy().wait_minutes)
    return _begun(wait, wait + TOLD_WITHIN)


def nudging_ids() -> list[int]:
    """Return the lessons that began five to ten minutes ago and are not live."""
    return _begun(NUDGE_AFTER, timedelta(minutes=Policy().wait_minutes))


def _begun(least: timedelta, most: timedelta) -> list[int]:
    at = now()
    return list(
        db.session.scalars(
            sa.select(LiveSession.id).where(
                LiveSession.state == State.CONFIRMED,
                LiveSession.starts_at <= at - least,
                LiveSession.starts_at > at - most,
            )
        )
    )


def missing_side(live_session: LiveSession, evidence: Evidence, after: timedelta | None = None) -> str | None:
    """Return who has not come ("mentor", "learner") while the other one did, long enough after the start; else None.

    Long enough is what the booking's own policy says, or `after`.
    """
    began = live_session.starts_at
    if now() < began + (after or timedelta(minutes=Policy.of(live_session.policy).wait_minutes)):
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
    waits, absent = _two(live_session, missing)
    if waits is None or absent is None:
        return False
    result = verdict_preview(live_session, evidence)
    back = amounts(result.refund_paise, result.back_minutes) or rupees(0)
    kept = f"{back} comes back to you" if missing == "mentor" else "You keep your share"
    url = session_url(live_session.public_id)
    return (
        notify(
            waits.id,
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


@transactional
def nudge_tell(live_session_id: int, evidence: Evidence) -> bool:
    """Five minutes in: call the one who is missing, and offer the other one to write. Returns whether anybody was told."""
    live_session = db.session.get(LiveSession, live_session_id, populate_existing=True)
    missing = missing_side(live_session, evidence, NUDGE_AFTER) if live_session is not None else None
    if live_session is None or missing is None or live_session.state != State.CONFIRMED:
        return False
    waits, absent = _two(live_session, missing)
    if waits is None or absent is None:
        return False
    called = notify(
        absent.id,
        "reminder",
        f"{waits.first_name} is waiting for you",
        f"{live_session.title} began five minutes ago.",
        lobby_url(live_session.public_id),
        [{"label": "Join", "method": "get", "url": lobby_url(live_session.public_id), "style": "accent"}],
        waits.id,
        f"nudge:{live_session.public_id}:{absent.id}",
    )
    room_url = f"{lobby_url(live_session.public_id)}/room?chat=1"
    notify(
        waits.id,
        "reminder",
        f"{absent.first_name} is five minutes late",
        "We called them. A line in the chat may help; after ten minutes you can leave, and we show what comes back.",
        room_url,
        [{"label": "Write", "method": "get", "url": room_url, "style": "primary"}],
        absent.id,
        f"nudge:{live_session.public_id}:{waits.id}",
    )
    return called is not None


def _two(live_session: LiveSession, missing: str) -> tuple[User | None, User | None]:
    """Who waits, and who is missing."""
    ids = (live_session.learner_id, live_session.mentor_id)
    waits, absent = ids if missing == "mentor" else (ids[1], ids[0])
    return db.session.get(User, waits or 0), db.session.get(User, absent or 0)
