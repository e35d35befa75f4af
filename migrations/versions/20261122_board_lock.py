"""the mentor's lock on the board"""

import sqlalchemy as sa
from alembic import op

revision = "0002_board_lock"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journal_head", sa.Column("board_locked", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("journal_head", "board_locked")
