"""Tables of money: orders, payments, refunds, webhooks as they came, and the ledger."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.kernel import Base, PublicId, attach_ddl, json_column


class PaymentOrder(PublicId, Base):
    """What a person is asked to pay once. The amount never changes: a new amount is a new order."""

    __tablename__ = "payment_order"
    __table_args__ = (sa.Index("ix_payment_order_purpose", "purpose", "purpose_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payer_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    purpose: Mapped[str] = mapped_column(sa.String(32))
    purpose_id: Mapped[int]
    amount_paise: Mapped[int]
    # What the amount was made of: the list price (None: the amount itself), what a coupon took off and who bears it,
    # or the minutes of packs that paid instead, with what they were bought for.
    list_paise: Mapped[int | None]
    discount_paise: Mapped[int] = mapped_column(default=0, server_default="0")
    discount_by: Mapped[str | None] = mapped_column(sa.String(8))
    coupon_id: Mapped[int | None]
    prepaid_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    prepaid_paise: Mapped[int] = mapped_column(default=0, server_default="0")
    receipt: Mapped[str] = mapped_column(sa.String(40), unique=True)
    gateway_order_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    state: Mapped[str] = mapped_column(sa.String(16), default="new", index=True)
    # The payment that counts. A further captured payment of the same order is refunded.
    paid_payment_id: Mapped[int | None]
    paid_at: Mapped[datetime | None]
    # Set when it was decided what the money does: split, or refunded in full.
    settled_at: Mapped[datetime | None]
    # From here on the mentor's share may be paid out: the lesson is over and what was seen of it holds.
    released_at: Mapped[datetime | None] = mapped_column(index=True)
    # When the gateway was last asked about it.
    asked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def borne_paise(self) -> int:
        """The part of the price that the platform bears."""
        return self.discount_paise if self.discount_by == "platform" else 0

    @property
    def gross_paise(self) -> int:
        """What mentor, fee and tax share: money, the platform's discount, prepaid minutes."""
        return self.amount_paise + self.borne_paise + self.prepaid_paise


class Payment(Base):
    """One attempt to pay an order, as the gateway tells it."""

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("payment_order.id"), index=True)
    gateway_payment_id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    amount_paise: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3), default="INR")
    state: Mapped[str] = mapped_column(sa.String(16), index=True)
    method: Mapped[str | None] = mapped_column(sa.String(32))
    fee_paise: Mapped[int | None]
    error_reason: Mapped[str | None] = mapped_column(sa.String(255))
    created_at: Mapped[datetime]
    captured_at: Mapped[datetime | None]


class Refund(PublicId, Base):
    """Money that goes back to the payer. `key` names the reason once, so that it is given back once."""

    __tablename__ = "refund"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    amount_paise: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    gateway_refund_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    state: Mapped[str] = mapped_column(sa.String(16), default="wanted", index=True)
    reason: Mapped[str] = mapped_column(sa.String(255))
    problem: Mapped[str | None] = mapped_column(sa.String(500))
    # So much of it the payer's bank gave back instead of us, by a dispute that was lost.
    covered_paise: Mapped[int] = mapped_column(default=0, server_default="0")
    tries: Mapped[int] = mapped_column(default=1)  # part of the gateway's key: a failed refund is asked for anew
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    processed_at: Mapped[datetime | None]


class PaymentDispute(PublicId, Base):
    """A payer's bank asks for the money of a payment back. The bank decides; what follows is in the ledger.

    `taken_paise` is what the gateway has taken from us for it and not brought back. After a loss it is exactly
    covered (it stood in for a refund that we owed) + shared (mentor, fee and tax gave it) + borne (by the house).
    """

    __tablename__ = "payment_dispute"
    __table_args__ = (sa.CheckConstraint("amount_paise > 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    gateway_dispute_id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    amount_paise: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16), index=True)
    phase: Mapped[str] = mapped_column(sa.String(24))
    reason_code: Mapped[str] = mapped_column(sa.String(80), default="")
    reason: Mapped[str] = mapped_column(sa.String(255), default="")
    # Until when we may answer. Without an answer it is lost.
    respond_by: Mapped[datetime]
    taken_paise: Mapped[int] = mapped_column(default=0)
    moves: Mapped[int] = mapped_column(default=0)  # how often the gateway took money for it or brought it back
    covered_paise: Mapped[int] = mapped_column(default=0)
    shared_paise: Mapped[int] = mapped_column(default=0)
    borne_paise: Mapped[int] = mapped_column(default=0)
    # What we answered: the words, and the document with the evidence at the gateway.
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    document_id: Mapped[str | None] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # Set when it was decided who bears a loss.
    settled_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]


class OrderReturn(Base):
    """What goes back of an order that took no money: minutes into their packs, or a discount that the platform bears.

    `units` are minutes or paise (`tender.Measure`), `worth_paise` their part of what mentor, fee and tax shared.
    """

    __tablename__ = "order_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("payment_order.id"), index=True)
    units: Mapped[int]
    worth_paise: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    reason: Mapped[str] = mapped_column(sa.String(255))
    created_at: Mapped[datetime]

    __table_args__ = (sa.CheckConstraint("units > 0", name="units"),)


class Receipt(Base):
    """The number of a paid order's receipt: in a row without gaps within one financial year of India."""

    __tablename__ = "receipt"
    __table_args__ = (sa.UniqueConstraint("financial_year", "number"),)

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("payment_order.id"), primary_key=True, autoincrement=False)
    financial_year: Mapped[str] = mapped_column(sa.String(5))
    number: Mapped[int]
    issued_at: Mapped[datetime]


class CreditNote(Base):
    """The number of the paper for what went back of a receipt: in a row of its own, without gaps, within one financial year.

    It is about a refund, or about what the shares gave for a dispute that was lost.
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        sa.UniqueConstraint("financial_year", "number"),
        sa.CheckConstraint("(refund_id IS NULL) <> (dispute_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[int | None] = mapped_column(sa.ForeignKey("refund.id"), unique=True)
    dispute_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_dispute.id"), unique=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("payment_order.id"), index=True)
    amount_paise: Mapped[int]
    financial_year: Mapped[str] = mapped_column(sa.String(5))
    number: Mapped[int]
    issued_at: Mapped[datetime]


class Payee(Base):
    """A mentor's account at the gateway. Name, tax number and bank account are the gateway's; four digits stay here."""

    __tablename__ = "payee"

    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(24), default="new")
    gateway_account_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    stakeholder_id: Mapped[str | None] = mapped_column(sa.String(40))
    product_id: Mapped[str | None] = mapped_column(sa.String(40))
    last_four: Mapped[str] = mapped_column(sa.String(4), default="")
    # What the gateway still wants to know, in its words.
    problem: Mapped[str | None] = mapped_column(sa.String(500))
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    # When the gateway was last given a bank account: nothing goes to a new one at once (`payees.BANK_WAITS`).
    bank_since: Mapped[datetime | None]


class Payout(PublicId, Base):
    """The mentor's share of one order on its way to the mentor's bank.

    gross - fee - gst = share; share + carried - tds - debt - rest = amount, all in paise and as they were when the payout
    was decided (gross is what the learner paid for good). `reversed_paise` has come back of the amount, `reverse_paise`
    shall. A `rest` is owed and too little to be moved by itself: it goes with the payout `carried_by_id`, among whose
    `carried_paise` it counts then.
    """

    __tablename__ = "payout"
    __table_args__ = (sa.Index("ix_payout_mentor_state", "mentor_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("payment_order.id"), unique=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    gross_paise: Mapped[int]
    fee_paise: Mapped[int]
    gst_paise: Mapped[int]
    share_paise: Mapped[int]
    tds_paise: Mapped[int] = mapped_column(default=0)
    debt_paise: Mapped[int] = mapped_column(default=0)
    rest_paise: Mapped[int] = mapped_column(default=0, server_default="0")
    carried_paise: Mapped[int] = mapped_column(default=0, server_default="0")
    carried_by_id: Mapped[int | None] = mapped_column(index=True)
    amount_paise: Mapped[int]
    reverse_paise: Mapped[int] = mapped_column(default=0)
    reversed_paise: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(sa.String(16), default="wanted", index=True)
    gateway_transfer_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    settlement_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    problem: Mapped[str | None] = mapped_column(sa.String(500))
    tries: Mapped[int] = mapped_column(default=1)
    # Only one worker talks to the gateway about a payout: transfers and reversals have no idempotency key.
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class BooksCheck(Base):
    """A comparison of our books with the gateway's: a sentence for each entity on which they differ."""

    __tablename__ = "books_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    findings: Mapped[Any] = json_column(default=list)


class WebhookEvent(Base):
    """A signed event as it came, stored before anything is done with it."""

    __tablename__ = "webhook_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(sa.String(255), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(64))
    body: Mapped[str] = mapped_column(sa.Text)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(sa.String(500))


class LedgerTransaction(Base):
    """One happening in the ledger. `reference` names it, so that it is posted once."""

    __tablename__ = "ledger_transaction"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    at: Mapped[datetime]


class LedgerEntry(Base):
    """One line of a ledger transaction. Debit positive, credit negative."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.CheckConstraint("amount_paise <> 0", name="not_zero"),
        sa.Index("ix_ledger_entry_account_owner", "account", "owner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_transaction.id"), index=True)
    account: Mapped[str] = mapped_column(sa.String(32))
    owner_id: Mapped[int | None]
    amount_paise: Mapped[int]


def _append_only(table: str) -> list[tuple[str, str]]:
    refusal = "ledger_append_only"
    statements = [
        (
            "sqlite",
            (
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            ),
        )
        for action in ("UPDATE", "DELETE")
    ]
    statements += [
        (
            "postgresql",
            (
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
            ),
        ),
        (
            "postgresql",
            (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
            ),
        ),
    ]
    return statements


# What the ORM can't say: the ledger is only ever added to. The first migration runs the same statements.
DDL: list[tuple[str, str]] = _append_only("ledger_transaction") + _append_only("ledger_entry")

attach_ddl(LedgerTransaction.__table__, _append_only("ledger_transaction"))  # type: ignore[arg-type]
attach_ddl(LedgerEntry.__table__, _append_only("ledger_entry"))  # type: ignore[arg-type]
