"""extension: more time for a running lesson"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0004_extension"
down_revision = "0003_after_the_lesson"
branch_labels = None
depends_on = None

WAITS = "state IN ('offered', 'agreed')"


def upgrade() -> None:
    """Make the table, with its rule that one offer waits at a time."""
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_paise", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("waits_until", UtcDateTime(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_extension_minutes")),
        sa.CheckConstraint("price_paise >= 0", name=op.f("ck_extension_price")),
        sa.CheckConstraint(
            "state IN ('offered', 'agreed', 'added', 'declined', 'lapsed', 'returned')", name=op.f("ck_extension_state")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_extension_asked_by_user")),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_extension_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_extension_order_id_payment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("public_id", name=op.f("uq_extension_public_id")),
    )
    op.create_index(op.f("ix_extension_live_session_id"), "extension", ["live_session_id"])
    op.create_index(op.f("ix_extension_order_id"), "extension", ["order_id"])
    op.create_index(op.f("ix_extension_waits_until"), "extension", ["waits_until"])
    op.create_index(
        "ux_extension_waiting",
        "extension",
        ["live_session_id"],
        unique=True,
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("extension")
