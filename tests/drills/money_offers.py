"""Lessons that are not paid with money alone: with codes, with packs of minutes, with the unused rest of a pack given up."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.payments.coupon_models import Coupon
from peerlearn.payments.coupons import coupon_make
from peerlearn.payments.orders import order_open_at_gateway
from peerlearn.payments.pack_models import Pack, PackOffer
from peerlearn.payments.pack_refunds import pack_refund
from peerlearn.payments.packs import pack_offer_make, pack_want
from peerlearn.sessions import checkout
from peerlearn.sessions.discounts import coupon_apply, coupon_remove
from peerlearn.sessions.extending import extension_answer, extension_offer, extension_order
from peerlearn.sessions.holds import hold_agreed
from peerlearn.sessions.prepaid import extend_with_minutes, pay_with_minutes
from peerlearn.sessions.service import session_start
from tests.drills.money_people import a_start
from tests.drills.money_street import Act, Street


def make_coupon(street: Street) -> None:
    """The house or a mentor gives a code out."""
    code, mentor = f"CODE{street.dice.randint(0, 10**6)}", street.dice.choice(street.mentors)
    off: dict[str, Any] = street.dice.choice(
        ({"percent": 20}, {"percent": 100}, {"percent": 33}, {"off_paise": 150_01})
    )
    limits: dict[str, Any] = {"most_uses": street.dice.choice((1, 3, 50)), "per_person": street.dice.choice((1, 2))}
    if street.dice.random() < 0.5:
        coupon_make(street.admin, code, **off, **limits)
    else:
        coupon_make(mentor, code, **off, **limits, mentor_id=mentor, funded_by="mentor")


def book_with_code(street: Street) -> None:
    """A learner takes a time, writes a code, perhaps takes it away again, and goes on to pay what is left."""
    codes = db.session.scalars(sa.select(Coupon).order_by(Coupon.id.desc()).limit(8)).all()
    if not codes:
        return
    coupon = street.dice.choice(codes)
    learner = coupon.person_id or street.dice.choice(street.learners)
    mentor = coupon.mentor_id or street.dice.choice(street.mentors)
    held = checkout.hold_slot(mentor, a_start(street), learner)
    street.touched.add(held.id)
    if street.dice.random() < 0.2:
        checkout.order_open(held.id, gateway=street.gateway)  # looked at the price without the code first
    coupon_apply(held.id, learner, coupon.code)
    if street.dice.random() < 0.1:
        coupon_remove(held.id, learner)
    checkout.order_open(held.id, gateway=street.gateway)


def offer_pack(street: Street) -> None:
    """A mentor offers minutes."""
    minutes = street.dice.choice((100, 170, 300))
    pack_offer_make(street.dice.choice(street.mentors), minutes, minutes * street.dice.choice((777, 901)))


def buy_pack(street: Street) -> None:
    """A learner begins to buy a pack."""
    offers = db.session.scalars(sa.select(PackOffer).order_by(PackOffer.id)).all()
    if offers:
        order = pack_want(street.dice.choice(offers).public_id, street.dice.choice(street.learners))
        order_open_at_gateway(order.id, gateway=street.gateway)


def _a_pack(street: Street) -> Pack | None:
    rows = db.session.scalars(sa.select(Pack).where(Pack.minutes_left > 0).order_by(Pack.id.desc()).limit(12)).all()
    return street.dice.choice(rows) if rows else None


def book_with_minutes(street: Street) -> None:
    """A learner takes a time and pays it with minutes, where there are enough."""
    pack = _a_pack(street)
    if pack is not None:
        held = checkout.hold_slot(pack.mentor_id, a_start(street), pack.learner_id)
        street.touched.add(held.id)
        pay_with_minutes(held.id, pack.learner_id)


def longer_with_minutes(street: Street) -> None:
    """Help now, paid with minutes, and a quarter of an hour more, paid with minutes too; money was perhaps asked for first."""
    pack = _a_pack(street)
    if pack is None:
        return
    mentor, learner, wait = pack.mentor_id, pack.learner_id, timedelta(minutes=5)
    held = hold_agreed(mentor, learner, now(), 30, 201_01, "Help now", kind="instant", request_id=1, hold_for=wait)
    street.touched.add(held.id)
    pay_with_minutes(held.id, learner)
    session_start(held.id)
    offer = extension_offer(held.id, mentor, 15)
    extension_answer(offer.public_id, learner, accept=True)
    if street.dice.random() < 0.3:
        extension_order(offer.public_id, learner, gateway=street.gateway)
    extend_with_minutes(offer.public_id, learner)


def give_pack_up(street: Street) -> None:
    """A learner gives the unused minutes of a pack up."""
    pack = _a_pack(street)
    if pack is not None:
        pack_refund(pack.public_id, pack.learner_id)


ACTS: list[tuple[float, Act]] = [
    (0.6, make_coupon), (3, book_with_code), (0.3, offer_pack), (1.5, buy_pack), (3, book_with_minutes),
    (0.4, give_pack_up), (2, longer_with_minutes),
]  # fmt: skip
