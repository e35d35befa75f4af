"""Loads the months behind: lessons taught, paid, and spoken of. A later load adds only the days that have passed."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from config.demo.books import Paid, Said, lessons_write
from config.demo.history import MINUTES, ROHAN_WEEKS, Taught, lessons_on, number
from config.demo.people import MENTORS
from config.demo.reviews import LEARNER_REVIEWS, review_text
from config.demo.topics import TOPICS
from peerlearn.catalog.models import MentorProfile, Topic
from peerlearn.clock import local, now
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import PaymentOrder
from peerlearn.sessions.models import LiveSession

WEEKS = 26
HOME_ZONE = "Asia/Kolkata"
_FIELDS = {slug: field for slug, _, field in TOPICS}


@transactional
def past_load(ids: dict[str, int], weeks: int = WEEKS) -> int:
    """Write the lessons of the past weeks that are missing; return how many. `ids` are user ids by slug."""
    at = now()
    today = local(at, HOME_ZONE).date()
    first = max(today - timedelta(weeks=weeks), _newest_day() or date.min)
    since = dict(db.session.execute(sa.select(MentorProfile.user_id, MentorProfile.approved_at)).all())
    mentors = [(mentor, began) for mentor in MENTORS if (began := since.get(ids[mentor.slug])) is not None]
    topic_ids = dict(db.session.execute(sa.select(Topic.slug, Topic.id)).all())
    lessons: list[Taught] = []
    day = first
    while day < today:
        rohan = day >= today - timedelta(weeks=ROHAN_WEEKS)
        lessons += [one for one in lessons_on(day, mentors, with_rohan=rohan) if one.ends_at < at]
        day += timedelta(days=1)
    return len(lessons_write([_paid(one, ids, topic_ids) for one in lessons]))


def _newest_day() -> date | None:
    """A day before the newest past lesson of the demonstration: from there on, days are filled again."""
    newest: datetime | None = db.session.scalar(
        sa.select(sa.func.max(LiveSession.starts_at))
        .join(PaymentOrder, PaymentOrder.id == LiveSession.order_id)
        .where(PaymentOrder.receipt.like("demo-%"), LiveSession.state == "completed")
    )
    return local(newest, HOME_ZONE).date() - timedelta(days=2) if newest else None


def _paid(one: Taught, ids: dict[str, int], topic_ids: dict[str, int]) -> Paid:
    mentor_said = one.stars is not None and one.key % 4 == 0
    booked = timedelta(hours=20 + number(one.receipt, "booked") % 100)
    return Paid(
        receipt=one.receipt,
        mentor_id=ids[one.mentor.slug],
        learner_id=ids[one.learner.slug],
        topic_id=topic_ids[one.topic],
        title=one.title,
        starts_at=one.starts_at,
        minutes=MINUTES,
        price_paise=one.mentor.price_rupees * 100,
        booked_at=one.starts_at - (timedelta(hours=40) if one.cancelled else booked),
        state="cancelled" if one.cancelled else "completed",
        kind="public" if one.key % 3 == 0 else "private",
        learner_said=Said(one.stars, review_text(_FIELDS[one.topic], one.stars, one.key // 11)) if one.stars else None,
        mentor_said=Said(5, LEARNER_REVIEWS[one.key // 7 % len(LEARNER_REVIEWS)]) if mentor_said else None,
    )
