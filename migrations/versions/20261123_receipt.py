"""numbers of receipts"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0015_receipt"
down_revision = "0014_coupons_and_packs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "receipt",
        sa.Column("order_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("financial_year", sa.String(length=5), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name="fk_receipt_order_id_payment_order"),
        sa.PrimaryKeyConstraint("order_id", name="pk_receipt"),
        sa.UniqueConstraint("financial_year", "number", name="uq_receipt_financial_year_number"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("receipt")
