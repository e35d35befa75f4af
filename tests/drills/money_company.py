"""The gateway's company of the drill: the simulator, reached by the product's own adapter and the real SDK, without sockets.

It lives in the drill's time, so that three days are three days for both sides.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from requests.adapters import BaseAdapter

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.authorisations import Authorisations
from peerlearn.adapters.razorpay_simulator.bank import Bank
from peerlearn.adapters.razorpay_simulator.disputes import Disputes
from peerlearn.adapters.razorpay_simulator.faults import Faults
from peerlearn.adapters.razorpay_simulator.route import Route
from peerlearn.adapters.razorpay_simulator.server import make_app
from peerlearn.adapters.razorpay_simulator.store import Store
from peerlearn.adapters.razorpay_simulator.webhooks import Account, Outbox
from tests.drills.money_fuse import Fuse

WEBHOOK_SECRET = "the webhook secret of the drill"
BASE = "http://gateway.drill"
MOODS = ("refund_outcome", "transfer_outcome", "settlement_outcome")
EVERYTHING = 10**6


class InProcess(BaseAdapter):
    """Carries the SDK's requests to the simulator's application without a socket."""

    def __init__(self, app: Flask, fuse: Fuse) -> None:
        super().__init__()
        self._client = app.test_client()
        self._fuse = fuse

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer a prepared request; the process may die before it is sent and after it was answered."""
        self._fuse()
        body = request.body.encode() if isinstance(request.body, str) else request.body
        path = str(request.url)[len(BASE) :]
        answered = self._client.open(path, method=request.method, data=body, headers=dict(request.headers))
        response = requests.Response()
        response.status_code, response.request, response.url = answered.status_code, request, str(request.url)
        response.headers.update(dict(answered.headers))
        response.raw = io.BytesIO(answered.data)
        self._fuse()
        return response

    def close(self) -> None:
        """Nothing is open."""


class DrillGateway(RazorpayGateway):
    """The product's own gateway, whose session leads to the simulator in this process."""

    def __init__(self, app: Flask, fuse: Fuse, account: Account) -> None:
        super().__init__(
            key_id=account.key_id,
            key_secret=account.key_secret,
            webhook_secrets=(account.webhook_secret,),
            base_url=BASE,
            checkout_url=f"{BASE}/checkout.js",
        )
        self._drill = InProcess(app, fuse)

    def _client(self) -> Any:
        client = super()._client()
        client.session.mount(BASE, self._drill)
        client._get_version = lambda: "drill"  # the SDK looks its version up on disk at every call
        return client


@dataclass
class Company:
    """Everything behind the gateway's address."""

    store: Store
    bank: Bank
    route: Route
    disputes: Disputes
    authorisations: Authorisations
    faults: Faults
    account: Account
    gateway: DrillGateway

    def everything(self, kind: str) -> list[dict[str, Any]]:
        """All entities of a kind, newest first."""
        return self.store.listed(kind, count=EVERYTHING)

    def in_good_mood(self) -> None:
        """Nothing fails any more."""
        self.faults.clear()
        for name in MOODS:
            self.store.set_option(name, "processed")
        self.store.set_option("review", "activated")


def company_open(folder: Path, fuse: Fuse) -> Company:
    """Open the company for business. Its store is closed by the caller."""
    account = Account("rzp_test_drill00000001", "the key secret of the drill", WEBHOOK_SECRET)
    store = Store(folder / "razorpay.db", durable=False)
    outbox = Outbox(store, account)
    bank = Bank(store, outbox)
    route, faults = Route(bank, outbox), Faults()
    gateway = DrillGateway(make_app(bank, route, account, outbox, faults), fuse, account)
    authorisations = Authorisations(bank, outbox)
    return Company(store, bank, route, Disputes(bank, outbox), authorisations, faults, account, gateway)
