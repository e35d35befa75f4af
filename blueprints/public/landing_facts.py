"""What the landing page tells: who is free, from what price, how lessons are rated. Real rows only; a missing fact is left out."""

from typing import Any

from flask import current_app, url_for

from blueprints.extensions import my_zone
from blueprints.filters import time_of
from blueprints.public.shell import has_endpoint
from peerlearn.catalog import queries as catalog
from peerlearn.recommend import queries as recommend
from peerlearn.recommend.cards import MentorCard
from peerlearn.sessions.ratings import ratings_for

FREE_SHOWN = 4
TOPICS_SHOWN = 4


def _mentor(card: MentorCard) -> dict[str, Any]:
    mentor = card.mentor
    page = url_for("catalog.mentor", public_id=mentor.public_id) if has_endpoint("catalog.mentor") else "/"
    start = card.slots[0]
    # A visitor books after signing up; the sheet's address carries them through.
    book = (
        url_for("sessions.slot_sheet", public_id=mentor.public_id, at=start.isoformat())
        if has_endpoint("sessions.slot_sheet")
        else page
    )
    return {
        "public_id": mentor.public_id,
        "name": mentor.name,
        "teaches": mentor.headline,
        "price_paise": mentor.price_paise,
        "minutes": mentor.lesson_minutes,
        "presence": card.presence,
        "url": page,
        "time": {"text": time_of(start, my_zone()), "url": book},
    }


def landing_facts() -> dict[str, Any]:
    """Facts for templates/public/landing.html."""
    listed = catalog.listed_mentor_ids()
    ratings = ratings_for(listed)
    rated = sum(count for _average, count in ratings.values())
    cards = recommend.free_today(FREE_SHOWN, my_zone())
    taught = {topic.slug: topic for card in cards for topic in card.mentor.topics[:1]}
    return {
        "free": [_mentor(card) for card in cards],
        "from_paise": catalog.lowest_price_paise(),
        "mentor_count": len(listed),
        "topics": list(taught.values())[:TOPICS_SHOWN],
        "rating": sum(average * count for average, count in ratings.values()) / rated if rated else None,
        "rated": rated,
        "fee_percent": current_app.config["PEERLEARN"].platform_fee_percent,
    }
