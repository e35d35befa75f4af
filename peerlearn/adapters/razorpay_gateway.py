"""The Gateway port over Razorpay's own SDK.

The SDK has no time limit, hides the HTTP status and raises unrelated exception types; this module gives each call a
limit and turns every failure into one of two answers: refused (Conflict), or not known to have worked (Upstream).
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import razorpay
import requests
from razorpay.errors import BadRequestError, GatewayError, ServerError

from peerlearn.adapters.breaker import Breaker
from peerlearn.adapters.razorpay_disputes import DisputeCalls
from peerlearn.adapters.razorpay_route import RouteCalls
from peerlearn.errors import Conflict, TooMany, Upstream
from peerlearn.payments.ports import NO_ANSWER
from peerlearn.payments.signature import sign, signed_by_any

log = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS = 3.05, 10.0
CURRENCY = "INR"
PAYMENTS_OF_ONE_ORDER = 100


class RazorpayGateway(RouteCalls, DisputeCalls):
    """Talks to Razorpay, or to the simulator at another base URL. Safe to share between threads and green threads."""

    def __init__(
        self,
        *,
        key_id: str,
        key_secret: str,
        webhook_secrets: Sequence[str],
        base_url: str,
        checkout_url: str,
        timeout_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._key_id = key_id
        self._key_secret = key_secret
        self._webhook_secrets = tuple(webhook_secrets)
        self._base_url = base_url
        self._checkout_url = checkout_url
        self._timeout = (min(CONNECT_SECONDS, timeout_seconds), timeout_seconds)
        self._breaker = Breaker()
        self._local = threading.local()  # a requests.Session is not promised to be safe between threads

    @property
    def key_id(self) -> str:
        """The public key that a browser's checkout needs."""
        return self._key_id

    @property
    def checkout_url(self) -> str:
        """Address of the checkout script."""
        return self._checkout_url

    # Reading ------------------------------------------------------------------------------------------------------

    def find_order(self, receipt: str) -> str | None:
        """Gateway id of the newest order with this receipt, or None. Raises Upstream."""
        found = self._call(lambda client: client.order.all({"receipt": receipt}, timeout=self._timeout))
        items = [order for order in found.get("items", []) if order.get("receipt") == receipt]
        newest = max(items, key=lambda order: int(order.get("created_at") or 0), default=None)
        return str(newest["id"]) if newest else None

    def fetch_payment(self, gateway_payment_id: str) -> dict[str, Any]:
        """The payment as it is now. Raises Conflict for an unknown id, Upstream."""
        return self._call(lambda client: client.payment.fetch(gateway_payment_id, {}, timeout=self._timeout))

    def payments_of(self, gateway_order_id: str) -> list[dict[str, Any]]:
        """All payments tried for an order, oldest first. Raises Upstream."""
        ask = {"count": PAYMENTS_OF_ONE_ORDER}
        found = self._call(lambda client: client.order.payments(gateway_order_id, ask, timeout=self._timeout))
        return sorted(found.get("items", []), key=lambda payment: int(payment.get("created_at") or 0))

    def fetch_refund(self, gateway_refund_id: str) -> dict[str, Any]:
        """The refund as it is now. Raises Conflict for an unknown id, Upstream."""
        return self._call(lambda client: client.refund.fetch(gateway_refund_id, {}, timeout=self._timeout))

    # Writing ------------------------------------------------------------------------------------------------------

    def open_order(self, amount_paise: int, receipt: str, notes: dict[str, str]) -> str:
        """Open an order and return its gateway id.

        Orders have no idempotency key at Razorpay. Where the answer is lost, the order may exist all the same, so it is
        looked up by its receipt before it is made again. Raises Conflict, Upstream.
        """
        body = {"amount": amount_paise, "currency": CURRENCY, "receipt": receipt, "notes": notes}
        try:
            made = self._call(lambda client: client.order.create(body, timeout=self._timeout))
        except Upstream:
            log.warning("order %s: the answer was lost, looking it up", receipt)
            found = self.find_order(receipt)
            if found is not None:
                return found
            made = self._call(lambda client: client.order.create(body, timeout=self._timeout))
        return str(made["id"])

    def capture(self, gateway_payment_id: str, amount_paise: int) -> dict[str, Any]:
        """Take an authorised payment in full and return it. A payment already taken is returned as it is."""
        body = {"currency": CURRENCY}
        try:
            return self._call(
                lambda client: client.payment.capture(gateway_payment_id, amount_paise, body, timeout=self._timeout)
            )
        except (Conflict, Upstream):
            payment = self.fetch_payment(gateway_payment_id)
            if payment.get("status") in {"captured", "refunded"}:
                return payment
            raise

    def refund(self, gateway_payment_id: str, amount_paise: int, key: str, notes: dict[str, str]) -> dict[str, Any]:
        """Give money back and return the refund. Razorpay gives back once for one key, however often it is sent."""
        body = {"amount": amount_paise, "speed": "normal", "notes": notes}
        return self._call(
            lambda client: client.payment.refund(
                gateway_payment_id, body, headers={"X-Refund-Idempotency": key}, timeout=self._timeout
            )
        )

    # Signatures ---------------------------------------------------------------------------------------------------

    def verify_return(self, gateway_order_id: str, gateway_payment_id: str, signature: str) -> bool:
        """Whether Razorpay signed this success. `gateway_order_id` is the one we stored, never the one posted."""
        message = f"{gateway_order_id}|{gateway_payment_id}".encode()
        return signed_by_any(message, signature, [self._key_secret])

    def verify_webhook(self, raw: bytes, signature: str | None) -> bool:
        """Whether Razorpay signed these raw bytes, with the current or the previous secret."""
        return signed_by_any(raw, signature, self._webhook_secrets)

    def sign_webhook(self, raw: bytes) -> str:
        """The header that Razorpay would send with these bytes. For drills that post events themselves."""
        return sign(raw, self._webhook_secrets[0])

    # ----------------------------------------------------------------------------------------------------------------

    def _client(self) -> Any:
        client = getattr(self._local, "client", None)
        if client is None:
            session = requests.Session()
            session.trust_env = False  # no proxy and no .netrc of the machine decides about money
            session.hooks["response"].append(self._remember_status)
            client = razorpay.Client(session=session, auth=(self._key_id, self._key_secret), base_url=self._base_url)
            self._local.client = client
        return client

    def _remember_status(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self._local.status = response.status_code

    def _call(self, ask: Callable[[Any], Any]) -> dict[str, Any]:
        if not self._breaker.may_ask():
            raise Upstream(NO_ANSWER, code="gateway_unreachable", outcome="not asked")
        self._local.status = None
        try:
            answer = ask(self._client())
        except BadRequestError as error:
            refused = self._refused(str(error))
            self._breaker.failed() if isinstance(refused, TooMany) else self._breaker.answered()
            raise refused from error
        except (GatewayError, ServerError, requests.RequestException, ValueError) as error:
            # ValueError: an HTML page from a proxy in place of JSON.
            self._breaker.failed()
            log.warning("Razorpay: %s (status %s)", type(error).__name__, self._local.status)
            raise Upstream(NO_ANSWER, code="gateway_unreachable", outcome="unknown") from error
        self._breaker.answered()
        if not isinstance(answer, dict):
            raise Upstream(
                "Our payment partner gave an answer we can't read. Try again in a minute.", outcome="unknown"
            )
        return answer

    def _refused(self, reason: str) -> Exception:
        status = self._local.status
        if status == 429:
            return TooMany("Our payment partner is busy. Try again in a minute.", code="gateway_busy")
        if status == 401:
            return Upstream(
                "Payments are not set up right. Please tell us: your money is safe.", code="gateway_keys", reason=reason
            )
        if status == 409 and "in progress" in reason:
            return Upstream(
                "This is already on its way. Look again in a minute.", code="gateway_in_flight", reason=reason
            )
        return Conflict("Our payment partner refused this. Your money is safe.", code="gateway_refused", reason=reason)
