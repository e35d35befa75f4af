"""Writing the audit trail, in the transaction of the action it tells about."""

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from peerlearn.audit.models import AuditRow
from peerlearn.clock import now
from peerlearn.kernel import db, is_sqlite, json_text, transactional

_CHAIN_LOCK = 7_203_041  # any fixed number: the advisory lock that keeps writers of the chain in one line


@transactional
def audit_write(
    actor_id: int | None,
    action: str,
    subject_kind: str,
    subject_ref: str,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    ip: str = "",
) -> AuditRow:
    """Write who (`actor_id`, None = the system) did what, to what, why, and the JSON-able state before and after.

    `subject_ref` is the public id (or row id) of the subject. It joins the caller's transaction: no action without its
    row, no row without its action.
    """
    if not is_sqlite():
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHAIN_LOCK)))
    previous = db.session.scalar(sa.select(AuditRow.digest).order_by(AuditRow.id.desc()).limit(1)) or ""
    row = AuditRow(
        actor_id=actor_id,
        action=action,
        subject_kind=subject_kind,
        subject_ref=str(subject_ref),
        reason=reason[:1000],
        before=dict(before or {}),
        after=dict(after or {}),
        ip=ip[:45],
        at=now(),
    )
    row.digest = row_digest(previous, row)
    db.session.add(row)
    db.session.flush()
    return row


def row_digest(previous: str, row: AuditRow) -> str:
    """The SHA-256 that chains a row to the digest of the row before it."""
    told = json_text(
        [
            previous, row.actor_id, row.action, row.subject_kind, row.subject_ref, row.reason, row.before, row.after,
            row.ip, row.at.isoformat(),
        ]
    )  # fmt: skip
    return hashlib.sha256(told.encode()).hexdigest()
