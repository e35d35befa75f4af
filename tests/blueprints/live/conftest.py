"""People in rooms over real Socket.IO test clients."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.kernel import db


def apart(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call outside the test's application context, as a request of its own: who is signed in there must not leak in."""
    return contextvars.Context().run(function, *args, **kwargs)


class Browser:
    """One signed-in browser: an HTTP client and a socket."""

    def __init__(self, app: Flask, user_id: int) -> None:
        self.http = app.test_client()
        user = db.session.get(User, user_id)
        assert user is not None
        self.public_id = user.public_id
        with self.http.session_transaction() as cookies:
            cookies["_user_id"] = user.get_id()
            cookies["_fresh"] = True
        sockets = app.extensions["socketio"]
        self.socket = apart(sockets.test_client, app, flask_test_client=self.http)

    def ask(self, event: str, **payload: Any) -> Any:
        """Emit and return the acknowledgement."""
        return self.ask_raw(event, payload)

    def ask_raw(self, event: str, payload: Any) -> Any:
        """Emit anything at all."""
        answer = apart(self.socket.emit, event, payload, callback=True)
        db.session.rollback()
        return answer

    def close(self) -> None:
        """The socket is gone, as when the tab closes."""
        apart(self.socket.disconnect)
        db.session.rollback()

    def heard(self, event: str) -> list[Any]:
        """The payloads of an event that came since the last call; others are dropped."""
        return [packet["args"][0] for packet in self.socket.get_received() if packet["name"] == event]


@pytest.fixture
def enter(app: Flask) -> Iterator[Callable[[int], Browser]]:
    """Makes signed-in browsers; all of them are closed after the test."""
    made: list[Browser] = []

    def make(user_id: int) -> Browser:
        made.append(Browser(app, user_id))
        return made[-1]

    yield make
    for one in made:
        if one.socket.is_connected():
            one.close()
