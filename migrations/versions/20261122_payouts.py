"""the mentors' accounts at the gateway and their payouts"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0007_payouts"
down_revision = "0006_line_report"
branch_labels = None
depends_on = None

PAISE = ("gross", "fee", "gst", "share", "tds", "debt", "amount", "reverse", "reversed")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "payee",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("gateway_account_id", sa.String(40), nullable=True),
        sa.Column("stakeholder_id", sa.String(40), nullable=True),
        sa.Column("product_id", sa.String(40), nullable=True),
        sa.Column("last_four", sa.String(4), nullable=False),
        sa.Column("problem", sa.String(500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name="fk_payee_mentor_id_user"),
        sa.PrimaryKeyConstraint("mentor_id", name="pk_payee"),
        sa.UniqueConstraint("gateway_account_id", name="uq_payee_gateway_account_id"),
    )
    op.create_table(
        "payout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        *(sa.Column(f"{name}_paise", sa.Integer(), nullable=False) for name in PAISE),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("gateway_transfer_id", sa.String(40), nullable=True),
        sa.Column("settlement_id", sa.String(40), nullable=True),
        sa.Column("problem", sa.String(500), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name="fk_payout_order_id_payment_order"),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name="fk_payout_mentor_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_payout"),
        sa.UniqueConstraint("public_id", name="uq_payout_public_id"),
        sa.UniqueConstraint("order_id", name="uq_payout_order_id"),
        sa.UniqueConstraint("gateway_transfer_id", name="uq_payout_gateway_transfer_id"),
    )
    op.create_index("ix_payout_mentor_state", "payout", ["mentor_id", "state"])
    op.create_index("ix_payout_state", "payout", ["state"])
    op.create_index("ix_payout_settlement_id", "payout", ["settlement_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("payout")
    op.drop_table("payee")
