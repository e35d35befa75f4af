"""What may happen to an order, a payment and a refund: three pure tables, every pair spelled out.

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
    ("quarantined", "refunded"): IGNORED,
    ("quarantined", "mismatched"): IGNORED,
}

# A refund. `processed` is final. A failed one is still owed: `retried` asks again under a new key.
REFUND: Table = {
    ("wanted", "pending"): "pending",
    ("wanted", "processed"): "processed",
    ("wanted", "failed"): "failed",
    ("wanted", "retried"): IGNORED,
    ("pending", "pending"): IGNORED,
    ("pending", "processed"): "processed",
    ("pending", "failed"): "failed",
    ("pending", "retried"): IGNORED,
    ("processed", "pending"): IGNORED,
    ("processed", "processed"): IGNORED,
    ("processed", "failed"): IGNORED,
    ("processed", "retried"): IGNORED,
    ("failed", "pending"): IGNORED,
    ("failed", "processed"): "processed",
    ("failed", "failed"): IGNORED,
    ("failed", "retried"): "wanted",
}

ORDER_STATES = ("new", "open", "paid", "closed")
ORDER_EVENTS = ("attached", "captured", "closed")
PAYMENT_STATES = ("absent", "authorized", "captured", "failed", "refunded", "quarantined")
PAYMENT_EVENTS = ("authorized", "captured", "failed", "refunded", "mismatched")
REFUND_STATES = ("wanted", "pending", "processed", "failed")
REFUND_EVENTS = ("pending", "processed", "failed", "retried")


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
