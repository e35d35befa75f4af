"""`/v1`: the part of Razorpay's HTTP API that PeerLearn uses, and its refusals."""

from __future__ import annotations

import hmac
import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from peerlearn.adapters.razorpay_simulator import problems, shapes
from peerlearn.adapters.razorpay_simulator.bank import Bank
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.route import Route
from peerlearn.adapters.razorpay_simulator.shapes import Body
from peerlearn.adapters.razorpay_simulator.webhooks import Account

EARLIEST, LATEST = 946684800, 4765046400


def make_api(bank: Bank, account: Account, route: Route) -> Blueprint:  # noqa: C901 - a list of routes, each a line or two
    """The API as a Flask blueprint, closed to everyone without the account's keys."""
    api = Blueprint("api", __name__, url_prefix="/v1")

    @api.before_request
    def authenticate() -> None:
        check_keys(account)

    @api.post("/orders")
    def order_create() -> Response:
        return jsonify(bank.order_create(sent()))

    @api.get("/orders")
    def orders() -> Response:
        return listed(bank, "order", receipt=request.args.get("receipt"))

    @api.get("/orders/<order_id>")
    def order(order_id: str) -> Response:
        body = bank.order(order_id)
        if "payments" in request.args.getlist("expand[]"):
            body["payments"] = shapes.collection(bank.store.listed("payment", order_id, count=100))
        return jsonify(body)

    @api.get("/orders/<order_id>/payments")
    def order_payments(order_id: str) -> Response:
        bank.order(order_id)
        items = [p for p in bank.store.listed("payment", order_id, count=100) if p["status"] != "created"]
        return jsonify(shapes.collection(items))

    @api.patch("/orders/<order_id>")
    def order_edit(order_id: str) -> Response:
        return jsonify(bank.notes_edit("order", order_id, sent()))

    @api.get("/payments")
    def payments() -> Response:
        return listed(bank, "payment")

    @api.get("/payments/<payment_id>")
    def payment(payment_id: str) -> Response:
        return jsonify(bank.payment(payment_id))

    @api.patch("/payments/<payment_id>")
    def payment_edit(payment_id: str) -> Response:
        return jsonify(bank.notes_edit("payment", payment_id, sent()))

    @api.post("/payments/<payment_id>/capture")
    def payment_capture(payment_id: str) -> Response:
        return jsonify(bank.capture(payment_id, sent()))

    @api.post("/payments/<payment_id>/refund")
    def payment_refund(payment_id: str) -> Response:
        return jsonify(bank.refund_create(payment_id, sent(), request.headers.get("X-Refund-Idempotency")))

    @api.get("/payments/<payment_id>/refunds")
    def payment_refunds(payment_id: str) -> Response:
        bank.payment(payment_id)
        return listed(bank, "refund", parent=payment_id)

    @api.get("/payments/<payment_id>/refunds/<refund_id>")
    def payment_refund_one(payment_id: str, refund_id: str) -> Response:
        refund = bank.refund(refund_id)
        if refund["payment_id"] != payment_id:
            raise Problem(problems.UNKNOWN_ID)
        return jsonify(refund)

    @api.post("/refunds")
    def refund_create() -> Response:
        body = sent()
        payment_id = body.pop("payment_id", None)
        if payment_id is None:
            raise problems.missing_field("payment_id")
        return jsonify(bank.refund_create(str(payment_id), body, request.headers.get("X-Refund-Idempotency")))

    @api.get("/refunds")
    def refunds() -> Response:
        return listed(bank, "refund")

    @api.get("/refunds/<refund_id>")
    def refund(refund_id: str) -> Response:
        return jsonify(bank.refund(refund_id))

    @api.patch("/refunds/<refund_id>")
    def refund_edit(refund_id: str) -> Response:
        return jsonify(bank.notes_edit("refund", refund_id, sent()))

    @api.get("/methods")
    def methods() -> Response:
        return jsonify({"entity": "methods", "card": True, "upi": True, "netbanking": {"HDFC": "HDFC Bank"}})

    routes(api, bank, route)

    @api.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def unknown(_rest: str) -> Response:
        raise Problem(problems.WRONG_URL)

    return api


def routes(api: Blueprint, bank: Bank, route: Route) -> None:
    """Transfers, reversals and settlements: the part of `/v1` that belongs to Route."""

    @api.post("/payments/<payment_id>/transfers")
    def payment_transfers(payment_id: str) -> Response:
        return jsonify(route.transfers_create(payment_id, sent()))

    @api.get("/payments/<payment_id>/transfers")
    def payment_transfer_list(payment_id: str) -> Response:
        bank.payment(payment_id)
        return listed(bank, "transfer", parent=payment_id)

    @api.post("/transfers")
    def transfer_direct() -> Response:
        return jsonify(route.transfer_direct(sent(), request.headers.get("X-Transfer-Idempotency")))

    @api.get("/transfers")
    def transfers() -> Response:
        settlement_id = request.args.get("recipient_settlement_id")
        if settlement_id is None:
            return listed(bank, "transfer")
        found, skip = route.transfers_in(settlement_id), request.args.get("skip", 0, int)
        return jsonify(shapes.collection(found[skip : skip + min(100, request.args.get("count", 10, int))]))

    @api.get("/transfers/<transfer_id>")
    def transfer(transfer_id: str) -> Response:
        return jsonify(route.transfer(transfer_id))

    @api.patch("/transfers/<transfer_id>")
    def transfer_edit(transfer_id: str) -> Response:
        return jsonify(route.transfer_edit(transfer_id, sent()))

    @api.post("/transfers/<transfer_id>/reversals")
    def reversal_create(transfer_id: str) -> Response:
        return jsonify(route.reversal_create(transfer_id, sent()))

    @api.get("/transfers/<transfer_id>/reversals")
    def reversals(transfer_id: str) -> Response:
        route.transfer(transfer_id)
        return listed(bank, "reversal", parent=transfer_id)

    @api.get("/settlements")
    def settlements() -> Response:
        return listed(bank, "settlement")

    @api.get("/settlements/<settlement_id>")
    def settlement(settlement_id: str) -> Response:
        return jsonify(bank.entity("settlement", "setl", settlement_id))


def make_accounts_api(route: Route, account: Account) -> Blueprint:
    """`/v2`: linked accounts, their people and their products."""
    api = Blueprint("accounts_api", __name__, url_prefix="/v2/accounts")

    @api.before_request
    def authenticate() -> None:
        check_keys(account)

    @api.post("")
    def account_create() -> Response:
        return jsonify(route.account_create(sent()))

    @api.get("/<account_id>")
    def account_one(account_id: str) -> Response:
        return jsonify(route.account(account_id))

    @api.post("/<account_id>/stakeholders")
    def stakeholder_create(account_id: str) -> Response:
        return jsonify(route.stakeholder_create(account_id, sent()))

    @api.get("/<account_id>/stakeholders")
    def stakeholders(account_id: str) -> Response:
        return jsonify(shapes.collection(route.stakeholders(account_id)))

    @api.post("/<account_id>/products")
    def product_create(account_id: str) -> Response:
        return jsonify(route.product_create(account_id, sent()))

    @api.get("/<account_id>/products/<product_id>/", strict_slashes=False)
    def product(account_id: str, product_id: str) -> Response:
        return jsonify(route.product(account_id, product_id))

    @api.patch("/<account_id>/products/<product_id>/", strict_slashes=False)
    def product_edit(account_id: str, product_id: str) -> Response:
        return jsonify(route.product_edit(account_id, product_id, sent()))

    @api.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def unknown(_rest: str) -> Response:
        raise Problem(problems.WRONG_URL)

    return api


def check_keys(account: Account) -> None:
    """Only who has the account's keys gets in; a few calls need the public one only. Raises Problem."""
    given = request.authorization
    right = (
        given is not None
        and given.type == "basic"
        and (
            hmac.compare_digest(str(given.username), account.key_id)
            & hmac.compare_digest(str(given.password), account.key_secret)
        )
    )
    public = request.path == "/v1/methods" and given is not None and given.username == account.key_id
    if not (right or public):
        raise Problem(problems.AUTHENTICATION_FAILED, status=401)


def sent() -> Body:
    """The JSON body of the call; an empty body is an empty object. Raises Problem for anything else."""
    raw = request.get_data()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Problem("The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise Problem("The request body must be a JSON object.")
    return body


def listed(bank: Bank, kind: str, parent: str | None = None, receipt: str | None = None) -> Response:
    """A collection with the query parameters that every list takes: count, skip, from, to."""
    values: dict[str, Any] = {"count": 10, "skip": 0, "from": EARLIEST, "to": LATEST}
    for name in [name for name in values if name in request.args]:
        text = request.args[name]
        if not text.isdecimal():
            raise Problem(f"The {name} must be an integer.", field=name)
        values[name] = int(text)
        if name in ("from", "to") and not EARLIEST <= values[name] <= LATEST:
            raise Problem(f"{name} {problems.TIME_RANGE}", field=name)
    if not 1 <= values["count"] <= 100:
        raise Problem("The count must be between 1 and 100.", field="count")
    found = bank.store.listed(
        kind,
        parent=parent,
        receipt=receipt,
        since=values["from"],
        until=values["to"],
        count=values["count"],
        skip=values["skip"],
    )
    return jsonify(shapes.collection(found))
