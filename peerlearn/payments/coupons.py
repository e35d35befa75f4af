"""Coupons: made by an administrator or by a mentor for own lessons, taken at the hold, given back when it ends unpaid.

A use is counted twice over: the coupon's counter can't pass its limit (a conditional UPDATE, a check behind it), and a
person's uses carry numbers that are unique. So no race passes a limit, on either engine.
"""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import db, transactional
from peerlearn.money import rupees
from peerlearn.payments.coupon_models import STANDING, Coupon, CouponUse
from peerlearn.payments.tender import discounted

CODE = re.compile(r"[A-Z0-9]{4,20}")


@dataclass(frozen=True)
class Quote:
    """What a coupon takes off a price, in paise, and who bears it ("platform" or "mentor")."""

    coupon_id: int
    code: str
    funded_by: str
    discount_paise: int
    due_paise: int


def code_of(text: str) -> str:
    """A code as a person types it: letters in capitals, without spaces and dashes."""
    return re.sub(r"[\s-]", "", text).upper()[:40]


@transactional
def coupon_make(
    maker_id: int,
    code: str,
    *,
    percent: int | None = None,
    off_paise: int | None = None,
    mentor_id: int | None = None,
    funded_by: str = "platform",
    least_paise: int = 0,
    most_uses: int | None = None,
    per_person: int = 1,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Coupon:
    """Make a coupon. An administrator makes any; a mentor makes them for own lessons and bears them.

    Raises NotAllowed, Invalid (with its field) for what can't be, Conflict for a code that is there already.
    """
    maker = db.session.get(User, maker_id)
    own = funded_by == "mentor" and mentor_id == maker_id
    if maker is None or not (maker.is_admin or (maker.is_mentor and own)):
        raise NotAllowed("You can make coupons for your own lessons, at your own cost.", code="coupon_of_others")
    code = code_of(code)
    if not CODE.fullmatch(code):
        raise Invalid("A code has 4 to 20 letters and digits.", code="coupon_code", field="code")
    if (percent is None) == (off_paise is None):
        raise Invalid("Write a percentage or an amount, one of the two.", code="coupon_value", field="percent")
    if percent is not None and not 1 <= percent <= 100:
        raise Invalid("A percentage goes from 1 to 100.", code="coupon_percent", field="percent")
    if off_paise is not None and not 100 <= off_paise <= 10_000_000:
        raise Invalid("An amount goes from ₹1 to ₹1,00,000.", code="coupon_amount", field="amount")
    if funded_by not in ("platform", "mentor") or (funded_by == "mentor" and mentor_id is None):
        raise Invalid("Say whose lessons it is for, and who bears it.", code="coupon_funding", field="funded_by")
    if not 1 <= per_person <= 1000 or (most_uses is not None and not 1 <= most_uses <= 1_000_000):
        raise Invalid("A limit is a number from 1.", code="coupon_limit", field="most_uses")
    if not 0 <= least_paise <= 100_000_000:
        raise Invalid("The smallest price goes up to ₹10,00,000.", code="coupon_least", field="least")
    begins = valid_from or now()
    if valid_until is not None and valid_until <= max(begins, now()):
        raise Invalid(
            "The last day must come after the first one, and after today.", code="coupon_until", field="until"
        )
    coupon = Coupon(
        code=code,
        percent=percent,
        off_paise=off_paise,
        funded_by=funded_by,
        mentor_id=mentor_id,
        least_paise=least_paise,
        most_uses=most_uses,
        per_person=per_person,
        uses=0,
        valid_from=begins,
        valid_until=valid_until,
        made_by=maker_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(coupon)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict("This code is there already. Choose another one.", code="coupon_exists", field="code") from error
    return coupon


@transactional
def coupon_close(public_id: str, actor_id: int) -> None:
    """End a coupon. Lessons booked with it keep their price. Raises Missing for who may not."""
    coupon = db.session.scalar(sa.select(Coupon).where(Coupon.public_id == public_id))
    actor = db.session.get(User, actor_id)
    mine = coupon is not None and coupon.funded_by == "mentor" and coupon.mentor_id == actor_id
    if coupon is None or actor is None or not (actor.is_admin or mine):
        raise Missing("There is no such coupon among yours.", code="no_such_coupon")
    coupon.closed_at = coupon.closed_at or now()


def coupons_of(mentor_id: int) -> list[Coupon]:
    """Return the coupons that a mentor bears, newest first."""
    return list(
        db.session.scalars(
            sa.select(Coupon)
            .where(Coupon.mentor_id == mentor_id, Coupon.funded_by == "mentor")
            .order_by(Coupon.id.desc())
        )
    )


def coupon_quote(code: str, person_id: int, mentor_id: int, price_paise: int) -> Quote:
    """Return what a code takes off a price for a person, now. Changes nothing.

    Raises Invalid or Conflict with a sentence (and `field` "code") where it takes nothing off.
    """
    at = now()
    coupon = db.session.scalar(sa.select(Coupon).where(Coupon.code == code_of(code)))
    if coupon is None or coupon.mentor_id not in (None, mentor_id) or coupon.person_id not in (None, person_id):
        raise Invalid("This code is not for this lesson. Look at its letters again.", code="no_such_code", field="code")
    if coupon.closed_at is not None or (coupon.valid_until is not None and coupon.valid_until <= at):
        raise Conflict("This code has ended.", code="coupon_ended", field="code")
    if coupon.valid_from > at:
        raise Conflict("This code is not valid yet.", code="coupon_early", field="code")
    if price_paise < coupon.least_paise:
        raise Conflict(
            f"This code is for lessons from {rupees(coupon.least_paise)}.", code="coupon_least", field="code"
        )
    if coupon.most_uses is not None and coupon.uses >= coupon.most_uses:
        raise Conflict("This code is used up.", code="coupon_used_up", field="code")
    if _free_number(coupon, person_id) is None:
        raise Conflict("You have used this code before.", code="coupon_used_before", field="code")
    off = discounted(price_paise, coupon.percent, coupon.off_paise)
    if off == 0:
        raise Conflict("This lesson is free already.", code="coupon_free", field="code")
    return Quote(coupon.id, coupon.code, coupon.funded_by, off, price_paise - off)


def coupon_code(coupon_id: int | None) -> str:
    """Return a coupon's code, empty for none."""
    coupon = db.session.get(Coupon, coupon_id) if coupon_id else None
    return coupon.code if coupon else ""


def _free_number(coupon: Coupon, person_id: int) -> int | None:
    taken = set(
        db.session.scalars(
            sa.select(CouponUse.number).where(
                CouponUse.coupon_id == coupon.id, CouponUse.person_id == person_id, CouponUse.state.in_(STANDING)
            )
        )
    )
    return next((number for number in range(1, coupon.per_person + 1) if number not in taken), None)


def coupon_take(coupon_id: int, person_id: int, live_session_id: int, discount_paise: int) -> bool:
    """Count one use for a lesson, inside the open transaction. Returns False where a limit is reached; nothing changed.

    Asks for the limits only: whether the code fits the lesson is `coupon_quote`'s to say.
    """
    counted = db.session.execute(
        sa.update(Coupon)
        .where(Coupon.id == coupon_id, sa.or_(Coupon.most_uses.is_(None), Coupon.uses < Coupon.most_uses))
        .values(uses=Coupon.uses + 1)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        return False
    coupon = db.session.get(Coupon, coupon_id, populate_existing=True)
    number = _free_number(coupon, person_id) if coupon is not None else None
    if number is None or not _use(coupon_id, person_id, live_session_id, number, discount_paise):
        _uncount(coupon_id)
        return False
    return True


def _use(coupon_id: int, person_id: int, live_session_id: int, number: int, discount_paise: int) -> bool:
    try:
        with db.session.begin_nested():
            db.session.add(
                CouponUse(
                    coupon_id=coupon_id,
                    person_id=person_id,
                    live_session_id=live_session_id,
                    number=number,
                    discount_paise=discount_paise,
                )
            )
            db.session.flush()
    except IntegrityError:  # the guard: this number, or this lesson, has a use already
        return False
    return True


def _uncount(coupon_id: int) -> None:
    db.session.execute(
        sa.update(Coupon)
        .where(Coupon.id == coupon_id)
        .values(uses=Coupon.uses - 1)
        .execution_options(synchronize_session=False)
    )


def coupon_return(live_session_id: int) -> bool:
    """Give the standing use of a lesson back, inside the open transaction: it counts no more. Returns whether there was one."""
    return _step(live_session_id, STANDING, "returned")


def coupon_spend(live_session_id: int) -> bool:
    """The lesson is confirmed: its held use is used, inside the open transaction. Returns whether there was one."""
    return _step(live_session_id, ("held",), "used")


def _step(live_session_id: int, sources: tuple[str, ...], target: str) -> bool:
    use = db.session.execute(
        sa.select(CouponUse.id, CouponUse.coupon_id).where(
            CouponUse.live_session_id == live_session_id, CouponUse.state.in_(sources)
        )
    ).first()
    if use is None:
        return False
    changed = db.session.execute(
        sa.update(CouponUse)
        .where(CouponUse.id == use[0], CouponUse.state.in_(sources))
        .values(state=target)
        .execution_options(synchronize_session=False)
    )
    done = bool(changed.rowcount)  # type: ignore[attr-defined]
    if done and target == "returned":
        _uncount(use[1])
    return done
