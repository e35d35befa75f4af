"""The writes of this capability under one roof. Each has its idea in a file of its own."""

from peerlearn.payments.books import LedgerReport, ledger_check, ledger_post, settle_mark, split_post
from peerlearn.payments.orders import order_attach, order_close, order_create, order_open_at_gateway
from peerlearn.payments.receive import orders_reconcile, payment_record, payment_verify_return
from peerlearn.payments.refunds import (
    refund_fail,
    refund_record,
    refund_retry,
    refund_want,
    refunds_ask,
    refunds_send,
)
from peerlearn.payments.webhooks import webhook_handle, webhook_store, webhooks_waiting

__all__ = [
    "LedgerReport",
    "ledger_check",
    "ledger_post",
    "order_attach",
    "order_close",
    "order_create",
    "order_open_at_gateway",
    "orders_reconcile",
    "payment_record",
    "payment_verify_return",
    "refund_fail",
    "refund_record",
    "refund_retry",
    "refund_want",
    "refunds_ask",
    "refunds_send",
    "settle_mark",
    "split_post",
    "webhook_handle",
    "webhook_store",
    "webhooks_waiting",
]
