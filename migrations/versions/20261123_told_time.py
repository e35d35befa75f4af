"""told_time; user.limited_until: what people were told of a lesson's time, and who books less for a while"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0016_told_time"
down_revision = "0015_receipt"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column."""
    op.add_column("user", sa.Column("limited_until", UtcDateTime(), nullable=True))
    op.create_table(
        "told_time",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_told_time_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_told_time_user_id_user")),
        sa.PrimaryKeyConstraint("live_session_id", "user_id", name=op.f("pk_told_time")),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("told_time")
    op.drop_column("user", "limited_until")
