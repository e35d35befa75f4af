"""The filters in words: chips that are on, chips that open the sheet, and the choices in it."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from peerlearn.catalog.profile import LANGUAGES
from peerlearn.money import rupees
from peerlearn.recommend.filters import PRICES_PAISE, STARS, Filters


@dataclass(frozen=True)
class Chip:
    """One chip above the results. A chip that is on takes its filter away; another opens the sheet, or switches on."""

    text: str
    icon: str
    href: str
    on: bool = False
    sheet: bool = False


def time_words() -> dict[str, str]:
    """Return the parts of day and week in words."""
    return {
        "tonight": _("This evening"),
        "today": _("Today"),
        "tomorrow": _("Tomorrow"),
        "weekend": _("At the weekend"),
        "mornings": _("Mornings"),
        "afternoons": _("Afternoons"),
        "evenings": _("Evenings"),
    }


def level_words() -> dict[str, str]:
    """Return the levels in words."""
    return {"beginner": _("Beginner"), "intermediate": _("Intermediate"), "advanced": _("Advanced")}


def sort_words() -> dict[str, str]:
    """Return the orders in words."""
    return {
        "best": _("Best for you"),
        "soonest": _("Soonest free"),
        "price": _("Lowest price"),
        "rating": _("Best rated"),
    }


def explore_url(filters: Filters) -> str:
    """Return the address of a search: it can be kept and shared."""
    return url_for("catalog.explore", **filters.to_args())


def chips(filters: Filters, topic_name: str = "") -> list[Chip]:
    """Return the chips of a search, those that are on first."""
    sheet = url_for("catalog.filters", **filters.to_args())
    price = _("Up to %(price)s", price=rupees(filters.price_paise)) if filters.price_paise else ""
    spoken = ", ".join(LANGUAGES[code] for code in filters.languages)
    entries = (
        (time_words().get(filters.time, ""), _("Any time"), "clock", {"time": ""}),
        (price, _("Any price"), "indian-rupee", {"price_paise": None}),
        (spoken, _("Any language"), "languages", {"languages": ()}),
        (level_words().get(filters.level, ""), _("Any level"), "graduation-cap", {"level": ""}),
        (_("%(stars)s and up", stars=filters.stars) if filters.stars else "", _("Any rating"), "star", {"stars": ""}),
    )
    on: list[Chip] = []
    off: list[Chip] = []
    if filters.topic:
        on.append(Chip(topic_name or filters.topic, "book-open", explore_url(filters.but(topic="")), on=True))
    for chosen, nothing, icon, without in entries:
        if chosen:
            on.append(Chip(chosen, icon, explore_url(filters.but(**without)), on=True))
        else:
            off.append(Chip(nothing, icon, sheet, sheet=True))
    switch = Chip(_("Takes rings now"), "zap", explore_url(filters.but(online=not filters.online)), on=filters.online)
    (on if filters.online else off).append(switch)
    return [*on, *off]


def choices(filters: Filters) -> dict[str, Any]:
    """Return what the sheet offers, group by group: (name, value, text, chosen)."""
    return {
        "times": [("", _("Any time"), not filters.time)]
        + [(value, text, filters.time == value) for value, text in time_words().items()],
        "prices": [("", _("Any price"), not filters.price_paise)]
        + [
            (str(price // 100), _("Up to %(price)s", price=rupees(price)), filters.price_paise == price)
            for price in PRICES_PAISE
        ],
        "languages": [(code, LANGUAGES[code], code in filters.languages) for code in LANGUAGES],
        "levels": [("", _("Any level"), not filters.level)]
        + [(value, text, filters.level == value) for value, text in level_words().items()],
        "stars": [("", _("Any rating"), not filters.stars)]
        + [(value, _("%(stars)s and up", stars=value), filters.stars == value) for value in STARS],
        "sorts": [(value, text, filters.sort == value) for value, text in sort_words().items()],
    }
