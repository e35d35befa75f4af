"""`/me`: name, zone, language, interests, rings, switching sides, signing out."""

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.auth import bp
from blueprints.auth.learner import language_options, topics_by_field
from blueprints.auth.zones import zone_options
from blueprints.errors import told, wants_json
from blueprints.extensions import ports
from blueprints.guards import signed_in
from peerlearn.accounts import presence_service, queries, service
from peerlearn.catalog import queries as catalog
from peerlearn.catalog.profile import LANGUAGES
from peerlearn.errors import Invalid, NotAllowed
from peerlearn.sessions.calendar_feed import feed_token_of

LOCALE_NAMES = (("en", "English"), ("hi", "हिन्दी"))


@bp.route("/me", methods=["GET", "POST"])
@signed_in
def settings() -> ResponseReturnValue:
    """Everything a person may change about themselves, on one page. Saved as it is changed where scripts run."""
    if request.method == "GET":
        return _page()
    form = (request.get_json(silent=True) if request.is_json else request.form) or {}
    changed = {key: str(form[key]) for key in ("name", "time_zone", "locale") if form.get(key) is not None}
    before = current_user.time_zone
    try:
        updated = service.account_update(current_user.id, **changed)
    except Invalid as error:
        if wants_json():
            raise
        return _page({error.field or "name": told(error)}, 400)
    if current_user.is_mentor and updated.time_zone != before:
        # Booked lessons are instants; only the week can mean two things now, so the hours page asks.
        session["zone_was"] = session.get("zone_was", before)
        if session["zone_was"] == updated.time_zone:
            session.pop("zone_was")
        elif not wants_json():
            return redirect(url_for("auth.times"), 303)
    if wants_json():
        return jsonify({"ok": True})
    flash(_("Saved"), "check")
    return redirect(url_for("auth.settings"), 303)


def _page(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    mine = queries.interests_of(current_user.id)
    topics = sorted((topic for topic in catalog.topics() if topic.id in mine), key=lambda topic: -mine[topic.id])
    mentor = catalog.mentor_profile_of(current_user.id)
    view = render_template(
        "auth/settings.html",
        errors=errors or {},
        zones=zone_options(),
        locales=LOCALE_NAMES,
        interests=[(topic, mine[topic.id]) for topic in topics],
        profile=queries.learner_profile_of(current_user.id),
        mentor=mentor,
        rings_on=presence_service.rings_of(current_user.id),
        calendar_url=_calendar_url(),
        zone_was=session.get("zone_was"),
        learning=session.get("side") == "learner" or not current_user.is_mentor,
    )
    return view, status


def _calendar_url() -> str | None:
    """The person's private calendar address, whole, as a calendar app wants it; None where there is none."""
    token = feed_token_of(current_user.id)
    address = url_for("sessions.feed", token=token) if token else None
    return ports().settings.public_url.rstrip("/") + address if address else None


@bp.route("/me/interests", methods=["GET", "POST"])
@signed_in
def interests() -> ResponseReturnValue:
    """Choose topics anew; goal, level and languages too."""
    if request.method == "POST":
        form = request.form
        languages = [code for code in form.getlist("languages") if code in LANGUAGES]
        service.learner_profile_save(
            current_user.id,
            interests=form.getlist("interests"),
            goal=form.get("goal", ""),
            level=form.get("level", ""),
            languages=languages,
        )
        flash(_("Saved. Your matches follow."), "check")
        return redirect(url_for("auth.settings") + "#interests", 303)
    profile = queries.learner_profile_of(current_user.id)
    mine = queries.interests_of(current_user.id)
    return render_template(
        "auth/my_interests.html",
        fields=topics_by_field(),
        chosen={topic.slug for topic in catalog.topics() if topic.id in mine},
        profile=profile,
        offered=language_options(),
    )


@bp.post("/me/interests/forget")
@signed_in
def interest_forget() -> ResponseReturnValue:
    """Drop one topic from what we know, chosen or learned."""
    topic_id = request.form.get("topic", type=int)
    if topic_id is not None:
        service.interest_forget(current_user.id, topic_id)
    if wants_json():
        return jsonify({"ok": True})
    return redirect(url_for("auth.settings") + "#interests", 303)


@bp.post("/me/switch")
@signed_in
def switch() -> ResponseReturnValue:
    """Change between learning and teaching. Somebody who does not teach yet is shown how."""
    if not current_user.is_mentor:
        return redirect(url_for("auth.mentor_start"), 303)
    to_learner = session.get("side") != "learner"
    session["side"] = "learner" if to_learner else "mentor"
    return redirect("/home" if to_learner else "/today", 303)


@bp.post("/me/rings")
@signed_in
def rings() -> ResponseReturnValue:
    """Switch "ring me now" on or off, for mentors in the catalogue."""
    form = request.get_json(silent=True) if request.is_json else request.form
    on = bool((form or {}).get("rings_on"))
    if on and not current_user.is_mentor:
        raise NotAllowed(_("Rings are for mentors in the catalogue."), code="wrong_role")
    service.rings_set(current_user.id, on)
    if wants_json():
        return jsonify({"ok": True, "rings_on": on})
    return redirect(url_for("auth.settings"), 303)
