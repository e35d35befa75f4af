"""Pay, come back, see how it stands, get a receipt; and the gateway's own door."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import csrf, limiter, ports
from blueprints.guards import public, signed_in, webhook
from blueprints.payments import bp
from blueprints.payments.checkout_options import checkout_options
from blueprints.payments.forms import ReturnForm, failed_order_id
from blueprints.payments.standing import WAITING, Stand, Standing, standing_of
from peerlearn.accounts.models import User
from peerlearn.accounts.queries import user_by_id
from peerlearn.clock import local, now
from peerlearn.errors import Conflict, Invalid, Missing, TooMany, Upstream
from peerlearn.money import split_gross
from peerlearn.payments import queries, service
from peerlearn.payments.coupons import coupon_code, coupon_quote
from peerlearn.payments.credit_notes import note_paper, notes_of
from peerlearn.payments.models import PaymentDispute, PaymentOrder, Refund
from peerlearn.payments.months import INDIA
from peerlearn.payments.pack_models import Pack
from peerlearn.payments.packs import minutes_left, pack_of_order
from peerlearn.payments.queries import MoneyTrail
from peerlearn.payments.receipts import receipt_number
from peerlearn.payments.tenders import is_paid
from peerlearn.sessions import checkout, extending
from peerlearn.sessions.door import Door, door_at
from peerlearn.sessions.extension_queries import extension_by_id
from peerlearn.sessions.models import Extension, LiveSession
from peerlearn.sessions.queries import next_start_after, session_by_id
from peerlearn.sessions.settling import order_settle

ASK_AGAIN_AFTER = timedelta(seconds=5)
SOON = timedelta(hours=1)  # from here on the countdown shows its seconds


@dataclass(frozen=True)
class Bought:
    """An order with what it buys and where it stands."""

    order: PaymentOrder
    trail: MoneyTrail
    live_session: LiveSession | None
    mentor: User | None
    standing: Standing
    extension: Extension | None = None
    pack: Pack | None = None

    @property
    def title(self) -> str:
        """What is bought, in words."""
        if self.pack is not None:
            return _("%(minutes)s prepaid minutes", minutes=self.pack.minutes)
        title = self.live_session.title if self.live_session else _("A lesson")
        if self.extension is None:
            return title
        return _("%(minutes)s minutes more of %(title)s", minutes=self.extension.minutes, title=title)


def _bought(public_id: str) -> Bought:
    """The viewer's own order. A stranger gets the same 404 as for an order that does not exist."""
    order = queries.order_by_public_id(public_id)
    trail = queries.trail_of(order.id) if order is not None and order.payer_id == current_user.id else None
    if order is None or trail is None:
        raise Missing(_("There is no such payment among yours."), code="no_such_order")
    extension = extension_by_id(order.purpose_id) if order.purpose == extending.PURPOSE else None
    lesson_id = extension.live_session_id if extension else order.purpose_id
    live_session = session_by_id(lesson_id) if extension or order.purpose == checkout.PURPOSE else None
    pack = pack_of_order(order)
    seller = live_session or pack
    mentor = user_by_id(seller.mentor_id) if seller else None
    standing = standing_of(order, trail.payments, trail.refunds, live_session, now(), extension, pack)
    return Bought(order, trail, live_session, mentor, standing, extension, pack)


@bp.get("/pay/<order_public_id>")
@signed_in
def pay(order_public_id: str) -> ResponseReturnValue:
    """The pay page: opens the gateway's checkout at once. An order that needs no more money goes to its state."""
    bought = _bought(order_public_id)
    if bought.standing.stand not in {Stand.OPEN, Stand.FAILED} or bought.order.gateway_order_id is None:
        return redirect(url_for("payments.status", order_public_id=order_public_id), 303)
    live_session, settings = bought.live_session, ports().settings
    if live_session is None and bought.pack is None:
        raise Missing(_("There is no such lesson any more."), code="no_such_session")
    fee, gst = settings.platform_fee_percent, settings.gst_percent
    if live_session is not None:
        fee, gst = live_session.fee_percent, live_session.gst_percent
    lesson = live_session if bought.extension is None else None
    return render_template(
        "payments/pay.html",
        bought=bought,
        split=split_gross(bought.order.gross_paise, fee, gst),
        fee_percent=_plain(fee),
        code=coupon_code(bought.order.coupon_id) or request.args.get("code", "")[:40],
        code_problem=_code_problem(bought) if request.args.get("why") else None,
        minutes_left=minutes_left(current_user.id, lesson.mentor_id) if lesson else 0,
        options=checkout_options(bought.order, bought.title),
        checkout_url=ports().gateway.checkout_url,
        hosted_url=f"{ports().settings.razorpay_base_url}/v1/checkout/embedded",
        cancel_url=url_for("payments.status", order_public_id=order_public_id, _external=True),
    )


def _code_problem(bought: Bought) -> str | None:
    """Why the code in the address takes nothing off, in today's words."""
    if bought.live_session is None or bought.order.coupon_id is not None:
        return None
    try:
        coupon_quote(
            request.args.get("code", "")[:40],
            current_user.id,
            bought.live_session.mentor_id,
            bought.live_session.price_paise,
        )
    except (Conflict, Invalid) as refused:
        return told(refused)
    return None


def _plain(percent: Decimal) -> str:
    """15.00 -> "15", 12.50 -> "12.5"."""
    return f"{percent.normalize():f}"


@bp.post("/pay/return")
@csrf.exempt
@limiter.limit("60/minute")
@public
def return_() -> ResponseReturnValue:
    """A browser comes back from the gateway, perhaps from another site and without its cookies.

    The order is found by the gateway's id and the success is proved by its signature and by asking the gateway. Where
    the gateway does not answer now, the webhook or the reconciler will tell; the page says that we are checking.
    """
    form = ReturnForm()
    if not form.validate():
        return _came_back_empty()
    order = queries.order_by_gateway_id(form.razorpay_order_id.data)
    if order is None:
        raise Missing(_("There is no such payment among yours."), code="no_such_order")
    try:
        service.payment_verify_return(
            order, form.razorpay_payment_id.data, form.razorpay_signature.data, gateway=ports().gateway
        )
    except (Upstream, TooMany):
        ports().queue.enqueue("reconcile_order", order.id)
    else:
        order_settle(order.id)
    if wants_json():  # a page that goes on, as the room does; the rows say how it stands
        return jsonify({"ok": True})
    return redirect(url_for("payments.status", order_public_id=order.public_id, back=1), 303)


def _came_back_empty() -> ResponseReturnValue:
    order = queries.order_by_gateway_id(failed_order_id() or "")
    if order is None:
        raise Invalid(
            _("We could not read what came back. If money was taken, it shows under Lessons in a minute."),
            code="return_unreadable",
        )
    ports().queue.enqueue("reconcile_order", order.id)
    return redirect(url_for("payments.status", order_public_id=order.public_id), 303)


@bp.get("/pay/<order_public_id>/status")
@signed_in
def status(order_public_id: str) -> ResponseReturnValue:
    """How an order stands, as a page or as JSON for the page that waits. Success only where the database says so."""
    bought = _bought(order_public_id)
    if wants_json():
        _ask_gateway_sometimes(bought)
        return jsonify(
            {
                "ok": True,
                "state": bought.standing.stand.value,
                "waiting": bought.standing.stand in WAITING,
                "url": url_for("payments.status", order_public_id=order_public_id),
            }
        )
    came_back = bool(request.args.get("back")) and bought.standing.stand in WAITING
    return render_template(
        "payments/status.html",
        bought=bought,
        stand=Stand.CHECKING if came_back else bought.standing.stand,
        waiting=bought.standing.stand in WAITING,
        door_open=_door_open(bought.live_session),
        soon=bought.live_session is not None and bought.live_session.starts_at - now() < SOON,
    )


def _door_open(live_session: LiveSession | None) -> bool:
    if live_session is None:
        return False
    return (
        door_at(
            now(),
            live_session.starts_at,
            live_session.ends_at,
            live_session.state,
            next_start_after(live_session, now()),
        )
        is Door.OPEN
    )


def _ask_gateway_sometimes(bought: Bought) -> None:
    """Somebody waits: have the worker ask the gateway, at most every few seconds."""
    order = bought.order
    asked = order.asked_at or order.created_at
    if order.state != "paid" and order.gateway_order_id and now() - asked >= ASK_AGAIN_AFTER:
        ports().queue.enqueue("reconcile_order", order.id)


def _india(trail: MoneyTrail) -> str:
    """When it was paid, on India's calendar: the day by which its tax and the receipt's number count."""
    paid = trail.paid.captured_at if trail.paid else trail.order.paid_at
    return _india_words(paid or trail.order.created_at)


def _india_words(instant: datetime) -> str:
    at = local(instant, INDIA)
    return f"{format_date(at.date(), 'd MMM yyyy')}, {at:%H:%M} IST"


def _gst_percent(bought: Bought) -> str:
    """The tax in the price: as it was when the lesson was booked, else as it is."""
    return _plain(bought.live_session.gst_percent if bought.live_session else ports().settings.gst_percent)


@bp.get("/pay/<order_public_id>/receipt")
@signed_in
def receipt(order_public_id: str) -> ResponseReturnValue:
    """A receipt to print, with the tax line. Raises Conflict before anything was paid."""
    bought = _bought(order_public_id)
    if not is_paid(bought.order):
        raise Conflict(_("There is a receipt once this is paid."), code="not_paid")
    return render_template(
        "payments/receipt.html",
        bought=bought,
        payer=current_user,
        number=receipt_number(bought.order.id) or bought.order.receipt,
        paid_on=_india(bought.trail),
        seller=ports().settings.seller,
        gst_percent=_gst_percent(bought),
        code=coupon_code(bought.order.coupon_id),
        notes=notes_of(bought.order.id),
    )


@bp.get("/pay/<order_public_id>/notes/<subject_public_id>")
@signed_in
def credit_note(order_public_id: str, subject_public_id: str) -> ResponseReturnValue:
    """The paper for what went back of a receipt by a refund or a lost dispute, to print.

    Missing before it has gone back, and for a second payment.
    """
    bought = _bought(order_public_id)
    number = receipt_number(bought.order.id)
    went_back: list[Refund | PaymentDispute] = [*bought.trail.refunds, *bought.trail.disputes]
    subject = next((one for one in went_back if one.public_id == subject_public_id), None)
    note = note_paper(subject, number) if subject is not None and number is not None else None
    if note is None:
        raise Missing(_("There is no credit note of this refund yet."), code="no_such_note")
    return render_template(
        "payments/credit_note.html",
        bought=bought,
        note=note,
        written_on=_india_words(note.at),
        payer=current_user,
        seller=ports().settings.seller,
        gst_percent=_gst_percent(bought),
    )


@bp.post("/webhooks/razorpay", endpoint="webhook")
@csrf.exempt
@limiter.exempt
@webhook
def razorpay_webhook() -> ResponseReturnValue:
    """The gateway tells of an event: checked over the raw bytes, stored, answered; a job does the rest.

    A failure of ours answers 5xx, so that the gateway sends the event again.
    """
    service.webhook_store(
        request.get_data(),
        request.headers.get("X-Razorpay-Signature"),
        request.headers.get("X-Razorpay-Event-Id"),
        ports().settings.razorpay_webhook_secrets,
    )
    return jsonify({"ok": True})
