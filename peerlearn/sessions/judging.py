"""How a lesson ends by what was seen: the verdict is written once, open to objection, then it settles by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.money import split_gross
from peerlearn.notifications.service import notify
from peerlearn.payments.books import paid_order
from peerlearn.payments.giving_back import PaidOrder
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.orders import lock_order
from peerlearn.payments.tender import Measure
from peerlearn.payments.tenders import is_paid
from peerlearn.sessions.claims import claims_drop
from peerlearn.sessions.door import CLOSES_AFTER, door_times
from peerlearn.sessions.extension_queries import extensions_of
from peerlearn.sessions.facts import SessionCancelled, SessionEnded
from peerlearn.sessions.lifecycle import Event, State, sources
from peerlearn.sessions.models import LiveSession, SessionVerdict, TimeClaim
from peerlearn.sessions.policy import Policy
from peerlearn.sessions.queries import next_lesson_after
from peerlearn.sessions.reminders import feedback_plan
from peerlearn.sessions.verdict import NOT_HELD, Finding, Seen, Stay, Verdict, judge
from peerlearn.sessions.verdict_lifecycle import Stand
from peerlearn.sessions.words import amounts, moment, session_url

# A worker that was away for so long still finds what it has to judge.
LOOK_BACK: Final = timedelta(days=60)
# Lessons of the time before promises were kept, and those of the demonstration, are left alone.
_NO_PROMISE: Final = "{}"

SENTENCES: Final[dict[Finding, str]] = {
    Finding.TAUGHT: "The lesson took place.",
    Finding.CUT_SHORT: "Part of the lesson was lost.",
    Finding.NO_LESSON: "You were hardly in the room together.",
    Finding.LEARNER_ABSENT: "The learner did not come. The mentor waited.",
    Finding.MENTOR_ABSENT: "The mentor did not come.",
    Finding.NOBODY_CAME: "Nobody came.",
    Finding.OUTAGE: "PeerLearn was down for a while.",
}


@dataclass(frozen=True)
class Evidence:
    """Who was in the room and when the platform was down, as the room's log of stays tells it."""

    mentor: Sequence[Stay]
    learner: Sequence[Stay]
    outages: Sequence[Stay] = ()

    @property
    def last_left_at(self) -> datetime | None:
        """When the last of them left."""
        return max((end for _, end in (*self.mentor, *self.learner)), default=None)


def orders_of(live_session: LiveSession) -> list[PaymentOrder]:
    """Return the paid orders of a lesson: the booking's and those of its extensions."""
    ids = [live_session.order_id, *(row.order_id for row in extensions_of(live_session.id))]
    found = (db.session.get(PaymentOrder, order_id) for order_id in ids if order_id is not None)
    return [order for order in found if order is not None and is_paid(order)]


def orders_lock(live_session: LiveSession) -> None:
    """Lock the orders of a lesson, oldest first, inside the open transaction: what goes back is computed on what is true."""
    for order_id in sorted(order.id for order in orders_of(live_session)):
        lock_order(order_id)


def paid_for(live_session: LiveSession) -> list[PaidOrder]:
    """Return the payments of a lesson as the ledger has them, the booking's first."""
    rates = live_session.fee_percent, live_session.gst_percent
    return [paid_order(order, split_gross(order.gross_paise, *rates)) for order in orders_of(live_session)]


def money_of(live_session: LiveSession) -> tuple[int, int]:
    """Return the money paid for a lesson and its added time, and how much of it has gone back or is on its way, in paise."""
    paid = [order for order in paid_for(live_session) if order.measure is Measure.CASH]
    return sum(order.tender.whole for order in paid), sum(order.returned for order in paid)


def left_of(live_session: LiveSession) -> dict[Measure, int]:
    """Return what can still go back of all that was paid for a lesson, in each measure."""
    left = dict.fromkeys(Measure, 0)
    for order in paid_for(live_session):
        left[order.measure] += order.left
    return left


def verdict_preview(live_session: LiveSession, evidence: Evidence) -> Verdict:
    """Return what would be written now. Changes nothing."""
    return judge(_seen(live_session, evidence), Policy.of(live_session.policy), paid=paid_for(live_session))


def _seen(live_session: LiveSession, evidence: Evidence) -> Seen:
    by = live_session.side_of(live_session.ended_by) if live_session.ended_by else None
    return Seen(
        live_session.starts_at,
        live_session.ends_at,
        evidence.mentor,
        evidence.learner,
        evidence.outages,
        live_session.ended_at,
        by,
    )


def _closes_at(live_session: LiveSession) -> datetime:
    found = next_lesson_after(live_session)
    return door_times(live_session.starts_at, live_session.ends_at, found.starts_at if found else None).closes_at


def unjudged_ids() -> list[int]:
    """Return the lessons that are over by the clock or by a person's word and that nobody has judged."""
    at = now()
    over = sa.or_(
        sa.and_(
            LiveSession.state.in_([State.CONFIRMED, State.LIVE]),
            sa.or_(LiveSession.ends_at <= at - CLOSES_AFTER, sa.and_(LiveSession.ends_at <= at, _next_began(at))),
        ),
        sa.and_(
            LiveSession.state == State.COMPLETED,
            LiveSession.ended_at > at - LOOK_BACK,
            sa.cast(LiveSession.policy, sa.Text) != _NO_PROMISE,
        ),
    )
    judged = sa.exists().where(SessionVerdict.live_session_id == LiveSession.id)
    return list(db.session.scalars(sa.select(LiveSession.id).where(over, ~judged).order_by(LiveSession.ends_at)))


@transactional
def verdict_write(live_session_id: int, evidence: Evidence, *, early: bool = False) -> bool:
    """Write down what was seen of a lesson that is over, and end it where nobody has. Returns whether this call did it.

    A lesson that did not take place is cancelled, any other completed. No money moves yet: that is what the time for
    objection is for. `early` ends it before the door closes (somebody waited long enough).
    """
    live_session = db.session.get(LiveSession, live_session_id, populate_existing=True, with_for_update=True)
    if live_session is None or db.session.get(SessionVerdict, live_session_id) is not None:
        return False
    open_still = live_session.state in {State.CONFIRMED, State.LIVE}
    if open_still and not early and _closes_at(live_session) > now():
        return False
    if not open_still and live_session.state != State.COMPLETED:
        return False
    found = verdict_preview(live_session, evidence)
    if open_still and not _end(live_session, found.finding, evidence.last_left_at):
        return False
    policy = Policy.of(live_session.policy)
    row = SessionVerdict(
        live_session_id=live_session_id,
        finding=found.finding,
        state=Stand.OPEN,
        seconds={
            name: int(getattr(found.minutes, name).total_seconds())
            for name in ("whole", "together", "only_mentor", "only_learner", "broken", "outage", "mentor_late")
        },
        refund_paise=found.refund_paise,
        back_minutes=found.back_minutes,
        waived_paise=found.waived_paise,
        written_at=now(),
        holds_from=now() + timedelta(hours=policy.objection_hours),
    )
    db.session.add(row)
    db.session.flush()
    if found.finding is not Finding.TAUGHT:
        _tell_found(live_session, row)
    return True


def _next_began(at: datetime) -> sa.ColumnElement[bool]:
    """Whether a later lesson of either person has begun by its time: then the door of this one is closed."""
    later = aliased(LiveSession)
    return sa.exists().where(
        TimeClaim.person_id.in_([LiveSession.mentor_id, LiveSession.learner_id]),
        TimeClaim.live_session_id == later.id,
        later.id != LiveSession.id,
        later.state.in_([State.CONFIRMED, State.LIVE]),
        TimeClaim.starts_at >= LiveSession.ends_at,
        TimeClaim.starts_at <= at,
    )


def _end(live_session: LiveSession, finding: Finding, left_at: datetime | None) -> bool:
    held = finding not in NOT_HELD
    event, target = (Event.END, State.COMPLETED) if held else (Event.CANCEL, State.CANCELLED)
    latest = min(now(), _closes_at(live_session))
    done = transition(
        LiveSession,
        live_session.id,
        sources(event, target),
        target,
        ended_at=min(left_at or live_session.ends_at, latest),
        end_reason=SENTENCES[finding],
        sequence=LiveSession.sequence + (0 if held else 1),
    )
    if not done:
        return False
    claims_drop(live_session.id)
    if held:
        feedback_plan(live_session)
        announce(SessionEnded(live_session.id))
    else:
        announce(SessionCancelled(live_session.id))
    return True


@transactional
def absence_claim(live_session_id: int, actor_id: int, evidence: Evidence) -> bool:
    """The one who waited long enough ends it: the other one never came. Returns whether this call did it.

    Raises Missing for a stranger, Conflict("wait", "came") where it is too early or the other one was there.
    """
    live_session = db.session.get(LiveSession, live_session_id, populate_existing=True)
    if live_session is None or live_session.side_of(actor_id) is None:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    if live_session.state not in {State.CONFIRMED, State.LIVE}:
        return False
    wait = timedelta(minutes=Policy.of(live_session.policy).wait_minutes)
    mine, theirs = (
        (evidence.mentor, evidence.learner)
        if actor_id == live_session.mentor_id
        else (evidence.learner, evidence.mentor)
    )
    began = live_session.starts_at
    if now() < began + wait or not any(end > began for _, end in mine):
        raise Conflict(
            "Wait ten minutes in the room. Then you can leave, and what was seen decides about the money.", code="wait"
        )
    if any(end > began for _, end in theirs):
        raise Conflict("The other one was here. End the lesson in the room instead.", code="came")
    return verdict_write(live_session_id, evidence, early=True)


def _tell_found(live_session: LiveSession, row: SessionVerdict) -> None:
    for user_id in (live_session.mentor_id, live_session.learner_id):
        reader = db.session.get(User, user_id) if user_id else None
        if reader is None:
            continue
        until = moment(row.holds_from, reader.time_zone)
        gone = amounts(row.refund_paise, row.back_minutes)
        back = f" {gone} goes back to the learner." if gone else ""
        notify(
            reader.id,
            "verdict",
            SENTENCES[Finding(row.finding)],
            f"{live_session.title}.{back} Was it otherwise? Say so until {until}.",
            session_url(live_session.public_id),
            (),
            None,
            f"verdict:{live_session.public_id}:{reader.id}",
        )
