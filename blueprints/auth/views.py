"""Signing in, signing out, and the first step of signing up."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.auth import bp
from blueprints.auth.identity import sign_person_in, sign_person_out
from blueprints.auth.safety import (
    SIGN_IN_PER_PERSON,
    SIGN_IN_PER_PLACE,
    SIGN_UP_PER_PLACE,
    may_try,
    safe_next,
)
from blueprints.errors import told
from blueprints.extensions import my_zone, ports
from blueprints.guards import public, signed_in
from peerlearn.accounts import service
from peerlearn.accounts.models import User
from peerlearn.errors import Conflict, Invalid, NotAllowed

TOO_OFTEN = 429


def home_of(user: User) -> str:
    """Where a person lands: the unfinished wizard, else the home of their side."""
    if user.is_admin and not user.is_mentor:
        return "/admin/"
    if not user.wizard_done and not user.is_mentor:
        draft = service.draft_for(user.id, "learner")
        step = draft.step if draft is not None and draft.step in {"interests", "goal"} else "interests"
        return url_for("auth.learner_step", step=step)
    mentor_side = user.is_mentor and session.get("side") != "learner"
    return "/today" if mentor_side else "/home"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail and password. Goes on to `next` where it is a page of ours."""
    target = safe_next(request.values.get("next"))
    if current_user.is_authenticated:
        return redirect(target or home_of(current_user), 303)
    if request.method == "GET":
        return _sign_in_page(target)
    email, password = request.form.get("email", ""), request.form.get("password", "")
    if not email.strip() or not password:
        return _sign_in_page(target, email, _("Enter your e-mail and your password."), 400)
    key = email.strip().lower()[:254]
    if not (may_try(SIGN_IN_PER_PERSON, "sign-in", key) and may_try(SIGN_IN_PER_PLACE, "sign-in")):
        return _sign_in_page(
            target,
            email,
            _("That was a few tries too many. Wait ten minutes, or choose a new password below."),
            TOO_OFTEN,
        )
    try:
        user = service.account_check(email, password, offload=ports().offload)
    except NotAllowed as error:
        return _sign_in_page(target, email, told(error), 403)
    if user is None:
        return _sign_in_page(
            target, email, _("E-mail and password do not match. Check both, or choose a new password below."), 401
        )
    sign_person_in(user)
    return redirect(target or home_of(user), 303)


def _sign_in_page(target: str | None, email: str = "", problem: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("auth/sign_in.html", next=target or "", email=email, problem=problem), status


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Sign out here, or everywhere where the form says so."""
    if request.form.get("everywhere"):
        service.sign_ins_end(current_user.id)
    else:
        ports().bus.disconnect_user(current_user.public_id)  # other browsers of theirs reconnect by themselves
    sign_person_out()
    return redirect(url_for("public.landing"), 303)


@bp.route("/start", methods=["GET", "POST"])
@public
def start() -> ResponseReturnValue:
    """Step one of the learner's wizard: the account. Who has one goes on where they left off."""
    target = safe_next(request.values.get("next"))
    if current_user.is_authenticated:
        return redirect(target or home_of(current_user), 303)
    if request.method == "GET":
        return _start_page(target)
    form = {name: request.form.get(name, "") for name in ("name", "email", "password", "time_zone")}
    if not may_try(SIGN_UP_PER_PLACE, "sign-up"):
        sentence = _("Many accounts were opened from here in the last hour. Try again a little later.")
        return _start_page(target, form, {"email": sentence}, TOO_OFTEN)
    try:
        user = service.account_create(
            form["email"],
            form["password"],
            form["name"],
            form["time_zone"] or my_zone(),
            locale=str(get_locale() or "en"),
            offload=ports().offload,
        )
    except Conflict as error:
        return _known_person(target, form) or _start_page(target, form, {"email": told(error)}, 409)
    except Invalid as error:
        return _start_page(target, form, {error.field or "email": told(error)}, 400)
    sign_person_in(user)
    service.draft_save(user.id, "learner", "interests", {"next": target or ""})
    if request.values.get("as") == "mentor":
        return redirect(url_for("auth.mentor_step", step="you"), 303)
    return redirect(url_for("auth.learner_step", step="interests"), 303)


def _known_person(target: str | None, form: dict[str, str]) -> ResponseReturnValue | None:
    """Somebody who has an account and typed its password meant to sign in: let them."""
    if not may_try(SIGN_IN_PER_PERSON, "sign-in", form["email"].strip().lower()[:254]):
        return None
    try:
        user = service.account_check(form["email"], form["password"], offload=ports().offload)
    except NotAllowed:
        return None
    if user is None:
        return None
    sign_person_in(user)
    return redirect(target or home_of(user), 303)


def _start_page(
    target: str | None,
    form: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return (
        render_template(
            "auth/start.html",
            next=target or "",
            form=form or {},
            errors=errors or {},
            as_mentor=request.values.get("as") == "mentor",
        ),
        status,
    )
