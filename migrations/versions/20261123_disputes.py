"""disputes of payments"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0012_disputes"
down_revision = "0011_books_check"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the column for what a bank gave back instead of us."""
    op.create_table(
        "payment_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("gateway_dispute_id", sa.String(length=40), nullable=False),
        sa.Column("amount_paise", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=24), nullable=False),
        sa.Column("reason_code", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("respond_by", UtcDateTime(), nullable=False),
        sa.Column("taken_paise", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("covered_paise", sa.Integer(), nullable=False),
        sa.Column("shared_paise", sa.Integer(), nullable=False),
        sa.Column("borne_paise", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("amount_paise > 0", name="ck_payment_dispute_amount"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_payment_dispute_payment_id_payment"),
        sa.PrimaryKeyConstraint("id", name="pk_payment_dispute"),
        sa.UniqueConstraint("gateway_dispute_id", name="uq_payment_dispute_gateway_dispute_id"),
        sa.UniqueConstraint("public_id", name="uq_payment_dispute_public_id"),
    )
    op.create_index("ix_payment_dispute_payment_id", "payment_dispute", ["payment_id"])
    op.create_index("ix_payment_dispute_state", "payment_dispute", ["state"])
    op.add_column("refund", sa.Column("covered_paise", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Drop both."""
    op.drop_column("refund", "covered_paise")
    op.drop_index("ix_payment_dispute_state", "payment_dispute")
    op.drop_index("ix_payment_dispute_payment_id", "payment_dispute")
    op.drop_table("payment_dispute")
