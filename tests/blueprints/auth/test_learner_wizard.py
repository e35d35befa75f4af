import pytest
from flask import Flask

from peerlearn.accounts import queries, service
from peerlearn.accounts.models import User
from peerlearn.catalog.service import topic_save
from peerlearn.kernel import db
from tests.blueprints.auth.doors import PASSWORD, account, signed_in

FORM = {"name": "Rohan Mehta", "email": "rohan@peerlearn.test", "password": PASSWORD, "time_zone": "Asia/Calcutta"}


@pytest.fixture(autouse=True)
def topics(app: Flask) -> None:
    topic_save("calculus", "Calculus", "School and exams")
    topic_save("guitar", "Guitar", "Joy")


def person(email: str = "rohan@peerlearn.test") -> User:
    db.session.expire_all()
    user = queries.user_by_email(email)
    assert user is not None
    return user


def test_three_forms_lead_from_nothing_to_the_feed(app: Flask, client) -> None:
    answer = client.post("/start", data=FORM)
    assert answer.headers["Location"] == "/start/interests"
    page = client.get("/start/interests")
    assert b"Step 2 of 3" in page.data
    assert b"Calculus" in page.data
    answer = client.post("/start/interests", data={"interests": ["calculus", "guitar"], "say": "limits"})
    assert answer.headers["Location"] == "/start/goal"
    page = client.get("/start/goal")
    assert b'value="limits"' in page.data, "their own words are kept as the goal"
    assert b'<option value="Asia/Kolkata" selected' in page.data
    answer = client.post(
        "/start/goal",
        data={"goal": "limits", "level": "school", "languages": ["en", "hi"], "time_zone": "Asia/Kolkata"},
    )
    assert answer.headers["Location"] == "/home"
    user = person()
    assert user.wizard_done
    assert user.time_zone == "Asia/Kolkata"
    assert len(queries.interests_of(user.id)) == 2
    assert service.draft_for(user.id, "learner") is None


def test_closing_the_tab_loses_nothing(app: Flask, client) -> None:
    client.post("/start", data=FORM)
    saved = client.post("/drafts/learner?step=interests", json={"interests": ["guitar"], "say": "chess for two"})
    assert saved.get_json()["ok"]
    elsewhere = signed_in(app, person())
    page = elsewhere.get("/start/interests")
    assert b'value="guitar" checked' in page.data
    assert b'value="chess for two"' in page.data
    again = app.test_client().post("/sign-in", data={"email": FORM["email"], "password": PASSWORD})
    assert again.headers["Location"] == "/start/interests"


def test_going_on_comes_back_to_the_step_that_was_reached(app: Flask, client) -> None:
    client.post("/start", data=FORM)
    client.post("/start/interests", data={"interests": ["guitar"]})
    again = app.test_client().post("/sign-in", data={"email": FORM["email"], "password": PASSWORD})
    assert again.headers["Location"] == "/start/goal"


def test_steps_can_be_skipped(app: Flask, client) -> None:
    client.post("/start", data=FORM)
    assert client.post("/start/interests", data={"skip": "1"}).headers["Location"] == "/start/goal"
    assert client.post("/start/goal", data={"skip": "1"}).headers["Location"] == "/home"
    assert person().wizard_done


def test_the_way_back_to_the_mentor_that_was_looked_at_is_kept(app: Flask, client) -> None:
    client.post("/start", data={**FORM, "next": "/mentors/abc"})
    client.post("/start/interests", data={"skip": "1"})
    assert client.post("/start/goal", data={"skip": "1"}).headers["Location"] == "/mentors/abc"


@pytest.mark.parametrize(
    ("wrong", "field"), [({"password": "short"}, "password"), ({"email": "rohan"}, "email"), ({"name": " "}, "name")]
)
def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(app: Flask, client, wrong, field) -> None:
    page = client.post("/start", data={**FORM, **wrong})
    assert page.status_code == 400
    html = page.get_data(as_text=True)
    assert f'id="f-{field}-error"' in html
    assert f'aria-describedby="f-{field}-error"' in html
    if field != "email":
        assert 'value="rohan@peerlearn.test"' in html
    assert PASSWORD not in html


def test_who_has_an_account_and_types_its_password_is_signed_in(app: Flask, client) -> None:
    account()
    answer = client.post("/start", data={**FORM, "email": "ROHAN@peerlearn.test"})
    assert answer.headers["Location"] == "/home"
    stranger = app.test_client().post("/start", data={**FORM, "password": "another good one"})
    assert stranger.status_code == 409
    assert b"Sign in instead" in stranger.data
    assert db.session.query(User).count() == 1


def test_an_unknown_draft_is_not_kept(app: Flask) -> None:
    browser = signed_in(app, account())
    assert browser.post("/drafts/anything", json={"a": 1}).status_code == 404
    assert browser.post("/drafts/learner", json={"goal": "x" * 30_000}).status_code == 400
    assert app.test_client().post("/drafts/learner", json={}).status_code in {303, 401}


def test_a_password_never_reaches_a_draft(app: Flask) -> None:
    user = account()
    signed_in(app, user).post("/drafts/learner", json={"password": "secret", "goal": "x"})
    draft = service.draft_for(user.id, "learner")
    assert draft is not None
    assert draft.payload == {"goal": "x"}


def test_interests_are_seen_and_forgotten_in_settings(app: Flask) -> None:
    user = account()
    service.learner_profile_save(user.id, ["calculus"])
    browser = signed_in(app, user)
    assert b"Calculus" in browser.get("/me").data
    [topic_id] = queries.interests_of(user.id)
    browser.post("/me/interests/forget", data={"topic": topic_id})
    assert queries.interests_of(user.id) == {}


def test_settings_change_name_zone_and_language(app: Flask) -> None:
    user = account()
    browser = signed_in(app, user)
    assert browser.post("/me", json={"name": "Rohan M", "time_zone": "Europe/London", "locale": "hi"}).get_json()["ok"]
    user = person()
    assert (user.name, user.time_zone, user.locale) == ("Rohan M", "Europe/London", "hi")
    assert browser.post("/me", data={"name": "x", "time_zone": "Mars/Base"}).status_code == 400
    assert browser.post("/me", json={"time_zone": ["x"]}).status_code == 400
