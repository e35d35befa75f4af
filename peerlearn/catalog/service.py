"""Writes of the catalogue: a mentor's profile, topics, hours, days off, and the way to approval."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.catalog import approval, facts
from peerlearn.catalog.models import DayException, MentorProfile, MentorTopic, Topic, WeeklyHours
from peerlearn.catalog.profile import TOPICS_MOST, first_gap, parse_fields, parse_hours
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.kernel import announce, db, transactional

DAYS_OFF_MOST = 366


@transactional
def topic_save(slug: str, name: str, field: str) -> Topic:
    """Create a topic or rename it; the slug decides which."""
    topic = db.session.scalar(sa.select(Topic).where(Topic.slug == slug))
    if topic is None:
        topic = Topic(slug=slug, name=name, field=field)
        db.session.add(topic)
    topic.name, topic.field = name, field
    db.session.flush()
    return topic


def _profile(user_id: int) -> MentorProfile:
    profile = db.session.get(MentorProfile, user_id)
    if profile is None:
        raise Missing("There is no mentor profile yet. Start at the first step.", code="mentor_missing")
    return profile


@transactional
def mentor_profile_save(user_id: int, *, topics: Sequence[str] | None = None, **fields: Any) -> MentorProfile:
    """Create or change a mentor's profile. Only the given fields change; `topics` are slugs and replace the old ones.

    Fields: headline, bio, city, price_paise, lesson_minutes, languages, level, notice_minutes, buffer_minutes,
    max_per_day, horizon_days. Raises Invalid with `field` for a wrong value.
    """
    values = parse_fields(fields)
    profile = db.session.get(MentorProfile, user_id)
    if profile is None:
        profile = MentorProfile(user_id=user_id)
        db.session.add(profile)
    for name, value in values.items():
        setattr(profile, name, value)
    db.session.flush()
    if topics is not None:
        _topics_set(user_id, topics)
    announce(facts.MentorProfileChanged(user_id))
    return profile


def _topics_set(user_id: int, slugs: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(slugs))
    if len(wanted) > TOPICS_MOST:
        raise Invalid(f"Choose up to {TOPICS_MOST} topics.", code="too_many_topics", field="topics")
    ids = dict(db.session.execute(sa.select(Topic.slug, Topic.id).where(Topic.slug.in_(wanted))).all())
    if len(ids) < len(wanted):
        raise Invalid("One of the topics is not in our list. Choose again.", code="unknown_topic", field="topics")
    db.session.execute(sa.delete(MentorTopic).where(MentorTopic.mentor_id == user_id))
    if wanted:
        db.session.execute(sa.insert(MentorTopic), [{"mentor_id": user_id, "topic_id": ids[slug]} for slug in wanted])


@transactional
def weekly_hours_set(user_id: int, rows: Iterable[tuple[int, int, int]]) -> None:
    """Replace a mentor's week by (weekday 0 = Monday, start minute, end minute), wall time in the mentor's zone.

    Bookings that exist stay as they are. Raises Invalid for a range that is none.
    """
    _profile(user_id)
    hours = parse_hours(rows)
    db.session.execute(sa.delete(WeeklyHours).where(WeeklyHours.mentor_id == user_id))
    if hours:
        db.session.execute(
            sa.insert(WeeklyHours),
            [
                {"mentor_id": user_id, "weekday": weekday, "start_minute": start, "end_minute": end}
                for weekday, start, end in hours
            ],
        )
    announce(facts.MentorProfileChanged(user_id))


@transactional
def days_off_set(user_id: int, first: date, last: date) -> None:
    """Take the days from first to last (both included) off; what else was said about those days is forgotten.

    Raises Invalid where the span is empty or longer than a year.
    """
    _profile(user_id)
    days = (last - first).days + 1
    if not 1 <= days <= DAYS_OFF_MOST:
        raise Invalid("The last day off must be the first or a later one.", code="bad_days", field="last")
    db.session.execute(
        sa.delete(DayException).where(DayException.mentor_id == user_id, DayException.day.between(first, last))
    )
    db.session.execute(
        sa.insert(DayException),
        [{"mentor_id": user_id, "day": first + timedelta(days=index), "kind": "off"} for index in range(days)],
    )
    announce(facts.MentorProfileChanged(user_id))


@transactional
def day_exception_add(
    user_id: int, day: date, kind: str, start_minute: int | None = None, end_minute: int | None = None
) -> None:
    """Say that one day differs: `extra` hours (a range), or `off` (a range, or the whole day without one)."""
    _profile(user_id)
    if kind not in ("off", "extra") or (kind == "extra" and (start_minute is None or end_minute is None)):
        raise Invalid("Say from when to when.", code="bad_exception", field="start")
    if start_minute is not None and end_minute is not None:
        parse_hours([(day.weekday(), start_minute, end_minute)])
    db.session.add(
        DayException(mentor_id=user_id, day=day, kind=kind, start_minute=start_minute, end_minute=end_minute)
    )
    announce(facts.MentorProfileChanged(user_id))


@transactional
def day_exceptions_clear(user_id: int, day: date) -> None:
    """Forget everything said about one day: the ordinary week counts again."""
    _profile(user_id)
    db.session.execute(sa.delete(DayException).where(DayException.mentor_id == user_id, DayException.day == day))
    announce(facts.MentorProfileChanged(user_id))


# --- the way to approval ----------------------------------------------------------------------------------------


def _move(user_id: int, event: approval.Event, **values: Any) -> bool:
    """Apply one event in a single conditional UPDATE; return whether this call changed anything."""
    profile = _profile(user_id)
    after = approval.next_state(profile.state, event)  # type: ignore[arg-type]  # the check constraint knows the states
    if after is None:
        return False
    changed = db.session.execute(
        sa.update(MentorProfile)
        .where(MentorProfile.user_id == user_id, MentorProfile.state.in_(approval.states_before(event)))
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict("Somebody else was faster. Reload the page.", code="state_moved")
    db.session.refresh(profile)
    return True


@transactional
def mentor_submit(user_id: int) -> None:
    """Send a profile in. Raises Invalid naming the first thing that is missing, Conflict where it is suspended."""
    profile = _profile(user_id)
    topics = db.session.scalar(sa.select(sa.func.count()).where(MentorTopic.mentor_id == user_id)) or 0
    hours = db.session.scalar(sa.select(sa.func.count()).where(WeeklyHours.mentor_id == user_id)) or 0
    gap = first_gap(
        headline=profile.headline, bio=profile.bio, price_paise=profile.price_paise, topics=topics, hours=hours
    )
    if gap is not None:
        raise gap
    if _move(user_id, "submit", submitted_at=now(), state_reason=""):
        announce(facts.MentorSubmitted(user_id))


@transactional
def mentor_approve(user_id: int, actor_id: int) -> None:  # noqa: ARG001 - who acts is written to the trail by moderation
    """Let a mentor into the catalogue, and through the mentors' doors. Twice is once."""
    if _move(user_id, "approve", approved_at=now(), state_reason=""):
        db.session.execute(sa.update(User).where(User.id == user_id).values(is_mentor=True))
        announce(facts.MentorApproved(user_id))


@transactional
def mentor_reject(user_id: int, actor_id: int, reason: str) -> None:  # noqa: ARG001 - who acts is written to the trail by moderation
    """Send a profile back with the reason the mentor will read. Raises Invalid without one."""
    if _move(user_id, "reject", state_reason=_reason(reason)):
        announce(facts.MentorRejected(user_id))


@transactional
def mentor_suspend(user_id: int, actor_id: int, reason: str) -> None:  # noqa: ARG001 - who acts is written to the trail by moderation
    """Take a mentor out of the catalogue with a reason. Lessons that are booked stay booked."""
    if _move(user_id, "suspend", state_reason=_reason(reason)):
        announce(facts.MentorSuspended(user_id))


@transactional
def mentor_restore(user_id: int, actor_id: int) -> None:  # noqa: ARG001 - who acts is written to the trail by moderation
    """Bring a suspended mentor back."""
    if _move(user_id, "restore", state_reason=""):
        announce(facts.MentorApproved(user_id))


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid("Give a reason. The mentor will read it.", code="reason_missing", field="reason")
    return text[:1_000]
