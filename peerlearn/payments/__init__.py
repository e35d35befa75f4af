"""Money: orders, payments, refunds, webhooks, and the ledger that sums to zero."""
