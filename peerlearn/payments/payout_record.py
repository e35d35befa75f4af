"""What the gateway says about transfers and settlements, written down once, with the ledger's entries."""

from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict
from peerlearn.kernel import announce, db, transactional, transition
from peerlearn.payments.books import ledger_post
from peerlearn.payments.facts import PayoutChanged
from peerlearn.payments.ledger import payout_postings, returned_postings, reversal_postings, transfer_postings
from peerlearn.payments.lifecycle import PAYOUT, next_state, states_before
from peerlearn.payments.models import Payout


def _event(entity: dict[str, Any]) -> str:
    status = entity.get("status")
    if status in {"failed", "reversed"}:
        return str(status)
    if status not in {"processed", "partially_reversed"}:
        return "sent"
    if entity.get("settlement_status") == "settled":
        return "settled"
    return "held" if entity.get("on_hold") else "released"


def _found(entity: dict[str, Any]) -> Payout | None:
    notes = entity.get("notes")
    ours, _, tries = str(notes.get("payout", "") if isinstance(notes, dict) else "").partition(".")
    chosen = Payout.gateway_transfer_id == str(entity["id"])
    if ours.isdecimal() and tries.isdecimal():
        adopted = sa.and_(Payout.id == int(ours), Payout.tries == int(tries), Payout.gateway_transfer_id.is_(None))
        chosen = sa.or_(chosen, adopted)
    statement = sa.select(Payout).where(chosen).with_for_update()
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalars().first()


@transactional
def payout_record(entity: dict[str, Any]) -> Payout | None:
    """Write down what the gateway says about a transfer. Idempotent, in any order. None where it is not one of ours.

    The ledger follows: moved, taken back, in the bank; each amount is posted once. Raises Conflict where the amount
    is not the one that was asked for.
    """
    payout = _found(entity)
    if payout is None:
        return None
    if int(entity["amount"]) != payout.amount_paise:
        raise Conflict("This transfer has another amount than its payout. Look at it by hand.", code="payout_differs")
    event, name = _event(entity), f"{payout.id}.{payout.tries}"
    settlement_id = str(entity.get("recipient_settlement_id") or "")
    if payout.state != "settled" and event == "settled" and settlement_id == payout.settlement_id:
        return payout  # an old answer: this is the settlement that came back
    target = next_state(PAYOUT, payout.state, event)
    payout.gateway_transfer_id = str(entity["id"])
    if event in {"held", "released", "settled", "reversed"}:
        lines = transfer_postings(payout.mentor_id, payout.amount_paise, int(entity.get("fees") or 0))
        ledger_post("transfer", f"transfer:{name}", lines)
    _take_back(payout, int(entity.get("amount_reversed") or 0), name)
    if target is None:
        return payout
    payout.state = target
    if target == "released":
        payout.released_at = payout.released_at or now()
    elif target == "settled":
        _settle(payout, settlement_id)
    elif target == "failed":
        error = entity.get("error") or {}
        payout.problem = str(error.get("description") or "The transfer failed.")[:500]
        announce(PayoutChanged(payout.id))
    db.session.flush()
    return payout


def _take_back(payout: Payout, reversed_paise: int, name: str) -> None:
    more = reversed_paise - payout.reversed_paise
    if more > 0:
        ledger_post("reversal", f"reversal:{name}:{reversed_paise}", reversal_postings(payout.mentor_id, more))
        payout.reversed_paise = reversed_paise
        payout.reverse_paise = max(payout.reverse_paise, reversed_paise)


def _settle(payout: Payout, settlement_id: str) -> None:
    # What was still to be taken back is in the bank now: the ledger shows it as a debt.
    payout.reverse_paise = payout.reversed_paise
    payout.settlement_id, payout.settled_at, payout.problem = settlement_id, now(), None
    payout.released_at = payout.released_at or now()
    paid = payout.amount_paise - payout.reversed_paise
    lines = payout_postings(payout.mentor_id, paid, payout.tds_paise)
    ledger_post("payout", f"payout:{payout.id}:{settlement_id}", lines)
    announce(PayoutChanged(payout.id))


@transactional
def payout_return(payout_id: int, settlement_id: str, reason: str) -> bool:
    """The bank sent a settlement back: what it paid is owed again. Returns whether this call did it. Posted once.

    The money lies in the mentor's account at the gateway, which pays it out again with another settlement.
    """
    payout = db.session.get(Payout, payout_id, populate_existing=True, with_for_update=True)
    if payout is None or payout.settlement_id != settlement_id:
        return False
    if not transition(
        Payout, payout_id, states_before(PAYOUT, "returned", "returned"), "returned", problem=reason[:500]
    ):
        return False
    lines = returned_postings(payout.mentor_id, payout.amount_paise - payout.reversed_paise, payout.tds_paise)
    ledger_post("payout_returned", f"return:{payout.id}:{settlement_id}", lines)
    announce(PayoutChanged(payout_id))
    return True


@transactional
def payout_fail(payout_id: int, reason: str) -> bool:
    """The gateway refused a transfer: nothing moved. It is owed as before and tried again later."""
    failed = transition(Payout, payout_id, "wanted", "failed", problem=reason[:500], leased_until=None)
    if failed:
        announce(PayoutChanged(payout_id))
    return failed
