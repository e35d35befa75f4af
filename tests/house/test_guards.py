"""Every way into the house has a guard, `public` included; nobody forgets one."""

import inspect
from typing import Any

import pytest
from flask import Flask
from flask_admin import BaseView
from flask_admin.contrib.sqla import ModelView

ADMIN = "/admin"


def _guarded(function: Any) -> bool:
    while function is not None:
        if getattr(function, "guard", None):
            return True
        function = getattr(function, "__wrapped__", None)
    return False


def _admin_views(app: Flask) -> list[BaseView]:
    return [view for admin in app.extensions.get("admin", []) for view in admin._views]


def test_every_view_carries_a_guard(whole_app: Flask) -> None:
    admin_endpoints = {view.endpoint for view in _admin_views(whole_app)}
    bare = sorted(
        f"{rule.endpoint} {rule.rule}"
        for rule in whole_app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] not in admin_endpoints and not _guarded(whole_app.view_functions[rule.endpoint])
    )
    assert not bare


def test_every_page_of_the_admin_refuses_strangers(whole_app: Flask) -> None:
    views = _admin_views(whole_app)
    assert views
    for view in views:
        assert type(view).is_accessible not in (BaseView.is_accessible, ModelView.is_accessible), view.endpoint
    client = whole_app.test_client()
    for rule in whole_app.url_map.iter_rules():
        static = rule.endpoint.endswith(".static")
        if rule.rule.startswith(ADMIN) and "GET" in (rule.methods or ()) and not rule.arguments and not static:
            answer = client.get(rule.rule)
            assert answer.status_code in {301, 302, 303, 401, 403, 404, 405, 308}, f"{rule.rule}: {answer.status_code}"
            assert "/sign-in" in answer.headers.get("Location", "/sign-in") or answer.status_code in {301, 308}, (
                rule.rule
            )


def test_every_socket_event_carries_a_guard(whole_app: Flask) -> None:
    server = whole_app.extensions["socketio"].server
    events = {
        f"{namespace} {name}": handler
        for namespace, names in server.handlers.items()
        for name, handler in names.items()
    }
    assert events
    assert not [name for name, handler in sorted(events.items()) if not _guarded(handler)]


def test_a_stranger_cannot_connect_a_socket(whole_app: Flask) -> None:
    sockets = whole_app.extensions["socketio"]
    stranger = sockets.test_client(whole_app, flask_test_client=whole_app.test_client())
    assert not stranger.is_connected()


@pytest.mark.parametrize("word", ["signed_in", "public"])
def test_a_guard_marks_what_it_guards(word: str) -> None:
    from blueprints import guards

    def view() -> str:
        return ""

    assert _guarded(getattr(guards, word)(view))
    assert inspect.isfunction(getattr(guards, word)(view))
