"""The bell's page, its JSON, and reading."""

from itertools import groupby
from urllib.parse import urlsplit

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import wants_json
from blueprints.extensions import my_zone
from blueprints.guards import signed_in
from blueprints.notifications import bp
from blueprints.notifications.payload import notification_payloads
from peerlearn.accounts import queries as accounts
from peerlearn.clock import local
from peerlearn.errors import Missing
from peerlearn.notifications import queries, service


@bp.get("")
@signed_in
def bell() -> ResponseReturnValue:
    """What a person was told, newest first, by day. As JSON with `?since=<public id>`: what came after it."""
    since = request.args.get("since")
    if wants_json():
        after_id = queries.notification_id_of(current_user.id, since) if since else None
        unknown = since is not None and after_id is None
        rows = [] if unknown else queries.notifications_for(current_user.id, after_id=after_id)
        return jsonify(
            {
                "ok": True,
                "notifications": notification_payloads(rows),
                "unread": queries.unread_count(current_user.id),
            }
        )
    rows = queries.notifications_for(current_user.id)
    days = [
        (date, list(found)) for date, found in groupby(rows, key=lambda row: local(row.created_at, my_zone()).date())
    ]
    view = "notifications/bell_sheet.html" if request.headers.get("X-Sheet") else "notifications/bell.html"
    return render_template(
        view,
        days=days,
        people=accounts.users_by_ids(row.person_id for row in rows if row.person_id is not None),
        unread=queries.unread_count(current_user.id),
    )


@bp.post("/read")
@signed_in
def read() -> ResponseReturnValue:
    """Mark notifications as read: those named (`ids` in JSON, `id` fields in a form), or all of them."""
    if request.is_json:
        body = request.get_json(silent=True) or {}
        ids = body.get("ids")
        chosen = [str(item) for item in ids][:200] if isinstance(ids, list) else None
    else:
        chosen = request.form.getlist("id") or None
    service.notifications_read(current_user.id, chosen)
    if wants_json():
        return jsonify({"ok": True, "unread": queries.unread_count(current_user.id)})
    return redirect(url_for("notifications.bell"), 303)


@bp.get("/<public_id>/open")
@signed_in
def open_(public_id: str) -> ResponseReturnValue:
    """Go to the exact place a notification is about, and count it as read."""
    row_id = queries.notification_id_of(current_user.id, public_id)
    row = queries.notification_by_id(row_id) if row_id is not None else None
    if row is None:
        raise Missing(_("There is no such notification among yours."), code="no_such_notification")
    target = urlsplit(row.url)
    service.notifications_read(current_user.id, [public_id])
    if not row.url.startswith("/") or row.url.startswith("//") or target.netloc:
        return redirect(url_for("notifications.bell"), 303)
    return redirect(row.url, 303)
