"""Loads what was asked: requests of the past, so that demand and answering times are real rows, and open ones."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from config.demo.history import number
from config.demo.hours import zone_of
from config.demo.learners import LEARNERS
from config.demo.load_coming import moment_of
from config.demo.people import MENTORS
from config.demo.shapes import wall
from peerlearn.clock import local, now
from peerlearn.errors import PeerLearnError
from peerlearn.kernel import db, new_public_id, transactional
from peerlearn.requests.models import LiveRequest, ProposedTime, Ring
from peerlearn.requests.service import request_propose
from peerlearn.sessions.models import LiveSession

WEEKS = 8
HOME_ZONE = "Asia/Kolkata"
HELP_MINUTES = 20
HELP_PAISE = 249_00

# learner, mentor, topic, message, times as (days ahead, wall clock of the mentor)
OPEN: tuple[tuple[str, str, str, str, tuple[tuple[int, str], ...]], ...] = (
    ("kabir", "asha", "Integration by parts", "I can do it with the formula sheet and not without. Could we draw it?",
     ((2, "13:00"), (2, "15:00"), (3, "11:00"))),
    ("priya", "asha", "Series that converge", "Ratio test, root test, and why there are two of them.",
     ((2, "11:30"), (3, "15:30"))),
    ("arjun", "asha", "SAT, area problems", "Twelve problems from the practice book, five of them wrong.",
     ((3, "10:30"), (4, "13:00"))),
    ("rohan", "meera", "Limits before integrals", "I skipped this chapter and now it shows.",
     ((2, "18:30"), (3, "19:00"))),
    ("rohan", "vikram", "Projectile motion", "The ones on an incline. Two of them, slowly.", ((3, "20:30"), (4, "20:30"))),
    ("harpreet", "gurpreet", "Read a file, make a list", "My aunt’s price list is a text file with many commas.",
     ((2, "19:00"), (3, "20:00"))),
)  # fmt: skip


def requests_load(ids: dict[str, int]) -> int:
    """Write past and open requests that are missing; return how many."""
    return _past(ids) + sum(_open(*one, ids=ids) for one in OPEN)


def _open(
    learner: str, mentor: str, topic: str, message: str, times: Iterable[tuple[int, str]], *, ids: dict[str, int]
) -> int:
    asked = db.session.scalar(
        sa.select(LiveRequest.id).where(
            LiveRequest.learner_id == ids[learner],
            LiveRequest.mentor_id == ids[mentor],
            LiveRequest.topic == topic,
            sa.or_(LiveRequest.state == "open", LiveRequest.created_at > now() - timedelta(days=1)),
        )
    )
    if asked is not None:
        return 0
    zone = zone_of(next(one.city for one in MENTORS if one.slug == mentor))
    instants = [moment_of(wall(days, clock), zone, now()) for days, clock in times]
    try:
        request_propose(ids[learner], ids[mentor], topic, message, instants)
    except PeerLearnError:
        # Whoever plays with the demonstration may have booked these hours; the request is only decoration then.
        return 0
    return 1


@transactional
def _past(ids: dict[str, int]) -> int:
    """Requests behind past private lessons (answered), and calls for help that nobody could take."""
    at = now()
    newest = db.session.scalar(
        sa.select(sa.func.max(LiveRequest.created_at)).where(LiveRequest.kind == "now", LiveRequest.state == "expired")
    )
    first = max(local(at, HOME_ZONE).date() - timedelta(weeks=WEEKS), _next_day(newest))
    return _answered(at, first) + _calls(ids, at, first)


def _next_day(newest: datetime | None) -> date:
    return local(newest, HOME_ZONE).date() + timedelta(days=1) if newest else date.min


def _answered(at: datetime, first: date) -> int:
    """Every third past private lesson began as a request that its mentor accepted."""
    lessons = db.session.scalars(
        sa.select(LiveSession).where(
            LiveSession.kind == "private",
            LiveSession.state == "completed",
            LiveSession.request_id.is_(None),
            LiveSession.starts_at >= at - timedelta(weeks=WEEKS),
        )
    ).all()
    chosen = [
        one
        for one in lessons
        if local(one.starts_at, HOME_ZONE).date() >= first and number(one.starts_at, one.title) % 3 == 0
    ]
    for one in chosen:
        answer = timedelta(minutes=2 + number(one.starts_at, one.title, "answer") % 12)
        asked_at = one.created_at - answer
        request = LiveRequest(
            learner_id=one.learner_id, mentor_id=one.mentor_id, kind="private", topic=one.title, minutes=one.minutes,
            price_paise=one.price_paise, state="accepted", accepted_by=one.mentor_id, answered_at=one.created_at,
            live_session_id=one.id, expires_at=asked_at + timedelta(hours=24), created_at=asked_at,
        )  # fmt: skip
        db.session.add(request)
        db.session.flush()
        one.request_id = request.id
        db.session.add(ProposedTime(request_id=request.id, starts_at=one.starts_at))
    return len(chosen)


def _calls(ids: dict[str, int], at: datetime, first: date) -> int:
    """Calls for help in the evenings, rung at mentors of the topic who were away: demand that was not met."""
    rows: list[dict[str, Any]] = []
    rings: list[tuple[str, list[int], datetime]] = []
    day = first
    today = local(at, HOME_ZONE).date()
    while day < today:
        for index, learner in enumerate(LEARNERS):
            roll = number(learner.slug, day.isoformat(), "call")
            # Tuesdays and Thursdays are when homework is due.
            if roll % 10 >= (5 if day.weekday() in {1, 3} else 3):
                continue
            topic = learner.interests[roll // 10 % len(learner.interests)]
            hour = (15, 17, 17, 19, 19, 20, 21, 11)[roll // 100 % 8]
            created = moment_of(wall(0, f"{hour}:{roll % 60:02d}"), HOME_ZONE, at) - (today - day)
            public_id = new_public_id()
            rows.append(
                {
                    "public_id": public_id, "learner_id": ids[learner.slug], "mentor_id": None, "kind": "now",
                    "topic": topic.replace("-", " ").capitalize(), "message": "", "minutes": HELP_MINUTES,
                    "price_paise": HELP_PAISE, "state": "expired", "expires_at": created + timedelta(minutes=3),
                    "wave": 2, "created_at": created + timedelta(seconds=index),
                }
            )  # fmt: skip
            rung = [ids[mentor.slug] for mentor in MENTORS if topic in mentor.topics][:6]
            rings.append((public_id, rung, created))
        day += timedelta(days=1)
    if rows:
        db.session.execute(sa.insert(LiveRequest), rows)
        known = dict(
            db.session.execute(sa.select(LiveRequest.public_id, LiveRequest.id).where(LiveRequest.kind == "now")).all()
        )
        missed = [
            {
                "request_id": known[public_id],
                "mentor_id": mentor_id,
                "position": place,
                "state": "missed",
                "rung_at": rung_at,
            }
            for public_id, mentor_ids, rung_at in rings
            for place, mentor_id in enumerate(mentor_ids)
        ]
        if missed:
            db.session.execute(sa.insert(Ring), missed)
    return len(rows)
