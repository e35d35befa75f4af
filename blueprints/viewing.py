"""An administrator sees the pages of one person as that person does: only to read, for a while, in the person's zone and language.

The pages of the request belong to the person, everything else to the administrator: sockets, and all of /admin. What may
be opened stands in one list; every form is refused; whatever a page would write by the way is rolled back.
"""

import logging
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Flask, Response, g, has_request_context, request, session
from flask_babel import gettext as _
from flask_login import current_user

from peerlearn.accounts.models import User
from peerlearn.accounts.queries import user_by_public_id
from peerlearn.clock import now
from peerlearn.errors import NotAllowed
from peerlearn.kernel import nothing_kept

log = logging.getLogger(__name__)

LASTS: Final = timedelta(minutes=15)
_KEY: Final = "viewing"
# Not among them: rooms and what was said in them, addresses and tokens that open something, forms.
PAGES: Final = frozenset(
    {
        "catalog.explore", "catalog.mentor", "catalog.why", "dashboard.home", "dashboard.lessons", "dashboard.mentor",
        "dashboard.money", "dashboard.progress", "notifications.bell", "payments.my_packs", "payments.receipt",
        "payments.statement", "payments.statements", "public.favicon", "public.landing", "public.manifest",
        "public.portrait", "requests.list", "sessions.show",
    }
)  # fmt: skip


def view_begin(person: User) -> None:
    """From the next request on, this browser shows the pages of that person."""
    session[_KEY] = {"who": person.public_id, "until": int((now() + LASTS).timestamp())}


def view_end() -> str | None:
    """Back to one's own pages. Returns whose pages they were (public id)."""
    kept = session.pop(_KEY, None)
    return str(kept["who"]) if kept else None


def seen_as(me: User) -> User:
    """Return whose pages this request is for: the viewed person's where `me` is an administrator who looks, else `me`."""
    kept = session.get(_KEY) if has_request_context() else None
    if not kept or not me.is_admin or kept["until"] <= now().timestamp():
        return me
    if request.path.startswith(("/admin", "/socket.io")):
        return me
    person = user_by_public_id(kept["who"])
    if person is None or person.is_admin:
        return me
    g.viewer = me
    return person


def _only_read() -> None:
    if not current_user.is_authenticated or "viewer" not in g:
        return
    if request.method not in {"GET", "HEAD"} or request.endpoint not in PAGES:
        raise NotAllowed(
            _("You only look at these pages. Stop looking first, or open one of the person's own lists."),
            code="only_looking",
        )
    log.info("view: %s looks at %s of %s", g.viewer.public_id, request.path, current_user.public_id)
    g.looking = ExitStack()
    g.looking.enter_context(nothing_kept())


def _let_go(_error: BaseException | None) -> None:
    looking = g.pop("looking", None)
    if looking is not None:
        looking.close()


def _not_stored(response: Response) -> Response:
    if "viewer" in g:
        response.headers["Cache-Control"] = "no-store"
    return response


def register(app: Flask) -> None:
    """Install it on an application."""
    app.before_request(_only_read)
    app.after_request(_not_stored)
    app.teardown_request(_let_go)

    @app.context_processor
    def _viewed() -> dict[str, Any]:
        if "viewer" not in g:
            return {}
        return {"viewed_until": datetime.fromtimestamp(session[_KEY]["until"], UTC)}
