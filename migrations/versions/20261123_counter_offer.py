"""counter_offer: a mentor answers a request with another time or price"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0018_counter_offer"
down_revision = "0017_credit_note"
branch_labels = None
depends_on = None

WAITS = "state = 'offered'"


def upgrade() -> None:
    """Make the table, with the rule that one offer waits at a time."""
    op.create_table(
        "counter_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("price_paise", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("price_paise >= 0", name=op.f("ck_counter_offer_price")),
        sa.CheckConstraint(
            "state IN ('offered', 'taken', 'declined', 'replaced')", name=op.f("ck_counter_offer_state")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["live_request.id"], name=op.f("fk_counter_offer_request_id_live_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_offer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_counter_offer_public_id")),
    )
    op.create_index(op.f("ix_counter_offer_request_id"), "counter_offer", ["request_id"])
    op.create_index(
        "ux_counter_offer_waiting",
        "counter_offer",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("counter_offer")
