"""Reads of finding: the feed, the search, and who is free today. The page never fails for want of an index."""

from datetime import datetime

from peerlearn.catalog.queries import lowest_price_paise
from peerlearn.clock import local, now
from peerlearn.recommend.candidates import popular_candidates
from peerlearn.recommend.cards import Feed, MentorCard, Section, SessionCard, free_times, mentor_cards
from peerlearn.recommend.feed import feed_for
from peerlearn.recommend.filters import Filters, parse_filters
from peerlearn.recommend.learner import Viewer, viewer_for
from peerlearn.recommend.reasons import Evidence, Reason
from peerlearn.recommend.search import SearchResult, explain, search

__all__ = [
    "Feed", "Filters", "MentorCard", "Reason", "SearchResult", "Section", "SessionCard", "explain", "feed_for",
    "free_today", "lowest_price_paise", "parse_filters", "popular", "search", "times_of_mentor", "viewer_for",
]  # fmt: skip

LOOKED_THROUGH = 40
ALL_TIMES = 1_000


def times_of_mentor(mentor_id: int, viewer_id: int | None, zone: str, *, at: datetime | None = None) -> list[datetime]:
    """Return every start of one mentor that this viewer could book within two weeks, earliest first."""
    viewer = Viewer(zone=zone, user_id=viewer_id, evidence=Evidence(zone))
    return free_times([mentor_id], viewer, at or now(), limit=ALL_TIMES, days=14).get(mentor_id, [])


def popular(limit: int, zone: str, *, at: datetime | None = None) -> list[MentorCard]:
    """Return the best liked mentors who have a bookable time, for somebody of whom nothing is known."""
    at = at or now()
    viewer = Viewer(zone=zone, evidence=Evidence(zone))
    found = popular_candidates(viewer, LOOKED_THROUGH)
    times = free_times([candidate.mentor_id for candidate in found], viewer, at)
    bookable = [candidate for candidate in found if candidate.mentor_id in times][:limit]
    return mentor_cards(bookable, times, viewer, at, vectors={})


def free_today(limit: int, zone: str, *, at: datetime | None = None) -> list[MentorCard]:
    """Return mentors who can be booked today on the viewer's clock, soonest first; late at night, the next ones."""
    at = at or now()
    viewer = Viewer(zone=zone, evidence=Evidence(zone))
    found = popular_candidates(viewer, LOOKED_THROUGH)
    times = free_times([candidate.mentor_id for candidate in found], viewer, at)
    today = local(at, zone).date()
    soonest = sorted(
        (candidate for candidate in found if candidate.mentor_id in times),
        key=lambda candidate: (local(times[candidate.mentor_id][0], zone).date() > today,
                               times[candidate.mentor_id][0]),
    )  # fmt: skip
    return mentor_cards(soonest[:limit], times, viewer, at, vectors={})
