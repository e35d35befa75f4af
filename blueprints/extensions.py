"""Bare extensions. They know no application until `create_app` introduces them."""

from typing import cast

from flask import current_app, g, has_request_context, request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_socketio import SocketIO
from flask_wtf.csrf import CSRFProtect

from peerlearn.clock import zone_or_none
from peerlearn.ports import Ports

login_manager = LoginManager()
csrf = CSRFProtect()
migrate = Migrate()
babel = Babel()


def who_asks() -> str:
    """Whose requests are counted: the person's where one is signed in, else the address. A school has one address."""
    if current_user and current_user.is_authenticated:
        return f"user:{g.get('viewer', current_user).id}"
    return get_remote_address()


limiter = Limiter(key_func=who_asks, headers_enabled=False)

LOCALES = ("en", "hi")
DEFAULT_ZONE = "Asia/Kolkata"


def ports() -> Ports:
    """Return the ports of the current application."""
    return cast(Ports, current_app.extensions["peerlearn.ports"])


def socketio() -> SocketIO:
    """Return the Socket.IO server of the current application (each application has its own)."""
    return cast(SocketIO, current_app.extensions["socketio"])


def choose_locale() -> str:
    """The language of this answer: the person's choice, else the `lang` cookie, else what the browser asks for.

    Outside a request (an event in a room) it is what the seat brought along in `g.locale`.
    """
    if not has_request_context():
        return str(g.get("locale", "en"))
    if current_user and current_user.is_authenticated and current_user.locale in LOCALES:
        return str(current_user.locale)
    chosen = request.cookies.get("lang")
    if chosen in LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(LOCALES) or "en"


def my_zone() -> str:
    """The IANA zone in which this person reads times."""
    if "my_zone" not in g:
        g.my_zone = _find_zone()
    return cast(str, g.my_zone)


def _find_zone() -> str:
    if not has_request_context():
        return DEFAULT_ZONE
    if current_user and current_user.is_authenticated and zone_or_none(current_user.time_zone):
        return str(current_user.time_zone)
    cookie = request.cookies.get("tz", "").replace("%2F", "/")
    return cookie if zone_or_none(cookie) else DEFAULT_ZONE
