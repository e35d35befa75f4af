"""The first page of the administration: what waits, what runs, whether the money is whole."""

from typing import Any

import sqlalchemy as sa
from flask_admin import AdminIndexView, expose

from blueprints.admin.closed import Closed
from blueprints.admin.payouts import stuck
from peerlearn.accounts.models import User
from peerlearn.audit.queries import audit_broken_at
from peerlearn.catalog.queries import mentors_waiting
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.notifications.queries import mail_due
from peerlearn.payments.books import ledger_check
from peerlearn.payments.dispute_lifecycle import OPEN
from peerlearn.payments.models import Payment, PaymentDispute, Payout, Refund
from peerlearn.sessions.models import LiveSession


def _count(column: Any, *conditions: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count(column)).where(*conditions)) or 0


class Desk(Closed, AdminIndexView):
    """What an administrator looks at first."""

    @expose("/")
    def index(self) -> Any:
        """Counts with the list behind each."""
        return self.render(
            "admin/desk.html",
            report=ledger_check(),
            waiting=len(mentors_waiting()),
            live=_count(LiveSession.id, LiveSession.state == "live"),
            ahead=_count(LiveSession.id, LiveSession.state == "confirmed"),
            people=_count(User.id),
            quarantined=_count(Payment.id, Payment.state == "quarantined"),
            refunds_waiting=_count(Refund.id, Refund.state.in_(["wanted", "pending", "failed"])),
            disputes_open=_count(PaymentDispute.id, PaymentDispute.state.in_(OPEN)),
            payouts_stuck=_count(Payout.id, stuck(now())),
            mail_waiting=len(mail_due()),
            audit_broken=audit_broken_at(),
        )
