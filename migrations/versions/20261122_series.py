"""weekly series"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0010_series"
down_revision = "0009_waitlist"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; lessons may belong to a series."""
    op.create_table(
        "lesson_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("first_session_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("times BETWEEN 2 AND 12", name="ck_lesson_series_times"),
        sa.CheckConstraint("learner_id <> mentor_id", name="ck_lesson_series_two_people"),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name="fk_lesson_series_mentor_id_user"),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name="fk_lesson_series_learner_id_user"),
        sa.ForeignKeyConstraint(
            ["first_session_id"], ["live_session.id"], name="fk_lesson_series_first_session_id_live_session"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_series"),
        sa.UniqueConstraint("first_session_id", name="uq_lesson_series_first_session_id"),
        sa.UniqueConstraint("public_id", name="uq_lesson_series_public_id"),
    )
    op.create_index("ix_lesson_series_mentor_id", "lesson_series", ["mentor_id"])
    op.create_index("ix_lesson_series_learner_id", "lesson_series", ["learner_id"])
    op.add_column("live_session", sa.Column("series_id", sa.Integer(), nullable=True))
    op.create_index("ix_live_session_series_id", "live_session", ["series_id"])


def downgrade() -> None:
    """Take both away."""
    op.drop_index("ix_live_session_series_id", "live_session")
    op.drop_column("live_session", "series_id")
    op.drop_table("lesson_series")
