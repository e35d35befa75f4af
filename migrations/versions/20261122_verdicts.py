"""verdicts: what was seen of a lesson, the promise it was booked under, when the platform was up"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0005_verdicts"
down_revision = "0004_extension"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables. Lessons that ended before keep their shares: they are free to be paid out."""
    op.add_column("live_session", sa.Column("policy", sa.JSON(), nullable=False, server_default="{}"))
    # SQLite can't add a reference to a table that stands; the model keeps it elsewhere.
    op.add_column("live_session", sa.Column("ended_by", sa.Integer(), nullable=True))
    op.add_column("payment_order", sa.Column("released_at", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_payment_order_released_at"), "payment_order", ["released_at"])
    op.create_table(
        "session_verdict",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("seconds", sa.JSON(), nullable=False),
        sa.Column("refund_paise", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("holds_from", UtcDateTime(), nullable=False),
        sa.Column("objected_by", sa.Integer(), nullable=True),
        sa.Column("objected_at", UtcDateTime(), nullable=True),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("final_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=240), nullable=False),
        sa.CheckConstraint("state IN ('open', 'objected', 'final')", name=op.f("ck_session_verdict_state")),
        sa.CheckConstraint("refund_paise >= 0", name=op.f("ck_session_verdict_refund")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_session_verdict_decided_by_user")),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_session_verdict_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["objected_by"], ["user.id"], name=op.f("fk_session_verdict_objected_by_user")),
        sa.PrimaryKeyConstraint("live_session_id", name=op.f("pk_session_verdict")),
    )
    op.create_index("ix_session_verdict_due", "session_verdict", ["state", "holds_from"])
    op.create_table(
        "heartbeat",
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_heartbeat")),
    )
    op.execute(
        "UPDATE payment_order SET released_at = (SELECT ended_at FROM live_session "
        "WHERE live_session.order_id = payment_order.id AND live_session.state IN ('completed', 'cancelled')) "
        "WHERE released_at IS NULL"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("heartbeat")
    op.drop_table("session_verdict")
    op.drop_index(op.f("ix_payment_order_released_at"), "payment_order")
    op.drop_column("payment_order", "released_at")
    op.drop_column("live_session", "ended_by")
    op.drop_column("live_session", "policy")
