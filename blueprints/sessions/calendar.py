"""The private calendar feed: one address per person, made, shown and ended in the settings."""

from hashlib import sha256

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import limiter, ports
from blueprints.guards import public, signed_in
from blueprints.sessions import bp
from blueprints.sessions.calendar_file import event_of
from peerlearn.accounts.queries import users_by_ids
from peerlearn.errors import Missing
from peerlearn.notifications.calendar import calendar_bytes
from peerlearn.sessions import calendar_feed


@bp.get("/calendar/<token>.ics")
@limiter.limit("60/minute")
@public
def feed(token: str) -> ResponseReturnValue:
    """A person's lessons for a calendar app. The token is the key; the answer says so little that it may be stored.

    The same lessons give the same bytes, so an app that has them gets 304 and no body.
    """
    owner = calendar_feed.feed_owner(token)
    if owner is None:
        raise Missing(_("This calendar address is not in use any more. Copy the new one from your settings."))
    lessons = calendar_feed.feed_lessons(owner.id)
    people = users_by_ids({person for row in lessons for person in (row.mentor_id, row.learner_id) if person})
    with force_locale(owner.locale):
        entries = [
            event_of(
                row,
                people.get(row.mentor_id if row.learner_id == owner.id else row.learner_id or 0),
                url_for("sessions.show", public_id=row.public_id),
                stamped_at=row.confirmed_at or row.created_at,
            )
            for row in lessons
        ]
        body = calendar_bytes(entries, None, public_url=ports().settings.public_url, name=_("PeerLearn lessons"))
    answer = make_response(body)
    answer.mimetype = "text/calendar"
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.set_etag(sha256(body).hexdigest()[:32])
    return answer.make_conditional(request)


@bp.post("/me/calendar")
@signed_in
def feed_make() -> ResponseReturnValue:
    """Make one's private address, or a new one in place of the old."""
    calendar_feed.feed_make(current_user.id)
    flash(_("Your calendar address is ready. An older one works no longer."), "check")
    return redirect(url_for("auth.settings") + "#calendar", 303)


@bp.post("/me/calendar/end")
@signed_in
def feed_end() -> ResponseReturnValue:
    """End one's private address."""
    calendar_feed.feed_end(current_user.id)
    flash(_("The calendar address works no longer."), "check")
    return redirect(url_for("auth.settings") + "#calendar", 303)
