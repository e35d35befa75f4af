"""numbers of credit notes"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0017_credit_note"
down_revision = "0016_told_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "credit_note",
        sa.Column("refund_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount_paise", sa.Integer(), nullable=False),
        sa.Column("financial_year", sa.String(length=5), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name="fk_credit_note_order_id_payment_order"),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name="fk_credit_note_refund_id_refund"),
        sa.PrimaryKeyConstraint("refund_id", name="pk_credit_note"),
        sa.UniqueConstraint("financial_year", "number", name="uq_credit_note_financial_year_number"),
    )
    op.create_index("ix_credit_note_order_id", "credit_note", ["order_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("credit_note")
