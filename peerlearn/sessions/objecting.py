"""What happens to a verdict: somebody objects, agrees, decides, or a day passes. Only `_settle` moves money, once."""

from typing import Final

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import admin_ids
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import announce, db, transactional
from peerlearn.money import rupees
from peerlearn.notifications.service import notify
from peerlearn.payments.coupons import coupon_return
from peerlearn.payments.giving_back import give_back
from peerlearn.payments.order_returns import order_give_back
from peerlearn.payments.orders import order_release
from peerlearn.payments.tender import Measure, share_up
from peerlearn.sessions.absences import absence_note
from peerlearn.sessions.facts import VerdictFinal, VerdictObjected
from peerlearn.sessions.judging import SENTENCES, left_of, orders_lock, orders_of, paid_for
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.verdict import Finding
from peerlearn.sessions.verdict_lifecycle import Move, Stand, next_stand
from peerlearn.sessions.words import amounts, sentence, session_url

OBJECTION_CHARS: Final = 1_000


@transactional
def verdict_object(live_session_id: int, actor_id: int, words: str) -> SessionVerdict:
    """One of the two says that it was otherwise: the money of this lesson waits until a person has looked at it.

    Raises Missing for a stranger, Invalid without a sentence, Conflict where it holds already.
    """
    row, live_session = _mine(live_session_id, actor_id)
    words = words.strip()
    if not words:
        raise Invalid("Say in a sentence what was different. A person reads it.", code="objection", field="objection")
    if len(words) > OBJECTION_CHARS:
        raise Invalid("Say it in 1,000 letters.", code="objection", field="objection")
    target = next_stand(_stand(row), Move.OBJECT)
    _move(row, target, objected_by=actor_id, objected_at=now(), objection=words)
    other_id = live_session.learner_id if actor_id == live_session.mentor_id else live_session.mentor_id
    actor = db.session.get(User, actor_id)
    if other_id is not None and actor is not None:
        notify(
            other_id,
            "verdict",
            f"{actor.first_name} objects",
            f"{live_session.title}: a person looks at it. The money waits until then.",
            session_url(live_session.public_id),
            (),
            actor_id,
            f"objected:{live_session.public_id}",
        )
    for admin_id in admin_ids():
        notify(
            admin_id,
            "verdict",
            "A lesson needs a decision",
            f"{live_session.title}: {words[:120]}",
            f"/admin/lessons/details/?id={live_session_id}",
            dedupe_key=f"objected:{live_session.public_id}:{admin_id}",
        )
    announce(VerdictObjected(live_session_id))
    return row


@transactional
def verdict_accept(live_session_id: int, actor_id: int) -> SessionVerdict:
    """Who loses by a verdict agrees to it: it settles now. Raises NotAllowed for the one who gains."""
    row, live_session = _mine(live_session_id, actor_id)
    gives = row.refund_paise or row.back_minutes or row.waived_paise
    loser = live_session.mentor_id if gives else live_session.learner_id
    if actor_id != loser:
        raise NotAllowed("Only the one who loses by it can agree early.", code="not_the_loser")
    if next_stand(_stand(row), Move.ACCEPT) is not _stand(row):
        _settle(row, live_session, _written(row))
    return row


def verdicts_due() -> list[int]:
    """Return the verdicts that nobody objected to in time."""
    return list(
        db.session.scalars(
            sa.select(SessionVerdict.live_session_id)
            .where(SessionVerdict.state == Stand.OPEN, SessionVerdict.holds_from <= now())
            .order_by(SessionVerdict.holds_from)
        )
    )


@transactional
def verdict_settle(live_session_id: int) -> bool:
    """Let a verdict hold that nobody objected to. Returns whether this call did it."""
    row = db.session.get(SessionVerdict, live_session_id, populate_existing=True, with_for_update=True)
    live_session = db.session.get(LiveSession, live_session_id)
    if row is None or live_session is None or row.holds_from > now():
        return False
    if next_stand(_stand(row), Move.TIME_UP) is not Stand.FINAL or row.state == Stand.FINAL:
        return False
    _settle(row, live_session, _written(row))
    return True


def _written(row: SessionVerdict) -> dict[Measure, int]:
    return {
        Measure.CASH: row.refund_paise,
        Measure.MINUTES: row.back_minutes,
        Measure.WAIVED: row.waived_paise,
    }


@transactional
def verdict_decide(
    live_session_id: int, actor_id: int, refund_paise: int, reason: str, *, minutes: int = 0
) -> SessionVerdict:
    """An administrator decides an objection: so much money, and so many minutes of packs, go back. Both read the reason.

    Where a discount paid for all of it, `refund_paise` is what the platform bears no more.

    Raises NotAllowed, Invalid (no reason, or more than what is left), Conflict where nothing is to decide.
    """
    actor = db.session.get(User, actor_id)
    row = db.session.get(SessionVerdict, live_session_id, populate_existing=True, with_for_update=True)
    live_session = db.session.get(LiveSession, live_session_id)
    if row is None or live_session is None:
        raise Missing("There is no verdict about this lesson.", code="no_verdict")
    if actor is None or not actor.is_admin or actor_id in (live_session.mentor_id, live_session.learner_id):
        raise NotAllowed("Only an administrator who is no part of it can decide this.", code="admin_only")
    if not reason.strip():
        raise Invalid("Say why. Both people will read it.", code="reason", field="reason")
    orders_lock(live_session)
    left = left_of(live_session)
    measure = Measure.CASH if left[Measure.CASH] or not left[Measure.WAIVED] else Measure.WAIVED
    if not 0 <= refund_paise <= left[measure]:
        raise Invalid(
            f"Between nothing and {rupees(left[measure])} can go back.", code="refund_too_large", field="refund"
        )
    if not 0 <= minutes <= left[Measure.MINUTES]:
        raise Invalid(
            f"Between none and {left[Measure.MINUTES]} minutes can go back.", code="minutes_too_many", field="minutes"
        )
    next_stand(_stand(row), Move.DECIDE)
    row.decided_by, row.reason = actor_id, reason.strip()[:240]
    _settle(row, live_session, {measure: refund_paise, Measure.MINUTES: minutes})
    return row


def decidable_paise(live_session: LiveSession, row: SessionVerdict) -> tuple[int, int]:
    """Return what was seen and the most that an administrator can give back, both in paise; minutes at their worth."""
    left = left_of(live_session)
    if left[Measure.MINUTES] and not left[Measure.CASH]:
        worth = live_session.price_paise, live_session.prepaid_minutes
        seen, most = (worth[0] * minutes // worth[1] for minutes in (row.back_minutes, left[Measure.MINUTES]))
        return min(seen, most), most
    most = left[Measure.CASH] or left[Measure.WAIVED]
    return min(row.refund_paise or row.waived_paise, most), most


def minutes_worth(live_session: LiveSession, paise: int) -> int | None:
    """Return the prepaid minutes that a decision in paise means, rounded up; None where the lesson was paid with money."""
    left = left_of(live_session)
    if left[Measure.CASH] or not left[Measure.MINUTES]:
        return None
    return min(left[Measure.MINUTES], share_up(live_session.prepaid_minutes, paise, live_session.price_paise))


def _mine(live_session_id: int, actor_id: int) -> tuple[SessionVerdict, LiveSession]:
    row = db.session.get(SessionVerdict, live_session_id, populate_existing=True, with_for_update=True)
    live_session = db.session.get(LiveSession, live_session_id)
    if row is None or live_session is None or live_session.side_of(actor_id) is None:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    return row, live_session


def _stand(row: SessionVerdict) -> Stand:
    return Stand(row.state)


def _move(row: SessionVerdict, target: Stand, **values: object) -> None:
    """One conditional UPDATE: who comes second finds another state and has changed nothing."""
    statement = (
        sa.update(SessionVerdict)
        .where(SessionVerdict.live_session_id == row.live_session_id, SessionVerdict.state == row.state)
        .values(state=target, **values)
        .execution_options(synchronize_session=False)
    )
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This lesson has changed. Load the page again.", code="changed")
    db.session.refresh(row)


def _settle(row: SessionVerdict, live_session: LiveSession, back: dict[Measure, int]) -> None:
    """Make it final inside the open transaction: the refund is wanted, the mentor's share may be paid out, both hear."""
    db.session.flush()
    orders_lock(live_session)
    found = give_back(paid_for(live_session), back)
    cash, minutes = found.refund_paise, found.minutes
    final = {"refund_paise": cash, "back_minutes": minutes, "waived_paise": found.waived_paise}
    _move(row, Stand.FINAL, final_at=now(), **final)
    reason = row.reason or SENTENCES[Finding(row.finding)]
    for order, part in zip(orders_of(live_session), found.per_order, strict=True):
        if part:
            order_give_back(order.id, part, reason, f"verdict:{live_session.public_id}:{order.id}")
        order_release(order.id)
    if not any(left_of(live_session).values()):
        coupon_return(live_session.id)  # there was no lesson: the code may be used again
    live_session.refund_paise = (live_session.refund_paise or 0) + cash or None
    db.session.flush()
    if cash or minutes or row.objected_at is not None:
        _tell_final(live_session, row, reason)
    absence_note(live_session, row)
    announce(VerdictFinal(live_session.id))


def _tell_final(live_session: LiveSession, row: SessionVerdict, reason: str) -> None:
    for user_id in (live_session.mentor_id, live_session.learner_id):
        if user_id is None:
            continue
        yours = user_id == live_session.learner_id
        gone = amounts(row.refund_paise, row.back_minutes)
        money = f"{gone} goes back" if gone else "Nothing goes back"
        notify(
            user_id,
            "verdict",
            f"{money}{' to you' if yours and gone else ''}",
            f"{sentence(live_session.title)} {reason}",
            session_url(live_session.public_id),
            (),
            None,
            f"verdict_final:{live_session.public_id}:{user_id}",
        )
