"""Writing into the ledger, and checking that it is whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.money import Split, part_of
from peerlearn.payments.coupon_models import STANDS, Coupon, CouponUse
from peerlearn.payments.giving_back import PaidOrder
from peerlearn.payments.gone import disputed_paise, refunded_paise
from peerlearn.payments.ledger import (
    DISPUTED,
    PREPAID,
    Posting,
    Unbalanced,
    checked,
    refund_parts,
    split_in,
    split_postings,
    unsplit_postings,
)
from peerlearn.payments.models import LedgerEntry, LedgerTransaction, OrderReturn, Payment, PaymentOrder, Refund
from peerlearn.payments.pack_models import Pack, PackMove
from peerlearn.payments.tender import Measure
from peerlearn.payments.tenders import back_of, tender_of


@dataclass(frozen=True)
class LedgerReport:
    """The state of the ledger. `balances` maps an account to its sum in paise over all owners."""

    total_paise: int
    balances: dict[str, int]
    unbalanced: list[str] = field(default_factory=list)  # references of transactions that do not sum to zero
    # References that should exist and do not; packs and coupons whose sums differ from their rows.
    missing: list[str] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        """Whether every transaction sums to zero and no happening is missing."""
        return self.total_paise == 0 and not self.unbalanced and not self.missing


def lines_of(reference: str) -> list[Posting]:
    """The postings under a reference; empty where there is none."""
    rows = db.session.execute(
        sa.select(LedgerEntry.account, LedgerEntry.owner_id, LedgerEntry.amount_paise)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerTransaction.reference == reference)
        .order_by(LedgerEntry.id)
    )
    return [Posting(account, owner_id, amount) for account, owner_id, amount in rows]


@transactional
def ledger_post(kind: str, reference: str, entries: Iterable[Posting]) -> bool:
    """Post one happening. Returns whether this call did it: a reference is posted once, ever.

    Raises Unbalanced where the entries do not sum to zero.
    """
    lines = checked(entries)
    known = sa.select(LedgerTransaction.id).where(LedgerTransaction.reference == reference)
    if db.session.execute(known).first() is not None:
        return False
    transaction = LedgerTransaction(reference=reference, kind=kind, at=now())
    try:
        with db.session.begin_nested():
            db.session.add(transaction)
            db.session.flush()
    except IntegrityError:  # another process posted it since the look-up
        return False
    db.session.add_all(
        LedgerEntry(
            transaction_id=transaction.id, account=line.account, owner_id=line.owner_id, amount_paise=line.amount_paise
        )
        for line in lines
    )
    db.session.flush()
    return True


@transactional
def split_post(order: PaymentOrder, mentor_id: int, split: Split) -> bool:
    """Share what an order was paid with: what was owed to the learner becomes mentor, fee and tax. Once per order.

    Called by `settle` when the booking is confirmed. Raises Unbalanced where the split is not the order's gross.
    """
    tender = tender_of(order)
    sources = {"discount_paise": tender.discount_paise, "prepaid_paise": tender.prepaid_paise}
    postings = split_postings(order.payer_id, mentor_id, split, **sources)
    off = split.gross_paise - tender.gross_paise
    if off:
        raise Unbalanced(f"The split is off by {off} paise. Nothing was written.")
    # A lesson that its mentor gives for nothing moves nothing.
    posted = ledger_post("split", f"split:{order.id}", postings) if split.gross_paise else False
    if posted and tender.measure is Measure.CASH:
        _unsplit_earlier(order, mentor_id, split)
    settle_mark(order.id)
    return posted


def _unsplit_earlier(order: PaymentOrder, mentor_id: int, split: Split) -> None:
    """What went back before anybody had a share was nobody's: now each share gives its part of it."""
    before = 0
    earlier = sa.select(Refund).where(Refund.payment_id == order.paid_payment_id, Refund.amount_paise > 0)
    for refund in db.session.scalars(earlier.order_by(Refund.id)).all():
        unsplit_post(order, f"unsplit:{refund.id}", mentor_id, split, before, refund.amount_paise)
        before += refund.amount_paise


def unsplit_post(order: PaymentOrder, reference: str, mentor_id: int, split: Split, before: int, units: int) -> None:
    """Post that each share gives its part of what goes back of a split order, inside the open transaction.

    `before` went back earlier and `units` go back now, both in the order's own measure. What the units are worth beyond
    the money was paid by a discount or by prepaid minutes, and returns there.
    """
    tender = tender_of(order)
    gone = tender.worth(before)
    worth = tender.worth(before + units) - gone
    if not worth:
        return
    cash = units if tender.measure is Measure.CASH else 0
    prepaid = worth if tender.measure is Measure.MINUTES else 0
    lines = unsplit_postings(
        order.payer_id,
        mentor_id,
        refund_parts(split, gone, worth),
        discount_paise=worth - cash - prepaid,
        prepaid_paise=prepaid,
    )
    ledger_post("unsplit", reference, lines)


@transactional
def settle_mark(order_id: int) -> None:
    """Note that it is decided what an order's money does."""
    table = sa.update(PaymentOrder).where(PaymentOrder.id == order_id, PaymentOrder.settled_at.is_(None))
    db.session.execute(table.values(settled_at=now()))


def split_of(order_id: int) -> tuple[int, Split] | None:
    """Mentor and split that were posted for an order, or None before it was settled."""
    lines = lines_of(f"split:{order_id}")
    return split_in(lines) if lines else None


def paid_order(order: PaymentOrder, expected: Split) -> PaidOrder:
    """A paid order as the ledger has it, for what may go back of it; `expected` where it was not split yet."""
    shared = split_of(order.id)
    tender = tender_of(order)
    back = back_of(order, tender.measure)
    cash = order.paid_payment_id if tender.measure is Measure.CASH else None
    borne = refunded_paise(cash) - back if cash else 0
    return PaidOrder(shared[1] if shared else expected, back, borne, tender)


def kept_split(order: PaymentOrder) -> tuple[int, Split] | None:
    """Mentor, and what mentor, fee and tax keep of an order after all that went back; None before it was settled."""
    shared = split_of(order.id)
    if shared is None:
        return None
    mentor_id, split = shared
    tender = tender_of(order)
    return mentor_id, split - part_of(split, tender.worth(back_of(order, tender.measure)))


def ledger_check() -> LedgerReport:
    """Check the whole ledger: zero sums, and a posting for every capture and every refund. Reads only."""
    balances = {
        account: int(amount)
        for account, amount in db.session.execute(
            sa.select(LedgerEntry.account, sa.func.sum(LedgerEntry.amount_paise)).group_by(LedgerEntry.account)
        )
    }
    unbalanced = db.session.execute(
        sa.select(LedgerTransaction.reference)
        .outerjoin(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .group_by(LedgerTransaction.id, LedgerTransaction.reference)
        .having(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_paise), 1) != 0)
        .order_by(LedgerTransaction.id)
    )
    return LedgerReport(
        total_paise=sum(balances.values()),
        balances=balances,
        unbalanced=[reference for (reference,) in unbalanced],
        missing=[
            *_missing(),
            *_disputes_differ(balances.get(DISPUTED, 0)),
            *_packs_differ(),
            *_coupons_differ(),
        ],
    )


def _disputes_differ(booked_paise: int) -> list[str]:
    expected = disputed_paise()
    return [] if booked_paise == expected else [f"disputes: {expected} paise are taken, {booked_paise} are booked"]


def _missing() -> list[str]:
    captures = sa.select(sa.literal("capture:") + Payment.gateway_payment_id).where(Payment.captured_at.is_not(None))
    refunds = (
        sa.select(sa.literal("refund:") + sa.cast(Refund.id, sa.String))
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.state == "processed", Payment.captured_at.is_not(None))
    )
    returns = sa.select(sa.literal("giveback:") + sa.cast(OrderReturn.id, sa.String)).where(OrderReturn.worth_paise > 0)
    packs = sa.select(sa.literal("prepay:") + sa.cast(Pack.order_id, sa.String)).where(Pack.bought_at.is_not(None))
    found: list[str] = []
    for wanted in (captures, refunds, returns, packs):
        expected = wanted.subquery()
        reference = expected.c[0]
        absent = sa.select(reference).where(~sa.exists().where(LedgerTransaction.reference == reference))
        found += [name for (name,) in db.session.execute(absent)]
    return found


def _packs_differ() -> list[str]:
    """Packs whose movements do not sum to what is left, and learners whose packs are not what the ledger keeps."""
    sums = sa.select(
        PackMove.pack_id, sa.func.sum(PackMove.minutes).label("minutes"), sa.func.sum(PackMove.paise).label("paise")
    )
    moved = sums.group_by(PackMove.pack_id).subquery()
    off = sa.select(Pack.id).outerjoin(moved, moved.c.pack_id == Pack.id)
    off = off.where(
        sa.or_(
            Pack.minutes_left != sa.func.coalesce(moved.c.minutes, 0),
            Pack.paise_left != sa.func.coalesce(moved.c.paise, 0),
        )
    )
    kept = sa.select(LedgerEntry.owner_id, -sa.func.sum(LedgerEntry.amount_paise)).where(LedgerEntry.account == PREPAID)
    ledger = {int(owner or 0): int(paise) for owner, paise in db.session.execute(kept.group_by(LedgerEntry.owner_id))}
    rows = sa.select(Pack.learner_id, sa.func.sum(Pack.paise_left)).group_by(Pack.learner_id)
    packs = {learner: int(paise) for learner, paise in db.session.execute(rows)}
    people = sorted(set(ledger) | set(packs))
    return [f"pack:{pack_id}" for (pack_id,) in db.session.execute(off.order_by(Pack.id))] + [
        f"prepaid:{one}" for one in people if ledger.get(one, 0) != packs.get(one, 0)
    ]


def _coupons_differ() -> list[str]:
    """Coupons whose counter is not the number of their standing uses."""
    standing = sa.select(CouponUse.coupon_id, sa.func.count().label("uses")).where(sa.text(STANDS))
    counted = standing.group_by(CouponUse.coupon_id).subquery()
    statement = sa.select(Coupon.code).outerjoin(counted, counted.c.coupon_id == Coupon.id)
    rows = db.session.execute(statement.where(Coupon.uses != sa.func.coalesce(counted.c.uses, 0)))
    return [f"coupon:{code}" for (code,) in rows]
