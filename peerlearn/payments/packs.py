"""Packs of prepaid minutes: bought by an order, used lesson by lesson, given back by a lesson's rules, refundable.

A pack's rows are taken under a lock and changed by conditional UPDATEs with checks behind them, so that two bookings
never spend the same minutes. Everything that happens to it is a movement with a key of its own.
"""

from datetime import timedelta

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.kernel import db, transactional
from peerlearn.payments.books import ledger_post, settle_mark
from peerlearn.payments.gone import refunded_paise
from peerlearn.payments.ledger import prepay_postings
from peerlearn.payments.models import Payment, PaymentOrder, Refund
from peerlearn.payments.orders import lock_order, order_create
from peerlearn.payments.pack_models import Pack, PackMove, PackOffer
from peerlearn.payments.pack_value import minutes_for, value_taken
from peerlearn.payments.tender import SMALLEST_PAISE, Tender, Use

PURPOSE = "pack"
OFFERS_AT_ONCE = 3
MINUTES = range(30, 6_001)
LEAST_PAISE_A_MINUTE = 10
DEAREST_PAISE = 10_000_000  # one lakh rupees
WAITS_FOR = timedelta(hours=1)  # an unpaid order of the same pack is shown again for so long


@transactional
def pack_offer_make(mentor_id: int, minutes: int, price_paise: int) -> PackOffer:
    """Offer so many minutes for a price. Raises Invalid, and Conflict for a fourth offer or one that is there already."""
    if minutes not in MINUTES:
        raise Invalid("A pack has 30 to 6,000 minutes.", code="pack_minutes", field="minutes")
    if not minutes * LEAST_PAISE_A_MINUTE <= price_paise <= DEAREST_PAISE or price_paise < SMALLEST_PAISE:
        raise Invalid("Write a price from 10 paise a minute up to ₹1,00,000.", code="pack_price", field="price")
    db.session.execute(
        sa.select(PackOffer.id).where(PackOffer.mentor_id == mentor_id).with_for_update()
    )  # two taps at once: the second one sees the first one's
    offers = pack_offers_of(mentor_id)
    for offer in offers:
        if (offer.minutes, offer.price_paise) == (minutes, price_paise):
            return offer
    if len(offers) >= OFFERS_AT_ONCE:
        raise Conflict("You offer three packs. Take one off first.", code="too_many_packs")
    offer = PackOffer(mentor_id=mentor_id, minutes=minutes, price_paise=price_paise)
    db.session.add(offer)
    db.session.flush()
    return offer


@transactional
def pack_offer_close(public_id: str, mentor_id: int) -> None:
    """Take an offer off. What was bought stays. Does nothing the second time; raises Missing for another's offer."""
    offer = pack_offer_by_public_id(public_id)
    if offer is None or offer.mentor_id != mentor_id:
        raise Missing("There is no such pack among yours.", code="no_such_pack")
    offer.closed_at = offer.closed_at or now()


def pack_offer_by_public_id(public_id: str) -> PackOffer | None:
    """Return an offer, standing or taken off, or None."""
    return db.session.scalar(sa.select(PackOffer).where(PackOffer.public_id == public_id))


def pack_offers_of(mentor_id: int) -> list[PackOffer]:
    """Return the packs that a mentor offers now, fewest minutes first."""
    return list(
        db.session.scalars(
            sa.select(PackOffer)
            .where(PackOffer.mentor_id == mentor_id, PackOffer.closed_at.is_(None))
            .order_by(PackOffer.minutes, PackOffer.price_paise)
        )
    )


@transactional
def pack_want(offer_public_id: str, learner_id: int) -> PaymentOrder:
    """Begin to buy a pack and return its order; two taps get the same one. Raises Missing, Conflict (own or taken off)."""
    offer = pack_offer_by_public_id(offer_public_id)
    if offer is None:
        raise Missing("There is no such pack. Look at the mentor's page again.", code="no_such_pack")
    if offer.closed_at is not None:
        raise Conflict("This pack is not offered any more. Look at the mentor's page again.", code="pack_closed")
    if offer.mentor_id == learner_id:
        raise Conflict("This is your own pack.", code="own_pack")
    waiting = db.session.scalar(
        sa.select(PaymentOrder)
        .join(Pack, Pack.order_id == PaymentOrder.id)
        .where(Pack.learner_id == learner_id, Pack.offer_id == offer.id, Pack.bought_at.is_(None))
        .where(PaymentOrder.state.in_(("new", "open")), PaymentOrder.created_at > now() - WAITS_FOR)
        .order_by(PaymentOrder.id.desc())
        .limit(1)
    )
    if waiting is not None:
        return waiting
    pack = Pack(
        learner_id=learner_id,
        mentor_id=offer.mentor_id,
        offer_id=offer.id,
        minutes=offer.minutes,
        price_paise=offer.price_paise,
        minutes_left=0,
        paise_left=0,
    )
    db.session.add(pack)
    db.session.flush()
    order = order_create(learner_id, PURPOSE, pack.id, offer.price_paise)
    pack.order_id = order.id
    db.session.flush()
    return order


@transactional
def pack_settle(order_id: int) -> bool:
    """Turn the money of a paid order into minutes. Idempotent; returns whether this call did it.

    However late the money comes, the minutes are there: nobody else can have taken them. Raises Missing.
    """
    order = db.session.get(PaymentOrder, order_id, populate_existing=True)
    if order is None or order.purpose != PURPOSE:
        raise Missing("There is no such order.", code="no_such_order")
    if order.state != "paid":
        return False
    order = lock_order(order_id)
    pack = _locked(order.purpose_id)
    if pack.bought_at is not None or order.settled_at is not None:  # or all of the money went back before
        return False
    _move(pack, "bought", order.id, pack.minutes, pack.price_paise, f"bought:{pack.id}")
    pack.bought_at = now()
    db.session.flush()
    ledger_post("prepay", f"prepay:{order.id}", prepay_postings(order.payer_id, order.amount_paise))
    earlier = sa.select(Refund).where(Refund.payment_id == order.paid_payment_id, Refund.amount_paise > 0)
    for refund in db.session.scalars(earlier.order_by(Refund.id)).all():
        pack_shrink(order, str(refund.id), refund.amount_paise)
    settle_mark(order.id)
    return True


def returnable_paise(payment: Payment) -> int:
    """Return what can go back of a payment: what is left of it, of a pack no more than its unused minutes."""
    left = payment.amount_paise - refunded_paise(payment.id)
    order = db.session.get(PaymentOrder, payment.order_id)
    pack = pack_of_order(order) if order is not None and order.paid_payment_id == payment.id else None
    return left if pack is None or pack.bought_at is None else min(left, pack.paise_left)


def pack_of_order(order: PaymentOrder) -> Pack | None:
    """Return the pack that an order buys, or None."""
    return db.session.get(Pack, order.purpose_id) if order.purpose == PURPOSE else None


def packs_of(learner_id: int, mentor_id: int | None = None) -> list[Pack]:
    """Return the packs that a learner has bought, oldest first; of one mentor, or of all."""
    statement = sa.select(Pack).where(Pack.learner_id == learner_id, Pack.bought_at.is_not(None)).order_by(Pack.id)
    if mentor_id is not None:
        statement = statement.where(Pack.mentor_id == mentor_id)
    return list(db.session.scalars(statement))


def minutes_left(learner_id: int, mentor_id: int) -> int:
    """Return the prepaid minutes that a learner has with a mentor."""
    statement = sa.select(sa.func.sum(Pack.minutes_left)).where(
        Pack.learner_id == learner_id, Pack.mentor_id == mentor_id
    )
    return int(db.session.execute(statement).scalar_one() or 0)


@transactional
def minutes_take(order_id: int, learner_id: int, mentor_id: int, minutes: int) -> tuple[Use, ...]:
    """Take minutes for an order, the oldest pack first, and return what was taken out of which.

    Raises Conflict("too_few_minutes") with how many are left; then nothing was taken.
    """
    rows = list(
        db.session.scalars(
            sa.select(Pack)
            .where(Pack.learner_id == learner_id, Pack.mentor_id == mentor_id, Pack.minutes_left > 0)
            .order_by(Pack.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    there = sum(pack.minutes_left for pack in rows)
    if there < minutes:
        raise Conflict(
            f"You have {there} prepaid minutes left, and this lesson takes {minutes}.",
            code="too_few_minutes",
            minutes_left=there,
        )
    uses, wanted = [], minutes
    for pack in rows:
        take = min(wanted, pack.minutes_left)
        if take:
            paise = value_taken(take, pack.minutes_left, pack.paise_left, pack.minutes, pack.price_paise)
            _move(pack, "used", order_id, -take, -paise, f"used:{order_id}:{pack.id}")
            uses.append(Use(take, paise))
            wanted -= take
    return tuple(uses)


def minutes_put_back(order_id: int, tender: Tender, before: int, minutes: int, key: str) -> None:
    """Put minutes of an order back into the packs they came from, inside the open transaction."""
    moves = db.session.scalars(
        sa.select(PackMove).where(PackMove.order_id == order_id, PackMove.kind == "used").order_by(PackMove.id)
    ).all()
    was, will = tender.parts_back(before), tender.parts_back(before + minutes)
    for move, old, new in zip(moves, was, will, strict=True):
        if new.minutes > old.minutes:
            pack = _locked(move.pack_id)
            back = new.minutes - old.minutes, new.paise - old.paise
            _move(pack, "returned", order_id, *back, f"{key}:{pack.id}")


def pack_shrink(order: PaymentOrder, key: str, amount_paise: int) -> int:
    """Money of a pack goes back: as many minutes leave it, inside the open transaction; return the paise of these.

    `key` names the refund or dispute. What goes back beyond the unused minutes (by hand at the gateway) stays a debt
    of the learner in the ledger.
    """
    pack = _locked(order.purpose_id)
    paise = min(amount_paise, pack.paise_left)
    stays = minutes_for(pack.paise_left - paise, pack.minutes, pack.price_paise)
    minutes = pack.minutes_left - min(pack.minutes_left, stays)
    if paise:
        _move(pack, "refunded", order.id, -minutes, -paise, f"refunded:{key}")
        ledger_post("unprepay", f"unprepay:{key}", prepay_postings(order.payer_id, -paise))
    return paise


def _locked(pack_id: int) -> Pack:
    statement = sa.select(Pack).where(Pack.id == pack_id).with_for_update()
    pack = db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one_or_none()
    if pack is None:
        raise Missing("There is no such pack.", code="no_such_pack")
    return pack


def _move(pack: Pack, kind: str, order_id: int, minutes: int, paise: int, key: str) -> None:
    """One conditional UPDATE and its movement: where the rows are not as they were read, nothing happens."""
    changed = db.session.execute(
        sa.update(Pack)
        .where(Pack.id == pack.id, Pack.minutes_left == pack.minutes_left, Pack.paise_left == pack.paise_left)
        .values(minutes_left=Pack.minutes_left + minutes, paise_left=Pack.paise_left + paise)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Your minutes have changed. Load the page again.", code="changed")
    db.session.add(PackMove(pack_id=pack.id, kind=kind, order_id=order_id, minutes=minutes, paise=paise, key=key))
    db.session.flush()
    db.session.refresh(pack)
