"""how far a chat is read, and what a lesson leaves behind"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0003_after_the_lesson"
down_revision = "0002_board_lock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, nothing changed in others."""
    op.create_table(
        "chat_seen",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_chat_seen_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_chat_seen_user_id_user")),
        sa.PrimaryKeyConstraint("live_session_id", "user_id", name=op.f("pk_chat_seen")),
    )
    op.create_table(
        "session_recap",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_at", UtcDateTime(), nullable=True),
        sa.Column("goal_reached_at", UtcDateTime(), nullable=True),
        sa.Column("goal_reached_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_session_recap_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["goal_reached_by"], ["user.id"], name=op.f("fk_session_recap_goal_reached_by_user")),
        sa.PrimaryKeyConstraint("live_session_id", name=op.f("pk_session_recap")),
    )


def downgrade() -> None:
    """Forget both."""
    op.drop_table("session_recap")
    op.drop_table("chat_seen")
