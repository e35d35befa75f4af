"""How notifications name a moment, a place and a person: short, in the reader's own zone."""

from datetime import datetime, timedelta

from peerlearn.clock import clock_text, local
from peerlearn.money import rupees


def moment(instant: datetime, zone: str) -> str:
    """Return "Mon 23 Nov, 18:30" on the wall clock of a zone."""
    there = local(instant, zone)
    return f"{there:%a} {there.day} {there:%b}, {clock_text(instant, zone)}"


def sentence(text: str) -> str:
    """Close what a person wrote as a sentence, unless they did."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def city(zone: str) -> str:
    """Return the place a zone is named after: "Asia/Kolkata" gives "Kolkata"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def span(length: timedelta) -> str:
    """Return a short length of time: "22 h 48", "6:40" below an hour."""
    seconds = max(0, int(length.total_seconds()))
    if seconds >= 3600:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02d}"
    return f"{seconds // 60}:{seconds % 60:02d}"


def session_url(public_id: str, view: str = "") -> str:
    """Return the path of a session's page, or of one of its views (book, cancel, pay, recap ...)."""
    return f"/sessions/{public_id}" + (f"/{view}" if view else "")


def lobby_url(public_id: str) -> str:
    """Return the path of a lesson's door."""
    return f"/lesson/{public_id}"


def amounts(paise: int, minutes: int) -> str:
    """Say what goes back: money, minutes of packs, or both; empty for nothing."""
    parts = [rupees(paise)] if paise else []
    parts += [f"{minutes} prepaid minutes"] if minutes else []
    return " and ".join(parts)
