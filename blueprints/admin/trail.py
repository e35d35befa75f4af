"""The audit trail, read only: who did what to whom, why, and what it changed."""

from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _

from blueprints.admin.closed import CaseView, open_column, person_column, person_name, time_column
from blueprints.filters import when
from peerlearn.audit.models import AuditRow
from peerlearn.audit.queries import audit_for


class AuditView(CaseView):
    """Every decision, newest first. The database refuses to change or remove a row."""

    column_list = ("action", "actor_id", "subject_kind", "subject_ref", "reason", "at")
    column_searchable_list = ("subject_ref", "reason", "action")
    column_filters = ("action", "subject_kind")
    column_default_sort = ("id", True)
    column_labels: ClassVar[dict[str, str]] = {
        "actor_id": "Who", "subject_kind": "What", "subject_ref": "Which", "at": "When",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "action": open_column(lambda row: row.action.replace("_", " ")), "actor_id": person_column, "at": time_column,
    }  # fmt: skip

    def case_title(self, model: AuditRow) -> str:
        """What was done."""
        return model.action.replace("_", " ")

    def case_facts(self, model: AuditRow) -> list[tuple[str, Any]]:
        """The whole row, with what changed side by side."""
        changed = [
            (key, f"{model.before.get(key, '–')} → {model.after.get(key, '–')}")
            for key in sorted({*model.before, *model.after})
        ]
        return [
            (_("Who"), person_name(model.actor_id)),
            (_("When"), when(model.at)),
            (_("Subject"), f"{model.subject_kind} {model.subject_ref}"),
            (_("Reason"), model.reason or "–"),
            *changed,
            (_("From"), model.ip or "–"),
            (_("Digest"), model.digest),
        ]

    def case_story(self, model: AuditRow) -> list[tuple[datetime, str, str]]:
        """Everything else that was done to the same subject."""
        return sorted((row.at, row.action, row.reason) for row in audit_for(model.subject_kind, model.subject_ref))
