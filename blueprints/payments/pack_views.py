"""Packs of prepaid minutes: the sheet that sells one, what a learner has, and giving unused minutes up."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.templating import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import limiter, ports
from blueprints.guards import signed_in
from blueprints.numbers import whole
from blueprints.payments import bp
from blueprints.sessions.showing import sheet_or_page
from peerlearn.accounts.queries import user_by_id, users_by_ids
from peerlearn.catalog.queries import mentor_profile_of
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.money import rupees, split_gross
from peerlearn.payments.pack_models import Pack
from peerlearn.payments.pack_refunds import pack_refund
from peerlearn.payments.packs import pack_offer_by_public_id, pack_want, packs_of
from peerlearn.payments.queries import order_by_id
from peerlearn.payments.service import order_open_at_gateway, refunds_send


@bp.get("/packs/<public_id>")
@signed_in
def pack_sheet(public_id: str) -> ResponseReturnValue:
    """What a pack is, what it costs and where the money goes, before anything is paid."""
    offer = pack_offer_by_public_id(public_id)
    mentor = user_by_id(offer.mentor_id) if offer else None
    if offer is None or mentor is None or offer.closed_at is not None:
        raise Missing(_("This pack is not offered any more. Look at the mentor's page again."), code="no_such_pack")
    profile, settings = mentor_profile_of(mentor.id), ports().settings
    rates = settings.platform_fee_percent, settings.gst_percent
    return sheet_or_page(
        "payments/pack",
        offer=offer,
        mentor=mentor,
        lesson_minutes=profile.lesson_minutes if profile else 0,
        lessons=offer.minutes // profile.lesson_minutes if profile else 0,
        split=split_gross(offer.price_paise, *rates),
        fee_percent=f"{rates[0].normalize():f}",
    )


@bp.post("/packs/<public_id>/buy")
@limiter.limit("30/minute")
@signed_in
def pack_buy(public_id: str) -> ResponseReturnValue:
    """Begin to buy a pack and go to pay."""
    order = order_open_at_gateway(pack_want(public_id, current_user.id).id, gateway=ports().gateway)
    return redirect(url_for("payments.pay", order_public_id=order.public_id), 303)


@bp.get("/me/minutes")
@signed_in
def my_packs() -> ResponseReturnValue:
    """The prepaid minutes that a person has, by mentor, and each pack."""
    rows = pack_rows(current_user.id)
    return render_template("payments/my_packs.html", people=rows)


def pack_rows(learner_id: int) -> list[dict[str, Any]]:
    """A learner's packs by mentor, most minutes first."""
    packs = packs_of(learner_id)
    mentors = users_by_ids({pack.mentor_id for pack in packs})
    rows = []
    for mentor_id, mentor in mentors.items():
        mine = [pack for pack in packs if pack.mentor_id == mentor_id]
        orders = {pack.id: order_by_id(pack.order_id) for pack in mine if pack.order_id}
        rows.append(
            {"mentor": mentor, "packs": mine, "orders": orders, "left": sum(pack.minutes_left for pack in mine)}
        )
    return sorted(rows, key=lambda row: -int(row["left"]))


def _mine(public_id: str) -> Pack:
    pack = next((pack for pack in packs_of(current_user.id) if pack.public_id == public_id), None)
    if pack is None:
        raise Missing(_("There is no such pack among yours."), code="no_such_pack")
    return pack


def _return_view(pack: Pack, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    return sheet_or_page("payments/pack_return", status, pack=pack, mentor=user_by_id(pack.mentor_id), problem=problem)


@bp.get("/me/minutes/<public_id>/return")
@signed_in
def pack_return_sheet(public_id: str) -> ResponseReturnValue:
    """What giving unused minutes up brings, to the paisa, before anything happens."""
    return _return_view(_mine(public_id))


@bp.post("/me/minutes/<public_id>/return")
@limiter.limit("30/minute")
@signed_in
def pack_return(public_id: str) -> ResponseReturnValue:
    """Give unused minutes up for what they were bought for; where they changed meanwhile, show the new sum."""
    pack = _mine(public_id)
    shown = whole(request.form.get("paise"))
    if shown is None:
        raise Invalid(_("Open the sheet again, so that you see what comes back."), code="terms_unseen")
    try:
        refund = pack_refund(public_id, current_user.id, expect_paise=shown)
    except (Conflict, Invalid) as refused:
        if wants_json():
            raise
        return _return_view(_mine(pack.public_id), told(refused), 409)
    refunds_send(gateway=ports().gateway)
    flash(_("%(amount)s is on its way back to you.", amount=rupees(refund.amount_paise)), "check")
    return redirect(url_for("payments.my_packs"), 303)
