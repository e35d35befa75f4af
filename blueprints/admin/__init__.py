"""Administration at /admin: Flask-Admin over the tables, closed to everyone but administrators.

No view edits a row. Everything that changes something is a decision with a reason, made by `peerlearn.moderation`.
"""

from flask import Flask, request
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from blueprints.admin.coupons import CouponView
from blueprints.admin.desk import Desk
from blueprints.admin.disputes import DisputeView
from blueprints.admin.lessons import LessonView, ReviewView
from blueprints.admin.money import BalanceView, LedgerView, PaymentView
from blueprints.admin.payouts import PayoutView
from blueprints.admin.people import MentorView, PersonView
from blueprints.admin.trail import AuditView
from peerlearn.accounts.models import User
from peerlearn.audit.models import AuditRow
from peerlearn.catalog.models import MentorProfile
from peerlearn.kernel import db
from peerlearn.payments.models import LedgerEntry, Payment, PaymentDispute, Payout
from peerlearn.sessions.models import Feedback, LiveSession


def register(app: Flask) -> None:
    """Build the administration of one application (Flask-Admin's views belong to one)."""
    admin = Admin(
        app,
        name="PeerLearn",
        index_view=Desk(name="Today", url="/admin", endpoint="admin"),
        theme=Bootstrap4Theme(base_template="admin/house.html", fluid=True),
        csp_nonce_generator=lambda: getattr(request, "csp_nonce", ""),
    )
    for view in (
        PersonView(User, db, name="People", endpoint="admin_people", url="/admin/people"),
        MentorView(MentorProfile, db, name="Mentors", endpoint="admin_mentors", url="/admin/mentors"),
        LessonView(LiveSession, db, name="Lessons", endpoint="admin_lessons", url="/admin/lessons"),
        PaymentView(Payment, db, name="Payments", endpoint="admin_payments", url="/admin/payments"),
        DisputeView(PaymentDispute, db, name="Disputes", endpoint="admin_disputes", url="/admin/disputes"),
        PayoutView(Payout, db, name="Payouts", endpoint="admin_payouts", url="/admin/payouts"),
        CouponView(name="Coupons", endpoint="admin_coupons", url="/admin/coupons"),
        ReviewView(Feedback, db, name="Reviews", endpoint="admin_reviews", url="/admin/reviews"),
        LedgerView(LedgerEntry, db, name="Ledger", endpoint="admin_ledger", url="/admin/ledger"),
        BalanceView(name="Balance", endpoint="admin_balance", url="/admin/balance"),
        AuditView(AuditRow, db, name="Audit", endpoint="admin_audit", url="/admin/audit"),
    ):
        admin.add_view(view)
