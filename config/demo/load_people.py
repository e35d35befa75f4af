"""Loads the demonstration's topics and people. What is there already stays as its owner has left it."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from config.demo.history import number
from config.demo.hours import PRESETS, zone_of
from config.demo.learners import LEARNERS, REVIEWERS
from config.demo.people import MENTORS
from config.demo.shapes import Learner, Mentor, face
from config.demo.topics import TOPICS
from peerlearn.accounts.models import User
from peerlearn.accounts.passwords import hash_password
from peerlearn.accounts.service import learner_profile_save
from peerlearn.catalog.models import MentorProfile, MentorTopic, Topic, WeeklyHours
from peerlearn.catalog.profile import parse_fields, parse_hours
from peerlearn.clock import now
from peerlearn.kernel import db, new_public_id, transactional

PASSWORD = "peerlearn-demo"  # noqa: S105 - printed in the README, refused in production
"""The one password of all demonstration people. The command refuses to run in production."""

ADMIN = Learner("admin", "Ira Sharma", "Asia/Kolkata", face(2, "long", "brown", "indigo", "cream"))
NEW_MENTORS = frozenset({"meera", "yuki", "aditya", "ifeoma", "isabel", "amina"})
LESSON_MINUTES = 50


def approved_days_ago(mentor: Mentor) -> int:
    """For how many days a mentor has been in the catalogue at the first load: a week or two, or most of a year."""
    roll = number(mentor.slug, "approved")
    return 6 + roll % 9 if mentor.slug in NEW_MENTORS else 190 + roll % 500


def people_load() -> dict[str, int]:
    """Load topics, accounts, mentor profiles and wishes; return user ids by slug."""
    # One hash for all: a hundred and thirty of them would take longer than everything else together.
    hashed = hash_password(PASSWORD)
    return _load(hashed)


@transactional
def _load(hashed: str) -> dict[str, int]:
    topic_ids = _topics()
    known = user_ids()
    at = now()
    mentors = [mentor for mentor in MENTORS if mentor.slug not in known]
    learners = [one for one in (*LEARNERS, *REVIEWERS, ADMIN) if one.slug not in known]
    rows = [_user(one.name, one.email, zone_of(one.city), one.portrait, hashed, at, mentor=True) for one in mentors]
    rows += [_user(one.name, one.email, one.zone, one.portrait, hashed, at, admin=one is ADMIN) for one in learners]
    if rows:
        db.session.execute(sa.insert(User), rows)
    ids = user_ids()
    _profiles(mentors, ids, topic_ids, at)
    for learner in learners:
        if learner.interests:
            learner_profile_save(ids[learner.slug], learner.interests, learner.goal, learner.level, learner.languages)
    return ids


def user_ids() -> dict[str, int]:
    """The demonstration people who are in the database, by slug."""
    rows = db.session.execute(sa.select(User.email, User.id).where(User.email.like("%@peerlearn.test")))
    return {email.split("@", 1)[0]: user_id for email, user_id in rows}


def _topics() -> dict[str, int]:
    known = dict(db.session.execute(sa.select(Topic.slug, Topic.id)).all())
    rows = [{"slug": slug, "name": name, "field": field} for slug, name, field in TOPICS if slug not in known]
    if rows:
        db.session.execute(sa.insert(Topic), rows)
    return dict(db.session.execute(sa.select(Topic.slug, Topic.id)).all())


def _user(
    name: str,
    email: str,
    zone: str,
    portrait: dict[str, Any],
    hashed: str,
    at: datetime,
    *,
    mentor: bool = False,
    admin: bool = False,
) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "email": email,
        "password_hash": hashed,
        "name": name,
        "portrait": portrait,
        "time_zone": zone,
        "is_mentor": mentor,
        "is_admin": admin,
        "wizard_done": True,
        "created_at": at - timedelta(days=30 if not mentor else 200),
    }


def _profiles(mentors: list[Mentor], ids: dict[str, int], topic_ids: dict[str, int], at: datetime) -> None:
    profiles, topics, hours = [], [], []
    for mentor in mentors:
        mentor_id = ids[mentor.slug]
        approved = at - timedelta(days=approved_days_ago(mentor))
        fields = parse_fields(
            {
                "headline": mentor.headline,
                "bio": mentor.bio,
                "city": mentor.city,
                "price_paise": mentor.price_rupees * 100,
                "lesson_minutes": LESSON_MINUTES,
                "languages": mentor.languages,
                "level": mentor.levels,
            }
        )
        profiles.append(
            {
                "user_id": mentor_id,
                "state": "approved",
                "submitted_at": approved - timedelta(days=1),
                "approved_at": approved,
                "created_at": approved - timedelta(days=2),
                **fields,
            }
        )
        topics += [{"mentor_id": mentor_id, "topic_id": topic_ids[slug]} for slug in mentor.topics]
        hours += [
            {"mentor_id": mentor_id, "weekday": weekday, "start_minute": start, "end_minute": end}
            for weekday, start, end in parse_hours(PRESETS[mentor.hours])
        ]
    for model, rows in ((MentorProfile, profiles), (MentorTopic, topics), (WeeklyHours, hours)):
        if rows:
            db.session.execute(sa.insert(model), rows)
