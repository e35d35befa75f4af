"""The simulator's own desk: a page that lists all money and webhooks, and a JSON API for tests and demos."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from peerlearn.adapters.razorpay_simulator.api import sent
from peerlearn.adapters.razorpay_simulator.bank import Bank
from peerlearn.adapters.razorpay_simulator.checkout import PAGES, pay
from peerlearn.adapters.razorpay_simulator.faults import KINDS, Faults
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.route import Route
from peerlearn.adapters.razorpay_simulator.shapes import Body
from peerlearn.adapters.razorpay_simulator.store import DEFAULTS
from peerlearn.adapters.razorpay_simulator.webhooks import Account, Outbox
from peerlearn.money import rupees


def make_control(bank: Bank, route: Route, account: Account, outbox: Outbox, faults: Faults) -> Blueprint:  # noqa: C901 - a list of routes, each a line or two
    """The page at `/` and everything under `/_control`. A form goes back to the page, JSON gets JSON."""
    desk = Blueprint("desk", __name__, template_folder=str(PAGES))
    store = bank.store

    def wanted() -> Body:
        if request.is_json:
            return sent()
        fields: Body = dict(request.form.items())
        for name, value in fields.items():
            try:
                fields[name] = json.loads(value)
            except ValueError:
                continue
        return fields

    def answer(body: Any) -> Response:
        if request.is_json or request.method == "DELETE" or "text/html" not in request.headers.get("Accept", ""):
            return jsonify(body)
        return redirect(url_for("desk.overview"), 303)  # type: ignore[return-value]

    def deliveries(order_id: str | None = None, count: int = 200) -> list[Body]:
        rows = store.rows(
            "SELECT * FROM delivery WHERE (? IS NULL OR order_id = ?) ORDER BY id DESC LIMIT ?",
            order_id,
            order_id,
            count,
        )
        return [dict(row) for row in rows]

    @desk.get("/")
    def overview() -> str:
        orders = store.listed("order", count=40)
        payments = {order["id"]: store.listed("payment", order["id"], count=20) for order in orders}
        refunds = {p["id"]: store.listed("refund", p["id"], count=20) for found in payments.values() for p in found}
        return render_template(
            "desk.html",
            orders=orders,
            payments=payments,
            refunds=refunds,
            deliveries=deliveries(count=60),
            accounts=[(one, route.product_of(one["id"]), store.balance(one["id"])) for one in store.listed("account")],
            transfers=store.listed("transfer", count=40),
            settlements=store.listed("settlement", count=20),
            disputes=store.listed("dispute", count=40),
            balance=store.balance(),
            options=store.options(),
            faults=faults.listed(),
            kinds=KINDS,
            account=account,
            rupees=rupees,
        )

    @desk.get("/_control/state")
    def state() -> Response:
        kinds = ("order", "payment", "refund", "transfer", "reversal", "settlement", "account", "product", "dispute")
        found = {f"{kind}s": store.listed(kind, count=1000) for kind in kinds}
        return jsonify(
            {
                **found,
                "balance": store.balance(),
                "deliveries": deliveries(count=1000),
                "options": store.options(),
                "faults": faults.listed(),
            }
        )

    @desk.get("/_control/deliveries")
    def delivery_list() -> Response:
        return jsonify(deliveries(request.args.get("order_id"), 1000))

    @desk.post("/_control/pay")
    def pay_now() -> Response:
        return answer(pay(bank, account, wanted()))

    @desk.post("/_control/payments/<payment_id>/late")
    def late(payment_id: str) -> Response:
        return answer(bank.authorise_late(payment_id))

    @desk.post("/_control/payments/<payment_id>/again")
    def again(payment_id: str) -> Response:
        first = bank.payment(payment_id)
        second = bank.start(first["order_id"], first["method"], {"vpa": first["vpa"]}, again=True)
        return answer(bank.succeed(second["id"]))

    @desk.post("/_control/payments/<payment_id>/refund")
    def refund(payment_id: str) -> Response:
        body = wanted()
        return answer(bank.refund_create(payment_id, {"amount": body["amount"]} if body.get("amount") else {}, None))

    @desk.post("/_control/accounts/<account_id>/review")
    def review(account_id: str) -> Response:
        return answer(route.review(account_id, str(wanted().get("to") or "activated")))

    @desk.post("/_control/settlements")
    def settle_now() -> Response:
        return answer(route.settle_all())

    @desk.post("/_control/settlements/<settlement_id>/return")
    def settlement_return(settlement_id: str) -> Response:
        return answer(route.bank_returns(settlement_id))

    @desk.post("/_control/deliveries/<int:delivery_id>/replay")
    def replay(delivery_id: int) -> Response:
        outbox.replay(delivery_id, int(wanted().get("copies") or 1))
        return answer({"ok": True})

    @desk.post("/_control/release")
    def release() -> Response:
        return answer({"released": outbox.release()})

    @desk.post("/_control/due")
    def due() -> Response:
        store.run("UPDATE later SET due_at = 0")
        bank.run_due()
        return answer({"ok": True})

    @desk.post("/_control/options")
    def options() -> Response:
        for name, value in wanted().items():
            if name not in DEFAULTS:
                raise Problem(f"There is no option called {name}.")
            store.set_option(name, value)
        return answer(store.options())

    @desk.post("/_control/faults")
    def fault_add() -> Response:
        faults.add(wanted())
        return answer(faults.listed())

    @desk.post("/_control/faults/clear")
    @desk.delete("/_control/faults")
    def fault_clear() -> Response:
        faults.clear()
        return answer([])

    return desk
