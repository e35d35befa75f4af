"""Tables of coupons: what a code takes off, who bears it, how often it may be used, and who used it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, PublicId

STANDING = ("held", "used")
STANDS = f"state IN {STANDING}"


class Coupon(PublicId, Base):
    """A code that takes something off a lesson's price. `uses` counts the uses that stand; no limit can be passed."""

    __tablename__ = "coupon"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(24), unique=True)
    percent: Mapped[int | None]
    off_paise: Mapped[int | None]
    # Who bears it: "platform" (the mentor's share counts from the list price) or "mentor" (from what is left of it).
    funded_by: Mapped[str] = mapped_column(sa.String(8))
    # Whose lessons it is for; None for everybody's.
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    # Whom it is for, and the lesson that it was given for (`credits`); None for anybody who knows the code.
    person_id: Mapped[int | None] = mapped_column(index=True)
    because_of: Mapped[int | None] = mapped_column(index=True, unique=True)
    least_paise: Mapped[int] = mapped_column(default=0)
    most_uses: Mapped[int | None]
    per_person: Mapped[int] = mapped_column(default=1)
    uses: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime] = mapped_column(default=now)
    valid_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        sa.CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name="uses"),
        sa.CheckConstraint("(percent IS NULL) <> (off_paise IS NULL)", name="one_discount"),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        sa.CheckConstraint("off_paise > 0", name="off"),
        sa.CheckConstraint("per_person > 0", name="per_person"),
        sa.CheckConstraint("funded_by = 'platform' OR (funded_by = 'mentor' AND mentor_id IS NOT NULL)", name="funded"),
    )


class CouponUse(Base):
    """One use of a coupon for one lesson: held while the lesson is, used when it is confirmed, else returned.

    `number` counts a person's uses from 1 to the coupon's limit; a number is taken once, so no race passes the limit.
    """

    __tablename__ = "coupon_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    coupon_id: Mapped[int] = mapped_column(sa.ForeignKey("coupon.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    live_session_id: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    discount_paise: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(8), default="held")
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        sa.CheckConstraint("state IN ('held', 'used', 'returned')", name="state"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("discount_paise > 0", name="discount"),
        sa.Index(
            "ux_coupon_use_person",
            "coupon_id",
            "person_id",
            "number",
            unique=True,
            sqlite_where=sa.text(STANDS),
            postgresql_where=sa.text(STANDS),
        ),
        sa.Index(
            "ux_coupon_use_lesson",
            "live_session_id",
            unique=True,
            sqlite_where=sa.text(STANDS),
            postgresql_where=sa.text(STANDS),
        ),
    )
