"""Coupons of the house: what stands, who used how many, and a form to make one."""

from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask_admin import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.admin.closed import Closed, client_ip
from blueprints.admin.people import person_text
from blueprints.errors import told
from blueprints.payments.offer_views import coupon_values
from peerlearn.errors import PeerLearnError
from peerlearn.kernel import db
from peerlearn.moderation.coupons import coupon_close, coupon_make
from peerlearn.payments.coupon_models import Coupon

SHOWN = 200


class CouponView(Closed, BaseView):
    """All coupons, newest first."""

    def _page(self, problem: str | None = None) -> Any:
        rows = db.session.scalars(sa.select(Coupon).order_by(Coupon.id.desc()).limit(SHOWN)).all()
        return self.render(
            "admin/coupons.html", rows=rows, values=request.form, problem=problem, person_text=person_text
        )

    @expose("/")
    def index(self) -> Any:
        """What stands, and the form."""
        return self._page()

    @expose("/make", methods=["POST"])
    def make(self) -> Any:
        """Make a coupon."""
        form = request.form
        try:
            made = coupon_make(
                current_user.id,
                form.get("code", ""),
                form.get("mentor", "").strip(),
                form.get("funded_by", "platform"),
                client_ip(),
                **coupon_values(),
            )
        except PeerLearnError as refused:
            return self._page(told(refused))
        flash(_("%(code)s works from now on.", code=made.code), "check")
        return redirect(url_for(".index"), 303)

    @expose("/end", methods=["POST"])
    def end(self) -> Any:
        """End a coupon."""
        coupon_close(request.form.get("id", ""), current_user.id, client_ip())
        flash(_("It has ended. Lessons booked with it keep their price."), "check")
        return redirect(url_for(".index"), 303)
