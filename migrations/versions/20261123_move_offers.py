"""move_offer, move_offer_time: a mentor asks for another time of a booked lesson"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0013_move_offers"
down_revision = "0012_disputes"
branch_labels = None
depends_on = None

WAITS = "state = 'offered'"


def upgrade() -> None:
    """Make both tables, with the rule that one question waits at a time."""
    op.create_table(
        "move_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=240), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("waits_until", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'kept', 'withdrawn', 'lapsed')", name=op.f("ck_move_offer_state")
        ),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_move_offer_live_session_id_live_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_offer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_move_offer_public_id")),
    )
    op.create_index(op.f("ix_move_offer_live_session_id"), "move_offer", ["live_session_id"])
    op.create_index(op.f("ix_move_offer_waits_until"), "move_offer", ["waits_until"])
    op.create_index(
        "ux_move_offer_waiting",
        "move_offer",
        ["live_session_id"],
        unique=True,
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )
    op.create_table(
        "move_offer_time",
        sa.Column("move_offer_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["move_offer_id"], ["move_offer.id"], name=op.f("fk_move_offer_time_move_offer_id_move_offer")
        ),
        sa.PrimaryKeyConstraint("move_offer_id", "starts_at", name=op.f("pk_move_offer_time")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("move_offer_time")
    op.drop_table("move_offer")
