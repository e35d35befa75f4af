"""Reading the audit trail."""

import sqlalchemy as sa

from peerlearn.audit.models import AuditRow
from peerlearn.audit.service import row_digest
from peerlearn.kernel import db


def audit_for(subject_kind: str, subject_ref: str, limit: int = 100) -> list[AuditRow]:
    """What was done to one subject, newest first."""
    return list(
        db.session.scalars(
            sa.select(AuditRow)
            .where(AuditRow.subject_kind == subject_kind, AuditRow.subject_ref == subject_ref)
            .order_by(AuditRow.id.desc())
            .limit(limit)
        )
    )


def audit_broken_at() -> int | None:
    """The id of the first row whose digest does not follow from the row before it; None where the chain is whole."""
    previous = ""
    for row in db.session.scalars(sa.select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=500)):
        if row.digest != row_digest(previous, row):
            return row.id
        previous = row.digest
    return None
