"""Wake-ups for rooms."""

from datetime import timedelta
from typing import Any

from peerlearn.clock import now
from peerlearn.jobs.queue import periodic
from peerlearn.live.protocol import SEAT_SILENCE_SECONDS
from peerlearn.live.service import silent_seats_close


@periodic(minutes=1)
def close_silent_seats(_ports: Any) -> None:
    """End the stays that nobody has heard of, at the moment they were last heard of (a crashed server, a dead phone)."""
    silent_seats_close(now() - timedelta(seconds=SEAT_SILENCE_SECONDS))
