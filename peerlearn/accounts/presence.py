"""Presence rules: what a person's last sign of life says about them. Pure."""

from datetime import datetime, timedelta
from typing import Literal

Here = Literal["online", "away", "in_lesson", "offline"]

TOUCH_SECONDS = 25  # how often an open page says "still here"
AWAY_AFTER = timedelta(seconds=45)
OFFLINE_AFTER = timedelta(minutes=5)
# A closed page leaves this much rest: another open page of the same person speaks up within TOUCH_SECONDS.
REST_AFTER_LEAVING = timedelta(seconds=28)


def presence_at(seen_at: datetime | None, in_lesson: bool, at: datetime) -> Here:
    """Say where a person is at an instant, from when they were last heard (None: never)."""
    if seen_at is None:
        return "offline"
    silent = at - seen_at
    if silent > OFFLINE_AFTER:
        return "offline"
    if silent > AWAY_AFTER:
        return "away"
    return "in_lesson" if in_lesson else "online"
