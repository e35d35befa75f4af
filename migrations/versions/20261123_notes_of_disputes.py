"""credit notes for lost disputes, in one row of numbers with those for refunds"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0020_notes_of_disputes"
down_revision = "0019_payout_rest"
branch_labels = None
depends_on = None

ALL = "refund_id, order_id, amount_paise, financial_year, number, issued_at"
KEEP = "CREATE TABLE credit_note_before AS SELECT * FROM credit_note WHERE refund_id IS NOT NULL"
BRING = "INSERT INTO credit_note (" + ALL + ") SELECT " + ALL + " FROM credit_note_before"  # noqa: S608 - words of this file


def upgrade() -> None:
    """Make the table anew with a key of its own; every note keeps its number."""
    op.execute(KEEP)
    op.drop_table("credit_note")
    op.create_table(
        "credit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("dispute_id", sa.Integer(), nullable=True),
        *_columns(),
        sa.CheckConstraint("(refund_id IS NULL) <> (dispute_id IS NULL)", name="ck_credit_note_one_subject"),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["payment_dispute.id"], name="fk_credit_note_dispute_id_payment_dispute"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name="fk_credit_note_order_id_payment_order"),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name="fk_credit_note_refund_id_refund"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_note"),
        sa.UniqueConstraint("dispute_id", name="uq_credit_note_dispute_id"),
        sa.UniqueConstraint("financial_year", "number", name="uq_credit_note_financial_year_number"),
        sa.UniqueConstraint("refund_id", name="uq_credit_note_refund_id"),
    )
    op.create_index("ix_credit_note_order_id", "credit_note", ["order_id"])
    op.execute(BRING)
    op.drop_table("credit_note_before")


def downgrade() -> None:
    """Back to notes for refunds alone; those for disputes are lost."""
    op.execute(KEEP)
    op.drop_table("credit_note")
    op.create_table(
        "credit_note",
        sa.Column("refund_id", sa.Integer(), autoincrement=False, nullable=False),
        *_columns(),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name="fk_credit_note_order_id_payment_order"),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name="fk_credit_note_refund_id_refund"),
        sa.PrimaryKeyConstraint("refund_id", name="pk_credit_note"),
        sa.UniqueConstraint("financial_year", "number", name="uq_credit_note_financial_year_number"),
    )
    op.create_index("ix_credit_note_order_id", "credit_note", ["order_id"])
    op.execute(BRING)
    op.drop_table("credit_note_before")


def _columns() -> list[sa.Column]:
    return [
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount_paise", sa.Integer(), nullable=False),
        sa.Column("financial_year", sa.String(length=5), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
    ]
