"""What a search is narrowed by. It lives in the URL: parsed from it, written back to it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from peerlearn.catalog.profile import LANGUAGES, LEVELS
from peerlearn.clock import local

TEXT_LIMIT = 120
PRICES_PAISE = (30_000, 45_000, 60_000, 100_000)
STARS = ("4.0", "4.5", "4.8")
TIMES = ("tonight", "today", "tomorrow", "weekend", "mornings", "afternoons", "evenings")
SORTS = ("best", "soonest", "price", "rating")
PAGE_LIMIT = 20

_HOURS = {"mornings": (5, 12), "afternoons": (12, 17), "evenings": (17, 23)}


@dataclass(frozen=True)
class Filters:
    """One search. Empty values narrow nothing; `exact` leaves the spelling alone."""

    text: str = ""
    price_paise: int | None = None
    languages: tuple[str, ...] = ()
    level: str = ""
    stars: str = ""
    time: str = ""
    topic: str = ""
    online: bool = False
    sort: str = "best"
    exact: bool = False
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything but the text is asked for."""
        return bool(
            self.price_paise or self.languages or self.level or self.stars or self.time or self.topic or self.online
        )

    @property
    def in_database(self) -> bool:
        """Whether a condition is one the database can decide."""
        return bool(self.price_paise or self.languages or self.level or self.stars or self.topic)

    def but(self, **changes: Any) -> "Filters":
        """Return the same search with some changes, from its first page on."""
        return replace(self, **{"page": 1, **changes})

    def to_args(self) -> dict[str, Any]:
        """Return the URL's arguments: only what differs from an empty search, always in the same order."""
        pairs = {
            "q": self.text,
            "price": str(self.price_paise // 100) if self.price_paise else "",
            "lang": list(self.languages),
            "level": self.level,
            "stars": self.stars,
            "time": self.time,
            "topic": self.topic,
            "online": "1" if self.online else "",
            "sort": self.sort if self.sort != "best" else "",
            "exact": "1" if self.exact else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in pairs.items() if value}


def _is_count(text: str) -> bool:
    """Whether a text is a whole number above zero that a database can hold."""
    return text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0


def parse_filters(args: Mapping[str, Sequence[str]]) -> Filters:
    """Read a search from the URL's arguments (each a list). What makes no sense narrows nothing: a link never fails."""

    def one(name: str) -> str:
        values = args.get(name) or [""]
        return values[0].strip()

    def among(name: str, allowed: Sequence[str]) -> str:
        return one(name) if one(name) in allowed else ""

    price, page = one("price"), one("page")
    return Filters(
        text=" ".join(one("q").split())[:TEXT_LIMIT],
        price_paise=int(price) * 100 if _is_count(price) else None,
        languages=tuple(dict.fromkeys(code for code in args.get("lang", ()) if code in LANGUAGES)),
        level=among("level", LEVELS),
        stars=among("stars", STARS),
        time=among("time", TIMES),
        topic=one("topic")[:60],
        online=one("online") == "1",
        sort=among("sort", SORTS) or "best",
        exact=one("exact") == "1",
        page=min(PAGE_LIMIT, int(page)) if _is_count(page) else 1,
    )


def suits(slot: datetime, time: str, zone: str, at: datetime) -> bool:
    """Whether a free time is in the part of day or week that is asked for, on the viewer's own clock."""
    there, today = local(slot, zone), local(at, zone).date()
    match time:
        case "today":
            return there.date() == today
        case "tonight":
            return there.date() == today and there.hour >= _HOURS["evenings"][0]
        case "tomorrow":
            return there.date() == today + timedelta(days=1)
        case "weekend":
            return there.weekday() >= 5
        case "mornings" | "afternoons" | "evenings":
            start, end = _HOURS[time]
            return start <= there.hour < end
        case _:
            return True
