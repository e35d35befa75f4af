"""What the frame around every page shows: navigation, bell, face, the next lesson's Join, theme and language.

Templates read it once, as `shell_facts()` in layouts/app.html. A page of a visitor asks for none of it.
"""

from typing import Any

from flask import current_app, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import LOCALES, my_zone
from blueprints.public import bp
from peerlearn.accounts import queries as accounts
from peerlearn.clock import clock_text, now
from peerlearn.money import rupees
from peerlearn.notifications import queries as notifications
from peerlearn.requests import queries as requests
from peerlearn.sessions import door
from peerlearn.sessions import queries as sessions

THEMES = ("peerlearn", "peerlearn-dark")
LOCALE_NAMES = {"en": "English", "hi": "हिन्दी"}
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")

# key, endpoint, icon, word, whether it opens as a sheet. A room that is not registered is not offered.
LEARNER_BOTTOM = (
    ("home", "dashboard.home", "house", lambda: _("Home"), False),
    ("explore", "catalog.explore", "search", lambda: _("Explore"), False),
    ("help", "requests.help", "hand", lambda: _("Help now"), True),
    ("lessons", "dashboard.lessons", "calendar", lambda: _("Lessons"), False),
    ("me", "auth.settings", "circle-user-round", lambda: _("Me"), False),
)
LEARNER_RAIL = (
    LEARNER_BOTTOM[0],
    LEARNER_BOTTOM[1],
    LEARNER_BOTTOM[3],
    ("progress", "dashboard.progress", "trending-up", lambda: _("Progress"), False),
    LEARNER_BOTTOM[4],
    LEARNER_BOTTOM[2],
)
MENTOR_BOTTOM = (
    ("today", "dashboard.mentor", "house", lambda: _("Today"), False),
    ("lessons", "dashboard.lessons", "calendar", lambda: _("Lessons"), False),
    ("requests", "requests.list", "inbox", lambda: _("Requests"), False),
    ("money", "dashboard.money", "wallet", lambda: _("Money"), False),
    ("me", "auth.settings", "circle-user-round", lambda: _("Me"), False),
)
MENTOR_RAIL = (
    *MENTOR_BOTTOM[:3],
    ("sessions", "sessions.publish", "book-open", lambda: _("Sessions"), False),
    *MENTOR_BOTTOM[3:],
)


def has_endpoint(name: str) -> bool:
    """Whether this application serves a page."""
    return name in current_app.view_functions


def viewing_side() -> str:
    """ "mentor" or "learner": a mentor chooses with `session["side"]` (auth.switch), everyone else learns."""
    if not current_user.is_authenticated or not current_user.is_mentor:
        return "learner"
    return "learner" if session.get("side") == "learner" else "mentor"


def _items(table: tuple[Any, ...], counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "href": url_for(endpoint),
            "icon": icon,
            "text": word(),
            "sheet": sheet,
            "count": counts.get(key, 0),
        }
        for key, endpoint, icon, word, sheet in table
        if has_endpoint(endpoint)
    ]


def next_lesson_bar() -> dict[str, Any] | None:
    """The Join bar's lesson: from half an hour before its start (shown by the page itself at T-10) to its end."""
    lesson = sessions.next_session_for(current_user.id)
    if lesson is None or lesson.learner_id is None or not has_endpoint("live.lobby"):
        return None
    opens_at = lesson.starts_at - door.OPENS_BEFORE
    at = now()
    if at < opens_at - door.OPENS_BEFORE * 2 or at > lesson.ends_at:
        return None
    other_id = lesson.learner_id if current_user.id == lesson.mentor_id else lesson.mentor_id
    other = accounts.user_by_id(other_id)
    if other is None:
        return None
    return {
        "public_id": lesson.public_id,
        "title": lesson.title,
        "with_text": _("with %(name)s", name=other.first_name),
        "person": other,
        "starts_at_iso": lesson.starts_at.isoformat(),
        "opens_at_iso": opens_at.isoformat(),
        "ends_at_iso": lesson.ends_at.isoformat(),
        "starts_text": clock_text(lesson.starts_at, my_zone()),
        "open": at >= opens_at,
        "join_url": url_for("live.lobby", public_id=lesson.public_id),
    }


def shell_facts() -> dict[str, Any]:
    """Everything layouts/app.html shows around a signed-in person's page. A few small queries."""
    side = viewing_side()
    home = "dashboard.mentor" if side == "mentor" else "dashboard.home"
    facts: dict[str, Any] = {
        "side": side,
        "home": home if has_endpoint(home) else "public.landing",
        "me": None,
        "me_href": url_for("auth.settings") if has_endpoint("auth.settings") else "/",
        "bell_href": url_for("notifications.bell") if has_endpoint("notifications.bell") else "/",
        "switch_href": url_for("auth.switch") if has_endpoint("auth.switch") else None,
        "sign_out_href": url_for("auth.sign_out") if has_endpoint("auth.sign_out") else None,
        "unread": 0,
        "join": None,
    }
    counts: dict[str, int] = {}
    if current_user.is_authenticated:
        facts |= {"me": current_user, "unread": notifications.unread_count(current_user.id), "join": next_lesson_bar()}
        if side == "mentor":
            counts = {"requests": requests.open_count_for(current_user.id)}
    bottom, rail = (MENTOR_BOTTOM, MENTOR_RAIL) if side == "mentor" else (LEARNER_BOTTOM, LEARNER_RAIL)
    return facts | {"bottom": _items(bottom, counts), "rail": _items(rail, counts)}


def saved_theme() -> str:
    """The theme a person chose, or "" to follow the device."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def page_locale() -> str:
    """The language of this page, for `<html lang>`."""
    return str(get_locale() or "en").replace("_", "-")


def page_direction() -> str:
    """ "rtl" for languages written from the right."""
    return "rtl" if page_locale().split("-")[0] in RIGHT_TO_LEFT else "ltr"


def other_locale() -> dict[str, str]:
    """The language the switch offers: its name in itself, and where the switch leads."""
    here = page_locale().split("-")[0]
    other = next((locale for locale in LOCALES if locale != here), here)
    return {
        "locale": other,
        "name": LOCALE_NAMES[other],
        "href": url_for("public.language", locale=other, next=request.path),
    }


def money_exact(paise: int) -> str:
    """ "₹499.00": rows of money keep both digits, so that they can be added by eye."""
    whole = rupees(paise)
    return whole if "." in whole else f"{whole}.00"


def without_class(attrs: dict[str, Any]) -> dict[str, Any]:
    """Attributes that a macro has not placed itself."""
    return {key: value for key, value in attrs.items() if key != "class"}


def without_id(attrs: dict[str, Any]) -> dict[str, Any]:
    """Attributes without the id, which field macros place themselves."""
    return {key: value for key, value in attrs.items() if key != "id"}


for _function in (shell_facts, saved_theme, page_locale, page_direction, other_locale, has_endpoint, viewing_side):
    bp.add_app_template_global(_function, _function.__name__)
bp.add_app_template_filter(money_exact, "money_exact")
bp.add_app_template_filter(without_class, "drop_class")
bp.add_app_template_filter(without_id, "drop_id")
