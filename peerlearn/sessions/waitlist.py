"""The line before a taken time: when it is freed, the first in line gets it held for ten minutes, then the next.

The rule against a direct booking at the same moment: the database's guard on people's time decides. An offer is an
ordinary hold, taken through the same door; whose claim is first has the time. Where a direct booking was faster, the
line stays as it was and waits on; where the line was faster, the direct booking hears "someone is paying for this time".
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing, PeerLearnError, TooMany
from peerlearn.kernel import db, one_by_one, transactional, transition
from peerlearn.notifications.service import notify
from peerlearn.sessions.claims import Overlap
from peerlearn.sessions.free_times import busy_for, lesson_between
from peerlearn.sessions.holds import Terms, hold_public, hold_slot
from peerlearn.sessions.letters import letter_write
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.pairs import pair_lock
from peerlearn.sessions.refusals import already_booked, overlapping
from peerlearn.sessions.waitlist_models import WaitlistEntry
from peerlearn.sessions.words import moment, session_url

LINES_AT_ONCE = 10
_STANDING = ("waiting", "offered")


@transactional
def line_join(mentor_id: int, starts_at: datetime, learner_id: int, live_session_id: int | None = None) -> int:
    """Stand in line for a taken time and return the place, 1 for the first. Standing there already changes nothing.

    Raises as `pair_lock`, and Conflict: "free" where nobody has the time, "too_late", "already_booked", "overlap";
    Missing where the mentor never offers it; TooMany after ten lines.
    """
    pair = pair_lock(mentor_id, learner_id)
    if starts_at <= now():
        raise Conflict("This time has passed. Choose a later one.", code="too_late")
    found = _place(mentor_id, starts_at, learner_id)
    if found is not None:
        return found
    if live_session_id is not None:
        ends_at = _taken_offer(live_session_id, mentor_id, learner_id).ends_at
    else:
        ends_at = starts_at + timedelta(minutes=pair.profile.lesson_minutes)
        busy = busy_for([mentor_id], (starts_at - timedelta(days=2), ends_at + timedelta(days=2)))[mentor_id]
        if not pair.hours.offers(starts_at, (), now=now()):
            raise Missing("The mentor does not offer this time. Choose one of the free ones.", code="not_offered")
        if pair.hours.offers(starts_at, busy, now=now()):
            raise Conflict("This time is free. You can book it now.", code="free")
    mine = lesson_between(learner_id, starts_at, ends_at)
    if mine is not None:
        raise (
            already_booked(mine)
            if mine.mentor_id == mentor_id
            else overlapping(Overlap(learner_id, mine), pair.learner)
        )
    if _lines_of(learner_id) >= LINES_AT_ONCE:
        raise TooMany(f"You stand in {LINES_AT_ONCE} lines. Leave one of them first.", code="too_many_lines")
    try:
        with db.session.begin_nested():
            db.session.add(
                WaitlistEntry(
                    learner_id=learner_id,
                    mentor_id=mentor_id,
                    live_session_id=live_session_id,
                    starts_at=starts_at,
                    ends_at=ends_at,
                )
            )
    except IntegrityError:  # the same person's second tap was a moment faster
        pass
    place = _place(mentor_id, starts_at, learner_id)
    assert place is not None
    return place


def _taken_offer(live_session_id: int, mentor_id: int, learner_id: int) -> LiveSession:
    lesson = db.session.get(LiveSession, live_session_id, populate_existing=True)
    if lesson is None or lesson.kind != "public" or lesson.mentor_id != mentor_id:
        raise Missing("This lesson is not on offer. Choose another one.", code="no_such_session")
    if lesson.learner_id == learner_id and lesson.state in {State.HELD, State.CONFIRMED, State.LIVE}:
        raise already_booked(lesson)
    if lesson.state == State.OPEN:
        raise Conflict("This time is free. You can book it now.", code="free")
    if lesson.state not in {State.HELD, State.CONFIRMED}:
        raise Conflict("This lesson is over. Choose another one.", code="too_late")
    return lesson


@transactional
def line_leave(mentor_id: int, starts_at: datetime, learner_id: int) -> bool:
    """Give one's place up. Returns whether there was one. An offered hold stays until it is dropped or runs out."""
    changed: int = db.session.execute(  # type: ignore[attr-defined]
        sa.update(WaitlistEntry)
        .where(
            WaitlistEntry.mentor_id == mentor_id,
            WaitlistEntry.starts_at == starts_at,
            WaitlistEntry.learner_id == learner_id,
            WaitlistEntry.state == "waiting",
        )
        .values(state="left", ended_at=now())
        .execution_options(synchronize_session=False)
    ).rowcount
    return changed > 0


def place_in_line(mentor_id: int, starts_at: datetime, learner_id: int) -> int | None:
    """Return a learner's place in the line before a time, 1 for the first, or None."""
    return _place(mentor_id, starts_at, learner_id)


def _place(mentor_id: int, starts_at: datetime, learner_id: int) -> int | None:
    line = list(
        db.session.scalars(
            sa.select(WaitlistEntry.learner_id)
            .where(
                WaitlistEntry.mentor_id == mentor_id,
                WaitlistEntry.starts_at == starts_at,
                WaitlistEntry.state.in_(_STANDING),
            )
            .order_by(WaitlistEntry.id)
        )
    )
    return line.index(learner_id) + 1 if learner_id in line else None


def _lines_of(learner_id: int) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(
                WaitlistEntry.learner_id == learner_id,
                WaitlistEntry.state.in_(_STANDING),
                WaitlistEntry.starts_at > now(),
            )
        )
        or 0
    )


# --- the job ---------------------------------------------------------------------------------------------------------


def lines_advance(terms: Terms | None = None) -> int:
    """Do what is due in every line: close offers that ended, offer freed times to whoever is next. Returns the offers.

    All of it is found by state, so it may run twice, late, or after a crash at any step.
    """
    one_by_one(_ended_ids(), _entry_close, "place in line")
    lines = db.session.execute(
        sa.select(WaitlistEntry.mentor_id, WaitlistEntry.starts_at)
        .where(WaitlistEntry.state == "waiting", WaitlistEntry.starts_at > now())
        .distinct()
    ).all()
    return sum(one_by_one(lines, lambda line: _line_offer(line[0], line[1], terms or Terms()), "line"))


def _ended_ids() -> list[int]:
    """Entries that are over: the time has come, or the offered hold is no hold of this learner any more."""
    return list(
        db.session.scalars(
            sa.select(WaitlistEntry.id)
            .outerjoin(LiveSession, LiveSession.id == WaitlistEntry.held_session_id)
            .where(
                WaitlistEntry.state.in_(_STANDING),
                sa.or_(
                    WaitlistEntry.starts_at <= now(),
                    sa.and_(
                        WaitlistEntry.state == "offered",
                        sa.or_(
                            LiveSession.state != State.HELD,
                            LiveSession.learner_id.is_distinct_from(WaitlistEntry.learner_id),
                        ),
                    ),
                ),
            )
        )
    )


@transactional
def _entry_close(entry_id: int) -> None:
    entry = db.session.get(WaitlistEntry, entry_id, populate_existing=True)
    if entry is None or entry.state not in _STANDING:
        return
    held = db.session.get(LiveSession, entry.held_session_id, populate_existing=True) if entry.held_session_id else None
    mine = held is not None and held.learner_id == entry.learner_id
    if held is not None and mine and held.confirmed_at is not None:
        after = "taken"
    elif held is not None and mine and held.state == State.HELD and entry.starts_at > now():
        return
    else:
        after = "passed" if entry.state == "offered" else "over"
    transition(WaitlistEntry, entry_id, [entry.state], after, ended_at=now())


@transactional
def _line_offer(mentor_id: int, starts_at: datetime, terms: Terms) -> bool:
    """Hold a freed time for the first in line who can take it. Returns whether somebody was offered it."""
    offered = db.session.scalar(
        sa.select(WaitlistEntry.id).where(
            WaitlistEntry.mentor_id == mentor_id, WaitlistEntry.starts_at == starts_at, WaitlistEntry.state == "offered"
        )
    )
    if offered is not None:
        return False
    line = db.session.scalars(
        sa.select(WaitlistEntry)
        .where(
            WaitlistEntry.mentor_id == mentor_id, WaitlistEntry.starts_at == starts_at, WaitlistEntry.state == "waiting"
        )
        .order_by(WaitlistEntry.id)
        .execution_options(populate_existing=True)
    ).all()
    for entry in line:
        if lesson_between(entry.learner_id, entry.starts_at, entry.ends_at) is not None:
            continue  # has something else there, perhaps a hold of their own: never taken away for an offer
        try:
            with db.session.begin_nested():
                held = _hold(entry, terms)
                won = transition(
                    WaitlistEntry, entry.id, "waiting", "offered", held_session_id=held.id, offered_at=now()
                )
                if not won:
                    raise Conflict("Somebody left the line.", code="left")
        except Conflict as conflict:
            if conflict.code in {"slot_taken", "not_offered", "too_late", "no_such_session"}:
                return False  # not free: the line waits on
            continue
        except PeerLearnError:
            continue  # this one can't have it (blocked, closed, holds too much); the next one may
        _tell(entry, held)
        return True
    return False


def _hold(entry: WaitlistEntry, terms: Terms) -> LiveSession:
    if entry.live_session_id is None:
        return hold_slot(entry.mentor_id, entry.starts_at, entry.learner_id, terms=terms)
    offer = db.session.get(LiveSession, entry.live_session_id, populate_existing=True)
    if offer is None or offer.starts_at != entry.starts_at:
        raise Conflict("This lesson is not on offer any more.", code="no_such_session")
    return hold_public(offer.public_id, entry.learner_id)


def _tell(entry: WaitlistEntry, held: LiveSession) -> None:
    learner, mentor = db.session.get(User, entry.learner_id), db.session.get(User, entry.mentor_id)
    if learner is None or mentor is None or held.hold_expires_at is None:
        return
    until = moment(held.hold_expires_at, learner.time_zone)
    title = f"{moment(held.starts_at, learner.time_zone)} is free for you"
    body = f"{held.title} with {mentor.first_name}. Held for you until {until}; then the next in line is asked."
    url = session_url(held.public_id, "pay")
    action = [{"label": "Take it", "method": "get", "url": url, "style": "primary"}]
    notify(learner.id, "waitlist_offer", title, body, url, action, mentor.id, f"waitlist:{entry.public_id}")
    letter_write(learner, held, f"waitlist-{entry.public_id}", title, [body], calendar=False)
