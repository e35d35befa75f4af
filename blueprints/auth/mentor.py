"""The mentor's wizard: you, what you teach, hours and price, promise; then the status page.

Every step saves to the profile itself, so that it goes on anywhere, shows in the preview, and is mended in place when
it is sent back. What is typed and not yet sent is a draft.
"""

from typing import Any

from flask import current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.auth import bp
from blueprints.auth.learner import language_options, topics_by_field
from blueprints.auth.week import PRESETS, parse_week, week_form
from blueprints.auth.zones import zone_options
from blueprints.errors import told
from blueprints.guards import signed_in
from blueprints.numbers import whole
from peerlearn.accounts import service as accounts
from peerlearn.catalog import queries as catalog
from peerlearn.catalog import service as catalog_service
from peerlearn.catalog.models import MentorProfile
from peerlearn.catalog.profile import BIO_LEAST, LANGUAGES, LESSON_MINUTES, LEVELS, PRICE_LEAST_PAISE, first_gap
from peerlearn.errors import Invalid, Missing
from peerlearn.moderation import service as moderation
from peerlearn.moderation.remarks import parse_remarks
from peerlearn.money import rupees, split_gross

STEPS = ("you", "topics", "hours", "promise")
STEP_OF_FIELD = {
    "name": "you", "city": "you", "languages": "you", "portrait": "you", "time_zone": "you", "headline": "topics",
    "bio": "topics", "topics": "topics", "level": "topics", "price_paise": "hours", "price": "hours", "hours": "hours",
    "lesson_minutes": "hours",
}  # fmt: skip
PROMISES = ("on_time", "on_platform", "kind")
LISTS = {"languages", "topics", "level"}


@bp.get("/teach")
@signed_in
def mentor_start() -> ResponseReturnValue:
    """Go on where the mentor's wizard was left, or to its status where it was sent in."""
    profile = catalog.mentor_profile_of(current_user.id)
    if profile is not None and profile.state != "draft":
        return redirect(url_for("auth.mentor_status"), 303)
    draft = accounts.draft_for(current_user.id, "mentor")
    step = draft.step if draft is not None and draft.step in STEPS else "you"
    return redirect(url_for("auth.mentor_step", step=step), 303)


@bp.route("/teach/<step>", methods=["GET", "POST"])
@signed_in
def mentor_step(step: str) -> ResponseReturnValue:
    """One part of the profile a screen."""
    if step == "status":
        return mentor_status()
    if step not in STEPS:
        raise Missing(_("There is no such step."), code="no_such_step")
    if request.method == "GET":
        return _page(step)
    preset = request.form.get("preset")
    if preset in PRESETS:
        return _page(step, {**_typed(), **_no_days(), **week_form(PRESETS[preset])})
    try:
        _SAVE[step]()
    except Invalid as error:
        at = STEP_OF_FIELD.get(error.field or "", step)
        if at != step:  # something is missing on another screen: go there and say so
            return _page(at, errors={error.field or "": told(error)}, status=400)
        return _page(step, _typed(), {error.field or step: told(error)}, 400)
    if step == "promise":
        return redirect(url_for("auth.mentor_status"), 303)
    following = STEPS[STEPS.index(step) + 1]
    if request.form.get("then") == "status":
        following = "promise"
    accounts.draft_save(current_user.id, "mentor", following, {})
    return redirect(url_for("auth.mentor_step", step=following), 303)


def _save_you() -> None:
    form = request.form
    accounts.account_update(current_user.id, name=form.get("name", ""), time_zone=form.get("time_zone") or None)
    languages = [code for code in form.getlist("languages") if code in LANGUAGES]
    if not languages:
        raise Invalid(_("Choose at least one language you teach in."), code="languages_missing", field="languages")
    catalog_service.mentor_profile_save(current_user.id, city=form.get("city", ""), languages=languages)


def _save_topics() -> None:
    form = request.form
    if not form.get("headline", "").strip():
        raise Invalid(_("Say in one line what you teach."), code="headline_missing", field="headline")
    if len(form.get("bio", "").strip()) < BIO_LEAST:
        raise Invalid(
            _("Tell learners a little more about you: two sentences are enough."), code="bio_short", field="bio"
        )
    if not form.getlist("topics"):
        raise Invalid(_("Choose at least one topic that you teach."), code="topics_missing", field="topics")
    catalog_service.mentor_profile_save(
        current_user.id,
        topics=form.getlist("topics"),
        headline=form.get("headline", ""),
        bio=form.get("bio", ""),
        level=form.getlist("level"),
    )


def _save_hours() -> None:
    form = request.form
    week = parse_week(form)
    if not week:
        raise Invalid(
            _("Add at least one range of hours. Weekday evenings is one tap."), code="hours_missing", field="hours"
        )
    catalog_service.mentor_profile_save(
        current_user.id,
        price_paise=parse_price(form.get("price", "")),
        lesson_minutes=form.get("lesson_minutes", "50"),
    )
    catalog_service.weekly_hours_set(current_user.id, week)


def _save_promise() -> None:
    if any(not request.form.get(f"promise_{name}") for name in PROMISES):
        raise Invalid(_("Tick all three promises to send your profile."), code="promise", field="promise")
    moderation.mentor_send(current_user.id)


_SAVE = {"you": _save_you, "topics": _save_topics, "hours": _save_hours, "promise": _save_promise}


def parse_price(text: str) -> int:
    """Return a price in whole rupees as paise. Raises Invalid for what is no price."""
    digits = text.strip().removeprefix("₹").replace(",", "").strip()
    rupees = whole(digits, 999_999)
    if rupees is None:
        raise Invalid(_("Write the price in whole rupees, for example 499."), code="bad_price", field="price_paise")
    return rupees * 100


@bp.get("/teach/split")
@signed_in
def mentor_split() -> ResponseReturnValue:
    """What a mentor receives of a price: the same rule that pays them, so the number can be trusted."""
    split = _split(parse_price(request.args.get("price", "")))
    return jsonify({"ok": True, **{name: rupees(paise) for name, paise in split.items()}})


def _split(price_paise: int) -> dict[str, int]:
    settings = current_app.config["PEERLEARN"]
    split = split_gross(price_paise, settings.platform_fee_percent, settings.gst_percent)
    return {"mentor": split.mentor_paise, "fee": split.fee_paise, "gst": split.gst_paise}


@bp.get("/teach/status")
@signed_in
def mentor_status() -> ResponseReturnValue:
    """Where a profile stands, why, and what to do next."""
    profile = catalog.mentor_profile_of(current_user.id)
    if profile is None:
        return redirect(url_for("auth.mentor_step", step="you"), 303)
    remarks = [
        {
            "text": remark.text,
            "href": url_for("auth.mentor_step", step=STEP_OF_FIELD.get(remark.field, "topics")),
            "field": remark.field,
        }
        for remark in parse_remarks(profile.state_reason)
    ]
    return render_template(
        "auth/mentor_status.html", profile=profile, remarks=remarks, preview=_preview(profile, {}), steps=STEPS
    )


# --- pages -----------------------------------------------------------------------------------------------------


def _typed() -> dict[str, Any]:
    """What this form holds, lists as lists."""
    return {key: values if key in LISTS else values[0] for key, values in request.form.lists()}


def _no_days() -> dict[str, str]:
    return {f"d{day}_{part}": "" for day in range(7) for part in ("on", "from", "to", "from2", "to2")}


def _stored(profile: MentorProfile | None) -> dict[str, Any]:
    """The saved profile in the words of the forms."""
    known: dict[str, Any] = {
        "name": current_user.name,
        "time_zone": current_user.time_zone,
        "languages": [current_user.locale],
        "lesson_minutes": 50,
        "price": "",
    }
    if profile is None:
        return known
    ranges = [
        (hours.weekday, hours.start_minute, hours.end_minute) for hours in catalog.weekly_hours_for(current_user.id)
    ]
    taught = catalog.topics_for([current_user.id]).get(current_user.id, ())
    return {
        **known,
        "city": profile.city,
        "languages": profile.languages or known["languages"],
        "headline": profile.headline,
        "bio": profile.bio,
        "level": profile.level,
        "topics": [topic.slug for topic in taught],
        "price": profile.price_paise // 100 or "",
        "lesson_minutes": profile.lesson_minutes,
        **week_form(ranges),
    }


def _preview(profile: MentorProfile | None, values: dict[str, Any]) -> dict[str, Any]:
    """The card as learners will see it."""
    rupees = whole(str(values.get("price") or ""), 999_999)
    paise = rupees * 100 if rupees is not None else (profile.price_paise if profile else 0)
    length = whole(str(values.get("lesson_minutes") or ""), 1440)
    return {
        "name": values.get("name") or current_user.name,
        "public_id": current_user.public_id,
        "headline": values.get("headline", profile.headline if profile else ""),
        "bio": values.get("bio", profile.bio if profile else ""),
        "price_paise": paise,
        "minutes": length or (profile.lesson_minutes if profile else 50),
        "city": values.get("city", profile.city if profile else ""),
    }


def _ready(profile: MentorProfile | None) -> list[tuple[str, bool, str]]:
    """The checklist: (what, done, step)."""
    topics = len(catalog.topics_for([current_user.id]).get(current_user.id, ()))
    hours = len(catalog.weekly_hours_for(current_user.id)) if profile else 0
    return [
        (_("Your name and a language"), bool(profile and profile.languages), "you"),
        (_("One line that says what you teach"), bool(profile and profile.headline), "topics"),
        (_("A few sentences about you"), bool(profile and len(profile.bio) >= BIO_LEAST), "topics"),
        (_("At least one topic"), topics > 0, "topics"),
        (_("Price, and what you receive"), bool(profile and profile.price_paise >= PRICE_LEAST_PAISE), "hours"),
        (_("Hours when you teach"), hours > 0, "hours"),
    ]


def _page(
    step: str, typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    profile = catalog.mentor_profile_of(current_user.id)
    draft = accounts.draft_for(current_user.id, "mentor")
    kept = {
        key: [value] if key in LISTS and isinstance(value, str) else value
        for key, value in (draft.payload if draft else {}).items()
    }
    values = {**_stored(profile), **(typed if typed is not None else kept)}
    preview = _preview(profile, values)
    gap = None
    if step == "promise" and profile is not None:
        gap = first_gap(
            headline=profile.headline,
            bio=profile.bio,
            price_paise=profile.price_paise,
            topics=len(values.get("topics", [])),
            hours=len(catalog.weekly_hours_for(current_user.id)),
        )
    view = render_template(
        f"auth/mentor_{step}.html",
        step=step,
        number=STEPS.index(step) + 1,
        steps=STEPS,
        back=STEPS[STEPS.index(step) - 1] if step != "you" else None,
        values=values,
        errors=errors or {},
        preview=preview,
        split=_split(preview["price_paise"]) if preview["price_paise"] else None,
        fields=topics_by_field() if step == "topics" else {},
        levels=LEVELS,
        lengths=LESSON_MINUTES,
        zones=zone_options() if step == "you" else [],
        offered=language_options(),
        ready=_ready(profile),
        gap=gap,
        presets=tuple(PRESETS),
        profile=profile,
    )
    return view, status
