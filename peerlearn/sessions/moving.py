"""Moving a booked lesson in place: same booking, same price, no second payment."""

from datetime import date, datetime, timedelta

from peerlearn.accounts.models import User
from peerlearn.clock import local, now
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.notifications.service import notify
from peerlearn.sessions.claims import claims_move, people_lock
from peerlearn.sessions.facts import SessionMoved
from peerlearn.sessions.free_times import nearest_free
from peerlearn.sessions.letters import letter_write
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.move_offer_queries import move_offers_close
from peerlearn.sessions.refusals import overlapping, slot_taken
from peerlearn.sessions.reminders import reminders_plan
from peerlearn.sessions.standing_holds import holds_standing
from peerlearn.sessions.words import moment, sentence, session_url

MOVES = 1
SPREAD_OVER = 400  # near times looked through for a choice of days


def move_choices(live_session: LiveSession, limit: int = 3) -> list[datetime]:
    """Return the nearest times to which its learner could move a lesson, soonest first; none where it can't move."""
    if not may_move(live_session) or live_session.learner_id is None or live_session.moved_count >= MOVES:
        return []
    return other_times(live_session, limit)


def move_days(live_session: LiveSession, zone: str) -> list[datetime]:
    """Return what `move_choices` does, but a choice of days, as the learner's own calendar reads in a zone."""
    return spread_times(live_session, zone) if move_choices(live_session, 1) else []


def other_times(live_session: LiveSession, limit: int) -> list[datetime]:
    """Return the nearest other times that suit the two people of a lesson by the mentor's hours, soonest first."""
    near = nearest_free(live_session.mentor_id, live_session.starts_at, limit + 1, for_lesson=live_session)
    return sorted([start for start in near if start != live_session.starts_at][:limit])


def spread_times(live_session: LiveSession, zone: str, days: int = 4, in_a_day: int = 2) -> list[datetime]:
    """Return other times that suit the two, a few on each of the nearest days of a zone, soonest first.

    Of a day those nearest to the hour at which the lesson is now, so that a choice is one of days and not of minutes.
    """
    here = local(live_session.starts_at, zone)
    by_day: dict[date, list[datetime]] = {}
    for start in other_times(live_session, SPREAD_OVER):
        by_day.setdefault(local(start, zone).date(), []).append(start)
    nearest = sorted(by_day, key=lambda day: (abs(day - here.date()), day))[:days]

    def away(start: datetime) -> int:
        there = local(start, zone)
        return abs((there.hour - here.hour) * 60 + there.minute - here.minute)

    return sorted(start for day in nearest for start in sorted(by_day[day], key=away)[:in_a_day])


def may_move(live_session: LiveSession) -> bool:
    """Whether a lesson can have another time at all: booked for a time ahead that has not come."""
    return live_session.state == State.CONFIRMED and live_session.kind != "instant" and live_session.starts_at > now()


@transactional
def session_move(
    live_session_id: int, actor_id: int, starts_at: datetime, *, sequence: int | None = None
) -> LiveSession:
    """Move a confirmed lesson to another of the mentor's free times, once, for its learner. The old time is free at once.

    `sequence` is the version the page showed: an old page is refused. Raises Missing for a stranger, Conflict
    ("changed", "moved_before", "slot_taken" with alternatives, "overlap").
    """
    live_session = db.session.get(LiveSession, live_session_id)
    actor = db.session.get(User, actor_id)
    if live_session is None or actor is None or live_session.learner_id != actor_id:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    people_lock([live_session.mentor_id, actor_id])
    db.session.refresh(live_session)
    if sequence is not None and sequence != live_session.sequence:
        raise Conflict("This lesson has changed since you opened the page. Load it again.", code="changed")
    if live_session.moved_count >= MOVES:
        raise Conflict("You moved this lesson before. It can be moved once.", code="moved_before")
    if not may_move(live_session):
        raise Conflict("This lesson can't be moved any more.", code="not_movable")
    if starts_at not in nearest_free(live_session.mentor_id, starts_at, 1, for_lesson=live_session):
        raise slot_taken(live_session.mentor_id, starts_at, for_lesson=live_session)
    old = live_session.starts_at
    live_session.refund_counts_from = min(live_session.refund_counts_from or old, old)
    live_session.moved_count += 1
    move_to(live_session, starts_at, actor)
    move_offers_close(live_session.id)  # whatever the mentor asked for, this is the time now
    mentor = db.session.get(User, live_session.mentor_id)
    if mentor is not None:
        title = f"{actor.first_name} moved to {moment(starts_at, mentor.time_zone)}"
        body = f"{sentence(live_session.title)} It was {moment(old, mentor.time_zone)}. Same price."
        key = f"moved:{live_session.public_id}:{live_session.sequence}"
        notify(mentor.id, "session_moved", title, body, session_url(live_session.public_id), (), actor_id, key)
        letter_write(mentor, live_session, "moved", title, [body])
        title = f"You moved to {moment(starts_at, actor.time_zone)}"
        letter_write(
            actor, live_session, "moved", title, [f"{live_session.title} with {mentor.first_name}. Same price."]
        )
    return live_session


def move_to(live_session: LiveSession, starts_at: datetime, reader: User) -> None:
    """Put a confirmed lesson onto another time inside the open transaction: times, both people's claims, reminders.

    The calendar's sequence goes up; price and length stay. Raises Conflict where it changed meanwhile, "slot_taken"
    with three times that suit both where the mentor has something else then, "overlap" where the learner has.
    """
    length: timedelta = live_session.ends_at - live_session.starts_at
    holds_standing(live_session.mentor_id, reader.id)  # a hold that ran out is in nobody's way
    db.session.flush()
    if not transition(
        LiveSession,
        live_session.id,
        State.CONFIRMED,
        State.CONFIRMED,
        LiveSession.sequence == live_session.sequence,
        starts_at=starts_at,
        ends_at=starts_at + length,
        sequence=live_session.sequence + 1,
    ):
        raise Conflict("This lesson has changed since you opened the page. Load it again.", code="changed")
    overlap = claims_move(live_session)
    if overlap is not None:
        if overlap.person_id == live_session.mentor_id:
            raise slot_taken(live_session.mentor_id, starts_at, for_lesson=live_session)
        raise overlapping(overlap, reader)
    reminders_plan(live_session)
    announce(SessionMoved(live_session.id))
