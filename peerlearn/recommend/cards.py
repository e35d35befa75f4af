"""What a page shows: cards of mentors and sessions, each with its times and one true reason. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from peerlearn.accounts.presence_service import presence_of
from peerlearn.catalog.queries import MentorRow, mentor_card_rows
from peerlearn.clock import local
from peerlearn.recommend.learner import Viewer, closeness_to
from peerlearn.recommend.ports import Vectors
from peerlearn.recommend.rank import Candidate, is_new
from peerlearn.recommend.reasons import Evidence, Reason, Shown, reason_for
from peerlearn.sessions.free_times import busy_for, slots_for_mentors
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.ratings import ratings_for

# Enough to have some left where the viewer has lessons of their own, and a choice between hours.
TIMES_ASKED = 24
APART = timedelta(minutes=90)
LONGEST_LESSON = timedelta(hours=2)


@dataclass(frozen=True)
class MentorCard:
    """One mentor on a page: never without a bookable time. `presence` is online, away, in_lesson or offline."""

    mentor: MentorRow
    slots: tuple[datetime, ...]
    reason: Reason
    stars: float | None = None
    ratings: int = 0
    presence: str = "offline"
    new: bool = False


@dataclass(frozen=True)
class SessionCard:
    """One public session on a page."""

    live_session: LiveSession
    mentor: MentorRow
    reason: Reason


@dataclass(frozen=True)
class Section:
    """A row of cards under one heading; `key` names the heading, `total` how many there would be."""

    key: str
    mentors: tuple[MentorCard, ...] = ()
    sessions: tuple[SessionCard, ...] = ()
    total: int = 0


@dataclass(frozen=True)
class Feed:
    """The learner's first page. `personal` tells whether anything was known of them."""

    sections: tuple[Section, ...] = ()
    personal: bool = False


@dataclass(frozen=True)
class QueryFacts:
    """What of a query can be evidence: topics it names, and which of its words stand in a mentor's own text."""

    topics: frozenset[int] = frozenset()
    said: Mapping[int, str] = field(default_factory=dict)


def free_times(
    mentor_ids: Sequence[int], viewer: Viewer, at: datetime, *, limit: int = TIMES_ASKED, days: int | None = None
) -> dict[int, list[datetime]]:
    """Return bookable starts of each mentor at which the viewer has no lesson of their own; nobody without one."""
    found = slots_for_mentors(mentor_ids, limit=limit, days=days)
    taken: list[tuple[datetime, datetime]] = []
    if viewer.user_id is not None:
        taken = busy_for([viewer.user_id], (at - LONGEST_LESSON, at + timedelta(days=days or 14)))[viewer.user_id]
    free = {}
    for mentor_id, starts in found.items():
        # The length of the lesson is the mentor's; the longest there is keeps the check to one pass.
        open_starts = [
            start for start in starts if not any(a < start + LONGEST_LESSON / 2 and start < b for a, b in taken)
        ]
        if open_starts:
            free[mentor_id] = open_starts
    return free


def spread(starts: Sequence[datetime], zone: str) -> tuple[datetime, ...]:
    """Return up to three starts that are a choice: the first, one at another hour, one on another day."""
    if len(starts) < 3:
        return tuple(starts)
    first, day = starts[0], local(starts[0], zone).date()
    second = next((start for start in starts if start >= first + APART), starts[1])
    third = next((start for start in starts if start > second and local(start, zone).date() > day), None)
    third = third or next((start for start in starts if start >= second + APART), None)
    return tuple(start for start in (first, second, third) if start is not None)


def mentor_cards(
    candidates: Sequence[Candidate],
    times: Mapping[int, Sequence[datetime]],
    viewer: Viewer,
    at: datetime,
    *,
    vectors: Mapping[int, Vectors],
    query: QueryFacts | None = None,
) -> list[MentorCard]:
    """Return cards in the order of the candidates; whoever has no time is left out."""
    shown = [candidate for candidate in candidates if times.get(candidate.mentor_id)]
    ids = [candidate.mentor_id for candidate in shown]
    if not ids:
        return []
    rows = {row.id: row for row in mentor_card_rows(ids)}
    ratings, presence = ratings_for(ids), presence_of(ids)
    alike = _alike(ids, viewer.evidence, vectors)
    query = query or QueryFacts()
    cards = []
    for candidate in shown:
        row = rows.get(candidate.mentor_id)
        if row is None:
            continue
        stars, count = ratings.get(row.id, (None, 0))
        slots = spread(times[row.id], viewer.zone)
        topics = sorted(
            ((topic.id, topic.name) for topic in row.topics),
            key=lambda topic: (-viewer.chosen.get(topic[0], 0.0), topic[1]),
        )
        names = dict(topics)
        popular = candidate.popular_topic
        reason = reason_for(
            Shown(
                mentor_id=row.id,
                topics=topics,
                new=is_new(candidate, at),
                slots=slots,
                stars=stars,
                ratings=count,
                alike=alike.get(row.id, {}),
                said=query.said.get(row.id),
                popular_in=(popular, names[popular]) if popular in names else None,
                query_topics=query.topics,
            ),
            viewer.evidence,
            at,
        )
        cards.append(
            MentorCard(
                mentor=row, slots=slots, reason=reason, stars=stars, ratings=count, presence=presence[row.id],
                new=is_new(candidate, at),
            )
        )  # fmt: skip
    return cards


def _alike(ids: Sequence[int], evidence: Evidence, vectors: Mapping[int, Vectors]) -> dict[int, dict[int, float]]:
    """Return {mentor: {known mentor: cosine}} for the mentors the viewer has met or looked at."""
    shown = {mentor_id: vectors[mentor_id] for mentor_id in ids if mentor_id in vectors}
    alike: dict[int, dict[int, float]] = {}
    for known in (*evidence.booked, *evidence.viewed):
        direction = vectors.get(known.mentor_id)
        if direction is not None:
            for mentor_id, closeness in closeness_to(shown, direction).items():
                alike.setdefault(mentor_id, {})[known.mentor_id] = closeness
    return alike
