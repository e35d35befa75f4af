"""What the room knows of a lesson, as the rules of sessions want it."""

from peerlearn.live.heartbeat import outages_between
from peerlearn.live.queries import stays_in
from peerlearn.sessions.judging import Evidence
from peerlearn.sessions.models import LiveSession


def evidence_of(lesson: LiveSession) -> Evidence:
    """Return both people's stays and the platform's outages during the booked time."""
    stays = stays_in(lesson.id)
    learner = stays.get(lesson.learner_id, []) if lesson.learner_id is not None else []
    return Evidence(stays.get(lesson.mentor_id, []), learner, outages_between(lesson.starts_at, lesson.ends_at))
