"""credits: coupons for one person, given for a lesson that was let down"""

import sqlalchemy as sa
from alembic import op

revision = "0021_credits"
down_revision = "0020_notes_of_disputes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add whom a coupon is for, and for which lesson it was given."""
    op.add_column("coupon", sa.Column("person_id", sa.Integer(), nullable=True))
    op.add_column("coupon", sa.Column("because_of", sa.Integer(), nullable=True))
    op.create_index("ix_coupon_person_id", "coupon", ["person_id"])
    op.create_index("ix_coupon_because_of", "coupon", ["because_of"], unique=True)


def downgrade() -> None:
    """Drop both."""
    op.drop_index("ix_coupon_because_of", "coupon")
    op.drop_index("ix_coupon_person_id", "coupon")
    op.drop_column("coupon", "because_of")
    op.drop_column("coupon", "person_id")
