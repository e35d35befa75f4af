"""Checkout: the script that a merchant's page loads, and the hosted page on which a person chooses what happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, render_template, request, send_from_directory

from peerlearn.adapters.razorpay_simulator import problems
from peerlearn.adapters.razorpay_simulator.api import sent
from peerlearn.adapters.razorpay_simulator.bank import CANCELLED, DECLINED, Bank
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.shapes import Body
from peerlearn.adapters.razorpay_simulator.webhooks import Account
from peerlearn.money import rupees

PAGES = Path(__file__).parent / "pages"

OUTCOMES = {
    "success": ("It works", "The bank says yes."),
    "failure": ("It is declined", "The bank says no. You can try again."),
    "cancelled": ("I cancel at the bank", "You change your mind on the bank's page."),
    "late": ("Declined, then paid after all", "The bank says no now and yes a little later."),
    "twice": ("It is paid twice", "The bank takes the money two times."),
    "silent": ("Paid, and the page never hears", "As if this tab were closed at the wrong moment."),
}
FAILING_VPA = "failure@razorpay"
FAILING_CARDS = {
    "4100280000090000": "payment_timed_out",
    "4100280000080001": "insufficient_fund",
    "4100280000070002": "payment_cancelled",
    "4100280000060003": "card_declined",
    "4100280000030006": "card_disabled_for_online_payments",
    "4100280000010008": "card_number_invalid",
    "4100280000020007": "gateway_technical_error",
    "4100280000000009": "authentication_failed",
}


def pay(bank: Bank, account: Account, wanted: Body) -> Body:
    """A person pays an order with an outcome. Returns what Checkout tells the page. Raises Problem."""
    outcome, method = str(wanted.get("outcome") or "success"), str(wanted.get("method") or "upi")
    order_id = str(wanted.get("order_id") or "")
    if outcome not in OUTCOMES or method not in ("upi", "card", "netbanking"):
        raise Problem("There is no such outcome or method.")
    paid_with = {name: wanted[name] for name in ("vpa", "contact", "email", "description") if wanted.get(name)}
    if method == "upi":
        paid_with.setdefault("vpa", "success@razorpay")
    reason = _test_reason(method, wanted)
    if reason is not None and outcome == "success":
        outcome = "failure"
    amount = wanted.get("amount")
    payment = bank.start(order_id, method, paid_with, amount=amount if isinstance(amount, int) else None)
    if outcome in ("failure", "late", "cancelled"):
        body = dict(CANCELLED if outcome == "cancelled" else DECLINED)
        if reason is not None:
            body["error_reason"] = reason
        return _failed(bank.fail(payment["id"], body, late=outcome == "late"))
    payment = bank.succeed(payment["id"])
    if outcome == "twice":
        bank.succeed(bank.start(order_id, method, paid_with, again=True)["id"])
    if outcome == "silent":
        return {"status": "silent", "payment_id": payment["id"]}
    return {
        "status": "success",
        "response": {
            "razorpay_payment_id": payment["id"],
            "razorpay_order_id": order_id,
            "razorpay_signature": account.sign_payment(order_id, payment["id"]),
        },
    }


def _test_reason(method: str, wanted: Body) -> str | None:
    if method == "upi" and wanted.get("vpa") == FAILING_VPA:
        return "payment_failed"
    if method == "card":
        return FAILING_CARDS.get(str(wanted.get("card") or "").replace(" ", ""))
    return None


def _failed(payment: Body) -> Body:
    return {
        "status": "failed",
        "error": {
            "code": payment["error_code"],
            "description": payment["error_description"],
            "source": payment["error_source"],
            "step": payment["error_step"],
            "reason": payment["error_reason"],
            "metadata": {"payment_id": payment["id"], "order_id": payment["order_id"]},
        },
    }


def make_checkout(bank: Bank, account: Account) -> Blueprint:
    """The public side: `checkout.js`, its frame, the hosted page and the button behind it."""
    public = Blueprint("checkout", __name__, template_folder=str(PAGES))

    @public.get("/checkout.js")
    @public.get("/v1/checkout.js")
    def script() -> Response:
        response = send_from_directory(PAGES, "checkout.js", mimetype="text/javascript")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    @public.get("/assets/<name>")
    def asset(name: str) -> Response:
        return send_from_directory(PAGES, name)

    @public.get("/v1/checkout/public")
    def frame() -> Response:
        return page(dict(request.args.items()))

    @public.post("/v1/checkout/embedded")
    def hosted() -> Response:
        fields = {name.replace("prefill[", "prefill_").rstrip("]"): value for name, value in request.form.items()}
        return page({**fields, "mode": "redirect"})

    @public.post("/v1/checkout/pay")
    def button() -> Response:
        wanted = sent()
        if wanted.get("key_id") != account.key_id:
            raise Problem(problems.UNKNOWN_ID)
        return jsonify(pay(bank, account, wanted))

    def page(given: dict[str, str]) -> Response:
        problem, order = None, None
        try:
            if given.get("key_id") != account.key_id:
                raise Problem(problems.UNKNOWN_ID)
            order = bank.order(given.get("order_id", ""))
            if order["status"] == "paid":
                problem = problems.ORDER_ALREADY_PAID
        except Problem as refused:
            problem = refused.description
        html = render_template(
            "checkout.html",
            given=_cleaned(given),
            order=order,
            problem=problem,
            outcomes=OUTCOMES,
            amount=rupees(order["amount"]) if order else "",
            late_seconds=int(bank.store.option("late_seconds")),
        )
        return Response(html, mimetype="text/html")

    return public


def _cleaned(given: dict[str, str]) -> dict[str, Any]:
    """Only web addresses may be posted to or gone to: a `javascript:` address never reaches the page."""
    cleaned: dict[str, Any] = dict(given)
    for name in ("callback_url", "cancel_url", "origin"):
        if urlsplit(given.get(name, "")).scheme not in ("http", "https"):
            cleaned[name] = ""
    return cleaned
