"""The two people of a booking: locked, so that all who want their time queue up, and allowed to meet; and the offer."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import defer

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import blocked_pair
from peerlearn.catalog.models import MentorProfile
from peerlearn.catalog.queries import CALENDAR, calendar_read, calendar_since
from peerlearn.catalog.slots import Availability
from peerlearn.errors import Invalid, Missing, NotAllowed
from peerlearn.kernel import db

# Built once: building a statement costs more than running it.
_LOCKED = (
    sa.select(User)
    .where(User.id.in_(bindparam("ids", expanding=True)))
    .order_by(User.id)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
# What the mentor offers, once for each range of their hours: a mentor without any has one row, with no range.
_HOURS = CALENDAR.subquery("calendar")
_OFFER = (
    sa.select(MentorProfile, blocked_pair(bindparam("id"), bindparam("learner_id")), *_HOURS.c)
    .options(defer(MentorProfile.bio))
    .outerjoin(_HOURS, sa.true())
    .where(MentorProfile.user_id == bindparam("id"))
)


@dataclass(frozen=True)
class Pair:
    """A learner and a mentor who may have a lesson together, and when the mentor offers one."""

    learner: User
    mentor: User
    profile: MentorProfile
    hours: Availability


def pair_lock(mentor_id: int, learner_id: int) -> Pair:
    """Queue up behind everybody who books one of these two, in id order, and return them as they are now.

    Raises Invalid (own lesson), NotAllowed (banned, not approved, blocked) or Missing.
    """
    if mentor_id == learner_id:
        raise Invalid(
            "You can't book your own lesson. Switch to learning and choose another mentor.", code="own_lesson"
        )
    people = {user.id: user for user in db.session.scalars(_LOCKED, {"ids": sorted((mentor_id, learner_id))})}
    learner, mentor = people.get(learner_id), people.get(mentor_id)
    asked = {"id": mentor_id, "learner_id": learner_id, "since": calendar_since()}
    rows = db.session.execute(_OFFER, asked).all()
    if learner is None or mentor is None or not rows:
        raise Missing("This mentor is not here any more. Choose another one.", code="no_such_mentor")
    profile, blocked = rows[0][:2]
    if not learner.is_active:
        raise NotAllowed("Your account can't book lessons at the moment.", code="not_active")
    if not mentor.is_active or profile.state != "approved" or blocked:
        raise NotAllowed("This mentor takes no bookings at the moment. Choose another one.", code="not_bookable")
    ranges = (row[2:] for row in rows if row.start_minute is not None or row.day is not None)
    return Pair(learner, mentor, profile, calendar_read(profile, mentor.time_zone, ranges))
