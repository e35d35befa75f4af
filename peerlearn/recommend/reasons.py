"""Why a card is shown: the strongest reason that is true, with the row that proves it. Pure.

A reason is never decoration. Each one carries the id of its evidence, and a test looks the evidence up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from peerlearn.clock import local

Kind = Literal[
    "chose", "booked", "booked_same", "viewed", "new_at_your_hour", "new_free_today", "teaches", "says", "popular",
    "rated", "new", "free", "open_place",
]  # fmt: skip

ALIKE = 0.5
RATED_LEAST_COUNT, RATED_LEAST_STARS = 5, 4.5


@dataclass(frozen=True)
class Reason:
    """One true reason. `words` fill the sentence at the edge; `evidence` is (table, id) of the row that proves it."""

    kind: Kind
    words: Mapping[str, str]
    evidence: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Known:
    """A mentor the learner has met or looked at; `evidence_id` is the lesson or the signal."""

    mentor_id: int
    name: str
    evidence_id: int


@dataclass(frozen=True)
class Evidence:
    """What is known of a viewer. Empty for somebody who is not signed in.

    `chosen` are interests {topic_id: name}; `usual_hours` are {local hour: lesson id} of lessons they had.
    """

    zone: str
    chosen: Mapping[int, str] = field(default_factory=dict)
    booked: Sequence[Known] = ()
    viewed: Sequence[Known] = ()
    usual_hours: Mapping[int, int] = field(default_factory=dict)
    query_words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shown:
    """What is known of the mentor on the card.

    `topics` are (topic id, name); `alike` are cosines to the mentors in the evidence; `said` is a word of the query
    that stands in the mentor's own text; `popular_in` is a topic in which the mentor is among the best liked.
    """

    mentor_id: int
    topics: Sequence[tuple[int, str]]
    new: bool
    slots: Sequence[datetime]
    stars: float | None = None
    ratings: int = 0
    alike: Mapping[int, float] = field(default_factory=dict)
    said: str | None = None
    popular_in: tuple[int, str] | None = None
    query_topics: frozenset[int] = frozenset()


def reason_for(shown: Shown, evidence: Evidence, at: datetime) -> Reason:
    """Return the strongest true reason: what the viewer did, then chose, then what is true of the mentor."""
    return (
        _from_deeds(shown, evidence)
        or _from_choices(shown, evidence)
        or _from_looks(shown, evidence)
        or _from_newness(shown, evidence, at)
        or _from_the_mentor(shown)
    )


def _from_deeds(shown: Shown, evidence: Evidence) -> Reason | None:
    for known in evidence.booked:
        if known.mentor_id == shown.mentor_id:
            return Reason("booked_same", {"name": known.name}, ("live_session", known.evidence_id))
    alike = [known for known in evidence.booked if shown.alike.get(known.mentor_id, 0.0) >= ALIKE]
    if alike:
        nearest = max(alike, key=lambda known: shown.alike[known.mentor_id])
        return Reason("booked", {"name": nearest.name}, ("live_session", nearest.evidence_id))
    return None


def _from_choices(shown: Shown, evidence: Evidence) -> Reason | None:
    for topic_id, name in shown.topics:
        if topic_id in evidence.chosen and (not shown.query_topics or topic_id in shown.query_topics):
            return Reason("chose", {"topic": name}, ("topic", topic_id))
    for topic_id, name in shown.topics:
        if topic_id in shown.query_topics:
            return Reason("teaches", {"topic": name}, ("topic", topic_id))
    if shown.said:
        return Reason("says", {"word": shown.said}, ("mentor_profile", shown.mentor_id))
    return None


def _from_looks(shown: Shown, evidence: Evidence) -> Reason | None:
    alike = [
        known
        for known in evidence.viewed
        if known.mentor_id == shown.mentor_id or shown.alike.get(known.mentor_id, 0.0) >= ALIKE
    ]
    if not alike:
        return None
    nearest = max(alike, key=lambda known: (known.mentor_id == shown.mentor_id, shown.alike.get(known.mentor_id, 0.0)))
    return Reason("viewed", {"name": nearest.name}, ("signal", nearest.evidence_id))


def _from_newness(shown: Shown, evidence: Evidence, at: datetime) -> Reason | None:
    if not shown.new:
        return None
    for slot in shown.slots:
        lesson = evidence.usual_hours.get(local(slot, evidence.zone).hour)
        if lesson is not None:
            return Reason("new_at_your_hour", {}, ("live_session", lesson))
    today = local(at, evidence.zone).date()
    if any(local(slot, evidence.zone).date() == today for slot in shown.slots):
        return Reason("new_free_today", {}, ("mentor_profile", shown.mentor_id))
    return Reason("new", {}, ("mentor_profile", shown.mentor_id))


def _from_the_mentor(shown: Shown) -> Reason:
    if shown.popular_in is not None:
        return Reason("popular", {"topic": shown.popular_in[1]}, ("topic", shown.popular_in[0]))
    if shown.stars is not None and shown.ratings >= RATED_LEAST_COUNT and shown.stars >= RATED_LEAST_STARS:
        return Reason(
            "rated", {"stars": f"{shown.stars:.1f}", "count": str(shown.ratings)}, ("mentor_profile", shown.mentor_id)
        )
    return Reason("free", {}, ("mentor_profile", shown.mentor_id))
