"""Carrying payouts out at the gateway: sent on hold, taken back, released, asked about.

Transfers and reversals have no idempotency key. So one worker at a time talks about a payout (a lease in its row), and
after a lost answer the gateway is looked at before anything is sent again.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict
from peerlearn.kernel import db, one_by_one, transactional
from peerlearn.payments.agreement import books_findings
from peerlearn.payments.books import ledger_check
from peerlearn.payments.gone import order_waits
from peerlearn.payments.models import Payee, PaymentOrder, Payout
from peerlearn.payments.payees import bank_is_new
from peerlearn.payments.payout_again import payouts_retry, rests_gather
from peerlearn.payments.payout_record import payout_fail, payout_record, payout_return
from peerlearn.payments.payouts import (
    payment_of,
    payouts_adjust,
    payouts_plan,
    waiting_since,
)
from peerlearn.payments.ports import Gateway

log = logging.getLogger(__name__)

AT_ONCE = 50
LEASE = timedelta(minutes=2)  # longer than all calls of one step may take
ASK_AFTER, ASK_SETTLED_AFTER, ASK_SETTLED_FOR = timedelta(minutes=15), timedelta(hours=6), timedelta(days=5)


@dataclass(frozen=True)
class _Leased:
    payout_id: int
    amount_paise: int
    tries: int
    transfer_id: str | None
    reverse_paise: int
    account_id: str
    payment: tuple[str, bool] | None
    public_id: str
    again: bool  # asked about before: an answer may have been lost


def payouts_run(*, gateway: Gateway, tds_percent: object = 0) -> None:
    """Do everything about payouts that is due. Nothing is sent or released while the books do not agree."""
    payouts_adjust()
    transfers_hold(gateway=gateway)
    if ledger_check().balanced and not books_findings():
        payouts_plan(tds_percent=tds_percent)  # type: ignore[arg-type]
        rests_gather(tds_percent=tds_percent)  # type: ignore[arg-type]
        payouts_retry()
        transfers_send(gateway=gateway)
        transfers_reverse(gateway=gateway)
        transfers_release(gateway=gateway)
    else:
        log.critical("payouts are frozen: the books do not agree")
        transfers_reverse(gateway=gateway)
    transfers_ask(gateway=gateway)


@transactional
def _take(payout_id: int, *conditions: sa.ColumnElement[bool]) -> _Leased | None:
    moment = now()
    payout = db.session.get(Payout, payout_id, populate_existing=True)
    payee = db.session.get(Payee, payout.mentor_id) if payout else None
    if payout is None or payee is None or payee.gateway_account_id is None:
        return None
    again = payout.asked_at is not None
    taken = db.session.execute(
        sa.update(Payout)
        .where(Payout.id == payout_id, waiting_since(moment), *conditions)
        .values(leased_until=moment + LEASE, asked_at=moment)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    db.session.refresh(payout)
    return _Leased(
        payout.id,
        payout.amount_paise,
        payout.tries,
        payout.gateway_transfer_id,
        payout.reverse_paise,
        payee.gateway_account_id,
        payment_of(payout),
        payout.public_id,
        again,
    )


@transactional
def _free(payout_id: int) -> None:
    db.session.execute(sa.update(Payout).where(Payout.id == payout_id).values(leased_until=None))


def _each(conditions: list[sa.ColumnElement[bool]], act: Callable[[_Leased], None], what: str) -> int:
    """Lease each payout that fits, act, and free it. A lost answer keeps the lease: the next try comes after it.

    The row of payouts can take minutes, so whether one fits is asked again when its turn comes.
    """
    fits = (
        sa.select(Payout.id)
        .join(PaymentOrder, PaymentOrder.id == Payout.order_id)
        .join(Payee, Payee.mentor_id == Payout.mentor_id)
        .where(_state(what), *conditions)
    )
    ids = list(db.session.scalars(fits.where(waiting_since(now())).order_by(Payout.id).limit(AT_ONCE)))

    def one(payout_id: int) -> bool:
        leased = _take(payout_id, Payout.id.in_(fits.where(Payout.id == payout_id).correlate(None)))
        if leased is None:
            return False
        act(leased)
        _free(payout_id)
        return True

    return sum(one_by_one(ids, one, what))


_STATES = {
    "transfer": ("wanted",),
    "reversal": ("held", "released", "returned"),
    "release": ("held",),
    "hold": ("released", "returned"),
    "asked transfer": ("sent", "released", "returned"),
}


def _ready() -> sa.ColumnElement[bool]:
    """Whether money may go towards a mentor's bank now, as SQL."""
    return sa.and_(Payee.state == "activated", ~bank_is_new())


def transfers_send(*, gateway: Gateway) -> int:
    """Move every wanted payout into its mentor's account at the gateway, on hold. Returns how many were tried.

    Not while a bank is looking at its payment, while the gateway has paused the account or reviews it anew, nor on the
    first day of a new bank account.
    """

    def send(leased: _Leased) -> None:
        notes = {"payout": f"{leased.payout_id}.{leased.tries}"}
        payment_id, refunded = leased.payment or (None, True)
        if leased.again and payment_id is not None:
            known = [one for one in gateway.transfers_of(payment_id) if (one.get("notes") or {}) == notes]
            if known:
                payout_record(known[0])
                return
        try:
            # A payment of which something went back gives no transfers any more: then our own balance does.
            source = None if refunded else payment_id
            entity = gateway.transfer(source, leased.account_id, leased.amount_paise, _key(leased), notes)
        except Conflict as refused:
            payout_fail(leased.payout_id, str(refused.details.get("reason", refused.message)))
            return
        payout_record(entity)

    return _each([_ready(), ~order_waits()], send, "transfer")


def _key(leased: _Leased) -> str:
    # Without a payment the payout's own unguessable id says whose database this is: a new one repeats no key.
    source = leased.payment[0] if leased.payment else leased.public_id
    name = f"{source}/{leased.payout_id}/{leased.tries}"
    return "pl-" + hashlib.sha256(name.encode()).hexdigest()[:32]


def transfers_reverse(*, gateway: Gateway) -> int:
    """Take back what payouts have too much. Returns how many were tried.

    The target is a sum, and the gateway's own sum is looked at first: however often this runs, it is reached once.
    """

    def reverse(leased: _Leased) -> None:
        transfer_id = str(leased.transfer_id)
        entity = gateway.fetch_transfer(transfer_id)
        missing = leased.reverse_paise - int(entity.get("amount_reversed") or 0)
        if missing > 0 and entity.get("settlement_status") != "settled":
            notes = {"payout": f"{leased.payout_id}.{leased.tries}"}
            try:
                gateway.transfer_reverse(transfer_id, missing, notes)
            except Conflict as refused:
                log.warning("payout %s: no reversal, %s", leased.payout_id, refused.details.get("reason"))
            entity = gateway.fetch_transfer(transfer_id)
        payout_record(entity)

    return _each([Payout.reverse_paise > Payout.reversed_paise], reverse, "reversal")


def transfers_hold(*, gateway: Gateway) -> int:
    """Put the hold back on what was released and no bank has yet, where it must not go on. Returns how many.

    That is while a bank looks at its payment, and on the first day of a new bank account.

    Where the settlement is under way already the gateway refuses: what is lost then is a debt.
    """

    def hold(leased: _Leased) -> None:
        transfer_id = str(leased.transfer_id)
        try:
            entity = gateway.transfer_hold(transfer_id)
        except Conflict as refused:
            log.warning("payout %s: not held any more, %s", leased.payout_id, refused.details.get("reason"))
            entity = gateway.fetch_transfer(transfer_id)
        payout_record(entity)

    return _each([sa.or_(order_waits(), bank_is_new()), Payout.gateway_transfer_id.is_not(None)], hold, "hold")


def transfers_release(*, gateway: Gateway) -> int:
    """Lift the hold of payouts whose lesson is done and beyond objection and dispute. Returns how many were tried."""

    def release(leased: _Leased) -> None:
        payout_record(gateway.transfer_release(str(leased.transfer_id)))

    due = [
        _ready(),
        PaymentOrder.released_at.is_not(None),
        ~order_waits(),
        Payout.reverse_paise == Payout.reversed_paise,
        Payout.gateway_transfer_id.is_not(None),
    ]
    return _each(due, release, "release")


def transfers_ask(*, gateway: Gateway) -> None:
    """Ask about transfers on their way (a webhook may be lost), and whether a bank sent a settlement back."""
    asked = sa.func.coalesce(Payout.asked_at, Payout.created_at)

    def ask(leased: _Leased) -> None:
        payout_record(gateway.fetch_transfer(str(leased.transfer_id)))

    _each([asked < now() - ASK_AFTER], ask, "asked transfer")
    one_by_one(_settlements_due(), lambda one: settlement_look(one, gateway=gateway), "settlement")


@transactional
def _settlements_due() -> list[str]:
    """Take the settlements whose time to be asked about has come; each once, however many payouts it made."""
    asked = sa.func.coalesce(Payout.asked_at, Payout.created_at)
    statement = (
        sa.select(Payout.settlement_id)
        .where(Payout.state == "settled", Payout.settlement_id != "", Payout.settled_at > now() - ASK_SETTLED_FOR)
        .group_by(Payout.settlement_id)
        .having(sa.func.max(asked) < now() - ASK_SETTLED_AFTER)
        .order_by(sa.func.min(Payout.id))
        .limit(AT_ONCE)
    )
    found = [str(one) for one in db.session.scalars(statement)]
    db.session.execute(sa.update(Payout).where(Payout.settlement_id.in_(found)).values(asked_at=now()))
    return found


def _state(what: str) -> sa.ColumnElement[bool]:
    return Payout.state.in_(_STATES[what])


def settlement_look(settlement_id: str, *, gateway: Gateway) -> None:
    """Read a settlement back: what it paid out is in the bank; a failed one came back. Raises Upstream."""
    entity = gateway.fetch_settlement(settlement_id)
    if entity.get("status") == "failed":
        reason = str(entity.get("error") or "The bank did not take the money. Check your bank account.")
        for payout_id in _paid_by(settlement_id):
            payout_return(payout_id, settlement_id, reason)
        return
    for transfer in gateway.transfers_in(settlement_id):
        payout_record(transfer)


@transactional
def _paid_by(settlement_id: str) -> list[int]:
    return list(db.session.execute(sa.select(Payout.id).where(Payout.settlement_id == settlement_id)).scalars())
