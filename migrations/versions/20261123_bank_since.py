"""since when a mentor has a bank account: payouts wait for the first day of a new one"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0022_bank_since"
down_revision = "0021_credits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Accounts of before have waited long ago."""
    op.add_column("payee", sa.Column("bank_since", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("payee", "bank_since")
