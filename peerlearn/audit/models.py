"""The audit trail: who did what to whom, why, and what it changed. Rows are never edited or removed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn.clock import now
from peerlearn.kernel import Base, UtcDateTime, attach_ddl, json_column


class AuditRow(Base):
    """One action of an administrator. `digest` chains each row to the one before it, so that a gap shows."""

    __tablename__ = "audit_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(sa.String(60), index=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_ref: Mapped[str] = mapped_column(sa.String(80), index=True)
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    before: Mapped[Any] = json_column()
    after: Mapped[Any] = json_column()
    ip: Mapped[str] = mapped_column(sa.String(45), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), default="")


_SQLITE = (
    "CREATE TRIGGER audit_row_no_{0} BEFORE {0} ON audit_row BEGIN SELECT RAISE(ABORT, 'audit_row_is_append_only'); END"
)
_REFUSE = (
    "CREATE OR REPLACE FUNCTION audit_row_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit_row_is_append_only'; END $$"
)
_POSTGRES = (
    "CREATE TRIGGER audit_row_append_only BEFORE UPDATE OR DELETE ON audit_row "
    "FOR EACH ROW EXECUTE FUNCTION audit_row_refuse()"
)
# The database itself refuses to change what was written. (dialect, SQL): the migration runs the same statements.
DDL: list[tuple[str, str]] = [
    ("sqlite", _SQLITE.format("update")),
    ("sqlite", _SQLITE.format("delete")),
    ("postgresql", _REFUSE),
    ("postgresql", _POSTGRES),
]
attach_ddl(AuditRow.__table__, DDL)  # type: ignore[arg-type]
