"""Who may do what, decided at the place of the action. Every view and every socket handler carries one guard.

A guard marks the function it guards (`guard` attribute); a house test finds functions without a mark.
"""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import as_payload, wants_json
from peerlearn.errors import Invalid, Missing, NotAllowed, PeerLearnError, TooMany
from peerlearn.live.limits import Bucket
from peerlearn.sessions import queries as sessions

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

# What one socket may ask of handlers that read the database; a seat in a room has limits of its own for each event.
ASKS_PER_SECOND, ASKS_AT_ONCE = 5, 40


def _marked(function: F, guard: str, wrapper: Callable[..., Any] | None = None) -> F:
    target = wrapper or function
    target.guard = guard  # type: ignore[attr-defined]
    return cast(F, target)


def public(view: F) -> F:
    """Open to everyone, signed in or not."""
    return _marked(view, "public")


def webhook(view: F) -> F:
    """Open to machines; the view itself verifies a signature over the raw body."""
    return _marked(view, "webhook")


def _ask_to_sign_in() -> Any:
    if wants_json() or request.headers.get("X-Sheet"):
        abort(401)
    target = request.full_path.rstrip("?") if request.method == "GET" else (request.referrer or "/")
    return redirect(url_for("auth.sign_in", next=target), 303)


def signed_in(view: F) -> F:
    """Open to every signed-in person; others are asked to sign in and come back here."""

    @functools.wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        return view(*args, **kwargs)

    return _marked(view, "signed_in", wrapper)


def has_role(name: str) -> bool:
    """Whether the current person may act as learner, mentor or admin. Everyone may learn."""
    if not current_user.is_authenticated:
        return False
    return {
        "learner": True,
        "mentor": current_user.is_mentor,
        "admin": current_user.is_admin,
    }[name]


def role(name: str) -> Callable[[F], F]:
    """Open to people of one role; a signed-in person without it gets a 403."""

    def decorate(view: F) -> F:
        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return _ask_to_sign_in()
            if not has_role(name):
                raise NotAllowed(_("This page is for %(role)ss.", role=name), code="wrong_role")
            return view(*args, **kwargs)

        return _marked(view, f"role:{name}", wrapper)

    return decorate


def member_of_session(view: F) -> F:
    """Open to the two people of a lesson. The `public_id` in the path is loaded into `g.live_session`.

    A stranger gets the same 404 as for a lesson that does not exist: ids tell nothing.
    """

    @functools.wraps(view)
    def wrapper(public_id: str, *args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        live_session = sessions.session_by_public_id(public_id)
        if live_session is None or current_user.id not in (
            live_session.mentor_id,
            live_session.learner_id,
        ):
            raise Missing(_("There is no such lesson among yours."), code="no_such_lesson")
        g.live_session = live_session
        return view(public_id, *args, **kwargs)

    return _marked(view, "member_of_session", wrapper)


def member_or_admin(view: F) -> F:
    """Open to the two people of a lesson and to administrators, whose reading the view writes into the audit trail."""

    @functools.wraps(view)
    def wrapper(public_id: str, *args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        live_session = sessions.session_by_public_id(public_id)
        if live_session is None or (live_session.side_of(current_user.id) is None and not current_user.is_admin):
            raise Missing(_("There is no such lesson among yours."), code="no_such_lesson")
        g.live_session = live_session
        return view(public_id, *args, **kwargs)

    return _marked(view, "member_or_admin", wrapper)


# --- sockets ------------------------------------------------------------------------------------------------------


def _event_name() -> str:
    """The name of the socket event that is being handled."""
    return str(cast(Any, request).event["message"])


def _refuse_flood() -> None:
    """Stop a socket that asks far more often than any page does, before its person is looked up."""
    buckets: dict[str, Bucket] = current_app.extensions.setdefault("peerlearn.floods", {})
    sid, at = str(cast(Any, request).sid), time.monotonic()
    bucket = buckets.get(sid)
    if bucket is None:
        bucket = buckets[sid] = Bucket(ASKS_PER_SECOND, ASKS_AT_ONCE, at)
    if not bucket.take(at):
        raise TooMany(_("That was very fast. Wait a moment and go on."), code="too_fast")


def socket_forget() -> None:
    """This socket has closed: nothing of it is counted any more."""
    current_app.extensions.get("peerlearn.floods", {}).pop(str(cast(Any, request).sid), None)


def _acknowledged(handler: Callable[..., Any], *args: Any) -> dict[str, Any]:
    """Run a handler and answer always: without an answer the browser would wait for its own timeout."""
    try:
        result = handler(*args)
    except PeerLearnError as error:
        if isinstance(error, NotAllowed | Missing):
            log.warning("socket: %s refused for user %s: %s", _event_name(), current_user.get_id(), error.code)
        return as_payload(error)
    except Exception:
        log.exception("socket: %s failed", _event_name())
        if current_app.testing:
            raise
        return {
            "ok": False,
            "code": "broken",
            "message": _("That did not work. Try again."),
        }
    return {"ok": True, **(result or {})}


def socket_signed_in(handler: F) -> F:
    """A socket handler for every signed-in person. Its payload is a dict; its answer becomes the acknowledgement."""

    @functools.wraps(handler)
    def wrapper(payload: Any = None, *_rest: Any) -> dict[str, Any]:
        def guarded() -> Any:
            _refuse_flood()
            if not current_user.is_authenticated:
                raise NotAllowed(_("Sign in again."), code="signed_out")
            if payload is not None and not isinstance(payload, dict):
                raise Invalid(_("That message was not understood."), code="bad_payload")
            return handler(payload or {})

        return _acknowledged(guarded)

    return _marked(handler, "socket_signed_in", wrapper)


def socket_member(handler: F) -> F:
    """A socket handler for the two people of the lesson named by `payload["session"]` (public id).

    The lesson row is the handler's second argument. Identity comes from the connection only, never from the payload.
    """

    @functools.wraps(handler)
    def wrapper(payload: Any = None, *_rest: Any) -> dict[str, Any]:
        def guarded() -> Any:
            _refuse_flood()
            if not current_user.is_authenticated:
                raise NotAllowed(_("Sign in again."), code="signed_out")
            public_id = payload.get("session") if isinstance(payload, dict) else None
            if not isinstance(public_id, str) or len(public_id) > 32:
                raise Invalid(_("That message was not understood."), code="bad_payload")
            live_session = sessions.session_by_public_id(public_id)
            if live_session is None or current_user.id not in (
                live_session.mentor_id,
                live_session.learner_id,
            ):
                raise NotAllowed(_("There is no such lesson among yours."), code="not_a_member")
            return handler(payload, live_session)

        return _acknowledged(guarded)

    return _marked(handler, "socket_member", wrapper)
