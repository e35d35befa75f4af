"""first tables"""

import sqlalchemy as sa
from alembic import op

from peerlearn.kernel import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What the models can't say in columns: overlaps are refused and the books are append-only, by the database itself.
GUARDS = [
    (
        "sqlite",
        """
        CREATE TRIGGER ledger_transaction_no_update BEFORE UPDATE ON ledger_transaction BEGIN SELECT RAISE(ABORT,
        'ledger_append_only'); END
        """,
    ),
    (
        "sqlite",
        """
        CREATE TRIGGER ledger_transaction_no_delete BEFORE DELETE ON ledger_transaction BEGIN SELECT RAISE(ABORT,
        'ledger_append_only'); END
        """,
    ),
    (
        "postgresql",
        """
        CREATE OR REPLACE FUNCTION ledger_transaction_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION
        'ledger_append_only'; END $$
        """,
    ),
    (
        "postgresql",
        """
        CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE ON ledger_transaction FOR EACH ROW EXECUTE
        FUNCTION ledger_transaction_refuse()
        """,
    ),
    (
        "sqlite",
        """
        CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_append_only');
        END
        """,
    ),
    (
        "sqlite",
        """
        CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_append_only');
        END
        """,
    ),
    (
        "postgresql",
        """
        CREATE OR REPLACE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION
        'ledger_append_only'; END $$
        """,
    ),
    (
        "postgresql",
        """
        CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION
        ledger_entry_refuse()
        """,
    ),
    (
        "postgresql",
        """
        CREATE EXTENSION IF NOT EXISTS btree_gist
        """,
    ),
    (
        "postgresql",
        """
        ALTER TABLE time_claim ADD CONSTRAINT time_claim_overlap EXCLUDE USING gist (person_id WITH =, tstzrange(starts_at,
        ends_at) WITH &&)
        """,
    ),
    (
        "sqlite",
        """
        CREATE TRIGGER time_claim_no_overlap_insert BEFORE INSERT ON time_claim WHEN EXISTS ( SELECT 1 FROM time_claim AS
        other WHERE other.person_id = NEW.person_id AND other.id IS NOT NEW.id AND other.starts_at < NEW.ends_at AND
        NEW.starts_at < other.ends_at ) BEGIN SELECT RAISE(ABORT, 'time_claim_overlap'); END
        """,
    ),
    (
        "sqlite",
        """
        CREATE TRIGGER time_claim_no_overlap_update BEFORE UPDATE OF person_id, starts_at, ends_at ON time_claim WHEN EXISTS
        ( SELECT 1 FROM time_claim AS other WHERE other.person_id = NEW.person_id AND other.id IS NOT NEW.id AND
        other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at ) BEGIN SELECT RAISE(ABORT, 'time_claim_overlap');
        END
        """,
    ),
    (
        "sqlite",
        """
        CREATE TRIGGER audit_row_no_update BEFORE update ON audit_row BEGIN SELECT RAISE(ABORT, 'audit_row_is_append_only');
        END
        """,
    ),
    (
        "sqlite",
        """
        CREATE TRIGGER audit_row_no_delete BEFORE delete ON audit_row BEGIN SELECT RAISE(ABORT, 'audit_row_is_append_only');
        END
        """,
    ),
    (
        "postgresql",
        """
        CREATE OR REPLACE FUNCTION audit_row_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION
        'audit_row_is_append_only'; END $$
        """,
    ),
    (
        "postgresql",
        """
        CREATE TRIGGER audit_row_append_only BEFORE UPDATE OR DELETE ON audit_row FOR EACH ROW EXECUTE FUNCTION
        audit_row_refuse()
        """,
    ),
]


def upgrade() -> None:
    op.create_table(
        "artifact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("meta", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifact")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_artifact_name_version")),
    )
    op.create_table(
        "audit_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_ref", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_row")),
    )
    with op.batch_alter_table("audit_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_row_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_row_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_row_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_row_subject_ref"), ["subject_ref"], unique=False)

    op.create_table(
        "embedding",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("ref_id", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('mentor', 'session', 'learner')", name=op.f("ck_embedding_kind_is_known")),
        sa.PrimaryKeyConstraint("kind", "ref_id", name=op.f("pk_embedding")),
    )
    with op.batch_alter_table("embedding", schema=None) as batch_op:
        batch_op.create_index("ix_embedding_kind_updated_at", ["kind", "updated_at"], unique=False)

    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("reference", name=op.f("uq_ledger_transaction_reference")),
    )
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("context", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outgoing_mail_dedupe_key")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index("ix_outgoing_mail_sent_at_due_at", ["sent_at", "due_at"], unique=False)

    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("slug", name=op.f("uq_topic_slug")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("portrait", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("is_mentor", sa.Boolean(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_reason", sa.String(length=500), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("wizard_done", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_public_id")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_webhook_event_event_id")),
    )
    with op.batch_alter_table("webhook_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_event_handled_at"), ["handled_at"], unique=False)

    op.create_table(
        "block",
        sa.Column("blocker_id", sa.Integer(), nullable=False),
        sa.Column("blocked_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["blocked_id"], ["user.id"], name=op.f("fk_block_blocked_id_user")),
        sa.ForeignKeyConstraint(["blocker_id"], ["user.id"], name=op.f("fk_block_blocker_id_user")),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_block")),
    )
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_block_blocked_id"), ["blocked_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("user_id", "kind", name=op.f("uq_draft_user_id_kind")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "learner_interest",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_learner_interest_topic_id_topic")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_learner_interest_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "topic_id", name=op.f("pk_learner_interest")),
    )
    with op.batch_alter_table("learner_interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_interest_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "learner_profile",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("goal", sa.String(length=300), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_learner_profile_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_learner_profile")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("amount_paise", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_paise <> 0", name=op.f("ck_ledger_entry_not_zero")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transaction.id"],
            name=op.f("fk_ledger_entry_transaction_id_ledger_transaction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entry_account_owner", ["account", "owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_transaction_id"), ["transaction_id"], unique=False)

    op.create_table(
        "mentor_profile",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("price_paise", sa.Integer(), nullable=False),
        sa.Column("lesson_minutes", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("level", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_minutes", sa.Integer(), nullable=False),
        sa.Column("max_per_day", sa.Integer(), nullable=True),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'rejected', 'suspended')",
            name=op.f("ck_mentor_profile_state_is_known"),
        ),
        sa.CheckConstraint("price_paise >= 0", name=op.f("ck_mentor_profile_price_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_mentor_profile_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mentor_profile")),
    )
    with op.batch_alter_table("mentor_profile", schema=None) as batch_op:
        batch_op.create_index("ix_mentor_profile_state_approved_at", ["state", "approved_at"], unique=False)
        batch_op.create_index("ix_mentor_profile_state_price", ["state", "price_paise"], unique=False)

    op.create_table(
        "mentor_standing",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("stars_total", sa.Integer(), nullable=False),
        sa.Column("stars_count", sa.Integer(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("popularity", sa.Double(), nullable=False),
        sa.Column("popular_topic_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["user.id"], name=op.f("fk_mentor_standing_mentor_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["popular_topic_id"],
            ["topic.id"],
            name=op.f("fk_mentor_standing_popular_topic_id_topic"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("mentor_id", name=op.f("pk_mentor_standing")),
    )
    with op.batch_alter_table("mentor_standing", schema=None) as batch_op:
        batch_op.create_index("ix_mentor_standing_popularity", ["popularity"], unique=False)

    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.String(length=400), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("actions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("dedupe_key", sa.String(length=120), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_notification_person_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notification_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notification_dedupe_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notification_public_id")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_user_id_id", ["user_id", "id"], unique=False)

    op.create_table(
        "payment_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column("amount_paise", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("gateway_order_id", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("paid_payment_id", sa.Integer(), nullable=True),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["user.id"], name=op.f("fk_payment_order_payer_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("gateway_order_id", name=op.f("uq_payment_order_gateway_order_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_order_public_id")),
        sa.UniqueConstraint("receipt", name=op.f("uq_payment_order_receipt")),
    )
    with op.batch_alter_table("payment_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_order_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index("ix_payment_order_purpose", ["purpose", "purpose_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_order_state"), ["state"], unique=False)

    op.create_table(
        "presence",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("in_lesson", sa.Boolean(), nullable=False),
        sa.Column("rings_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_presence_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_presence")),
    )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('view', 'book', 'hide')", name=op.f("ck_signal_kind_is_known")),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_signal_mentor_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_signal_topic_id_topic"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_signal_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
    )
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.create_index("ix_signal_user_id_at", ["user_id", "at"], unique=False)

    op.create_table(
        "day_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("end_minute", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'extra')", name=op.f("ck_day_exception_kind_is_known")),
        sa.ForeignKeyConstraint(
            ["mentor_id"],
            ["mentor_profile.user_id"],
            name=op.f("fk_day_exception_mentor_id_mentor_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_exception")),
    )
    with op.batch_alter_table("day_exception", schema=None) as batch_op:
        batch_op.create_index("ix_day_exception_mentor_id_day", ["mentor_id", "day"], unique=False)

    op.create_table(
        "live_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("goal", sa.String(length=240), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("price_paise", sa.Integer(), nullable=False),
        sa.Column("fee_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("gst_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("hold_expires_at", UtcDateTime(), nullable=True),
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=240), nullable=True),
        sa.Column("refund_paise", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("moved_count", sa.Integer(), nullable=False),
        sa.Column("refund_counts_from", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("kind IN ('public', 'private', 'instant')", name=op.f("ck_live_session_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'held', 'confirmed', 'live', 'completed', 'cancelled', 'expired')",
            name=op.f("ck_live_session_state"),
        ),
        sa.CheckConstraint("learner_id IS NULL OR learner_id <> mentor_id", name=op.f("ck_live_session_two_people")),
        sa.CheckConstraint("price_paise >= 0", name=op.f("ck_live_session_price")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_live_session_time_forward")),
        sa.ForeignKeyConstraint(["held_by"], ["user.id"], name=op.f("fk_live_session_held_by_user")),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name=op.f("fk_live_session_learner_id_user")),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_live_session_mentor_id_user")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_live_session_order_id_payment_order")
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_live_session_topic_id_topic")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_live_session_public_id")),
    )
    with op.batch_alter_table("live_session", schema=None) as batch_op:
        batch_op.create_index("ix_live_session_hold", ["state", "hold_expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_session_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_session_mentor_id"), ["mentor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_session_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_session_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_session_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_session_state"), ["state"], unique=False)

    op.create_table(
        "mentor_topic",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentor_id"],
            ["mentor_profile.user_id"],
            name=op.f("fk_mentor_topic_mentor_id_mentor_profile"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_mentor_topic_topic_id_topic"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mentor_id", "topic_id", name=op.f("pk_mentor_topic")),
    )
    with op.batch_alter_table("mentor_topic", schema=None) as batch_op:
        batch_op.create_index("ix_mentor_topic_topic_id_mentor_id", ["topic_id", "mentor_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("gateway_payment_id", sa.String(length=40), nullable=False),
        sa.Column("amount_paise", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=True),
        sa.Column("fee_paise", sa.Integer(), nullable=True),
        sa.Column("error_reason", sa.String(length=255), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("captured_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_payment_order_id_payment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("gateway_payment_id", name=op.f("uq_payment_gateway_payment_id")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_state"), ["state"], unique=False)

    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440",
            name=op.f("ck_weekly_hours_range_is_in_a_day"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_hours_weekday_is_known")),
        sa.ForeignKeyConstraint(
            ["mentor_id"],
            ["mentor_profile.user_id"],
            name=op.f("fk_weekly_hours_mentor_id_mentor_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_hours")),
    )
    with op.batch_alter_table("weekly_hours", schema=None) as batch_op:
        batch_op.create_index("ix_weekly_hours_mentor_id", ["mentor_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=32), nullable=False),
        sa.Column("tab", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_attendance_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attendance_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_room", ["live_session_id", "user_id", "left_at"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hidden_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=240), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_feedback_stars")),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name=op.f("fk_feedback_about_id_user")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_feedback_author_id_user")),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_feedback_live_session_id_live_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("live_session_id", "author_id", name=op.f("uq_feedback_live_session_id_author_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_feedback_public_id")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_about_id"), ["about_id"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_journal_entry_author_id_user")),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_journal_entry_live_session_id_live_session")
        ),
        sa.PrimaryKeyConstraint("live_session_id", "seq", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint(
            "live_session_id",
            "author_id",
            "client_id",
            name=op.f("uq_journal_entry_live_session_id_author_id_client_id"),
        ),
    )
    op.create_table(
        "journal_head",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_journal_head_live_session_id_live_session")
        ),
        sa.PrimaryKeyConstraint("live_session_id", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "live_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=160), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_paise", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("live_session_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("wave_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("kind IN ('private', 'now')", name=op.f("ck_live_request_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired')", name=op.f("ck_live_request_state")
        ),
        sa.CheckConstraint("price_paise >= 0", name=op.f("ck_live_request_price")),
        sa.ForeignKeyConstraint(["accepted_by"], ["user.id"], name=op.f("fk_live_request_accepted_by_user")),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name=op.f("fk_live_request_learner_id_user")),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_live_request_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_live_request_mentor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_live_request_public_id")),
    )
    with op.batch_alter_table("live_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_request_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_request_mentor_id"), ["mentor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_request_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_live_request_one_now",
            ["learner_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'now' AND state = 'open'"),
            postgresql_where=sa.text("kind = 'now' AND state = 'open'"),
        )

    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("amount_paise", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("gateway_refund_id", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("processed_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("gateway_refund_id", name=op.f("uq_refund_gateway_refund_id")),
        sa.UniqueConstraint("key", name=op.f("uq_refund_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_refund_public_id")),
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_state"), ["state"], unique=False)

    op.create_table(
        "session_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "kind IN ('day', 'hour', 'ten_minutes', 'feedback', 'feedback_again')",
            name=op.f("ck_session_reminder_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_session_reminder_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_reminder_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_reminder")),
        sa.UniqueConstraint(
            "live_session_id", "user_id", "kind", name=op.f("uq_session_reminder_live_session_id_user_id_kind")
        ),
    )
    with op.batch_alter_table("session_reminder", schema=None) as batch_op:
        batch_op.create_index("ix_session_reminder_due", ["done_at", "due_at"], unique=False)

    op.create_table(
        "time_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_time_claim_time_forward")),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_time_claim_live_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_time_claim_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_claim")),
    )
    with op.batch_alter_table("time_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_time_claim_live_session_id"), ["live_session_id"], unique=False)
        batch_op.create_index("ix_time_claim_person_time", ["person_id", "starts_at", "ends_at"], unique=False)

    op.create_table(
        "proposed_time",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["live_request.id"], name=op.f("fk_proposed_time_request_id_live_request")
        ),
        sa.PrimaryKeyConstraint("request_id", "starts_at", name=op.f("pk_proposed_time")),
    )
    op.create_table(
        "ring",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rung_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'ringing', 'accepted', 'declined', 'missed', 'stopped')", name=op.f("ck_ring_state")
        ),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_ring_mentor_id_user")),
        sa.ForeignKeyConstraint(["request_id"], ["live_request.id"], name=op.f("fk_ring_request_id_live_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ring")),
        sa.UniqueConstraint("request_id", "mentor_id", name=op.f("uq_ring_request_id_mentor_id")),
    )
    with op.batch_alter_table("ring", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ring_mentor_id"), ["mentor_id"], unique=False)

    for dialect, statement in GUARDS:
        if op.get_bind().dialect.name == dialect:
            op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    raise SystemExit("There is nothing before the first tables: restore a backup instead.")
