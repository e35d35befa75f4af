"""A learner's weeks and topics."""

from typing import Any

from blueprints.dashboard.lesson_rows import Viewer, past_row
from blueprints.dashboard.money_views import week_rows
from blueprints.dashboard.parts import people_of, rated_by
from peerlearn.insights import queries as insights
from peerlearn.insights.shape import streak_weeks

WEEKS = 12


def progress_facts(viewer: Viewer) -> dict[str, Any]:
    """Hours by week, hours by topic, the weeks in a row, the last lessons."""
    weeks = insights.learner_minutes_by_week(viewer.user_id, viewer.zone, WEEKS)
    topics = insights.learner_topics(viewer.user_id)
    lessons = insights.lessons_done(viewer.user_id, 6)
    people, rated = people_of(lessons, viewer), rated_by(viewer.user_id, lessons)
    return {
        "weeks": week_rows(weeks),
        "topics": [{"label": topic.name, "value": topic.minutes} for topic in topics],
        "minutes": sum(week.total for week in weeks),
        "week_minutes": weeks[-1].total,
        "streak": streak_weeks(weeks),
        "lessons": [past_row(lesson, viewer, people, rated) for lesson in lessons],
    }
