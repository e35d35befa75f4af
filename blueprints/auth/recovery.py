"""A forgotten password: a signed link by mail, good for one hour and once."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from blueprints.auth import bp
from blueprints.auth.identity import sign_person_in
from blueprints.auth.safety import RESET_PER_PERSON, SIGN_IN_PER_PLACE, may_try
from blueprints.auth.views import home_of
from blueprints.errors import told
from blueprints.extensions import ports
from blueprints.guards import public
from peerlearn.accounts import queries, service
from peerlearn.accounts.models import User
from peerlearn.errors import Invalid
from peerlearn.notifications.service import mail_want

LINK_SECONDS = 3600


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="password-reset")


def reset_token(user: User) -> str:
    """A link's token. It holds the sign-in key, whose epoch moves with the new password: a second use finds nobody."""
    return _signer().dumps(user.get_id())


def _person_of(token: str) -> User | None:
    try:
        key = _signer().loads(token, max_age=LINK_SECONDS)
    except BadSignature:
        return None
    return queries.user_of_sign_in(key) if isinstance(key, str) else None


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> ResponseReturnValue:
    """Ask for the link. The answer is the same whether or not the address has an account."""
    email = request.form.get("email", "").strip()
    if request.method == "GET" or not email:
        return render_template("auth/forgot.html", sent=False, email=request.args.get("email", ""))
    if may_try(SIGN_IN_PER_PLACE, "forgot") and may_try(RESET_PER_PERSON, "forgot", email.lower()[:254]):
        user = queries.user_by_email(email)
        if user is not None and user.is_active:
            mail_want(
                user.email,
                _("Choose a new password"),
                "password_reset",
                {"url": url_for("auth.reset", token=reset_token(user))},
                locale=user.locale,
            )
    return render_template("auth/forgot.html", sent=True, email=email)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """Choose the new password. Every other sign-in ends with it."""
    user = _person_of(token)
    if user is None:
        flash(_("This link was used or is older than an hour. Ask for a new one."), "circle-alert")
        return redirect(url_for("auth.forgot"), 303)
    if request.method == "GET":
        return render_template("auth/reset.html", problem="")
    try:
        user = service.password_set(user.id, request.form.get("password", ""), offload=ports().offload)
    except Invalid as error:
        return render_template("auth/reset.html", problem=told(error)), 400
    sign_person_in(user)
    return redirect(home_of(user), 303)
