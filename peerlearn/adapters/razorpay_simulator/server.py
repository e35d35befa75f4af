"""Puts the simulator together and serves it on the loopback address, in threads."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from peerlearn.adapters.razorpay_simulator import problems
from peerlearn.adapters.razorpay_simulator.api import make_accounts_api, make_api
from peerlearn.adapters.razorpay_simulator.authorisations import Authorisations
from peerlearn.adapters.razorpay_simulator.bank import Bank
from peerlearn.adapters.razorpay_simulator.checkout import make_checkout
from peerlearn.adapters.razorpay_simulator.control import make_control
from peerlearn.adapters.razorpay_simulator.dispute_api import add_disputes, add_rulings
from peerlearn.adapters.razorpay_simulator.disputes import Disputes
from peerlearn.adapters.razorpay_simulator.faults import Faults
from peerlearn.adapters.razorpay_simulator.problems import Problem
from peerlearn.adapters.razorpay_simulator.route import Route
from peerlearn.adapters.razorpay_simulator.store import Store
from peerlearn.adapters.razorpay_simulator.webhooks import Account, Courier, Outbox

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
TICK_SECONDS = 0.05
POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'"


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002 - the base's signature
        log.debug("%s %s", self.requestline, code)


def make_app(bank: Bank, route: Route, account: Account, outbox: Outbox, faults: Faults) -> Flask:
    """The simulator's Flask application."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.before_request(faults.before)
    app.after_request(faults.after)

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    @app.errorhandler(Problem)
    def refused(problem: Problem) -> tuple[Response, int]:
        return jsonify(problem.body()), problem.status

    @app.errorhandler(HTTPException)
    def unknown(error: HTTPException) -> tuple[Response, int]:
        if request.path.startswith(("/v1/", "/v2/")):
            return jsonify(Problem(problems.WRONG_URL).body()), 400
        return jsonify({"error": error.description}), error.code or 500

    disputes = Disputes(bank, outbox)
    app.register_blueprint(make_checkout(bank, account))
    app.register_blueprint(add_disputes(make_api(bank, account, route), bank, disputes))
    app.register_blueprint(make_accounts_api(route, account))
    app.register_blueprint(add_rulings(make_control(bank, route, account, outbox, faults), disputes))
    return app


class Simulator:
    """A running simulator. Use it as a context manager in tests; port 0 takes a free one."""

    def __init__(self, *, port: int, data: Path, account: Account) -> None:
        self.account = account
        self.store = Store(data)
        self.outbox = Outbox(self.store, account)
        self.bank = Bank(self.store, self.outbox)
        self.route = Route(self.bank, self.outbox)
        self.disputes = Disputes(self.bank, self.outbox)
        self.authorisations = Authorisations(self.bank, self.outbox)
        self.faults = Faults()
        self.courier = Courier(self.store, account)
        app = make_app(self.bank, self.route, account, self.outbox, self.faults)
        self._server = make_server(LOOPBACK, port, app, threaded=True, request_handler=_QuietHandler)
        self._stopped = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="simulator-ticker", daemon=True)
        self._serving = threading.Thread(
            target=self._server.serve_forever, args=(TICK_SECONDS,), name="simulator", daemon=True
        )

    @property
    def url(self) -> str:
        """Base URL for the SDK."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    @property
    def checkout_url(self) -> str:
        """Address of the checkout script."""
        return f"{self.url}/checkout.js"

    def start(self) -> Self:
        """Serve in threads of this process."""
        self.courier.recover()
        self._ticker.start()
        self._serving.start()
        return self

    def stop(self) -> None:
        """Stop serving and close the file."""
        self._stopped.set()
        self._ticker.join()
        self._server.shutdown()
        self._serving.join()
        self._server.server_close()
        self.courier.stop()
        self.store.close()

    def wait(self) -> None:
        """Block until the process is told to end."""
        self._stopped.wait()

    def _tick(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            try:
                self.bank.run_due()
                self.courier.send_due()
            except Exception:
                log.exception("the simulator's ticker stumbled")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
