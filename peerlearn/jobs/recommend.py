"""Keeping meaning up to date: vectors, the index, how mentors stand, the web's encoder."""

import logging

from peerlearn.errors import Upstream
from peerlearn.jobs.queue import heavy, job, periodic
from peerlearn.ports import Ports
from peerlearn.recommend import embeddings, service, standings
from peerlearn.sessions.queries import session_by_id

log = logging.getLogger(__name__)


@heavy
@job
def embed_mentor(ports: Ports, mentor_id: int) -> None:
    """Read anew what one mentor says, and how they stand."""
    embeddings.mentor_embed(mentor_id, encoder=ports.encoder)
    standings.standings_refresh([mentor_id])


@heavy
@job
def embed_session(ports: Ports, live_session_id: int) -> None:
    """Read one public session."""
    embeddings.session_embed(live_session_id, encoder=ports.encoder)


@heavy
@job
def embed_learner(ports: Ports, user_id: int) -> None:
    """Read anew what one learner is after."""
    embeddings.learner_embed(user_id, encoder=ports.encoder)


@job
def refresh_standing(_ports: Ports, live_session_id: int) -> None:
    """A lesson was rated: the digest of its mentor's standing is made anew."""
    lesson = session_by_id(live_session_id)
    if lesson is not None:
        standings.standings_refresh([lesson.mentor_id])


@heavy
@periodic(minutes=2)
def embed_stale(ports: Ports) -> None:
    """Read everything whose text has changed: what a lost message left undone is found here."""
    try:
        fresh = embeddings.all_embed(encoder=ports.encoder)
    except Upstream as error:
        log.info("nothing embedded yet: %s", error.message)
        return
    if fresh:
        log.info("embedded %s texts", fresh)


@heavy
@periodic(minutes=5)
def rebuild_index(ports: Ports) -> None:
    """Make the digest of standings anew, and the index where mentors or their words have changed."""
    standings.standings_refresh()
    version = service.index_rebuild(index=ports.index, encoder=ports.encoder)
    if version is not None:
        log.info("published index version %s", version)


@heavy
@periodic(minutes=10)
def export_encoder(ports: Ports) -> None:
    """Publish the encoder for web processes, once per model: about 25 seconds, and torch."""
    version = service.encoder_publish(encoder=ports.encoder)
    if version is not None:
        log.info("published encoder version %s", version)
