"""When the platform was up. Nobody is called absent from a room that could not be entered."""

import itertools
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.live.attendance import Stay
from peerlearn.live.models import Heartbeat

EVERY_SECONDS: Final = 20.0
SILENCE: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=3)


@transactional
def heartbeat() -> None:
    """Say that a web process is up. Two processes at the same instant are one beat."""
    at = now()
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Heartbeat).values(at=at))
    except IntegrityError:
        return
    db.session.execute(delete(Heartbeat).where(Heartbeat.at < at - KEPT))


def outages_between(start: datetime, end: datetime) -> list[Stay]:
    """The stretches of [start, end) in which no web process was heard for longer than a minute.

    Where nothing was heard at all, before or after, nothing is known and none is claimed.
    """
    latest = min(end, now())
    before = db.session.scalar(select(Heartbeat.at).where(Heartbeat.at <= start).order_by(Heartbeat.at.desc()).limit(1))
    within = list(
        db.session.scalars(
            select(Heartbeat.at).where(Heartbeat.at > start, Heartbeat.at < latest).order_by(Heartbeat.at)
        )
    )
    after = db.session.scalar(select(Heartbeat.at).where(Heartbeat.at >= latest).order_by(Heartbeat.at).limit(1))
    if before is None and not within:
        return []
    beats = [*([before] if before else []), *within, after or latest]
    gaps = [(a, b) for a, b in itertools.pairwise(beats) if b - a > SILENCE]
    return [(max(a, start), min(b, latest)) for a, b in gaps if max(a, start) < min(b, latest)]
