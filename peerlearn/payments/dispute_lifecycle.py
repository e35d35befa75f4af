"""What may happen to a dispute: the payer's bank asks for a payment's money back, and decides. A pure table.

open (an answer is due), under_review (the bank reads our evidence; it may ask for more, then it is open again), won (the
money stays, or comes back to us), lost (the payer's bank has it), closed (a question of the bank that was answered, or
the payer got a refund). The last three are ends: what comes later tells nothing new, or can't be true. A dispute that
was won and is raised once more is a new dispute of its own, with a later phase.
"""

from peerlearn.payments.lifecycle import IGNORED, ILLEGAL, Table

DISPUTE: Table = {
    ("absent", "open"): "open",
    ("absent", "under_review"): "under_review",
    ("absent", "won"): "won",
    ("absent", "lost"): "lost",
    ("absent", "closed"): "closed",
    ("open", "open"): IGNORED,
    ("open", "under_review"): "under_review",
    ("open", "won"): "won",
    ("open", "lost"): "lost",
    ("open", "closed"): "closed",
    ("under_review", "open"): "open",
    ("under_review", "under_review"): IGNORED,
    ("under_review", "won"): "won",
    ("under_review", "lost"): "lost",
    ("under_review", "closed"): "closed",
    ("won", "open"): IGNORED,
    ("won", "under_review"): IGNORED,
    ("won", "won"): IGNORED,
    ("won", "lost"): ILLEGAL,
    ("won", "closed"): IGNORED,
    ("lost", "open"): IGNORED,
    ("lost", "under_review"): IGNORED,
    ("lost", "won"): ILLEGAL,
    ("lost", "lost"): IGNORED,
    ("lost", "closed"): IGNORED,
    ("closed", "open"): IGNORED,
    ("closed", "under_review"): IGNORED,
    ("closed", "won"): ILLEGAL,
    ("closed", "lost"): ILLEGAL,
    ("closed", "closed"): IGNORED,
}

DISPUTE_STATES = ("absent", "open", "under_review", "won", "lost", "closed")
DISPUTE_EVENTS = DISPUTE_STATES[1:]

# A bank is looking at it: the mentor's share of that payment waits.
OPEN = ("open", "under_review")

# Only asked about, no money is claimed yet: here the house may still give the money back itself.
QUESTIONS = ("fraud", "retrieval")
PHASES = ("fraud", "retrieval", "chargeback", "pre_arbitration", "arbitration")
