"""Coupons that an administrator makes and ends, each with its audit row."""

from typing import Any

from peerlearn.accounts.queries import user_by_email
from peerlearn.audit.service import audit_write
from peerlearn.errors import Invalid
from peerlearn.kernel import transactional
from peerlearn.payments import coupons
from peerlearn.payments.coupon_models import Coupon


@transactional
def coupon_make(actor_id: int, code: str, mentor_email: str, funded_by: str, ip: str = "", **values: Any) -> Coupon:
    """Make a coupon, for everybody's lessons or for those of the mentor with this address. Raises as `payments.coupons`."""
    mentor = user_by_email(mentor_email) if mentor_email else None
    if mentor_email and (mentor is None or not mentor.is_mentor):
        raise Invalid("There is no mentor with this address.", code="no_such_mentor", field="mentor")
    mentor_id = mentor.id if mentor else None
    made = coupons.coupon_make(actor_id, code, funded_by=funded_by, mentor_id=mentor_id, **values)
    after = {
        "percent": made.percent, "off_paise": made.off_paise, "funded_by": made.funded_by, "mentor": mentor_email,
        "most_uses": made.most_uses, "per_person": made.per_person, "least_paise": made.least_paise,
    }  # fmt: skip
    audit_write(actor_id, "coupon_make", "coupon", made.code, "A coupon is made.", {}, after, ip)
    return made


@transactional
def coupon_close(public_id: str, actor_id: int, ip: str = "") -> None:
    """End a coupon. Lessons booked with it keep their price."""
    coupons.coupon_close(public_id, actor_id)
    audit_write(actor_id, "coupon_close", "coupon", public_id, "A coupon is ended.", {}, {"closed": True}, ip)
