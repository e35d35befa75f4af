"""What a mentor's profile may say: parsing and the list of what is still missing. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from peerlearn.errors import Invalid

HEADLINE_LIMIT, BIO_LIMIT, CITY_LIMIT = 120, 2_000, 80
BIO_LEAST = 40
PRICE_LEAST_PAISE, PRICE_MOST_PAISE = 5_000, 1_000_000
LESSON_MINUTES = (25, 30, 40, 45, 50, 60, 75, 80, 90, 120)
TOPICS_MOST = 8
DAY_MINUTES = 24 * 60

LEVELS = ("beginner", "intermediate", "advanced")

# ISO 639-1 codes, each with the name its speakers use.
LANGUAGES = {
    "en": "English",
    "hi": "हिन्दी",
    "bn": "বাংলা",
    "ta": "தமிழ்",
    "te": "తెలుగు",
    "mr": "मराठी",
    "gu": "ગુજરાતી",
    "kn": "ಕನ್ನಡ",
    "ml": "മലയാളം",
    "pa": "ਪੰਜਾਬੀ",
    "ur": "اردو",
    "ne": "नेपाली",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "pt": "Português",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "zh": "中文",
    "ar": "العربية",
    "ru": "Русский",
    "sw": "Kiswahili",
    "yo": "Yorùbá",
    "ig": "Igbo",
    "tr": "Türkçe",
    "nl": "Nederlands",
    "pl": "Polski",
    "sv": "Svenska",
    "no": "Norsk",
    "bg": "Български",
    "as": "অসমীয়া",
    "sa": "संस्कृतम्",
    "zu": "isiZulu",
    "uk": "Українська",
    "fa": "فارسی",
    "vi": "Tiếng Việt",
    "th": "ไทย",
    "id": "Bahasa Indonesia",
}
# People (and imports) also write the English names.
_ENGLISH_NAMES = {
    "english": "en", "hindi": "hi", "bengali": "bn", "tamil": "ta", "telugu": "te", "marathi": "mr", "gujarati": "gu",
    "kannada": "kn", "malayalam": "ml", "punjabi": "pa", "urdu": "ur", "nepali": "ne", "spanish": "es", "french": "fr",
    "german": "de", "portuguese": "pt", "italian": "it", "japanese": "ja", "korean": "ko", "mandarin": "zh",
    "chinese": "zh", "arabic": "ar", "russian": "ru", "swahili": "sw", "yoruba": "yo", "igbo": "ig", "turkish": "tr",
    "dutch": "nl", "polish": "pl", "ukrainian": "uk", "persian": "fa", "vietnamese": "vi", "thai": "th",
    "indonesian": "id",
}  # fmt: skip

_SPACES = re.compile(r"\s+")


def _line(value: Any, limit: int, field: str, what: str) -> str:
    text = _SPACES.sub(" ", str(value)).strip()
    if len(text) > limit:
        raise Invalid(f"{what} may be {limit} characters long. Please shorten it.", code="too_long", field=field)
    return text


def parse_languages(values: Iterable[str]) -> list[str]:
    """Return ISO 639-1 codes, each once, in the order given. Takes codes, own names and English names.

    Raises Invalid for a language we don't know.
    """
    by_name = {name.casefold(): code for code, name in LANGUAGES.items()} | _ENGLISH_NAMES
    codes: list[str] = []
    for value in values:
        word = value.strip().casefold()
        code = word if word in LANGUAGES else by_name.get(word)
        if code is None:
            raise Invalid("We don't know that language yet. Choose one from the list.", code="unknown_language",
                          field="languages")  # fmt: skip
        if code not in codes:
            codes.append(code)
    return codes


def parse_levels(values: str | Iterable[str]) -> list[str]:
    """Return the levels a mentor teaches, in order of height. Raises Invalid for an unknown one."""
    wanted = {values} if isinstance(values, str) else set(values)
    wanted.discard("")
    if not wanted <= set(LEVELS):
        raise Invalid("Choose the levels you teach from the list.", code="unknown_level", field="level")
    return [level for level in LEVELS if level in wanted]


def _bio(value: Any) -> str:
    text = str(value).strip()
    if len(text) > BIO_LIMIT:
        raise Invalid(
            f"The text about you may be {BIO_LIMIT} characters long. Please shorten it.", code="too_long", field="bio"
        )
    return text


def _price(value: Any) -> int:
    price = int(value)
    if not PRICE_LEAST_PAISE <= price <= PRICE_MOST_PAISE:
        raise Invalid("The price of a lesson must be between ₹50 and ₹10,000.", code="bad_price", field="price_paise")
    return price


def _length(value: Any) -> int:
    minutes = int(value)
    if minutes not in LESSON_MINUTES:
        raise Invalid("Choose one of the lesson lengths in the list.", code="bad_length", field="lesson_minutes")
    return minutes


_RULES: dict[str, tuple[int, int, str]] = {
    "notice_minutes": (15, 7 * DAY_MINUTES, "Notice must be between 15 minutes and 7 days."),
    "buffer_minutes": (0, 120, "The pause between lessons must be between 0 and 120 minutes."),
    "max_per_day": (1, 24, "The number of lessons a day must be between 1 and 24."),
    "horizon_days": (1, 90, "You can be booked between 1 and 90 days ahead."),
}


def _parse_rule(name: str, value: Any) -> int | None:
    if name == "max_per_day" and value in (None, ""):
        return None
    least, most, sentence = _RULES[name]
    number = int(value)
    if not least <= number <= most:
        raise Invalid(sentence, code="out_of_range", field=name)
    return number


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "headline": lambda value: _line(value, HEADLINE_LIMIT, "headline", "The headline"),
    "city": lambda value: _line(value, CITY_LIMIT, "city", "The city"),
    "bio": _bio,
    "price_paise": _price,
    "lesson_minutes": _length,
    "languages": parse_languages,
    "level": parse_levels,
    **{name: partial(_parse_rule, name) for name in _RULES},
}


def parse_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Check and clean the given profile fields; return column values. Raises Invalid with `field` for a wrong one."""
    for name in fields:
        if name not in _PARSERS:
            raise Invalid("The form sent something we don't know. Reload the page.", code="unknown_field", field=name)
    return {name: _PARSERS[name](value) for name, value in fields.items()}


def parse_hours(rows: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return weekly ranges (weekday, start minute, end minute) sorted, those that meet or overlap joined.

    Raises Invalid where a range ends before it begins or leaves its day.
    """
    joined: list[tuple[int, int, int]] = []
    for weekday, start, end in sorted(rows):
        if not (0 <= weekday <= 6 and 0 <= start < end <= DAY_MINUTES):
            raise Invalid("Each range of hours must end after it begins, on the same day.", code="bad_hours",
                          field="hours")  # fmt: skip
        if joined and joined[-1][0] == weekday and start <= joined[-1][2]:
            joined[-1] = (weekday, joined[-1][1], max(joined[-1][2], end))
        else:
            joined.append((weekday, start, end))
    return joined


def first_gap(*, headline: str, bio: str, price_paise: int, topics: int, hours: int) -> Invalid | None:
    """Return the first thing a profile lacks before it can be sent in, as the sentence to show, or None."""
    if not headline:
        return Invalid("Say in one line what you teach.", code="headline_missing", field="headline")
    if len(bio) < BIO_LEAST:
        return Invalid("Tell learners a little more about you: two sentences are enough.", code="bio_short",
                       field="bio")  # fmt: skip
    if topics == 0:
        return Invalid("Choose at least one topic that you teach.", code="topics_missing", field="topics")
    if price_paise < PRICE_LEAST_PAISE:
        return Invalid("Set the price of a lesson.", code="price_missing", field="price_paise")
    if hours == 0:
        return Invalid("Add at least one range of hours in which you teach.", code="hours_missing", field="hours")
    return None
