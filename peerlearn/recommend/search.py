"""Finding by words and meaning, narrowed by filters. Reads only; without an index or an encoder it still answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from peerlearn.accounts.presence_service import ringable_ids
from peerlearn.catalog.queries import topics
from peerlearn.clock import now
from peerlearn.recommend import candidates as find
from peerlearn.recommend.cards import MentorCard, QueryFacts, free_times, mentor_cards
from peerlearn.recommend.embeddings import mentor_words_for
from peerlearn.recommend.filters import Filters, suits
from peerlearn.recommend.learner import Viewer, vectors_of, viewer_for
from peerlearn.recommend.lexicon import Lexicon, Reading, stem, words_of
from peerlearn.recommend.ports import VectorIndex, Vectors
from peerlearn.recommend.rank import Candidate, ranked, relevant, search_score, shrunk_stars

PAGE_SIZE = 18
CONSIDERED = 72
SPARE = 8  # some of the best may have no time
CONSIDERED_BY_TIME = 150
ALL_TIMES = 1_000
DAYS_AHEAD, DAYS_BY_TIME = {"today": 1, "tonight": 1, "tomorrow": 2}, 8
NEAR = 200

EncodeQuery = Callable[[str], Vectors | None]


@dataclass(frozen=True)
class SearchResult:
    """What a search found. `total` counts the cards of all pages; `ringable` are public ids that may be rung now."""

    filters: Filters
    cards: tuple[MentorCard, ...]
    total: int
    reading: Reading | None = None
    more: bool = False
    ringable: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The query as it was understood: the words that count where spelling was mended, else what was typed."""
        if self.reading is not None and self.reading.mended:
            return ", ".join(self.reading.words)
        return self.filters.text


# The words of one version of an index, read once. Keyed by the index itself: each application has its own.
_lexicons: "WeakKeyDictionary[VectorIndex, tuple[int, Lexicon]]" = WeakKeyDictionary()


def lexicon_of(index: VectorIndex) -> Lexicon:
    """Return the inverted index over the words of an index's version; where there is none, over the catalogue itself."""
    known = _lexicons.get(index)
    if known is None or known[0] != index.version or index.version == 0:
        known = (index.version, Lexicon(index.words() if index.version else mentor_words_for()))
        _lexicons[index] = known
    return known[1]


def search(
    filters: Filters,
    viewer_id: int | None,
    zone: str,
    *,
    index: VectorIndex,
    encode: EncodeQuery,
    dictionary: frozenset[str] | None = None,
    at: datetime | None = None,
) -> SearchResult:
    """Return mentors for a query and filters, best first, each with a bookable time and a reason.

    `encode` turns the read query into a unit vector, or None where no model is at hand: then words decide alone. An
    empty query lists whom the viewer may like, or the popular.
    """
    at = at or now()
    index.refresh()
    viewer = viewer_for(viewer_id, zone, index)
    if filters.text:
        reading, found, vectors = _answering(filters, viewer, index, encode, dictionary)
    else:
        reading, (found, vectors) = None, _browsing(filters, viewer, index)
    if filters.online:
        here = set(ringable_ids([candidate.mentor_id for candidate in found]))
        found = [candidate for candidate in found if candidate.mentor_id in here]
    considered = ranked(found, at, search_score) if filters.text else ranked(found, at)
    considered = considered[: _looked_through(filters)]
    times = _times(considered, filters, viewer, at)
    bookable = [
        replace(candidate, first_free=times[candidate.mentor_id][0])
        for candidate in considered
        if candidate.mentor_id in times
    ]
    ordered = _sorted(bookable, filters, at)
    first = (filters.page - 1) * PAGE_SIZE
    shown = ordered[first : first + PAGE_SIZE]
    if viewer.deeds:
        vectors |= vectors_of({deed.mentor_id for deed in viewer.deeds} - vectors.keys(), index)
    cards = mentor_cards(shown, times, viewer, at, vectors=vectors, query=_query_facts(reading, shown, index))
    return SearchResult(
        filters=filters,
        cards=tuple(cards),
        total=len(ordered),
        reading=reading,
        more=len(ordered) > first + PAGE_SIZE,
        ringable=_ringable(cards),
    )


def explain(
    mentor_id: int,
    text: str,
    viewer_id: int | None,
    zone: str,
    *,
    index: VectorIndex,
    dictionary: frozenset[str] | None = None,
    at: datetime | None = None,
) -> MentorCard | None:
    """Return the card of one mentor as this person sees it after this query, with its reason; None without a time."""
    at = at or now()
    index.refresh()
    viewer = viewer_for(viewer_id, zone, index)
    viewer = replace(viewer, avoided=viewer.avoided - viewer.hidden)
    reading = None
    if text:
        reading = lexicon_of(index).read(text, is_word=None if dictionary is None else dictionary.__contains__)
    words = lexicon_of(index).scores(reading.words) if reading else {}
    found, vectors = find.with_facts(
        find.listed_candidates([mentor_id], viewer), viewer, direction=None, words=words, index=index, fresh={}
    )
    vectors |= vectors_of({mentor_id, *(deed.mentor_id for deed in viewer.deeds)} - vectors.keys(), index)
    times = free_times([mentor_id], viewer, at)
    cards = mentor_cards(found, times, viewer, at, vectors=vectors, query=_query_facts(reading, found, index))
    return cards[0] if cards else None


def _looked_through(filters: Filters) -> int:
    """Return how many candidates get their times looked up: the dearest step. A plain list tells no total."""
    if filters.time:
        return CONSIDERED_BY_TIME
    if filters.text or filters.narrowed or filters.sort != "best":
        return CONSIDERED
    return filters.page * PAGE_SIZE + SPARE


def _answering(
    filters: Filters,
    viewer: Viewer,
    index: VectorIndex,
    encode: EncodeQuery,
    dictionary: frozenset[str] | None,
) -> tuple[Reading, list[Candidate], dict[int, Vectors]]:
    """Find who answers a query. Few after the filters: all are compared; else the index is asked."""
    lexicon = lexicon_of(index)
    reading = lexicon.read(
        filters.text, is_word=None if dictionary is None else dictionary.__contains__, exact=filters.exact
    )
    words = lexicon.scores(reading.words)
    direction = encode(reading.text)
    fresh = find.fresh_vectors(index)
    unknown = fresh.keys() - index.words().keys() if index.version else ()
    if unknown:
        # Newer than the index: read their words too, on the same scale.
        words |= Lexicon(mentor_words_for(unknown)).scores(reading.words)
    if filters.in_database:
        gathered = find.filtered_candidates(filters, viewer)
    else:
        near = find.near_ids(direction, index, fresh, NEAR) if direction is not None else []
        by_words = sorted(words, key=lambda mentor_id: -words[mentor_id])[:NEAR]
        gathered = find.listed_candidates({*near, *by_words}, viewer)
    filled, vectors = find.with_facts(gathered, viewer, direction=direction, words=words, index=index, fresh=fresh)
    return reading, relevant(filled), vectors


def _browsing(filters: Filters, viewer: Viewer, index: VectorIndex) -> tuple[list[Candidate], dict[int, Vectors]]:
    """List without a query: by the viewer's taste where there is one, else the popular."""
    fresh: Mapping[int, Vectors] = {}
    if filters.in_database:
        gathered = find.filtered_candidates(filters, viewer)
    else:
        popular = find.popular_candidates(viewer, CONSIDERED_BY_TIME if filters.time else CONSIDERED)
        known = {candidate.mentor_id: candidate for candidate in [*popular, *find.newest_candidates(viewer, 12)]}
        gathered = list(known.values())
        more = set(find.ids_of_topics(viewer.chosen, 40))
        if viewer.taste is not None:
            fresh = find.fresh_vectors(index)
            more |= set(find.near_ids(viewer.taste, index, fresh))
        gathered += find.listed_candidates(more - known.keys(), viewer)
    return find.with_facts(gathered, viewer, direction=viewer.taste, words={}, index=index, fresh=fresh)


def _times(
    considered: Sequence[Candidate], filters: Filters, viewer: Viewer, at: datetime
) -> dict[int, list[datetime]]:
    ids = [candidate.mentor_id for candidate in considered]
    if not filters.time:
        return free_times(ids, viewer, at)
    days = DAYS_AHEAD.get(filters.time, DAYS_BY_TIME)
    every = free_times(ids, viewer, at, limit=ALL_TIMES, days=days)
    suiting = {
        mentor_id: [start for start in starts if suits(start, filters.time, viewer.zone, at)]
        for mentor_id, starts in every.items()
    }
    return {mentor_id: starts for mentor_id, starts in suiting.items() if starts}


def _sorted(bookable: list[Candidate], filters: Filters, at: datetime) -> list[Candidate]:
    match filters.sort:
        case "soonest":
            return sorted(bookable, key=lambda candidate: candidate.first_free or at + timedelta(days=365))
        case "price":
            prices = find.prices_of([candidate.mentor_id for candidate in bookable])
            return sorted(bookable, key=lambda candidate: prices.get(candidate.mentor_id, 0))
        case "rating":
            return sorted(bookable, key=lambda mentor: -shrunk_stars(mentor.stars_total, mentor.stars_count))
        case _:
            return ranked(bookable, at, search_score) if filters.text else ranked(bookable, at)


def _query_facts(reading: Reading | None, shown: Sequence[Candidate], index: VectorIndex) -> QueryFacts:
    """Return what of the query can be shown as a reason: topics it names, words in a mentor's own text."""
    if reading is None or not reading.words:
        return QueryFacts()
    # The rarest word says most about why somebody was found.
    lexicon = lexicon_of(index)
    asked = {stem(word): word for word in sorted(reading.words, key=lexicon.users_of)}
    named = frozenset(
        topic.id
        for topic in topics()
        if (stems := {stem(word) for word in words_of(topic.name)}) and stems <= asked.keys()
    )
    texts = index.words()
    unread = [candidate.mentor_id for candidate in shown if candidate.mentor_id not in texts and candidate.words]
    if unread:
        texts = {**texts, **mentor_words_for(unread)}
    said = {}
    for candidate in shown:
        if candidate.words and candidate.mentor_id in texts:
            own = {stem(word) for word in words_of(" ".join(texts[candidate.mentor_id]))}
            word = next((word for term, word in asked.items() if term in own), None)
            if word is not None:
                said[candidate.mentor_id] = word
    return QueryFacts(topics=named, said=said)


def _ringable(cards: Sequence[MentorCard]) -> tuple[str, ...]:
    """Return which of the mentors on the page take rings now."""
    here = set(ringable_ids([card.mentor.id for card in cards])) if cards else set()
    return tuple(card.mentor.public_id for card in cards if card.mentor.id in here)
