"""The application as it is deployed: it comes up with its settings, keeps its cookies, and outlives a lost Redis."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.app import create_app
from config.settings import Settings
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from tests.config.test_settings import PRODUCTION
from tests.database import make_schema

NOBODY_LISTENS = "redis://127.0.0.1:1/0"
FROM_THE_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Production with a database of its own and a Redis that is not there."""
    settings = Settings.from_env(
        {
            **PRODUCTION,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}",
            "DATA_DIR": str(tmp_path),
            "REDIS_URL": NOBODY_LISTENS,
            "ENCODER": "onnx",
            "ASYNC_MODE": "threading",
        }
    )
    made = create_app(settings, worker=True, queue=DirectQueue())  # no sockets: they would look for Redis for ever
    make_schema(made)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ask(client: FlaskClient, method: str, path: str, **more: Any) -> Any:
    return client.open(path, method=method, base_url="https://peerlearn.example", headers=FROM_THE_PROXY, **more)


def test_it_comes_up_and_its_cookies_travel_by_https_only(client: FlaskClient) -> None:
    answer = ask(client, "GET", "/sign-in")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_the_policy_lets_razorpay_in_and_no_simulator(client: FlaskClient) -> None:
    policy = ask(client, "GET", "/sign-in").headers["Content-Security-Policy"]
    parts = {part.split()[0]: part for part in policy.split("; ")}
    assert "https://checkout.razorpay.com" in parts["script-src"]
    assert "'unsafe-inline'" not in parts["script-src"]
    assert "https://*.razorpay.com" in parts["frame-src"]
    assert "wss://peerlearn.example" in parts["connect-src"]
    assert "127.0.0.1" not in policy


def test_plain_http_is_sent_to_https(client: FlaskClient) -> None:
    answer = client.get("/", base_url="http://peerlearn.example")
    assert answer.status_code in {301, 302}
    assert answer.location.startswith("https://peerlearn.example")


def test_who_comes_back_from_paying_is_answered_while_redis_is_lost(client: FlaskClient) -> None:
    assert ask(client, "POST", "/pay/return", data={}).status_code == 400


def test_wrong_passwords_are_counted_while_redis_is_lost(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    form = {"email": "asha@peerlearn.test", "password": "wrong-password"}
    codes = [ask(client, "POST", "/sign-in", data=form).status_code for _ in range(10)]
    assert codes[0] == 401
    assert codes[-1] == 429
