"""Reads for the dashboards: how a mentor's months went, when learners ask, how a learner's weeks went."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.accounts.models import User
from peerlearn.catalog.models import MentorProfile, MentorTopic, Topic, WeeklyHours
from peerlearn.clock import local, now
from peerlearn.insights import shape
from peerlearn.insights.money import EarnedLesson
from peerlearn.kernel import UtcDateTime, db
from peerlearn.sessions.models import Feedback, LiveSession

DEMAND_WEEKS = 8
RATING_DAYS = 90

# Requests live on this floor, so only their tables are known here, not their models.
_request = sa.table(
    "live_request",
    sa.column("id", sa.Integer), sa.column("learner_id", sa.Integer), sa.column("mentor_id", sa.Integer),
    sa.column("kind", sa.String), sa.column("state", sa.String), sa.column("created_at", UtcDateTime()),
    sa.column("answered_at", UtcDateTime()), sa.column("accepted_by", sa.Integer),
)  # fmt: skip
_ring = sa.table(
    "ring",
    sa.column("request_id", sa.Integer), sa.column("mentor_id", sa.Integer), sa.column("state", sa.String),
    sa.column("rung_at", UtcDateTime()), sa.column("answered_at", UtcDateTime()),
)  # fmt: skip
_proposed = sa.table("proposed_time", sa.column("request_id", sa.Integer), sa.column("starts_at", UtcDateTime()))


@dataclass(frozen=True, slots=True)
class Demand:
    """When learners ask for a topic, on the clock of one zone, and how many mentors are open at the fullest hour."""

    topic: str
    bands: list[shape.Band]
    best: shape.BestHour | None
    mentors_open: int


@dataclass(frozen=True, slots=True)
class Rating:
    """Average stars of the last 90 days with their count, and a value per month for the line (oldest first)."""

    stars: float | None
    count: int
    months: list[float]


@dataclass(frozen=True, slots=True)
class TopicHours:
    """How many minutes a learner spent on a topic."""

    name: str
    slug: str
    minutes: int


def earnings_by_week(lessons: Sequence[EarnedLesson], zone: str, weeks: int) -> list[shape.WeekSum]:
    """Sum what a mentor's given lessons brought them, in paise by week."""
    return shape.by_week(
        ((lesson.starts_at, lesson.mentor_paise) for lesson in lessons if lesson.given),
        zone, local(now(), zone).date(), weeks,
    )  # fmt: skip


def minutes_taught_by_week(mentor_id: int, zone: str, weeks: int) -> list[shape.WeekSum]:
    """Sum the minutes of a mentor's finished lessons by week."""
    return _minutes_by_week(LiveSession.mentor_id == mentor_id, zone, weeks)


def learner_minutes_by_week(learner_id: int, zone: str, weeks: int) -> list[shape.WeekSum]:
    """Sum the minutes of a learner's finished lessons by week."""
    return _minutes_by_week(LiveSession.learner_id == learner_id, zone, weeks)


def _minutes_by_week(mine: sa.ColumnElement[bool], zone: str, weeks: int) -> list[shape.WeekSum]:
    rows = db.session.execute(
        sa.select(LiveSession.starts_at, LiveSession.ends_at, LiveSession.started_at, LiveSession.ended_at).where(
            mine, LiveSession.state == "completed", LiveSession.starts_at > now() - timedelta(weeks=weeks + 1)
        )
    )
    events = (((began or start), minutes_between(began or start, ended or end)) for start, end, began, ended in rows)
    return shape.by_week(events, zone, local(now(), zone).date(), weeks)


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes from one instant to another."""
    return max(0, round((end - start).total_seconds() / 60))


def learner_topics(learner_id: int, limit: int = 8) -> list[TopicHours]:
    """Return what a learner spent their lessons on, most first."""
    rows = db.session.execute(
        sa.select(Topic.name, Topic.slug, LiveSession.starts_at, LiveSession.ends_at)
        .join(Topic, Topic.id == LiveSession.topic_id)
        .where(LiveSession.learner_id == learner_id, LiveSession.state == "completed")
    )
    minutes: Counter[tuple[str, str]] = Counter()
    for name, slug, start, end in rows:
        minutes[name, slug] += minutes_between(start, end)
    return [TopicHours(name, slug, total) for (name, slug), total in minutes.most_common(limit)]


def lessons_done(learner_id: int, limit: int = 12) -> list[LiveSession]:
    """Return a learner's finished lessons, newest first."""
    return list(
        db.session.scalars(
            sa.select(LiveSession)
            .where(LiveSession.learner_id == learner_id, LiveSession.state == "completed")
            .order_by(LiveSession.starts_at.desc())
            .limit(limit)
        )
    )


def rating_of(mentor_id: int, zone: str, months: int = 6) -> Rating:
    """Return how learners rated a mentor lately. A month without a rating is left out of the line."""
    at = now()
    rows = db.session.execute(
        sa.select(Feedback.created_at, Feedback.stars)
        .join(LiveSession, LiveSession.id == Feedback.live_session_id)
        .where(
            Feedback.about_id == mentor_id,
            LiveSession.mentor_id == mentor_id,
            Feedback.hidden_at.is_(None),
            Feedback.created_at > at - timedelta(days=31 * months),
        )
        .order_by(Feedback.created_at)
    ).all()
    recent = [stars for given, stars in rows if given > at - timedelta(days=RATING_DAYS)]
    by_month: dict[tuple[int, int], list[int]] = {}
    for given, stars in rows:
        there = local(given, zone)
        by_month.setdefault((there.year, there.month), []).append(stars)
    line = [sum(stars) / len(stars) for _, stars in sorted(by_month.items())]
    return Rating(sum(recent) / len(recent) if recent else None, len(recent), line)


def response_time(mentor_id: int) -> tuple[int | None, list[int]]:
    """Return how fast a mentor answers as a rule, in seconds, and the medians of the last weeks, oldest first.

    Answers to private requests and to rings both count. None without an answer in the last eight weeks.
    """
    at = now()
    since = at - timedelta(weeks=DEMAND_WEEKS)
    private = sa.select(_request.c.created_at, _request.c.answered_at).where(
        _request.c.kind == "private", _request.c.mentor_id == mentor_id, _request.c.state.in_(["accepted", "declined"]),
        _request.c.answered_at.is_not(None), _request.c.created_at > since,
    )  # fmt: skip
    rings = sa.select(_ring.c.rung_at, _ring.c.answered_at).where(
        _ring.c.mentor_id == mentor_id, _ring.c.state.in_(["accepted", "declined"]),
        _ring.c.answered_at.is_not(None), _ring.c.rung_at > since,
    )  # fmt: skip
    answers = [(asked, answered) for part in (private, rings) for asked, answered in db.session.execute(part)]
    weekly: dict[int, list[timedelta]] = {}
    for asked, answered in answers:
        weekly.setdefault((at - asked) // timedelta(weeks=1), []).append(answered - asked)
    line = [shape.typical_seconds(weekly[age]) or 0 for age in sorted(weekly, reverse=True)]
    return shape.typical_seconds(answered - asked for asked, answered in answers), line


def main_topic(mentor_id: int) -> Topic | None:
    """Return the topic a mentor taught most, else the first they teach, else None."""
    taught = sa.func.count(LiveSession.id)
    return db.session.scalar(
        sa.select(Topic)
        .join(MentorTopic, MentorTopic.topic_id == Topic.id)
        .outerjoin(
            LiveSession,
            sa.and_(
                LiveSession.topic_id == Topic.id,
                LiveSession.mentor_id == MentorTopic.mentor_id,
                LiveSession.state == "completed",
            ),
        )
        .where(MentorTopic.mentor_id == mentor_id)
        .group_by(Topic.id)
        .order_by(taught.desc(), Topic.id)
        .limit(1)
    )


_TEACHERS = sa.select(MentorTopic.mentor_id).where(MentorTopic.topic_id == bindparam("topic_id"))


def demand_by_hour(mentor_id: int, zone: str) -> Demand | None:
    """Return when learners asked for a mentor's main topic in the last eight weeks, or None for who teaches nothing.

    A private request counts at its proposed times, a call for help when it was made; calls count once, however many
    mentors were rung.
    """
    topic = main_topic(mentor_id)
    if topic is None:
        return None
    since = now() - timedelta(weeks=DEMAND_WEEKS)
    values: dict[str, Any] = {"topic_id": topic.id}
    private = (
        sa.select(_proposed.c.starts_at)
        .join(_request, _request.c.id == _proposed.c.request_id)
        .where(_request.c.kind == "private", _request.c.mentor_id.in_(_TEACHERS), _request.c.created_at > since)
    )
    calls = sa.select(_request.c.created_at).where(
        _request.c.kind == "now",
        _request.c.created_at > since,
        _request.c.id.in_(sa.select(_ring.c.request_id).where(_ring.c.mentor_id.in_(_TEACHERS))),
    )
    instants = [row[0] for part in (private, calls) for row in db.session.execute(part, values)]
    bands = shape.week_map(instants, zone)
    best = shape.best_hour(bands)
    return Demand(topic.name, bands, best, _open_at(topic.id, zone, best) if best else 0)


def _open_at(topic_id: int, zone: str, best: shape.BestHour) -> int:
    """How many listed mentors of a topic have hours in that part of the week."""
    rows = db.session.execute(
        sa.select(
            WeeklyHours.mentor_id, User.time_zone, WeeklyHours.weekday, WeeklyHours.start_minute, WeeklyHours.end_minute
        )
        .join(MentorTopic, MentorTopic.mentor_id == WeeklyHours.mentor_id)
        .join(MentorProfile, MentorProfile.user_id == WeeklyHours.mentor_id)
        .join(User, User.id == WeeklyHours.mentor_id)
        .where(MentorTopic.topic_id == topic_id, MentorProfile.state == "approved", User.state == "active")
    )
    hours: dict[tuple[int, str], list[shape.Stretch]] = {}
    for mentor_id, own_zone, weekday, start, end in rows:
        hours.setdefault((mentor_id, own_zone), []).append((weekday, start, end))
    at = now()
    return sum(
        shape.covers(spans, own_zone, zone, best.weekday, best.band.first_hour, at)
        for (_, own_zone), spans in hours.items()
    )
