"""Standing in line for a taken time: one tap in, one tap out."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.extensions import limiter
from blueprints.guards import signed_in
from blueprints.sessions import bp
from blueprints.sessions.showing import parse_instant
from peerlearn.accounts.queries import user_by_public_id
from peerlearn.errors import Conflict, Missing
from peerlearn.sessions import waitlist
from peerlearn.sessions.queries import session_by_public_id


def _line(public_id: str) -> tuple[int, int | None, str]:
    """(mentor, public session or None, where the sheet is) of `?session=`, or of the mentor's own hours."""
    mentor = user_by_public_id(public_id)
    if mentor is None:
        raise Missing(_("This mentor is not here any more. Choose another one."), code="no_such_mentor")
    offer = session_by_public_id(request.args.get("session", ""))
    if offer is not None and offer.mentor_id == mentor.id and offer.kind == "public":
        return mentor.id, offer.id, url_for("sessions.book_sheet", public_id=offer.public_id)
    return mentor.id, None, url_for("sessions.slot_sheet", public_id=public_id, at=request.args.get("at"))


@bp.post("/mentors/<public_id>/line")
@limiter.limit("30/minute")
@signed_in
def line(public_id: str) -> ResponseReturnValue:
    """Stand in line for one time of a mentor (`?at=` ISO instant, `?session=` for a public one), or leave it again."""
    mentor_id, offer_id, back = _line(public_id)
    starts_at = parse_instant(request.args.get("at"))
    if request.form.get("leave"):
        waitlist.line_leave(mentor_id, starts_at, current_user.id)
        flash(_("You left the line."), "check")
        return redirect(back, 303)
    try:
        place = waitlist.line_join(mentor_id, starts_at, current_user.id, offer_id)
    except Conflict as conflict:
        if wants_json() or conflict.code != "free":
            raise
        flash(told(conflict), "check")
        return redirect(back, 303)
    if place == 1:
        flash(_("You are first in line. We tell you when it gets free."), "check")
    else:
        flash(_("You are number %(n)s in line. We tell you when it is your turn.", n=place), "check")
    return redirect(back, 303)
