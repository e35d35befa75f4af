"""Signing in and out, for tests of every room."""

import contextvars
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from peerlearn.accounts import service
from peerlearn.accounts.models import User
from peerlearn.kernel import db, transactional

PASSWORD = "correct horse battery"


def account(
    email: str = "rohan@peerlearn.test", name: str = "Rohan Mehta", *, done: bool = True, admin: bool = False
) -> User:
    """A person with an account (and the wizard behind them)."""
    user = service.account_create(email, PASSWORD, name)

    @transactional
    def mark() -> None:
        row = db.session.get(User, user.id)
        assert row is not None
        row.wizard_done, row.is_admin = done, admin

    mark()
    return user


def signed_in(app: Flask, user: User) -> FlaskClient:
    """A browser in which this person is signed in."""
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 303, answer.data
    return client


class IsolatedSocket:
    """A browser's socket: its events do not see the test's application context (nor who another socket belongs to)."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self._socket = self._run(app.extensions["socketio"].test_client, app, flask_test_client=client)

    @staticmethod
    def _run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = contextvars.Context().run(function, *args, **kwargs)
        db.session.rollback()  # the test reads what is true now
        return result

    def emit(self, *args: Any, **kwargs: Any) -> Any:
        """Send an event; with `callback=True` return its answer."""
        return self._run(self._socket.emit, *args, **kwargs)

    def received(self, event: str) -> list[Any]:
        """Payloads of this event since the last look."""
        return [item["args"][0] for item in self._socket.get_received() if item["name"] == event]

    def is_connected(self) -> bool:
        """Whether the server let it in and has not cut it."""
        return bool(self._socket.is_connected())

    def disconnect(self) -> None:
        """Close the page."""
        self._run(self._socket.disconnect)


def socket_of(app: Flask, client: FlaskClient) -> IsolatedSocket:
    """A socket of that browser."""
    return IsolatedSocket(app, client)
