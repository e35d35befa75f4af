"""What the gateway's company does to the street: it stumbles, settles, sends money back, and its events arrive somehow."""

from datetime import timedelta
from typing import Any

from peerlearn.clock import now
from peerlearn.payments import service as payments
from tests.drills.money_company import MOODS, WEBHOOK_SECRET
from tests.drills.money_street import LATEST_DELIVERY, Act, Street

AT_ONCE = 6


def trouble(street: Street) -> None:
    """The gateway stumbles: an error page instead of an answer, before or after it did what it was asked."""
    street.company.faults.clear()
    if street.dice.random() < 0.7:
        kind = street.dice.choice(["500", "502", "504", "429"])
        lost = kind != "429" and street.dice.random() < 0.6
        street.company.faults.add({"kind": kind, "method": "*", "lost": lost, "times": street.dice.randint(1, 3)})


def mood(street: Street) -> None:
    """Refunds, transfers and banks work, or do not, for a while."""
    store = street.company.store
    for name in MOODS:
        store.set_option(name, "failed" if street.dice.random() < 0.15 else "processed")
    store.set_option("dispute_deducts", street.dice.choice(["loss", "onset"]))
    store.set_option("review", street.dice.choice(["activated", "activated", "needs_clarification"]))


def works(street: Street) -> None:
    """Some of what the gateway put off happens now."""
    share = street.dice.choice([3, 2, 1])
    street.company.store.run("UPDATE later SET due_at = 0 WHERE id % ? = 0", share)
    street.company.bank.run_due()


def pay_out(street: Street) -> None:
    """The gateway's settlement of the day."""
    street.company.route.settle_all()


def bank_returns(street: Street) -> None:
    """A bank sends a settlement back, days later."""
    found = street.company.store.listed("settlement", count=10)
    if found:
        street.company.route.bank_returns(street.dice.choice(found)["id"])


def by_hand(street: Street) -> None:
    """Somebody gives a part of a payment back on the gateway's own page."""
    found = [one for one in street.company.store.listed("payment", count=60) if one["status"] == "captured"]
    if found:
        payment = street.dice.choice(found)
        left = payment["amount"] - payment["amount_refunded"]
        street.company.bank.refund_create(payment["id"], {"amount": street.dice.randint(100, max(100, left))}, None)


def dispute(street: Street) -> None:
    """A payer's bank asks for a payment's money, or a part of it, back; or only asks."""
    found = [one for one in street.company.everything("payment")[:60] if one["captured"]]
    if found:
        payment = street.dice.choice(found)
        part = street.dice.randint(100, payment["amount"]) if street.dice.random() < 0.4 else None
        phase = street.dice.choice(("chargeback", "chargeback", "pre_arbitration", "retrieval"))
        street.company.disputes.open(payment["id"], part, phase=phase)


def rule(street: Street, *, finally_: bool = False) -> None:
    """The bank decides, or wants to see better evidence."""
    found = [one for one in street.company.everything("dispute") if one["status"] in ("open", "under_review")]
    for one in found if finally_ else street.dice.sample(found, min(1, len(found))):
        rulings = (
            ("won", "lost", "closed") if finally_ or one["status"] == "open" else ("won", "lost", "action_required")
        )
        street.company.disputes.rule(one["id"], street.dice.choice(rulings))


def deliver(street: Street, *, everything: bool = False) -> None:
    """Events arrive: in any order, after seconds or after three days, some of them again."""
    for row in street.company.store.rows("SELECT * FROM delivery WHERE id > ? ORDER BY id", street.delivered):
        late = street.dice.random()
        delay = LATEST_DELIVERY * late if late < 0.3 else timedelta(seconds=30 * late)
        street.post.append((now() + delay, dict(row)))
        street.delivered = row["id"]
    street.dice.shuffle(street.post)
    due = [entry for entry in street.post if everything or entry[0] <= now()]
    again = [street.dice.choice(street.old)] if street.old and street.dice.random() < 0.3 else []
    for entry in due if everything else due[:AT_ONCE]:
        _arrive(entry[1])
        street.post.remove(entry)
        street.old = [*street.old[-40:], entry[1]]
    for event in again:
        _arrive(event)


def _arrive(event: dict[str, Any]) -> None:
    payments.webhook_store(event["body"].encode(), event["signature"], event["event_id"], [WEBHOOK_SECRET])


ACTS: list[tuple[float, Act]] = [
    (2, trouble), (1, mood), (6, works), (2, pay_out), (1, bank_returns), (0.6, by_hand), (14, deliver),
    (0.6, dispute), (0.6, rule),
]  # fmt: skip
