"""Autosave: an unfinished form goes to the server while it is typed, and comes back in any browser."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.auth import bp
from blueprints.extensions import limiter
from blueprints.guards import signed_in
from peerlearn.accounts import service
from peerlearn.clock import now
from peerlearn.errors import Missing

# Every form of the house that keeps drafts. A kind that is not here would let a script fill the table.
KINDS = frozenset({"learner", "mentor", "session", "ask", "help", "feedback", "message"})
NOT_KEPT = {"csrf_token", "password", "step"}


def form_payload() -> dict[str, Any]:
    """What the browser sent, as JSON or as a form, without what must not be kept. A repeated field is a list."""
    body = request.get_json(silent=True) if request.is_json else None
    if isinstance(body, dict):
        found = body.get("payload", body)
        return (
            {str(key): value for key, value in found.items() if key not in NOT_KEPT} if isinstance(found, dict) else {}
        )
    lists = request.form.lists()
    return {key: values if len(values) > 1 else values[0] for key, values in lists if key not in NOT_KEPT}


@bp.post("/drafts/<kind>")
@signed_in
@limiter.limit("120 per minute")
def draft_save(kind: str) -> ResponseReturnValue:
    """Keep a draft; answers when it was kept. `?step=` names the step of a wizard."""
    if kind not in KINDS:
        raise Missing(_("There is no such form."), code="no_such_draft")
    step = request.args.get("step", "")[:40]
    draft = service.draft_for(current_user.id, kind)
    payload = {**(draft.payload if draft is not None else {}), **form_payload()}
    service.draft_save(current_user.id, kind, step or (draft.step if draft is not None else ""), payload)
    return jsonify({"ok": True, "saved_at": now().isoformat()})
