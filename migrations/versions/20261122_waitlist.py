"""lines before taken times"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0009_waitlist"
down_revision = "0008_calendar_feed"
branch_labels = None
depends_on = None

_STANDING = sa.text("state IN ('waiting', 'offered')")
_OFFERED = sa.text("state = 'offered'")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("held_session_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'taken', 'passed', 'left', 'over')", name="ck_waitlist_entry_state"
        ),
        sa.CheckConstraint("learner_id <> mentor_id", name="ck_waitlist_entry_two_people"),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name="fk_waitlist_entry_learner_id_user"),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name="fk_waitlist_entry_mentor_id_user"),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name="fk_waitlist_entry_live_session_id_live_session"
        ),
        sa.ForeignKeyConstraint(
            ["held_session_id"], ["live_session.id"], name="fk_waitlist_entry_held_session_id_live_session"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_waitlist_entry"),
        sa.UniqueConstraint("public_id", name="uq_waitlist_entry_public_id"),
    )
    op.create_index(
        "ux_waitlist_entry_place",
        "waitlist_entry",
        ["learner_id", "mentor_id", "starts_at"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.create_index(
        "ux_waitlist_entry_offer",
        "waitlist_entry",
        ["mentor_id", "starts_at"],
        unique=True,
        sqlite_where=_OFFERED,
        postgresql_where=_OFFERED,
    )
    op.create_index("ix_waitlist_entry_state_starts_at", "waitlist_entry", ["state", "starts_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("waitlist_entry")
