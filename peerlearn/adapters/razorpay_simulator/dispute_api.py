"""`/v1/disputes` and `/v1/documents`, and the bank's side of them on the simulator's own desk."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, request, url_for

from peerlearn.adapters.razorpay_simulator.api import listed, sent
from peerlearn.adapters.razorpay_simulator.bank import Bank
from peerlearn.adapters.razorpay_simulator.disputes import Disputes
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.shapes import Body


def add_disputes(api: Blueprint, bank: Bank, disputes: Disputes) -> Blueprint:
    """The merchant's calls, on the API that already checks the keys."""

    @api.get("/disputes")
    def dispute_list() -> Response:
        return listed(bank, "dispute")

    @api.get("/disputes/<dispute_id>")
    def dispute(dispute_id: str) -> Response:
        body = disputes.dispute(dispute_id)
        for name in request.args.getlist("expand[]"):
            if name != "payment":
                raise Problem("Value of each expand must be one of following types: payment, transaction.settlement")
            body["payment"] = bank.payment(body["payment_id"])
        return jsonify(body)

    @api.post("/disputes/<dispute_id>/accept")
    def dispute_accept(dispute_id: str) -> Response:
        return jsonify(disputes.accept(dispute_id, sent()))

    @api.patch("/disputes/<dispute_id>/contest")
    def dispute_contest(dispute_id: str) -> Response:
        return jsonify(disputes.contest(dispute_id, sent()))

    @api.post("/documents")
    def document_create() -> Response:
        file = request.files.get("file")
        name, mime_type = (file.filename or "", file.mimetype) if file is not None else ("", "")
        content = file.read() if file is not None else b""
        return jsonify(disputes.document_create(request.form.get("purpose"), name, mime_type, content))

    @api.get("/documents/<document_id>")
    def document(document_id: str) -> Response:
        return jsonify(disputes.document(document_id))

    @api.get("/documents/<document_id>/content")
    def document_content(document_id: str) -> Response:
        return Response(disputes.document_content(document_id), mimetype=disputes.document(document_id)["mime_type"])

    return api


def add_rulings(desk: Blueprint, disputes: Disputes) -> Blueprint:
    """What the bank decides, as buttons of the desk's page and for tests and drills in other processes."""

    def wanted() -> Body:
        return sent() if request.is_json else dict(request.form.items())

    def answer(body: Body) -> Response:
        if request.is_json or "text/html" not in request.headers.get("Accept", ""):
            return jsonify(body)
        return redirect(url_for("desk.overview"), 303)  # type: ignore[return-value]

    @desk.post("/_control/payments/<payment_id>/dispute")
    def dispute_open(payment_id: str) -> Response:
        body = wanted()
        more = {name: str(body[name]) for name in ("phase", "reason_code") if body.get(name)}
        by = int(body["respond_by"]) if body.get("respond_by") else None
        return answer(disputes.open(payment_id, int(body.get("amount") or 0) or None, respond_by=by, **more))

    @desk.post("/_control/disputes/<dispute_id>/rule")
    def dispute_rule(dispute_id: str) -> Response:
        return answer(disputes.rule(dispute_id, str(wanted().get("to"))))

    return desk
