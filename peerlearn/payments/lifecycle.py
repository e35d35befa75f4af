"""What may happen to an order, a payment, a refund, a payout and a payee: pure tables, every pair spelled out.

The gateway's events come late, twice and in any order. So a table never moves backwards: an event that tells
nothing new is IGNORED, and what can't be true raises IllegalTransition.
"""

from peerlearn.errors import Conflict

IGNORED = None

Table = dict[tuple[str, str], str | None]

ILLEGAL = "illegal"

# An order: new (no gateway order yet), open (can be paid), paid (money captured once), closed (nobody waits for it any
# more; late money is still recorded and then refunded or used).
ORDER: Table = {
    ("new", "attached"): "open",
    ("new", "captured"): "paid",
    ("new", "closed"): "closed",
    ("open", "attached"): IGNORED,
    ("open", "captured"): "paid",
    ("open", "closed"): "closed",
    ("paid", "attached"): IGNORED,
    ("paid", "captured"): IGNORED,
    ("paid", "closed"): IGNORED,
    ("closed", "attached"): IGNORED,
    ("closed", "captured"): "paid",
    ("closed", "closed"): IGNORED,
}

# A payment. `absent` is the time before we heard of it. `failed` is not an end: the gateway may authorise the same
# payment up to three days later. `refunded` may be the first that we hear: the gateway returns uncaptured money itself.
PAYMENT: Table = {
    ("absent", "authorized"): "authorized",
    ("absent", "captured"): "captured",
    ("absent", "failed"): "failed",
    ("absent", "refunded"): "refunded",
    ("absent", "mismatched"): "quarantined",
    ("authorized", "authorized"): IGNORED,
    ("authorized", "captured"): "captured",
    ("authorized", "failed"): "failed",
    ("authorized", "refunded"): "refunded",
    ("authorized", "mismatched"): "quarantined",
    ("captured", "authorized"): IGNORED,
    ("captured", "captured"): IGNORED,
    ("captured", "failed"): IGNORED,
    ("captured", "refunded"): "refunded",
    ("captured", "mismatched"): ILLEGAL,
    ("failed", "authorized"): "authorized",
    ("failed", "captured"): "captured",
    ("failed", "failed"): IGNORED,
    ("failed", "refunded"): "refunded",
    ("failed", "mismatched"): "quarantined",
    ("refunded", "authorized"): IGNORED,
    ("refunded", "captured"): IGNORED,
    ("refunded", "failed"): IGNORED,
    ("refunded", "refunded"): IGNORED,
    ("refunded", "mismatched"): ILLEGAL,
    ("quarantined", "authorized"): IGNORED,
    ("quarantined", "captured"): IGNORED,
    ("quarantined", "failed"): IGNORED,
    ("quarantined", "refunded"): "refunded",
    ("quarantined", "mismatched"): IGNORED,
}

# A refund. `processed` is final. A failed one is still owed: `retried` asks again under a new key. `covered`: the payer's
# bank gave it back instead of us, by a dispute that was lost. `replaced`: a person gave it back on the gateway's own page,
# which is a refund of its own; this one owes nothing more.
REFUND: Table = {
    ("wanted", "pending"): "pending",
    ("wanted", "processed"): "processed",
    ("wanted", "failed"): "failed",
    ("wanted", "retried"): IGNORED,
    ("wanted", "covered"): "covered",
    ("wanted", "replaced"): ILLEGAL,
    ("pending", "pending"): IGNORED,
    ("pending", "processed"): "processed",
    ("pending", "failed"): "failed",
    ("pending", "retried"): IGNORED,
    ("pending", "covered"): IGNORED,
    ("pending", "replaced"): ILLEGAL,
    ("processed", "pending"): IGNORED,
    ("processed", "processed"): IGNORED,
    ("processed", "failed"): IGNORED,
    ("processed", "retried"): IGNORED,
    ("processed", "covered"): IGNORED,
    ("processed", "replaced"): IGNORED,
    ("failed", "pending"): IGNORED,
    ("failed", "processed"): "processed",
    ("failed", "failed"): IGNORED,
    ("failed", "retried"): "wanted",
    ("failed", "covered"): "covered",
    ("covered", "pending"): ILLEGAL,
    ("covered", "processed"): ILLEGAL,
    ("covered", "failed"): IGNORED,
    ("covered", "retried"): IGNORED,
    ("covered", "covered"): IGNORED,
    ("failed", "replaced"): "replaced",
    ("covered", "replaced"): IGNORED,
    ("replaced", "pending"): IGNORED,
    ("replaced", "processed"): ILLEGAL,
    ("replaced", "failed"): IGNORED,
    ("replaced", "retried"): IGNORED,
    ("replaced", "replaced"): IGNORED,
    ("replaced", "covered"): IGNORED,
}

# A payout, one for each order: wanted (nothing sent yet), sent (the gateway moves it), held (in the mentor's account at
# the gateway, not to be paid out), released (on its way to the bank), settled (in the bank), returned (the bank sent it
# back; it lies in the mentor's account at the gateway again, to be paid out by a further settlement), failed (nothing
# moved), reversed (all of it came back to us), netted (the share went against a debt, or is too little to be moved; what
# others left, gathered, may make it enough). The gateway is asked how a transfer stands, so an event says where it is
# now, and the way there may have been missed.
PAYOUT: Table = {
    ("wanted", "sent"): "sent",
    ("wanted", "held"): "held",
    ("wanted", "released"): "released",
    ("wanted", "settled"): "settled",
    ("wanted", "failed"): "failed",
    ("wanted", "reversed"): "reversed",
    ("wanted", "returned"): IGNORED,
    ("wanted", "retried"): IGNORED,
    ("wanted", "gathered"): IGNORED,
    ("sent", "sent"): IGNORED,
    ("sent", "held"): "held",
    ("sent", "released"): "released",
    ("sent", "settled"): "settled",
    ("sent", "failed"): "failed",
    ("sent", "reversed"): "reversed",
    ("sent", "returned"): IGNORED,
    ("sent", "retried"): IGNORED,
    ("sent", "gathered"): IGNORED,
    ("held", "sent"): IGNORED,
    ("held", "held"): IGNORED,
    ("held", "released"): "released",
    ("held", "settled"): "settled",
    ("held", "failed"): ILLEGAL,
    ("held", "reversed"): "reversed",
    ("held", "returned"): IGNORED,
    ("held", "retried"): IGNORED,
    ("held", "gathered"): IGNORED,
    ("released", "sent"): IGNORED,
    ("released", "held"): "held",  # a bank looks at the payment: the hold is put back
    ("released", "released"): IGNORED,
    ("released", "settled"): "settled",
    ("released", "failed"): ILLEGAL,
    ("released", "reversed"): "reversed",
    ("released", "returned"): IGNORED,
    ("released", "retried"): IGNORED,
    ("released", "gathered"): IGNORED,
    ("settled", "sent"): IGNORED,
    ("settled", "held"): IGNORED,
    ("settled", "released"): IGNORED,
    ("settled", "settled"): IGNORED,
    ("settled", "failed"): ILLEGAL,
    ("settled", "reversed"): IGNORED,
    ("settled", "returned"): "returned",
    ("settled", "retried"): IGNORED,
    ("settled", "gathered"): IGNORED,
    ("returned", "sent"): IGNORED,
    ("returned", "held"): "held",
    ("returned", "released"): IGNORED,
    ("returned", "settled"): "settled",
    ("returned", "failed"): ILLEGAL,
    ("returned", "reversed"): "reversed",
    ("returned", "returned"): IGNORED,
    ("returned", "retried"): IGNORED,
    ("returned", "gathered"): IGNORED,
    ("failed", "sent"): IGNORED,
    ("failed", "held"): IGNORED,
    ("failed", "released"): IGNORED,
    ("failed", "settled"): IGNORED,
    ("failed", "failed"): IGNORED,
    ("failed", "reversed"): IGNORED,
    ("failed", "returned"): IGNORED,
    ("failed", "retried"): "wanted",
    ("failed", "gathered"): IGNORED,
    ("reversed", "sent"): IGNORED,
    ("reversed", "held"): IGNORED,
    ("reversed", "released"): IGNORED,
    ("reversed", "settled"): IGNORED,
    ("reversed", "failed"): IGNORED,
    ("reversed", "reversed"): IGNORED,
    ("reversed", "returned"): IGNORED,
    ("reversed", "retried"): IGNORED,
    ("reversed", "gathered"): IGNORED,
    ("netted", "sent"): ILLEGAL,
    ("netted", "held"): ILLEGAL,
    ("netted", "released"): ILLEGAL,
    ("netted", "settled"): ILLEGAL,
    ("netted", "failed"): ILLEGAL,
    ("netted", "reversed"): ILLEGAL,
    ("netted", "returned"): ILLEGAL,
    ("netted", "retried"): IGNORED,
    ("netted", "gathered"): "wanted",
}

# A mentor's account at the gateway. The gateway alone decides and may change its mind, so every word of it counts.
PAYEE_STATES = ("new", "created", "under_review", "needs_clarification", "activated", "suspended")
PAYEE_EVENTS = PAYEE_STATES[1:]
PAYEE: Table = {
    (state, event): IGNORED if state == event else event for state in PAYEE_STATES for event in PAYEE_EVENTS
}

ORDER_STATES = ("new", "open", "paid", "closed")
ORDER_EVENTS = ("attached", "captured", "closed")
PAYMENT_STATES = ("absent", "authorized", "captured", "failed", "refunded", "quarantined")
PAYMENT_EVENTS = ("authorized", "captured", "failed", "refunded", "mismatched")
REFUND_STATES = ("wanted", "pending", "processed", "failed", "covered", "replaced")
REFUND_EVENTS = ("pending", "processed", "failed", "retried", "covered", "replaced")
PAYOUT_STATES = ("wanted", "sent", "held", "released", "settled", "returned", "failed", "reversed", "netted")
PAYOUT_EVENTS = ("sent", "held", "released", "settled", "failed", "reversed", "returned", "retried", "gathered")


class IllegalTransition(Conflict):
    """An event that can't be true in this state, or that no table knows."""

    code = "illegal_transition"


def next_state(table: Table, state: str, event: str) -> str | None:
    """The state after an event, or IGNORED (None) where it tells nothing new. Raises IllegalTransition."""
    target = table.get((state, event), ILLEGAL)
    if target == ILLEGAL:
        raise IllegalTransition(
            f"Money can't go from {state} by {event}. Look at it by hand.", state=state, event=event
        )
    return target


def states_before(table: Table, target: str, event: str) -> list[str]:
    """The states from which an event leads to the target: what a conditional UPDATE expects."""
    return [state for (state, name), after in table.items() if name == event and after == target]
