"""A running Razorpay simulator for tests, and the real gateway that talks to it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.adapters.razorpay_simulator.webhooks import Account

KEY_ID, KEY_SECRET = "rzp_test_simulated0001", "the-key-secret-of-the-tests"
WEBHOOK_SECRET, OLD_WEBHOOK_SECRET = "the-webhook-secret-of-the-tests", "the-webhook-secret-before"


@contextmanager
def simulator(data: Path, webhook_url: str | None = None) -> Iterator[Simulator]:
    """A simulator on a free port, with its own file."""
    account = Account(key_id=KEY_ID, key_secret=KEY_SECRET, webhook_secret=WEBHOOK_SECRET, webhook_url=webhook_url)
    with Simulator(port=0, data=data, account=account) as running:
        yield running


def gateway_to(running: Simulator, **changes: Any) -> RazorpayGateway:
    """The real SDK, pointed at a simulator."""
    given: dict[str, Any] = {
        "key_id": KEY_ID,
        "key_secret": KEY_SECRET,
        "webhook_secrets": (WEBHOOK_SECRET, OLD_WEBHOOK_SECRET),
        "base_url": running.url,
        "checkout_url": running.checkout_url,
        "timeout_seconds": 3.0,
    }
    return RazorpayGateway(**{**given, **changes})


def control(running: Simulator, where: str, /, **body: Any) -> Any:
    """Tell the simulator's desk something, as a test or a drill in another process does."""
    answer = requests.post(f"{running.url}/_control/{where}", json=body, timeout=10)
    assert answer.ok, answer.text
    return answer.json()


def state(running: Simulator) -> dict[str, Any]:
    """Everything the simulator knows."""
    known: dict[str, Any] = requests.get(f"{running.url}/_control/state", timeout=10).json()
    return known


def until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Wait for something to become true, and return it."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.03)
