"""Cards and feeds as the page's macros take them: words in the viewer's language, times in the viewer's zone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

from flask import g, url_for
from flask_babel import gettext as _

from blueprints.extensions import my_zone, ports
from blueprints.filters import time_of, when
from peerlearn.catalog.queries import MentorRow
from peerlearn.clock import local, now
from peerlearn.recommend.queries import Feed, MentorCard, Reason, SessionCard, feed_for

_PLACE = "PUBLICID"


def _reason_patterns() -> dict[str, str]:
    return {
        "chose": _("Because you chose %(topic)s"),
        "booked": _("Because you booked %(name)s"),
        "booked_same": _("You have learnt with %(name)s"),
        "viewed": _("Because you looked at %(name)s"),
        "new_at_your_hour": _("New mentor, free at your usual hour"),
        "new_free_today": _("New mentor, free today"),
        "new": _("New mentor"),
        "teaches": _("Teaches %(topic)s"),
        "says": _("Writes about “%(word)s”"),
        "popular": _("Popular in %(topic)s"),
        "rated": _("Rated %(stars)s by %(count)s learners"),
        "open_place": _("One place, still open"),
        "free": _("Free soon"),
    }


def _once_a_request(name: str, make: Callable[[], dict[Any, Any]]) -> dict[Any, Any]:
    """Return a table that is made once per request: a page says the same few words sixty times, and each costs."""
    if name not in g:
        setattr(g, name, make())
    return cast("dict[Any, Any]", g.get(name))


def reason_text(reason: Reason) -> str:
    """Return the sentence of a reason."""
    patterns = _once_a_request("catalog_reasons", _reason_patterns)
    return str(patterns[reason.kind] % reason.words)


def reason_ground(reason: Reason) -> str:
    """Return what a reason rests on, for the sheet behind it."""
    match reason.kind:
        case "chose":
            return _("You chose this topic when you told us what you want to learn. You can change it at any time.")
        case "booked":
            return _("You booked a lesson, and this mentor teaches much the same.")
        case "booked_same":
            return _("You booked a lesson with this mentor before.")
        case "viewed":
            return _("You opened this mentor’s page, or one much like it, not long ago.")
        case "new_at_your_hour":
            return _("They joined within the last 30 days, and are free at an hour at which you had a lesson before.")
        case "new_free_today" | "new":
            return _(
                "They joined within the last 30 days. New mentors get a place, so that somebody can be their first."
            )
        case "teaches":
            return _("Your search names a topic that this mentor teaches.")
        case "says":
            return _("A word of your search stands in what this mentor writes.")
        case "popular":
            return _("Learners rate and book this mentor more than nearly everyone else in the topic.")
        case "rated":
            return _("It is the plain average of what learners gave after their lessons.")
        case _:
            return _("They have a time you can book within two weeks.")


def _url(endpoint: str, public_id: str) -> str:
    """Return a mentor's address. Building an address is dear, and a page has sixty: each pattern is built once."""
    patterns = _once_a_request("catalog_addresses", dict)
    if endpoint not in patterns:
        patterns[endpoint] = url_for(endpoint, public_id=_PLACE)
    return str(patterns[endpoint].replace(_PLACE, public_id))


def slot_url(public_id: str, start: datetime) -> str:
    """Return where one free time is booked."""
    return f"{_url('sessions.slot_sheet', public_id)}?at={quote(start.isoformat())}"


def times_of(mentor: MentorRow, slots: Sequence[datetime], zone: str) -> list[dict[str, str]]:
    """Return free times as chips. Mentors share their half hours, so each is put into words once."""
    told = _once_a_request("catalog_times", dict)
    told.setdefault("label", _("Book %(when)s with %(name)s"))
    chips = []
    for start in slots:
        if start not in told:
            told[start] = (time_of(start, zone), when(start, zone), quote(start.isoformat()))
        text, full, at = told[start]
        chips.append(
            {
                "text": text,
                "url": f"{_url('sessions.slot_sheet', mentor.public_id)}?at={at}",
                "label": told["label"] % {"when": full, "name": mentor.name},
            }
        )
    return chips


def card_view(card: MentorCard, zone: str, *, query: str = "") -> dict[str, Any]:
    """Return one mentor as the macros `mentor_card` and `mentor_row` take them."""
    mentor = card.mentor
    why = _url("catalog.why", mentor.public_id)
    return {
        "name": mentor.name,
        "public_id": mentor.public_id,
        "portrait_url": _url("public.portrait", mentor.public_id),
        "url": _url("catalog.mentor", mentor.public_id),
        "presence": card.presence,
        "price_paise": mentor.price_paise,
        "minutes": mentor.lesson_minutes,
        "rating": card.stars,
        "rating_count": card.ratings if card.stars is not None else None,
        "teaches": mentor.headline,
        "place": mentor.city,
        "reason": reason_text(card.reason),
        "reason_url": f"{why}?q={quote(query)}" if query else why,
        "times": times_of(mentor, card.slots, zone),
    }


def session_view(card: SessionCard, zone: str) -> dict[str, Any]:
    """Return one public session as the macro `session_card` takes it."""
    row, mentor = card.live_session, card.mentor
    return {
        "title": row.title,
        "url": _url("sessions.show", row.public_id),
        "book_url": _url("sessions.book_sheet", row.public_id),
        "mentor": {
            "name": mentor.name,
            "public_id": mentor.public_id,
            "portrait_url": _url("public.portrait", mentor.public_id),
        },
        "when": when(row.starts_at, zone),
        "price_paise": row.price_paise,
        "minutes": row.minutes,
        "teaches": row.description,
        "reason": reason_text(card.reason),
        "state": "open",
    }


def section_title(key: str) -> str:
    """Return the heading of a section of the feed."""
    if key == "free_soon" and local(now(), my_zone()).hour >= 20:
        return _("Free next, for you")
    return {
        "free_tonight": _("Free this evening, for you"),
        "free_today": _("Free today, for you"),
        "free_soon": _("Free soon, for you"),
        "open_lessons": _("Open lessons you may like"),
        "new_here": _("New here, and worth a try"),
    }[key]


def feed_view(feed: Feed, zone: str) -> list[dict[str, Any]]:
    """Return a feed's sections for `templates/catalog/_feed.html`: key, title, total, more_url, mentors, sessions."""
    times = {"free_tonight": "tonight", "free_today": "today"}
    return [
        {
            "key": section.key,
            "title": section_title(section.key),
            "total": section.total,
            "more_url": url_for("catalog.explore", time=times.get(section.key)),
            "mentors": [card_view(card, zone) for card in section.mentors],
            "sessions": [session_view(card, zone) for card in section.sessions],
        }
        for section in feed.sections
    ]


def feed_sections(user_id: int) -> list[dict[str, Any]]:
    """Return the current person's feed, ready for `{% include "catalog/_feed.html" %}` as `sections`."""
    zone = my_zone()
    return feed_view(feed_for(user_id, zone, index=ports().index), zone)
