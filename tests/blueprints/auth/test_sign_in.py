import re

import pytest
from flask import Flask

from blueprints.auth import safety
from blueprints.auth.recovery import reset_token
from blueprints.extensions import limiter
from config.app import create_app
from config.settings import Settings
from peerlearn.accounts import service
from peerlearn.jobs.notifications import send_mail
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from peerlearn.notifications.models import OutgoingMail
from tests.blueprints.auth.doors import PASSWORD, account, signed_in
from tests.database import make_schema


def test_signing_in_goes_on_to_the_page_that_was_asked_for(app: Flask, client) -> None:
    user = account()
    answer = client.post("/sign-in", data={"email": user.email.upper(), "password": PASSWORD, "next": "/me?x=1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?x=1")
    assert client.get("/me").status_code == 200


def test_a_guarded_page_asks_to_sign_in_and_remembers_where(app: Flask, client) -> None:
    answer = client.get("/me")
    assert answer.headers["Location"] == "/sign-in?next=/me"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)",
     "/%0d%0aSet-Cookie", "http:evil.example", "/sign-in", "evil.example", "/" + "x" * 600],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(app: Flask, client, target: str) -> None:
    user = account()
    answer = client.post("/sign-in", data={"email": user.email, "password": PASSWORD, "next": target})
    assert answer.status_code == 303
    assert answer.headers["Location"] in {"/home", "/%0d%0aSet-Cookie"}


def test_wrong_and_unknown_say_the_same(app: Flask, client) -> None:
    account()
    wrong = client.post("/sign-in", data={"email": "rohan@peerlearn.test", "password": "no"})
    unknown = client.post("/sign-in", data={"email": "nobody@peerlearn.test", "password": "no"})
    assert wrong.status_code == unknown.status_code == 401
    said = [re.search(rb"E-mail and password do not match[^<]*", page.data) for page in (wrong, unknown)]
    assert said[0]
    assert said[1]
    assert said[0][0] == said[1][0]


def test_guessing_stops_after_eight_tries_and_locks_out_nobody_else(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # the extension is one for all applications: put it back
    limiter.enabled = True
    app = create_app(
        Settings.for_tests(
            database_url=f"sqlite:///{tmp_path / 'limits.db'}", data_dir=tmp_path, extra={"rate_limits": True}
        ),
        queue=DirectQueue(),
    )
    make_schema(app)
    with app.app_context():
        user = account()
        db.session.remove()
    guesser, owner = app.test_client(), app.test_client()
    codes = [
        guesser.post("/sign-in", data={"email": user.email, "password": f"guess {n}"}).status_code for n in range(10)
    ]
    assert codes[:8] == [401] * 8
    assert codes[8:] == [429, 429]
    elsewhere = owner.post(
        "/sign-in", data={"email": user.email, "password": PASSWORD}, headers={"X-Forwarded-For": "203.0.113.7"}
    )
    assert elsewhere.status_code == 303


def test_a_ban_ends_a_running_sign_in_at_once(app: Flask) -> None:
    user, admin = account(), account("admin@peerlearn.test", "Admin", admin=True)
    browser = signed_in(app, user)
    assert browser.get("/me").status_code == 200
    service.user_ban(user.id, admin.id, "Asked for money outside.")
    assert browser.get("/me").status_code == 303
    page = browser.post("/sign-in", data={"email": user.email, "password": PASSWORD})
    assert page.status_code == 403
    assert b"Asked for money outside" in page.data


def test_signing_out_everywhere_reaches_the_other_browser(app: Flask) -> None:
    user = account()
    here, there = signed_in(app, user), signed_in(app, user)
    here.post("/sign-out", data={"everywhere": "1"})
    assert there.get("/me").status_code == 303


def test_signing_out_here_leaves_the_other_browser(app: Flask) -> None:
    user = account()
    here, there = signed_in(app, user), signed_in(app, user)
    assert here.post("/sign-out").status_code == 303
    assert here.get("/me").status_code == 303
    assert there.get("/me").status_code == 200


def test_a_forgotten_password_is_chosen_anew_by_a_letter_that_works_once(app: Flask, client, ports) -> None:
    user = account()
    other = signed_in(app, user)
    known = client.post("/forgot", data={"email": user.email})
    unknown = client.post("/forgot", data={"email": "nobody@peerlearn.test"})
    said = [re.search(r"<main.*</main>", page.get_data(as_text=True), re.DOTALL) for page in (known, unknown)]
    assert said[0]
    assert said[1]
    assert said[0][0].replace(user.email, "") == said[1][0].replace("nobody@peerlearn.test", "")
    assert db.session.query(OutgoingMail).count() == 1
    send_mail(ports)
    link = "/reset/" + reset_token(user)
    assert client.get(link).status_code == 200
    assert client.post(link, data={"password": "short"}).status_code == 400
    assert client.post(link, data={"password": "a new good sentence"}).status_code == 303
    assert other.get("/me").status_code == 303, "other sign-ins end"
    assert client.get(link).headers["Location"].startswith("/forgot"), "a second use finds nobody"


def test_an_old_link_is_refused(app: Flask, client, monkeypatch) -> None:
    user = account()
    link = "/reset/" + reset_token(user)
    monkeypatch.setattr("blueprints.auth.recovery.LINK_SECONDS", -1)
    assert client.get(link).status_code == 303
    assert client.get("/reset/made-up").status_code == 303


def test_a_safe_next_is_a_path_of_ours() -> None:
    assert safety.safe_next("/mentors/abc?at=2026-03-04T18:30Z") == "/mentors/abc?at=2026-03-04T18:30Z"
    assert safety.safe_next(None) is None
