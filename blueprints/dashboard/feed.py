"""The learner's feed in words: headings, cards, and why each card is there."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from blueprints.dashboard.lesson_rows import Viewer
from blueprints.extensions import ports
from blueprints.filters import time_of, when
from peerlearn.recommend.queries import Feed, MentorCard, Reason, SessionCard, feed_for


def home_feed(viewer: Viewer) -> dict[str, Any]:
    """The sections of a learner's first page, ready for the template."""
    feed: Feed = feed_for(viewer.user_id, viewer.zone, index=ports().index)
    return {
        "personal": feed.personal,
        "sections": [
            {
                "key": section.key,
                "title": heading(section.key, personal=feed.personal),
                "mentors": [mentor_card(card, viewer.zone) for card in section.mentors],
                "sessions": [session_card(card, viewer.zone) for card in section.sessions],
                "total": section.total,
            }
            for section in feed.sections
        ],
    }


def heading(key: str, *, personal: bool) -> str:
    """The heading of a section. "For you" is only said where something is known of the person."""
    own = {
        "free_tonight": _("Free this evening, for you"),
        "free_today": _("Free today, for you"),
        "free_soon": _("Free next, for you"),
    }
    plain = {
        "free_tonight": _("Free this evening"),
        "free_today": _("Free today"),
        "free_soon": _("Free next"),
        "open_lessons": _("Lessons with a place for you"),
        "new_here": _("New here, and worth a try"),
    }
    return (own if personal else plain).get(key) or plain[key]


def mentor_card(card: MentorCard, zone: str) -> dict[str, Any]:
    """One mentor as `ui.mentor_card` and `ui.mentor_row` take them."""
    mentor = card.mentor
    return {
        "name": mentor.name,
        "public_id": mentor.public_id,
        "portrait_url": url_for("public.portrait", public_id=mentor.public_id),
        "url": url_for("catalog.mentor", public_id=mentor.public_id),
        "presence": card.presence,
        "price_paise": mentor.price_paise,
        "minutes": mentor.lesson_minutes,
        "rating": card.stars,
        "rating_count": card.ratings,
        "teaches": mentor.headline,
        "place": mentor.city,
        "reason": reason_words(card.reason),
        "reason_url": url_for("auth.settings") + "#interests" if card.reason.kind == "chose" else None,
        "times": [slot_chip(mentor.public_id, mentor.name, start, zone) for start in card.slots],
    }


def slot_chip(mentor_public_id: str, name: str, start: datetime, zone: str) -> dict[str, str]:
    """A free time that opens its booking sheet."""
    return {
        "text": time_of(start, zone),
        "url": url_for("sessions.slot_sheet", public_id=mentor_public_id, at=start.isoformat()),
        "label": _("Book %(name)s, %(when)s", name=name, when=when(start, zone)),
    }


def session_card(card: SessionCard, zone: str) -> dict[str, Any]:
    """One public session as `ui.session_card` takes it."""
    row, mentor = card.live_session, card.mentor
    return {
        "title": row.title,
        "url": url_for("sessions.show", public_id=row.public_id),
        "mentor": {
            "name": mentor.name,
            "public_id": mentor.public_id,
            "portrait_url": url_for("public.portrait", public_id=mentor.public_id),
            "presence": None,
        },
        "teaches": row.description,
        "when": time_of(row.starts_at, zone),
        "price_paise": row.price_paise,
        "minutes": row.minutes,
        "reason": reason_words(card.reason),
        "state": row.state,
        "book_url": url_for("sessions.book_sheet", public_id=row.public_id),
    }


def reason_words(reason: Reason) -> str | None:
    """The one true reason of a card as a short sentence; None where there is nothing to say that the card does not."""
    words = dict(reason.words)
    sentences = {
        "booked_same": lambda: _("Because you booked %(name)s", name=_first(words["name"])),
        "booked": lambda: _("Because you booked %(name)s", name=_first(words["name"])),
        "chose": lambda: _("Because you chose %(topic)s", topic=words["topic"]),
        "viewed": lambda: _("Because you looked at %(name)s", name=_first(words["name"])),
        "new_at_your_hour": lambda: _("New mentor, free at your usual hour"),
        "new_free_today": lambda: _("New mentor, free today"),
        "new": lambda: _("New mentor"),
        "teaches": lambda: _("Teaches %(topic)s", topic=words["topic"]),
        "says": lambda: _("Says “%(word)s” in their own words", word=words["word"]),
        "popular": lambda: _("Well liked for %(topic)s", topic=words["topic"]),
        "rated": lambda: _("Rated %(stars)s by %(count)s learners", stars=words["stars"], count=words["count"]),
        "open_place": lambda: _("One place, still open"),
    }
    say = sentences.get(reason.kind)
    return str(say()) if say else None


def _first(name: str) -> str:
    return name.split(" ", 1)[0]
