"""The learner's first page: who is free soon, open lessons, new mentors. Reads only; never fails for want of an index."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.catalog.queries import mentor_card_rows
from peerlearn.clock import local, now
from peerlearn.kernel import db
from peerlearn.recommend import candidates as find
from peerlearn.recommend.cards import Feed, MentorCard, Section, SessionCard, free_times, mentor_cards
from peerlearn.recommend.embeddings import vector_of
from peerlearn.recommend.learner import Viewer, vectors_of, viewer_for
from peerlearn.recommend.models import Embedding
from peerlearn.recommend.ports import VectorIndex, Vectors
from peerlearn.recommend.rank import Candidate, diversified, is_new, ranked, with_new_faces
from peerlearn.recommend.reasons import Reason
from peerlearn.sessions.free_times import busy_for
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.queries import open_sessions

CONSIDERED = 60  # how many get their times looked up
CARDS = 10
NEW_CARDS = 3
SESSION_CARDS = 6
SESSIONS_CONSIDERED = 100
LATE_HOUR, EVENING_HOUR = 22, 15

_SESSION_VECTORS = sa.select(Embedding.ref_id, Embedding.vector).where(
    Embedding.kind == "session", Embedding.ref_id.in_(bindparam("ids", expanding=True))
)


def feed_for(
    user_id: int | None, zone: str, *, index: VectorIndex, limit: int = CARDS, at: datetime | None = None
) -> Feed:
    """Return the sections of a person's first page, without empty ones.

    `free_tonight` / `free_today` / `free_soon` (which one depends on the hour): mentor cards; `open_lessons`: public
    sessions; `new_here`: new mentors. Without a taste or an index the popular come first.
    """
    at = at or now()
    index.refresh()
    viewer = viewer_for(user_id, zone, index)
    considered, vectors = _considered(viewer, index, at)
    times = free_times([candidate.mentor_id for candidate in considered], viewer, at)
    free = ranked(
        [
            replace(candidate, first_free=times[candidate.mentor_id][0])
            for candidate in considered
            if candidate.mentor_id in times
        ],
        at,
    )
    ordered = with_new_faces(
        diversified(free, lambda candidate: _kinds(candidate, viewer)), lambda candidate: is_new(candidate, at)
    )
    chosen = ordered[:limit]
    new = [candidate for candidate in free if is_new(candidate, at) and candidate not in chosen]
    new = new or [candidate for candidate in free if is_new(candidate, at)]
    cards = mentor_cards([*chosen, *new[:NEW_CARDS]], times, viewer, at, vectors=vectors)
    first = {candidate.mentor_id for candidate in chosen}
    newcomers = {candidate.mentor_id for candidate in new[:NEW_CARDS]}
    lead = tuple(card for card in cards if card.mentor.id in first)
    sections = [
        _soonest_first(lead, zone, at, total=len(free)),
        Section("open_lessons", sessions=_open_lessons(viewer, at), total=0),
        Section("new_here", mentors=_once(card for card in cards if card.mentor.id in newcomers)),
    ]
    return Feed(
        sections=tuple(section for section in sections if section.mentors or section.sessions),
        personal=viewer.taste is not None or bool(viewer.chosen),
    )


def _once(cards: object) -> tuple[MentorCard, ...]:
    return tuple({card.mentor.id: card for card in cards}.values())  # type: ignore[attr-defined]


def _kinds(candidate: Candidate, viewer: Viewer) -> tuple[int, ...]:
    """The topic a card stands for: the chosen one it matches, else the mentor's first."""
    chosen = [topic_id for topic_id in candidate.topics if topic_id in viewer.chosen]
    return tuple(chosen[:1] or candidate.topics[:1])


def _considered(viewer: Viewer, index: VectorIndex, at: datetime) -> tuple[list[Candidate], dict[int, Vectors]]:
    """Gather near ones, mentors of chosen topics, popular and new ones; keep the most promising."""
    fresh = find.fresh_vectors(index) if viewer.taste is not None else {}
    ids: set[int] = set(find.ids_of_topics(viewer.chosen, 40))
    if viewer.taste is not None:
        ids |= set(find.near_ids(viewer.taste, index, fresh))
    popular = find.popular_candidates(viewer, CONSIDERED if viewer.taste is None else 20)
    known = {candidate.mentor_id: candidate for candidate in [*popular, *find.newest_candidates(viewer, 12)]}
    gathered = [*known.values(), *find.listed_candidates(ids - known.keys(), viewer)]
    filled, vectors = find.with_facts(
        gathered, viewer, direction=viewer.taste, words={}, index=index, fresh=fresh, topics=True
    )
    if viewer.deeds:
        vectors |= vectors_of({deed.mentor_id for deed in viewer.deeds} - vectors.keys(), index)
    best = ranked(filled, at)
    # A new mentor must not fall out before their times were even looked at.
    new = [candidate for candidate in best[CONSIDERED:] if is_new(candidate, at)]
    return [*best[:CONSIDERED], *new[: 2 * NEW_CARDS]], vectors


def _soonest_first(cards: tuple[MentorCard, ...], zone: str, at: datetime, *, total: int) -> Section:
    """Name the first section truly: by what most of its cards can keep."""
    here, today = local(at, zone), local(at, zone).date()
    soon = tuple(card for card in cards if local(card.slots[0], zone).date() == today)
    if len(soon) >= 3 and here.hour < LATE_HOUR:
        key = "free_tonight" if here.hour >= EVENING_HOUR else "free_today"
        return Section(key, mentors=soon, total=total)
    return Section("free_soon", mentors=cards, total=total)


def _open_lessons(viewer: Viewer, at: datetime) -> tuple[SessionCard, ...]:
    """Return the public sessions that suit this person: chosen topics and near ones first, then soon ones."""
    sessions = open_sessions(but_mentor_ids=viewer.avoided, limit=SESSIONS_CONSIDERED)
    if viewer.user_id is not None and sessions:
        taken = busy_for([viewer.user_id], (at, sessions[-1].ends_at))[viewer.user_id]
        sessions = [row for row in sessions if not any(a < row.ends_at and row.starts_at < b for a, b in taken)]
    closeness = _session_closeness(sessions, viewer)
    scored = sorted(
        sessions,
        key=lambda row: (
            -(closeness.get(row.id, 0.0) + (0.3 if row.topic_id in viewer.chosen else 0.0)),
            row.starts_at,
        ),
    )
    picked = diversified(scored, lambda row: [("mentor", row.mentor_id), ("topic", row.topic_id)])[:SESSION_CARDS]
    mentors = {row.id: row for row in mentor_card_rows(list({row.mentor_id for row in picked}))}
    return tuple(
        SessionCard(row, mentors[row.mentor_id], _session_reason(row, viewer))
        for row in picked
        if row.mentor_id in mentors
    )


def _session_closeness(sessions: list[LiveSession], viewer: Viewer) -> dict[int, float]:
    if viewer.taste is None or not sessions:
        return {}
    rows = db.session.execute(_SESSION_VECTORS, {"ids": [row.id for row in sessions]}).all()
    if not rows:
        return {}
    values = np.stack([vector_of(stored) for _, stored in rows]) @ viewer.taste
    return {ref_id: float(value) for (ref_id, _), value in zip(rows, values, strict=True)}


def _session_reason(row: LiveSession, viewer: Viewer) -> Reason:
    topic_id = row.topic_id
    if topic_id is not None and topic_id in viewer.evidence.chosen:
        return Reason("chose", {"topic": viewer.evidence.chosen[topic_id]}, ("topic", topic_id))
    for known in viewer.evidence.booked:
        if known.mentor_id == row.mentor_id:
            return Reason("booked_same", {"name": known.name}, ("live_session", known.evidence_id))
    return Reason("open_place", {}, ("live_session", row.id))
