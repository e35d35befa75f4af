"""Credits: what the house gives one person off a next lesson. A coupon like any other, for one person and one use."""

import secrets
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid
from peerlearn.kernel import db
from peerlearn.payments.coupon_models import Coupon
from peerlearn.payments.coupons import Quote, coupon_quote

PREFIX: Final = "SORRY"
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another
VALID_FOR: Final = timedelta(days=180)


def credit_make(person_id: int, made_by: int, because_of: int, off_paise: int) -> Coupon | None:
    """Give a person so much off, inside the open transaction. None where there is one for the same lesson already.

    `made_by` is who caused it, `because_of` the lesson. The house bears it, as mentors whom it is used with did nothing.
    """
    credit = Coupon(
        code=PREFIX + "".join(secrets.choice(LETTERS) for _ in range(8)),
        off_paise=off_paise,
        funded_by="platform",
        person_id=person_id,
        because_of=because_of,
        most_uses=1,
        valid_until=now() + VALID_FOR,
        made_by=made_by,
    )
    try:
        with db.session.begin_nested():
            db.session.add(credit)
            db.session.flush()
    except IntegrityError:  # the guard: one for one lesson
        return None
    return credit


def credit_because_of(live_session_id: int) -> Coupon | None:
    """The credit that was given for a lesson."""
    return db.session.scalar(sa.select(Coupon).where(Coupon.because_of == live_session_id))


def credited_since(person_id: int, made_by: int, since: datetime) -> bool:
    """Whether somebody has caused a credit of this person since an instant."""
    found = sa.select(Coupon.id).where(Coupon.person_id == person_id, Coupon.made_by == made_by)
    return db.session.scalar(found.where(Coupon.created_at > since).limit(1)) is not None


def credit_quote(person_id: int, mentor_id: int, price_paise: int) -> Quote | None:
    """The credit of a person that ends first and is good for this lesson, or None. Counts nothing."""
    mine = sa.select(Coupon.code).where(
        Coupon.person_id == person_id, Coupon.uses < Coupon.most_uses, Coupon.valid_until > now()
    )
    for code in db.session.scalars(mine.order_by(Coupon.valid_until, Coupon.id)):
        try:
            return coupon_quote(code, person_id, mentor_id, price_paise)
        except (Conflict, Invalid):
            continue
    return None
