"""coupons, packs of prepaid minutes, and orders that take no money"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0014_coupons_and_packs"
down_revision = "0013_move_offers"
branch_labels = None
depends_on = None

STANDS = "state IN ('held', 'used')"


def upgrade() -> None:
    """Make the tables with their guards; lessons, orders and verdicts learn what paid for them."""
    _coupons()
    _packs()
    op.create_table(
        "order_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("worth_paise", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_order_return_units")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_order_return_order_id_payment_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_return")),
        sa.UniqueConstraint("key", name=op.f("uq_order_return_key")),
    )
    op.create_index(op.f("ix_order_return_order_id"), "order_return", ["order_id"])
    for table in ("payment_order", "live_session"):
        op.add_column(table, sa.Column("discount_paise", sa.Integer(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("discount_by", sa.String(length=8), nullable=True))
        op.add_column(table, sa.Column("coupon_id", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("prepaid_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("payment_order", sa.Column("list_paise", sa.Integer(), nullable=True))
    op.add_column("payment_order", sa.Column("prepaid_paise", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("session_verdict", sa.Column("back_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("session_verdict", sa.Column("waived_paise", sa.Integer(), nullable=False, server_default="0"))


def _coupons() -> None:
    op.create_table(
        "coupon",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("off_paise", sa.Integer(), nullable=True),
        sa.Column("funded_by", sa.String(length=8), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("least_paise", sa.Integer(), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=True),
        sa.Column("per_person", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name=op.f("ck_coupon_uses")),
        sa.CheckConstraint("(percent IS NULL) <> (off_paise IS NULL)", name=op.f("ck_coupon_one_discount")),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_coupon_percent")),
        sa.CheckConstraint("off_paise > 0", name=op.f("ck_coupon_off")),
        sa.CheckConstraint("per_person > 0", name=op.f("ck_coupon_per_person")),
        sa.CheckConstraint(
            "funded_by = 'platform' OR (funded_by = 'mentor' AND mentor_id IS NOT NULL)",
            name=op.f("ck_coupon_funded"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_coupon_made_by_user")),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_coupon_mentor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("code", name=op.f("uq_coupon_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_coupon_public_id")),
    )
    op.create_index(op.f("ix_coupon_mentor_id"), "coupon", ["mentor_id"])
    op.create_table(
        "coupon_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("discount_paise", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('held', 'used', 'returned')", name=op.f("ck_coupon_use_state")),
        sa.CheckConstraint("number > 0", name=op.f("ck_coupon_use_number")),
        sa.CheckConstraint("discount_paise > 0", name=op.f("ck_coupon_use_discount")),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name=op.f("fk_coupon_use_coupon_id_coupon")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_coupon_use_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_use")),
    )
    op.create_index(op.f("ix_coupon_use_coupon_id"), "coupon_use", ["coupon_id"])
    op.create_index(op.f("ix_coupon_use_live_session_id"), "coupon_use", ["live_session_id"])
    for name, columns in (
        ("ux_coupon_use_person", ["coupon_id", "person_id", "number"]),
        ("ux_coupon_use_lesson", ["live_session_id"]),
    ):
        op.create_index(
            name,
            "coupon_use",
            columns,
            unique=True,
            sqlite_where=sa.text(STANDS),
            postgresql_where=sa.text(STANDS),
        )


def _packs() -> None:
    op.create_table(
        "pack_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_paise", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_pack_offer_minutes")),
        sa.CheckConstraint("price_paise >= 100", name=op.f("ck_pack_offer_price")),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_pack_offer_mentor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_offer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pack_offer_public_id")),
    )
    op.create_index(op.f("ix_pack_offer_mentor_id"), "pack_offer", ["mentor_id"])
    op.create_table(
        "pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_paise", sa.Integer(), nullable=False),
        sa.Column("minutes_left", sa.Integer(), nullable=False),
        sa.Column("paise_left", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("bought_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("minutes_left BETWEEN 0 AND minutes", name=op.f("ck_pack_minutes_left")),
        sa.CheckConstraint("paise_left BETWEEN 0 AND price_paise", name=op.f("ck_pack_paise_left")),
        sa.CheckConstraint("minutes_left > 0 OR paise_left = 0", name=op.f("ck_pack_no_orphan")),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name=op.f("fk_pack_learner_id_user")),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_pack_mentor_id_user")),
        sa.ForeignKeyConstraint(["offer_id"], ["pack_offer.id"], name=op.f("fk_pack_offer_id_pack_offer")),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_pack_order_id_payment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("order_id", name=op.f("uq_pack_order_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pack_public_id")),
    )
    op.create_index(op.f("ix_pack_mentor_id"), "pack", ["mentor_id"])
    op.create_index("ix_pack_learner_mentor", "pack", ["learner_id", "mentor_id"])
    op.create_table(
        "pack_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("paise", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('bought', 'used', 'returned', 'refunded')", name=op.f("ck_pack_move_kind")),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_pack_move_order_id_payment_order")),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_pack_move_pack_id_pack")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_move")),
        sa.UniqueConstraint("key", name=op.f("uq_pack_move_key")),
    )
    op.create_index(op.f("ix_pack_move_order_id"), "pack_move", ["order_id"])
    op.create_index(op.f("ix_pack_move_pack_id"), "pack_move", ["pack_id"])


def downgrade() -> None:
    """Drop the tables and columns."""
    for column in ("waived_paise", "back_minutes"):
        op.drop_column("session_verdict", column)
    for column in ("prepaid_paise", "list_paise"):
        op.drop_column("payment_order", column)
    for table in ("live_session", "payment_order"):
        for column in ("prepaid_minutes", "coupon_id", "discount_by", "discount_paise"):
            op.drop_column(table, column)
    for table in ("order_return", "pack_move", "pack", "pack_offer", "coupon_use", "coupon"):
        op.drop_table(table)
