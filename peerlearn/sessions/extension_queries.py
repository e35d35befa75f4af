"""Reads of extensions, and what more time costs."""

from collections.abc import Sequence

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.payments.orders import SMALLEST_PAISE
from peerlearn.sessions.extension_lifecycle import WAITING, Extended
from peerlearn.sessions.models import Extension, LiveSession

CHOICES = (15, 30)
RUPEE = 100


def extension_price(live_session: LiveSession, minutes: int, added_minutes: int = 0) -> int:
    """Return what more minutes cost, in paise: the lesson's own rate, rounded half up to a whole rupee, at least one.

    `added_minutes` are those of earlier extensions: the rate is that of the lesson as it was booked.
    """
    if live_session.price_paise == 0:
        return 0
    booked = max(1, live_session.minutes - added_minutes)
    rupees_due = (2 * live_session.price_paise * minutes + booked * RUPEE) // (2 * booked * RUPEE)
    return max(rupees_due * RUPEE, SMALLEST_PAISE)


def extensions_of(live_session_id: int) -> Sequence[Extension]:
    """Return every extension of a lesson, oldest first."""
    statement = sa.select(Extension).where(Extension.live_session_id == live_session_id).order_by(Extension.id)
    return db.session.scalars(statement).all()


def extension_waiting(live_session_id: int) -> Extension | None:
    """Return the offer that waits for an answer or for money, if it has not run out."""
    return db.session.scalar(
        sa.select(Extension).where(
            Extension.live_session_id == live_session_id, Extension.state.in_(WAITING), Extension.waits_until > now()
        )
    )


def extension_by_id(extension_id: int) -> Extension | None:
    """Return an extension by row id, or None."""
    return db.session.get(Extension, extension_id)


def added_minutes(extensions: Sequence[Extension]) -> int:
    """Return the minutes that were added to a lesson."""
    return sum(row.minutes for row in extensions if row.state == Extended.ADDED)
