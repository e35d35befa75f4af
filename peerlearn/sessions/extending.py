"""More time for a running lesson: one asks, the other agrees, the learner pays, then the end moves. Each step once.

Only `_add` makes a lesson longer, and only from a state that it leaves: money that is told of twice, a crash between the
steps, or two taps at once add the minutes once and post the split once. What comes too late goes back in full.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import announce, db, one_by_one, transactional, transition
from peerlearn.money import rupees, split_gross
from peerlearn.notifications.service import notify
from peerlearn.payments.books import paid_order
from peerlearn.payments.giving_back import give_back, still_wanted
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.order_returns import order_give_back
from peerlearn.payments.orders import lock_order, order_close
from peerlearn.payments.ports import Gateway
from peerlearn.payments.service import order_create, order_open_at_gateway, settle_mark, split_post
from peerlearn.payments.tender import Measure
from peerlearn.payments.tenders import is_paid
from peerlearn.sessions.checkout import Settled
from peerlearn.sessions.claims import claims_move, people_lock
from peerlearn.sessions.door import CLOSES_AFTER
from peerlearn.sessions.extension_lifecycle import WAITING, Extended, Step, before, next_extended
from peerlearn.sessions.extension_queries import (
    CHOICES,
    added_minutes,
    extension_price,
    extension_waiting,
    extensions_of,
)
from peerlearn.sessions.extension_time import minutes_check, minutes_taken
from peerlearn.sessions.facts import ExtensionChanged, LateMoneyReturned, SessionExtended
from peerlearn.sessions.late_money import money_return
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import Extension, LiveSession
from peerlearn.sessions.words import sentence, session_url

PURPOSE = "extension"
ANSWER_WITHIN = timedelta(minutes=3)
PAY_WITHIN = timedelta(minutes=5)
LONGEST_MINUTES = 240


@transactional
def extension_offer(live_session_id: int, actor_id: int, minutes: int) -> Extension:
    """Ask the other one for more time. The same question again is the same offer; asked from both sides it is agreed.

    Raises Missing for a stranger, Invalid for other than 15 or 30 minutes, Conflict("not_live", "too_long",
    "extension_waits", "time_taken") with a sentence.
    """
    live_session = _locked(live_session_id, actor_id)
    if minutes not in CHOICES:
        raise Invalid("Choose 15 or 30 minutes.", code="minutes", field="minutes")
    _lapse_due(live_session_id)
    waiting = extension_waiting(live_session_id)
    if waiting is not None:
        if waiting.minutes != minutes:
            raise Conflict("There is an offer of more time already. Answer that one first.", code="extension_waits")
        if waiting.state == Extended.OFFERED and waiting.asked_by != actor_id:
            _agree(live_session, waiting, actor_id)
        return waiting
    minutes_check(live_session, minutes, actor_id)
    before_now = added_minutes(extensions_of(live_session_id))
    if live_session.minutes + minutes > LONGEST_MINUTES:
        raise Conflict("A lesson lasts four hours at most. Book the next one for another day.", code="too_long")
    offer = Extension(
        live_session_id=live_session_id,
        asked_by=actor_id,
        minutes=minutes,
        price_paise=extension_price(live_session, minutes, before_now),
        state=Extended.OFFERED,
        waits_until=now() + ANSWER_WITHIN,
    )
    db.session.add(offer)
    db.session.flush()
    announce(ExtensionChanged(live_session_id, offer.id))
    return offer


@transactional
def extension_answer(public_id: str, actor_id: int, *, accept: bool) -> Extension:
    """Say yes to the other one's offer, or no to either's. Saying it again changes nothing.

    Yes to one's own offer is refused. A free one is added at once, another waits for the learner's money. Raises
    Missing, NotAllowed("own_offer"), Conflict("extension_over", "not_live", "time_taken").
    """
    found = extension_found(public_id)
    live_session = _locked(found.live_session_id, actor_id)
    db.session.refresh(found)
    if not accept:
        if next_extended(found.state, Step.DECLINE) is not None and _step(found, Step.DECLINE, Extended.DECLINED):
            _close_order(found)
            announce(ExtensionChanged(live_session.id, found.id))
        return found
    if found.asked_by == actor_id:
        raise NotAllowed("You asked for this yourself. The other one answers.", code="own_offer")
    _lapse_due(live_session.id)
    db.session.refresh(found)
    if next_extended(found.state, Step.AGREE) is not None:
        _agree(live_session, found, actor_id)
    return found


def extension_order(public_id: str, payer_id: int, *, gateway: Gateway) -> PaymentOrder:
    """Return the order of an agreed extension, open at the gateway; the same one however often it is asked for.

    The gateway is called outside any transaction. Raises Missing for anybody but the learner, Conflict where nothing is
    to be paid any more, and Upstream from the gateway.
    """
    return order_open_at_gateway(_order_want(public_id, payer_id), gateway=gateway)


@transactional
def _order_want(public_id: str, payer_id: int) -> int:
    found = extension_found(public_id)
    live_session = _locked(found.live_session_id, payer_id)
    db.session.refresh(found)
    if live_session.learner_id != payer_id:
        raise Missing("There is no such payment among yours.", code="no_such_order")
    if found.state != Extended.AGREED or found.waits_until <= now():
        raise Conflict("The time to pay for this ran out. Ask again if you both like.", code="extension_over")
    if found.order_id is None:
        found.order_id = order_create(payer_id, PURPOSE, found.id, found.price_paise).id
        db.session.flush()
    return found.order_id


@transactional
def extension_settle(order_id: int) -> Settled:
    """Turn recorded money into more time, or send it back. Idempotent; safe from many callers at once.

    The lesson must still run and both people must be free. Raises Missing for an order of another purpose.
    """
    order = db.session.get(PaymentOrder, order_id, populate_existing=True)
    if order is None or order.purpose != PURPOSE:
        raise Missing("There is no such order.", code="no_such_order")
    if order.state != "paid":
        return Settled.WAITING
    found = db.session.get(Extension, order.purpose_id)
    if found is None:
        raise Missing("There is no such offer.", code="no_such_extension")
    live_session = _locked(found.live_session_id, order.payer_id)
    order = lock_order(order_id)
    db.session.refresh(found)
    if found.state == Extended.ADDED and found.order_id == order.id:
        return Settled.ALREADY
    may_add = found.order_id == order.id and found.state in before(Step.ADD, Extended.ADDED)
    if may_add and extension_add(live_session, found, order):
        return Settled.CONFIRMED
    return _give_back(live_session, found, order)


def _agree(live_session: LiveSession, found: Extension, actor_id: int) -> None:
    minutes_check(live_session, found.minutes, actor_id)
    at = now()
    if not _step(found, Step.AGREE, Extended.AGREED, agreed_at=at, waits_until=at + PAY_WITHIN):
        raise Conflict("This offer of more time is over. Ask again if you both like.", code="extension_over")
    if found.price_paise == 0 and not extension_add(live_session, found, None):
        raise minutes_taken(live_session, live_session.ends_at + timedelta(minutes=found.minutes), actor_id)
    announce(ExtensionChanged(live_session.id, found.id))


def extension_add(live_session: LiveSession, found: Extension, order: PaymentOrder | None) -> bool:
    """Make the lesson longer: claims, end, state, split and both bells in the open transaction. False where it can't be."""
    if live_session.state != State.LIVE or live_session.ends_at + CLOSES_AFTER <= now():
        return False
    old = live_session.ends_at
    if not _end_move(live_session, old + timedelta(minutes=found.minutes), 1):
        return False
    if claims_move(live_session) is not None:
        _end_move(live_session, old, -1)
        return False
    if not _step(found, Step.ADD, Extended.ADDED, added_at=now()):
        raise Conflict("This lesson has changed. Load the page again.", code="changed")
    split = split_gross(found.price_paise, live_session.fee_percent, live_session.gst_percent)
    if order is not None:
        split_post(order, live_session.mentor_id, split)
        _tell_added(live_session, found, order, split.mentor_paise)
    announce(SessionExtended(live_session.id, found.id, order.id if order else None))
    return True


def _end_move(live_session: LiveSession, ends_at: datetime, by: int) -> bool:
    """The conditional UPDATE decides against an end of the lesson at the same moment."""
    return transition(
        LiveSession,
        live_session.id,
        State.LIVE,
        State.LIVE,
        ends_at=ends_at,
        sequence=LiveSession.sequence + by,
    )


def _give_back(live_session: LiveSession, found: Extension, order: PaymentOrder) -> Settled:
    wanted = money_return(order, "Paid after the time for more minutes had run out.", "extension-late")
    if found.order_id == order.id and found.state in before(Step.GIVE_BACK, Extended.RETURNED):
        _step(found, Step.GIVE_BACK, Extended.RETURNED)
    settle_mark(order.id)
    if wanted == 0:
        return Settled.ALREADY
    url = f"/pay/{order.public_id}/receipt"
    notify(
        order.payer_id,
        "late_money",
        f"{rupees(wanted)} is on its way back to you",
        f"Your payment for more time came too late for {live_session.title}. Nothing is lost.",
        url,
        [{"label": "See the receipt", "method": "get", "url": url, "style": "quiet"}],
        live_session.mentor_id,
        f"late:{order.public_id}",
    )
    announce(ExtensionChanged(live_session.id, found.id))
    announce(LateMoneyReturned(live_session.id, order.id))
    return Settled.RETURNED


def extensions_undo(live_session: LiveSession, reason: str) -> Counter[Measure]:
    """Close what waits and give back what was paid for added time, inside the open transaction; return how much.

    For a lesson that is called off.
    """
    gone: Counter[Measure] = Counter()
    for row in extensions_of(live_session.id):
        if row.state in WAITING and _step(row, Step.LAPSE, Extended.LAPSED):
            _close_order(row)
        order = db.session.get(PaymentOrder, row.order_id) if row.order_id else None
        if order is None or not is_paid(order) or row.state != Extended.ADDED:
            continue
        paid = paid_order(order, split_gross(order.gross_paise, live_session.fee_percent, live_session.gst_percent))
        units = sum(give_back([paid], still_wanted([paid], 1, 1)).per_order)
        if units:
            order_give_back(order.id, units, reason, f"extension-cancel:{order.id}")
            gone[paid.measure] += units
    return gone


def extensions_lapse() -> int:
    """End every offer that nobody answered or paid in time; return how many. For the janitor."""
    due = db.session.scalars(
        sa.select(Extension.id).where(Extension.state.in_(WAITING), Extension.waits_until <= now())
    ).all()
    return sum(one_by_one(due, _lapse_one, "extension"))


@transactional
def _lapse_one(extension_id: int) -> bool:
    found = db.session.get(Extension, extension_id)
    if found is None or not _step(found, Step.LAPSE, Extended.LAPSED, Extension.waits_until <= now()):
        return False
    _close_order(found)
    announce(ExtensionChanged(found.live_session_id, found.id))
    return True


def _lapse_due(live_session_id: int) -> None:
    due = sa.select(Extension.id).where(
        Extension.live_session_id == live_session_id, Extension.state.in_(WAITING), Extension.waits_until <= now()
    )
    for extension_id in db.session.scalars(due).all():
        _lapse_one(extension_id)


def _close_order(found: Extension) -> None:
    """Nobody waits for the money any more; what still comes is asked about for days and then goes back or counts."""
    if found.order_id is not None:
        order_close(found.order_id)


def _step(found: Extension, step: Step, target: Extended, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
    return transition(Extension, found.id, before(step, target), target, *conditions, **values)


def _tell_added(live_session: LiveSession, found: Extension, order: PaymentOrder, mentor_paise: int) -> None:
    title = f"{found.minutes} minutes more"
    receipt = f"/pay/{order.public_id}/receipt"
    action = [{"label": "See the receipt", "method": "get", "url": receipt, "style": "quiet"}]
    key = f"extended:{found.public_id}"
    paid = f"{found.minutes} prepaid minutes" if order.prepaid_minutes else rupees(found.price_paise)
    paid = f"{sentence(live_session.title)} You paid {paid}."
    earned = f"{sentence(live_session.title)} You earn {rupees(mentor_paise)} more."
    url = session_url(live_session.public_id)
    notify(order.payer_id, "session_extended", title, paid, receipt, action, live_session.mentor_id, f"{key}:learner")
    notify(live_session.mentor_id, "session_extended", title, earned, url, (), order.payer_id, f"{key}:mentor")


def extension_found(public_id: str) -> Extension:
    """Return an offer of more time by its public id. Raises Missing."""
    found = db.session.scalar(sa.select(Extension).where(Extension.public_id == public_id))
    if found is None:
        raise Missing("There is no such offer of more time.", code="no_such_extension")
    return found


def _locked(live_session_id: int, actor_id: int) -> LiveSession:
    """Return the lesson as it is now, with its people's time locked. Raises Missing for anybody else."""
    live_session = db.session.get(LiveSession, live_session_id)
    if live_session is None or live_session.side_of(actor_id) is None:
        raise Missing("There is no such lesson among yours.", code="no_such_lesson")
    people_lock(person for person in (live_session.mentor_id, live_session.learner_id) if person is not None)
    db.session.refresh(live_session)
    return live_session
