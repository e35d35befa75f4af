"""The lessons of the past months, told from the people alone: the same people and days give the same lessons. Pure.

Every day is decided by itself, so that a load on a later day only adds the days that have passed since.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.demo.hours import PRESETS, zone_of
from config.demo.learners import LEARNERS, REVIEWERS
from config.demo.sessions import OFFERS
from config.demo.shapes import Learner, Mentor
from config.demo.topics import TOPICS
from peerlearn.clock import UTC

MINUTES = 50
# Rohan's week, so that his progress tells a story: (mentor, weekday with Monday = 0).
ROHAN_WEEK = {"asha": 4, "gurpreet": 3, "farhan": 1, "vikram": 6}
ROHAN_WEEKS = 12

_NAMES = {slug: name for slug, name, _ in TOPICS}
_TITLES = (
    "{topic}, with your own problems",
    "{topic}, where we left off",
    "{topic}: one hard question",
    "{topic}, from the beginning",
    "{topic} before the test",
)


@dataclass(frozen=True)
class Taught:
    """One lesson of the past. `stars` is None where nobody rated, `cancelled` lessons were given back in full."""

    mentor: Mentor
    learner: Learner
    topic: str
    title: str
    starts_at: datetime
    cancelled: bool
    stars: int | None
    key: int

    @property
    def ends_at(self) -> datetime:
        """When it was over."""
        return self.starts_at + timedelta(minutes=MINUTES)

    @property
    def receipt(self) -> str:
        """The name of its order, the same at every load."""
        return f"demo-{self.mentor.slug}-{self.starts_at:%y%m%d%H%M}"


def number(*parts: object) -> int:
    """A number that only depends on its arguments: the dice of the demonstration."""
    text = ":".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def lessons_on(day: date, mentors: Sequence[tuple[Mentor, datetime]], *, with_rohan: bool = True) -> list[Taught]:
    """The lessons that begin on a day, of these mentors and since when each teaches, without overlaps.

    Rohan has his own week in them, or is left out of that day.
    """
    found: list[Taught] = []
    taken: dict[str, list[datetime]] = {}
    for mentor, since in mentors:
        for starts_at in _starts(mentor, day, with_rohan):
            if starts_at < since:
                continue
            key = number(mentor.slug, starts_at)
            learner = _learner(mentor, day, key, taken, starts_at, with_rohan)
            if learner is None:
                continue
            taken.setdefault(learner.slug, []).append(starts_at)
            found.append(_lesson(mentor, learner, starts_at, key))
    return found


def _rohan_comes(mentor: Mentor, day: date) -> bool:
    """Whether it is Rohan's day with this mentor; he misses a week now and then."""
    return ROHAN_WEEK.get(mentor.slug) == day.weekday() and number(mentor.slug, day, "rohan") % 3 > 0


def _starts(mentor: Mentor, day: date, with_rohan: bool) -> list[datetime]:
    """When this mentor taught on that day: mostly never or once, in busy weeks twice."""
    spans = [(start, end) for weekday, start, end in PRESETS[mentor.hours] if weekday == day.weekday()]
    rohan = with_rohan and _rohan_comes(mentor, day)
    if not spans:
        return []
    open_days = len({weekday for weekday, _, _ in PRESETS[mentor.hours]})
    per_day = mentor.lessons_a_week / open_days
    roll = number(mentor.slug, day.isoformat()) % 1000 / 1000
    count = int(per_day) + (roll < per_day % 1)
    if rohan:
        count = max(count, 1)
    hours = [minute for start, end in spans for minute in range(start, end - MINUTES + 1, 60)]
    zone = ZoneInfo(zone_of(mentor.city))
    first = number(mentor.slug, day.isoformat(), "hour") % len(hours)
    chosen = [hours[(first + step * 3) % len(hours)] for step in range(count)]
    midnight = datetime.combine(day, time(), tzinfo=zone)
    return [(midnight.replace(hour=minute // 60, minute=minute % 60)).astimezone(UTC) for minute in sorted(set(chosen))]


def _learner(
    mentor: Mentor, day: date, key: int, taken: dict[str, list[datetime]], starts_at: datetime, with_rohan: bool
) -> Learner | None:
    """Who learned: half of the time somebody with an interest in it, never somebody in another lesson."""

    def free(learner: Learner) -> bool:
        return all(abs(starts_at - other) >= timedelta(minutes=MINUTES) for other in taken.get(learner.slug, ()))

    rohan = LEARNERS[0]
    if with_rohan and _rohan_comes(mentor, day) and free(rohan):
        return rohan
    keen = [one for one in LEARNERS[1:] if set(one.interests) & set(mentor.topics)]
    pool: Iterable[Learner] = keen if keen and key % 5 == 0 else REVIEWERS
    ordered = sorted(pool, key=lambda one: number(one.slug, key))
    return next((one for one in ordered if free(one)), None)


def _lesson(mentor: Mentor, learner: Learner, starts_at: datetime, key: int) -> Taught:
    topic = mentor.topics[0] if key % 3 else mentor.topics[key // 3 % len(mentor.topics)]
    own = [offer for offer in OFFERS if offer.mentor == mentor.slug and offer.topic == topic]
    plain = _TITLES[key // 4 % len(_TITLES)].format(topic=_NAMES[topic])
    title = own[key // 2 % len(own)].title if own and key % 2 else plain
    cancelled = key % 29 == 0
    # Rohan says something about nearly every lesson, the others about two of three.
    rated = not cancelled and key % 10 < (9 if learner is LEARNERS[0] else 7)
    # Mostly five, now and then four; a three is rare and true.
    roll = (key // 100) % 40
    stars = 5 if roll < 34 else 4 if roll < 39 else 3
    return Taught(mentor, learner, topic, title, starts_at, cancelled, stars if rated else None, key)
