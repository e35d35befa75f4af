"""Rests: what is owed of a share and is too little for the gateway to move. A later payout of the mentor takes it along.

A rest is free once its own lesson is done and no bank looks at its payment. Together, rests that reach the smallest
amount move without waiting for another lesson.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.books import kept_split
from peerlearn.payments.gone import order_waits
from peerlearn.payments.models import Payee, PaymentOrder, Payout
from peerlearn.payments.tender import SMALLEST_PAISE

_FREE = (
    Payout.state == "netted",
    Payout.rest_paise > 0,
    Payout.carried_by_id.is_(None),
    PaymentOrder.released_at.is_not(None),
    ~order_waits(),
)


def rests_within(mentor_id: int, paise: int, but: int | None = None) -> list[Payout]:
    """The free rests of a mentor that fit into so much, oldest first, each as what is kept of it now.

    `but` is a payout whose own rest does not count. Inside the open transaction, with the mentor's payouts locked.
    """
    found: list[Payout] = []
    if paise <= 0:
        return found
    rows = sa.select(Payout, PaymentOrder).join(PaymentOrder, PaymentOrder.id == Payout.order_id)
    for row, order in db.session.execute(rows.where(Payout.mentor_id == mentor_id, *_FREE).order_by(Payout.id)):
        shared = kept_split(order)
        row.rest_paise = min(row.rest_paise, shared[1].mentor_paise if shared is not None else 0)
        row.debt_paise = row.share_paise - row.rest_paise
        if row.id != but and 0 < row.rest_paise <= paise:
            found.append(row)
            paise -= row.rest_paise
    return found


def rests_join(rests: Sequence[Payout], payout: Payout) -> None:
    """Let these rests move with a payout that has its id."""
    for row in rests:
        row.carried_by_id = payout.id


def rests_leave(payout_id: int) -> None:
    """A payout takes nothing along any more: its rests are free for another one."""
    db.session.execute(
        sa.update(Payout).where(Payout.carried_by_id == payout_id).values(carried_by_id=None),
        execution_options={"synchronize_session": "fetch"},
    )


def rests_enough() -> list[int]:
    """For each mentor whose free rests together can be moved: the newest payout that left one."""
    statement = (
        sa.select(sa.func.max(Payout.id))
        .join(PaymentOrder, PaymentOrder.id == Payout.order_id)
        .join(Payee, Payee.mentor_id == Payout.mentor_id)
        .where(Payee.state == "activated", *_FREE)
        .group_by(Payout.mentor_id)
        .having(sa.func.sum(Payout.rest_paise) >= SMALLEST_PAISE)
    )
    return list(db.session.scalars(statement))
