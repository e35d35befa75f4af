"""`python -m peerlearn.adapters.razorpay_simulator`: the simulator as a process of its own."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from peerlearn.adapters.razorpay_simulator.server import Simulator
from peerlearn.adapters.razorpay_simulator.webhooks import Account


def parser() -> argparse.ArgumentParser:
    """The command line. The defaults are the application's own development settings."""
    arguments = argparse.ArgumentParser(prog="razorpay_simulator", description=__doc__)
    arguments.add_argument("--port", type=int, default=8001)
    arguments.add_argument("--data", type=Path, default=Path("var/razorpay.db"))
    arguments.add_argument("--webhook", default=None, metavar="URL", help="where events go; none: they are kept")
    arguments.add_argument("--key-id", default="rzp_test_peerlearn0001")
    arguments.add_argument("--key-secret", default="development-only-key-secret")
    arguments.add_argument("--webhook-secret", default="development-only-webhook-secret")
    return arguments


def refusal(environ: Mapping[str, str], key_id: str) -> str | None:
    """Why the simulator must not run here, or None. It never stands beside real money."""
    if environ.get("PEERLEARN_ENV") == "production" or ("DYNO" in environ and "PEERLEARN_ENV" not in environ):
        return "This is production. The Razorpay simulator does not start here."
    if key_id.startswith("rzp_live_") or environ.get("RAZORPAY_KEY_ID", "").startswith("rzp_live_"):
        return "There is a live Razorpay key. The Razorpay simulator does not start beside it."
    return None


def main(words: Sequence[str] | None = None) -> int:
    """Run until told to end. Returns the exit status."""
    given = parser().parse_args(words)
    # A process of its own that knows no settings: only its refusal looks at the environment.
    problem = refusal(os.environ, given.key_id)
    if problem is not None:
        print(problem, file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    account = Account(
        key_id=given.key_id, key_secret=given.key_secret, webhook_secret=given.webhook_secret, webhook_url=given.webhook
    )
    simulator = Simulator(port=given.port, data=given.data, account=account)

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    simulator.start()
    print(f"Razorpay simulator, no real money: {simulator.url}/", flush=True)
    try:
        simulator.wait()
    except KeyboardInterrupt:
        simulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
