"""Beside money: a code that takes something off, and prepaid minutes; on the booking sheet and on the pay page."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import limiter, ports
from blueprints.guards import member_of_session
from blueprints.sessions import bp
from peerlearn.errors import Conflict, Invalid
from peerlearn.payments.packs import minutes_left
from peerlearn.sessions import checkout
from peerlearn.sessions.discounts import coupon_apply, coupon_remove
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.prepaid import pay_with_minutes


def pay_held(held: LiveSession) -> ResponseReturnValue:
    """Go on from a hold as its sheet asked: with minutes, with a code, or straight to paying.

    Raises Conflict or Invalid where minutes or code are not to be had; the hold stays.
    """
    if request.form.get("with") == "minutes":
        return _by_minutes(held)
    code = request.form.get("code", "").strip()
    if code:
        coupon_apply(held.id, current_user.id, code)
    return to_pay(held)


def _by_minutes(held: LiveSession) -> ResponseReturnValue:
    pay_with_minutes(held.id, current_user.id)
    left = minutes_left(current_user.id, held.mentor_id)
    flash(_("You are booked. %(n)s of your minutes are left.", n=left), "check")
    return redirect(url_for("sessions.show", public_id=held.public_id), 303)


def to_pay(held: LiveSession) -> ResponseReturnValue:
    """Open the order and lead to paying; what costs nothing is booked."""
    order = checkout.order_open(held.id, gateway=ports().gateway)
    if order is None:
        flash(_("You are booked"), "check")
        return redirect(url_for("sessions.show", public_id=held.public_id), 303)
    return redirect(url_for("payments.pay", order_public_id=order.public_id), 303)


@bp.post("/sessions/<public_id>/minutes")
@limiter.limit("30/minute")
@member_of_session
def use_minutes(public_id: str) -> ResponseReturnValue:
    """Pay for one's own hold with prepaid minutes of its mentor."""
    held = checkout.held_of(public_id, current_user.id)
    return _by_minutes(held)


@bp.post("/sessions/<public_id>/coupon")
@limiter.limit("12/minute")
@member_of_session
def coupon(public_id: str) -> ResponseReturnValue:
    """Put a code on one's own hold, or take it off, and come back to paying: with the new sum, or with the reason."""
    held = checkout.held_of(public_id, current_user.id)
    code = request.form.get("code", "").strip()[:40]
    if request.form.get("remove"):
        coupon_remove(held.id, current_user.id)
        return to_pay(held)
    try:
        if not code:
            raise Invalid(_("Write the code first."), code="no_code", field="code")
        coupon_apply(held.id, current_user.id, code)
    except (Conflict, Invalid) as refused:
        if refused.code == "hold_expired":
            raise
        order = checkout.order_open(held.id, gateway=ports().gateway)
        if order is None:
            return redirect(url_for("sessions.show", public_id=public_id), 303)
        again = url_for("payments.pay", order_public_id=order.public_id, code=code, why=refused.code)
        return redirect(again, 303)
    return to_pay(held)
