"""What the landing page tells: who is free, from what price, how lessons are rated. Real rows only; a missing fact is left out."""

from typing import Any


def landing_facts() -> dict[str, Any]:
    """Facts for templates/public/landing.html."""
    return {"free": [], "from_paise": None, "mentor_count": 0, "topics": [], "rating": None}
