"""The shapes in which the demonstration's people are written down."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mentor:
    """One demonstration mentor. `hours` names a preset of `config.demo.hours`, `lessons_a_week` is how busy they are."""

    slug: str
    name: str
    city: str
    headline: str
    bio: str
    price_rupees: int
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    levels: tuple[str, ...]
    hours: str
    portrait: dict[str, Any]
    lessons_a_week: float

    @property
    def email(self) -> str:
        """Where this person signs in."""
        return f"{self.slug}@peerlearn.test"


@dataclass(frozen=True)
class Learner:
    """One demonstration learner, with interests as topic slugs."""

    slug: str
    name: str
    zone: str
    portrait: dict[str, Any]
    interests: tuple[str, ...] = ()
    goal: str = ""
    level: str = "school"
    languages: tuple[str, ...] = ("en", "hi")

    @property
    def email(self) -> str:
        """Where this person signs in."""
        return f"{self.slug}@peerlearn.test"


SKINS = ("porcelain", "wheat", "honey", "almond", "walnut", "cocoa")
_WORDS = {
    "blond": "fair", "red": "chestnut", "indigo": "violet", "terracotta": "brick", "olive": "moss", "ochre": "mustard",
    "slate": "denim", "blush": "rose", "cream": "linen",
}  # fmt: skip


def face(
    skin: int,
    hair: str,
    hair_colour: str,
    clothes: str,
    ground: str,
    *,
    beard: str = "none",
    glasses: bool = False,
    bindi: bool = False,
    earrings: bool = False,
) -> dict[str, Any]:
    """A portrait spec in the words of `peerlearn.accounts.portrait`. Skin runs from 1 (light) to 6 (dark)."""
    styles = {"wavy": "pony" if beard == "none" else "side", "long": "parted" if bindi else "long"}
    return {
        "skin": SKINS[skin - 1],
        "hair": styles.get(hair, hair),
        "hair_colour": _WORDS.get(hair_colour, hair_colour),
        "beard": "stubble" if beard == "short" else beard,
        "glasses": glasses,
        "bindi": bindi,
        "earrings": earrings,
        "clothes": _WORDS.get(clothes, clothes),
        "ground": _WORDS.get(ground, ground),
        "neck": "drape" if bindi else "collar" if beard == "full" else "round",
    }


@dataclass(frozen=True)
class When:
    """A moment reckoned from the load: so many days on at a wall time of the mentor's zone, or so many minutes on."""

    days: int = 0
    clock: str = ""
    minutes: int = 0
    weekday: int | None = None


def wall(days: int, clock: str) -> When:
    """So many days after the day of loading, at `HH:MM` in the mentor's zone."""
    return When(days=days, clock=clock)


def next_weekday(weekday: int, clock: str) -> When:
    """The next such weekday after the day of loading (Monday is 0), at `HH:MM` in the mentor's zone."""
    return When(weekday=weekday, clock=clock)


def soon(minutes: int) -> When:
    """So many minutes after loading, rounded up to the next five."""
    return When(minutes=minutes)


@dataclass(frozen=True)
class Offer:
    """One public session a mentor offers."""

    mentor: str
    topic: str
    minutes: int
    when: When
    title: str
    description: str
