"""Reading payouts: what a mentor is owed, what waits, what is on its way, what the bank has."""

from dataclasses import dataclass

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.ledger import MENTOR_PAYABLE
from peerlearn.payments.models import LedgerEntry, Payee, PaymentOrder, Payout
from peerlearn.payments.queries import balance_of

ON_ITS_WAY = ("released", "returned")


@dataclass(frozen=True)
class PayoutSums:
    """A mentor's money in paise. owed = held + on its way, or less by a debt; `debt` is kept from next payouts."""

    owed_paise: int
    on_its_way_paise: int
    paid_out_paise: int
    tds_paise: int

    @property
    def debt_paise(self) -> int:
        """What more went back than was still owed."""
        return max(0, -self.owed_paise)

    @property
    def held_paise(self) -> int:
        """What waits for its lesson, for the day after it, or for the bank account."""
        return max(0, self.owed_paise - self.on_its_way_paise)


def payout_sums(mentor_id: int) -> PayoutSums:
    """The sums over all payouts of a mentor, and what the ledger owes."""
    left = Payout.amount_paise - Payout.reversed_paise
    way = sa.case((Payout.state.in_(ON_ITS_WAY), left + Payout.tds_paise), else_=0)
    done = sa.case((Payout.state == "settled", left), else_=0)
    tds = sa.case((Payout.state == "settled", Payout.tds_paise), else_=0)
    sums = sa.select(*(sa.func.coalesce(sa.func.sum(part), 0) for part in (way, done, tds)))
    on_its_way, paid_out, kept_back = db.session.execute(sums.where(Payout.mentor_id == mentor_id)).one()
    return PayoutSums(-balance_of(MENTOR_PAYABLE, mentor_id), int(on_its_way), int(paid_out), int(kept_back))


def debts() -> list[tuple[int, int]]:
    """Mentors from whose next payouts something is kept, each with the paise: more went back than was still owed."""
    owed = sa.func.sum(LedgerEntry.amount_paise)  # a debit of what we owe: positive is the mentor's debt
    statement = (
        sa.select(LedgerEntry.owner_id, owed)
        .where(LedgerEntry.account == MENTOR_PAYABLE, LedgerEntry.owner_id.is_not(None))
        .group_by(LedgerEntry.owner_id)
        .having(owed > 0)
        .order_by(LedgerEntry.owner_id)
    )
    return [(int(mentor_id or 0), int(paise)) for mentor_id, paise in db.session.execute(statement)]


def payouts_for(mentor_id: int, limit: int = 30) -> list[tuple[Payout, PaymentOrder]]:
    """A mentor's payouts that move something or went against a debt, newest first, each with its order."""
    statement = (
        sa.select(Payout, PaymentOrder)
        .join(PaymentOrder, PaymentOrder.id == Payout.order_id)
        .where(Payout.mentor_id == mentor_id, Payout.share_paise > 0)
        .order_by(Payout.id.desc())
        .limit(limit)
    )
    return [(payout, order) for payout, order in db.session.execute(statement)]


def payout_of_order(order_id: int) -> Payout | None:
    """The payout of an order's share, or None before one was decided."""
    return db.session.execute(sa.select(Payout).where(Payout.order_id == order_id)).scalar_one_or_none()


def payouts_stuck(limit: int = 100) -> list[Payout]:
    """Payouts that failed or came back: a person may want to look at them."""
    statement = sa.select(Payout).where(Payout.state.in_(("failed", "returned"))).order_by(Payout.id.desc())
    return list(db.session.execute(statement.limit(limit)).scalars())


def payees_waiting() -> list[Payee]:
    """Accounts that the gateway has not activated yet."""
    return list(db.session.execute(sa.select(Payee).where(Payee.state != "activated")).scalars())
