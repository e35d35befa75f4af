"""What a mentor offers beside the price of a lesson: packs of minutes, and coupons at the mentor's own cost."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import limiter, my_zone, ports
from blueprints.guards import role
from blueprints.numbers import whole
from blueprints.payments import bp
from peerlearn.catalog.queries import mentor_profile_of
from peerlearn.catalog.zones import instants_at
from peerlearn.errors import Conflict, Invalid
from peerlearn.money import split_gross
from peerlearn.payments.coupons import coupon_close, coupon_make, coupons_of
from peerlearn.payments.packs import pack_offer_close, pack_offer_make, pack_offers_of


def day_end(text: str) -> datetime | None:
    """The end of a day as a form's date field names it, in the viewer's zone; None where it is empty. Raises Invalid."""
    if not text:
        return None
    try:
        after = datetime.strptime(text, "%Y-%m-%d") + timedelta(days=1)  # noqa: DTZ007 - a wall time, placed in its zone below
        return instants_at(after, my_zone())[0]
    except (ValueError, OverflowError, IndexError) as error:
        raise Invalid(_("Choose the last day from the calendar."), code="bad_day", field="until") from error


def rupees_in(text: str, field: str) -> int:
    """Paise from whole rupees in a form. Raises Invalid."""
    amount = whole(text.strip().replace(",", ""), 10_000_000)
    if amount is None:
        raise Invalid(_("Write whole rupees, for example 499."), code="bad_amount", field=field)
    return amount * 100


def coupon_values() -> dict[str, Any]:
    """What the posted form of a coupon says, as `coupon_make` takes it. Raises Invalid."""
    form = request.form
    value, kind = form.get("value", "").strip(), form.get("kind", "percent")
    most = form.get("most_uses", "").strip()
    return {
        "percent": (whole(value, 100) or 0) if kind == "percent" else None,
        "off_paise": rupees_in(value, "value") if kind == "amount" else None,
        "least_paise": rupees_in(form["least"], "least") if form.get("least", "").strip() else 0,
        "most_uses": (whole(most) or 0) if most else None,
        "per_person": whole(form.get("per_person", "1")) or 0,
        "valid_until": day_end(form.get("until", "").strip()),
    }


def _page(problem: Conflict | Invalid | None = None, about: str = "") -> ResponseReturnValue:
    profile, settings = mentor_profile_of(current_user.id), ports().settings
    rates = settings.platform_fee_percent, settings.gst_percent
    offers = pack_offers_of(current_user.id)
    page = render_template(
        "payments/offers.html",
        offers=[(offer, split_gross(offer.price_paise, *rates).mentor_paise) for offer in offers],
        coupons=coupons_of(current_user.id),
        profile=profile,
        lesson_minutes=profile.lesson_minutes if profile else 50,
        values=request.form,
        problem=told(problem) if problem else None,
        about=about,
    )
    return page, 400 if problem else 200


@bp.get("/money/offers")
@role("mentor")
def offers() -> ResponseReturnValue:
    """A mentor's packs and coupons, and the forms to make more."""
    return _page()


@bp.post("/money/offers/pack")
@limiter.limit("30/hour")
@role("mentor")
def pack_make() -> ResponseReturnValue:
    """Offer so many lessons for a price."""
    try:
        profile = mentor_profile_of(current_user.id)
        lessons = whole(request.form.get("lessons"), 100) or 0
        price = rupees_in(request.form.get("price", ""), "price")
        pack_offer_make(current_user.id, lessons * (profile.lesson_minutes if profile else 0), price)
    except (Conflict, Invalid) as refused:
        if wants_json():
            raise
        return _page(refused, "pack")
    flash(_("It is on your page."), "check")
    return redirect(url_for("payments.offers"), 303)


@bp.post("/money/offers/pack/<public_id>/close")
@role("mentor")
def pack_close(public_id: str) -> ResponseReturnValue:
    """Take a pack off the page. What was bought stays."""
    pack_offer_close(public_id, current_user.id)
    flash(_("Taken off. Minutes that were bought stay."), "check")
    return redirect(url_for("payments.offers"), 303)


@bp.post("/money/offers/coupon")
@limiter.limit("30/hour")
@role("mentor")
def coupon_new() -> ResponseReturnValue:
    """Make a coupon for one's own lessons, at one's own cost."""
    me = current_user.id
    try:
        coupon = coupon_make(me, request.form.get("code", ""), funded_by="mentor", mentor_id=me, **coupon_values())
    except (Conflict, Invalid) as refused:
        if wants_json():
            raise
        return _page(refused, "coupon")
    flash(_("%(code)s works from now on.", code=coupon.code), "check")
    return redirect(url_for("payments.offers"), 303)


@bp.post("/money/offers/coupon/<public_id>/close")
@role("mentor")
def coupon_end(public_id: str) -> ResponseReturnValue:
    """End a coupon."""
    coupon_close(public_id, current_user.id)
    flash(_("It has ended. Lessons booked with it keep their price."), "check")
    return redirect(url_for("payments.offers"), 303)
