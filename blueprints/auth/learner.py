"""The learner's wizard after the account: interests as chips, then goal, level, zone and languages."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.auth import bp
from blueprints.auth.safety import safe_next
from blueprints.auth.zones import zone_options
from blueprints.errors import told
from blueprints.extensions import my_zone
from blueprints.guards import signed_in
from peerlearn.accounts import queries, service
from peerlearn.catalog import queries as catalog
from peerlearn.catalog.profile import LANGUAGES
from peerlearn.errors import Invalid, Missing

STEPS = ("interests", "goal")
OFFERED_LANGUAGES = ("en", "hi", "bn", "ta", "te", "mr", "gu", "kn", "ml", "pa", "ur")


def language_options() -> list[tuple[str, str]]:
    """Languages a form offers, in the words of this page: (code, name)."""
    names = get_locale().languages
    return [(code, names.get(code, LANGUAGES[code]).capitalize()) for code in OFFERED_LANGUAGES]


def topics_by_field() -> dict[str, list[catalog.TopicRow]]:
    """Topics under their fields: the fields with most topics first, which are those most people come for."""
    fields: dict[str, list[catalog.TopicRow]] = {}
    for topic in catalog.topics():
        fields.setdefault(topic.field, []).append(topic)
    return dict(sorted(fields.items(), key=lambda field: -len(field[1])))


def chosen_slugs(user_id: int) -> list[str]:
    """Topic slugs a learner has chosen so far."""
    mine = queries.interests_of(user_id)
    return [topic.slug for topic in catalog.topics() if topic.id in mine]


@bp.route("/start/<step>", methods=["GET", "POST"])
@signed_in
def learner_step(step: str) -> ResponseReturnValue:
    """One question a screen. Saving a step goes on to the next; skipping saves nothing and goes on too."""
    if step not in STEPS:
        raise Missing(_("There is no such step."), code="no_such_step")
    if request.method == "GET":
        return _page(step)
    if request.form.get("skip"):
        return _go_on(step)
    try:
        if step == "interests":
            service.learner_profile_save(current_user.id, interests=request.form.getlist("interests"))
        else:
            _save_goal()
    except Invalid as error:
        return _page(step, {error.field or step: told(error)}, 400)
    return _go_on(step)


def _save_goal() -> None:
    form = request.form
    languages = [code for code in form.getlist("languages") if code in LANGUAGES]
    service.account_update(current_user.id, time_zone=form.get("time_zone") or None)
    service.learner_profile_save(
        current_user.id, goal=form.get("goal", ""), level=form.get("level", ""), languages=languages
    )


def _go_on(step: str) -> ResponseReturnValue:
    draft = service.draft_for(current_user.id, "learner")
    payload = dict(draft.payload) if draft is not None else {}
    if step == "interests":
        payload["say"] = request.form.get("say", "")[:300]
        payload.pop("interests", None)  # they are saved where they belong
        service.draft_save(current_user.id, "learner", "goal", payload)
        return redirect(url_for("auth.learner_step", step="goal"), 303)
    service.wizard_finish(current_user.id)
    return redirect(safe_next(str(payload.get("next") or "")) or "/home", 303)


def _page(step: str, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    draft = service.draft_for(current_user.id, "learner")
    kept = dict(draft.payload) if draft is not None else {}
    profile = queries.learner_profile_of(current_user.id)
    if step == "interests":
        chosen = kept.get("interests", chosen_slugs(current_user.id))
        view = render_template(
            "auth/interests.html",
            fields=topics_by_field(),
            chosen={chosen} if isinstance(chosen, str) else set(chosen),
            say=kept.get("say", ""),
            errors=errors or {},
        )
        return view, status
    languages = kept.get("languages", (profile.languages if profile else None) or [current_user.locale])
    view = render_template(
        "auth/goal.html",
        goal=kept.get("goal", (profile.goal if profile else "") or kept.get("say", "")),
        level=kept.get("level", profile.level if profile else ""),
        zone=kept.get("time_zone", current_user.time_zone or my_zone()),
        zones=zone_options(),
        languages={languages} if isinstance(languages, str) else set(languages),
        offered=language_options(),
        errors=errors or {},
    )
    return view, status
