"""How an extension of a lesson is told to its room: the same card on joining, after every change, and at the end."""

from __future__ import annotations

from typing import Any

from peerlearn.live.room import side_of
from peerlearn.money import rupees
from peerlearn.sessions.extension_queries import (
    CHOICES,
    added_minutes,
    extension_price,
    extension_waiting,
    extensions_of,
)
from peerlearn.sessions.models import Extension, LiveSession


def extension_card(lesson: LiveSession, extension: Extension) -> dict[str, Any]:
    """An offer as the room shows it. Times are milliseconds since 1970 on the server's clock."""
    return {
        "id": extension.public_id,
        "state": extension.state,
        "minutes": extension.minutes,
        "price_paise": extension.price_paise,
        "price": rupees(extension.price_paise),
        "asked_by": side_of(lesson, extension.asked_by),
        "until": int(extension.waits_until.timestamp() * 1000),
    }


def time_card(lesson: LiveSession) -> dict[str, Any]:
    """How long the lesson lasts, what waits, and what more time would cost: for a page that has just sat down."""
    waiting = extension_waiting(lesson.id)
    added = added_minutes(extensions_of(lesson.id))
    return {
        "ends": int(lesson.ends_at.timestamp() * 1000),
        "extension": extension_card(lesson, waiting) if waiting is not None else None,
        "prices": {minutes: rupees(extension_price(lesson, minutes, added)) for minutes in CHOICES},
        "free": lesson.price_paise == 0,
    }
