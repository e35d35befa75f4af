"""what a payout leaves as too little to be moved, and what others left that it takes along"""

import sqlalchemy as sa
from alembic import op

revision = "0019_payout_rest"
down_revision = "0018_counter_offer"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. What is owed of a payout that moved nothing, less than a rupee, is its rest."""
    op.add_column("payout", sa.Column("rest_paise", sa.Integer(), server_default="0", nullable=False))
    op.add_column("payout", sa.Column("carried_paise", sa.Integer(), server_default="0", nullable=False))
    op.add_column("payout", sa.Column("carried_by_id", sa.Integer(), nullable=True))
    op.create_index("ix_payout_carried_by_id", "payout", ["carried_by_id"])
    op.execute(
        "UPDATE payout SET rest_paise = share_paise, debt_paise = 0 WHERE state = 'netted' AND share_paise BETWEEN 1 AND 99"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_payout_carried_by_id", "payout")
    op.drop_column("payout", "carried_by_id")
    op.drop_column("payout", "carried_paise")
    op.drop_column("payout", "rest_paise")
