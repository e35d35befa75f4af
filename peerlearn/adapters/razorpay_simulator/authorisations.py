"""Money that was authorised and never taken: a late or interrupted payment that nobody captures goes back by itself.

    authorisations.authorise(payment_id)    the bank says yes; the gateway does not capture
    authorisations.expire(payment_id)       days later nobody has: the payer has the money again

The option `expiry_seconds` says after how long (three days), `expiry_tells` whether events tell of it.
"""

from __future__ import annotations

from peerlearn.adapters.razorpay_simulator import shapes
from peerlearn.adapters.razorpay_simulator.bank import Bank
from peerlearn.adapters.razorpay_simulator.shapes import Body
from peerlearn.adapters.razorpay_simulator.store import unix_now
from peerlearn.adapters.razorpay_simulator.webhooks import Outbox


class Authorisations:
    """The desk that waits for captures."""

    def __init__(self, bank: Bank, outbox: Outbox) -> None:
        self._bank = bank
        self._store = bank.store
        self._outbox = outbox
        bank.later["expire"] = self.expire

    def authorise(self, payment_id: str) -> Body:
        """The bank says yes, and the money waits for a capture. Raises Problem for an unknown payment."""
        with self._store.change():
            payment = self._bank.payment(payment_id)
            payment.update(
                status="authorized", acquirer_data=shapes.acquirer_data(payment["method"]), **shapes.NO_ERROR
            )
            self._store.save(payment)
            self._outbox.put([("payment.authorized", {"payment": dict(payment)})])
            self._store.do_later("expire", payment_id, unix_now() + float(self._store.option("expiry_seconds")))
            return payment

    def expire(self, payment_id: str) -> Body:
        """Nobody captured it in time: it goes back. It was at no time on the merchant's balance. Again is the same."""
        with self._store.change():
            payment = self._bank.payment(payment_id)
            if payment["status"] != "authorized":
                return payment
            payment.update(status="refunded", amount_refunded=payment["amount"], refund_status="full")
            self._store.save(payment)
            refund = shapes.refund_body(payment, payment["amount"], "normal", None, None, int(unix_now()))
            refund.update(status="processed", speed_processed="normal")
            self._store.add("refund", refund, parent=payment_id)
            if self._store.option("expiry_tells"):
                told: dict[str, Body] = {"refund": dict(refund), "payment": dict(payment)}
                self._outbox.put([("refund.created", told), ("refund.processed", told)])
            return payment
