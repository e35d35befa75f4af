"""A code that somebody typed on a booking sheet: what it takes off, or why nothing. Nothing is counted by asking."""

from dataclasses import dataclass

from flask import request
from flask_login import current_user

from blueprints.errors import told
from peerlearn.errors import Conflict, Invalid
from peerlearn.payments.coupons import Quote, coupon_code, coupon_quote
from peerlearn.payments.credits import credit_quote
from peerlearn.sessions.models import LiveSession


@dataclass(frozen=True)
class Asked:
    """A code that somebody typed: what it takes off, or why nothing."""

    code: str = ""
    quote: Quote | None = None
    problem: str | None = None


def code_asked(mentor_id: int, price_paise: int, problem: str | None = None) -> Asked:
    """The code in the posted form, looked up for this lesson. Nothing is counted yet."""
    code = request.form.get("code", "").strip()[:40]
    if not code or problem:
        return Asked(code, None, problem)
    try:
        return Asked(code, coupon_quote(code, current_user.id, mentor_id, price_paise))
    except (Conflict, Invalid) as refused:
        return Asked(code, None, told(refused))


def code_own(mentor_id: int, price_paise: int) -> Asked:
    """The reader's own credit, where they have one that is good for this lesson: nobody types what we owe them."""
    quote = credit_quote(current_user.id, mentor_id, price_paise) if price_paise else None
    return Asked(quote.code, quote) if quote is not None else Asked()


def code_kept(lesson: LiveSession | None) -> Asked:
    """The code that a hold has already."""
    code = coupon_code(lesson.coupon_id) if lesson is not None else ""
    if lesson is None or not code or lesson.coupon_id is None:
        return Asked()
    quote = Quote(lesson.coupon_id, code, lesson.discount_by or "", lesson.discount_paise, lesson.due_paise)
    return Asked(code, quote)
