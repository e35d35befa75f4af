"""Who comes first, and why not ten of the same. Pure: numbers in, an order out."""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

# A mentor without ratings is taken for an average one; eight ratings count as much as that assumption.
PRIOR_STARS, PRIOR_COUNT = 4.5, 8
NEW_FOR = timedelta(days=30)
NEW_UNTIL_RATINGS = 5
MOST_OF_A_KIND, AMONG = 3, 10
PLACE_OF_THE_NEW = 6

CLOSENESS_WEIGHT = 1.0
WORDS_WEIGHT = 0.4
INTEREST_WEIGHT = 0.22
RATING_WEIGHT = 0.16
SOON_WEIGHT = 0.10
NOVELTY_WEIGHT = 0.05
LIKE_HIDDEN_WEIGHT = 0.5
# Unrelated texts lie around 0.1 of one another; an answer in other words begins at about 0.2.
RELEVANT_LEAST, RELEVANT_SHARE = 0.18, 0.5


@dataclass(frozen=True)
class Candidate:
    """What is known of a mentor when the order is made.

    `closeness` is the cosine to the taste or the query, None where there is neither; `words` is 0..1; `like_hidden`
    is the cosine to the nearest mentor the learner does not want, 0 without one.
    """

    mentor_id: int
    approved_at: datetime
    stars_total: int = 0
    stars_count: int = 0
    popularity: float = 0.0
    popular_topic: int | None = None
    closeness: float | None = None
    words: float = 0.0
    topics: tuple[int, ...] = ()
    interests: float = 0.0
    like_hidden: float = 0.0
    first_free: datetime | None = field(default=None, compare=False)


def shrunk_stars(total: int, count: int) -> float:
    """Return the Bayesian average (sum + prior x weight) / (count + weight): two fives don't beat 300 of 4.9."""
    return (total + PRIOR_STARS * PRIOR_COUNT) / (count + PRIOR_COUNT)


def is_new(candidate: Candidate, at: datetime) -> bool:
    """Whether a mentor is new: approved within 30 days and hardly rated yet."""
    return at - candidate.approved_at <= NEW_FOR and candidate.stars_count < NEW_UNTIL_RATINGS


def popularity_of(stars_total: int, stars_count: int, lessons: int) -> float:
    """Return how a mentor stands with everyone: shrunk stars, lifted by how many came."""
    return (shrunk_stars(stars_total, stars_count) - 3.0) + 0.15 * math.log1p(lessons + stars_count)


def score_of(candidate: Candidate, at: datetime) -> float:
    """Return the score by which candidates are ordered, higher first.

    Closeness leads; words, chosen topics, rating, an early free time and newness move mentors past their neighbours.
    Without closeness (nothing known of the learner) popularity takes its place.
    """
    if candidate.closeness is None:
        score = 0.25 * candidate.popularity
    else:
        score = CLOSENESS_WEIGHT * candidate.closeness
        score += RATING_WEIGHT * (shrunk_stars(candidate.stars_total, candidate.stars_count) - PRIOR_STARS)
    score += WORDS_WEIGHT * candidate.words + INTEREST_WEIGHT * min(1.0, candidate.interests)
    if candidate.first_free is not None:
        hours = max(0.0, (candidate.first_free - at).total_seconds() / 3600)
        score += SOON_WEIGHT * math.exp(-hours / 24)
    if is_new(candidate, at):
        score += NOVELTY_WEIGHT
    # Neighbours of what was hidden drop with their likeness; strangers to it don't.
    return score - LIKE_HIDDEN_WEIGHT * max(0.0, candidate.like_hidden - 0.35)


def relevance_of(candidate: Candidate) -> float:
    """Return how well a mentor answers a query: meaning, and their own words. Tuned in `bench/eval_recommend.py`."""
    return (candidate.closeness or 0.0) + WORDS_WEIGHT * candidate.words


def search_score(candidate: Candidate, at: datetime) -> float:
    """Return the score for search results: relevance, and a quarter of what else moves a mentor."""
    rest = score_of(replace(candidate, closeness=0.0, words=0.0), at)
    return relevance_of(candidate) + 0.25 * rest


def relevant(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return those that answer the query: near the best one, and not merely the least far of many."""
    best = max((relevance_of(candidate) for candidate in candidates), default=0.0)
    least = max(RELEVANT_LEAST, RELEVANT_SHARE * best)
    return [candidate for candidate in candidates if relevance_of(candidate) >= least]


def ranked(
    candidates: Sequence[Candidate], at: datetime, score: Callable[[Candidate, datetime], float] = score_of
) -> list[Candidate]:
    """Return candidates by score, best first; equals by id, so that a page does not dance."""
    return sorted(candidates, key=lambda candidate: (-score(candidate, at), candidate.mentor_id))


def diversified(
    items: Sequence[T], kinds: Callable[[T], Sequence[Hashable]], *, most: int = MOST_OF_A_KIND, among: int = AMONG
) -> list[T]:
    """Return items in order, but never more than `most` of one kind in any `among` that follow one another.

    An item is of several kinds at once. What would be too much comes later; what never fits is left out.
    """
    waiting, chosen = list(items), list[T]()
    while waiting:
        recent: dict[Hashable, int] = {}
        for item in chosen[-(among - 1) :]:
            for kind in kinds(item):
                recent[kind] = recent.get(kind, 0) + 1
        place = next(
            (i for i, item in enumerate(waiting) if all(recent.get(kind, 0) < most for kind in kinds(item))), None
        )
        if place is None:
            break
        chosen.append(waiting.pop(place))
    return chosen


def with_new_faces(items: Sequence[T], new: Callable[[T], bool], *, among: int = AMONG) -> list[T]:
    """Return items so that each full stretch of ten shows at least one new mentor, as long as there are any."""
    result = list(items)
    for start in range(0, len(result), among):
        if any(new(item) for item in result[start : start + among]):
            continue
        later = next((i for i in range(start + among, len(result)) if new(result[i])), None)
        if later is None:
            break
        result.insert(start + PLACE_OF_THE_NEW, result.pop(later))
    return result
