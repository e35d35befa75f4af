import pytest
from flask import Flask

from blueprints.auth.week import PRESETS, parse_week, week_form
from peerlearn.accounts.models import User
from peerlearn.catalog import queries as catalog
from peerlearn.catalog.service import topic_save
from peerlearn.errors import Invalid
from peerlearn.kernel import db
from peerlearn.moderation import service as moderation
from tests.blueprints.auth.doors import account, signed_in

YOU = {"name": "Asha Raghavan", "city": "London", "languages": ["en"], "time_zone": "Europe/London"}
TOPICS = {
    "headline": "Calculus, from the picture up",
    "bio": "I draw first, then we compute. A first lesson is one exam problem.",
    "topics": ["calculus"], "level": ["beginner"],
}  # fmt: skip
HOURS = {"price": "499", "lesson_minutes": "50", "d0_on": "1", "d0_from": "18:00", "d0_to": "21:00"}
PROMISE = {"promise_on_time": "1", "promise_on_platform": "1", "promise_kind": "1"}


@pytest.fixture
def asha(app: Flask) -> User:
    topic_save("calculus", "Calculus", "Mathematics")
    return account("asha@peerlearn.test", "Asha")


def send(app: Flask, user: User):
    browser = signed_in(app, user)
    for step, form in (("you", YOU), ("topics", TOPICS), ("hours", HOURS), ("promise", PROMISE)):
        answer = browser.post(f"/teach/{step}", data=form)
        assert answer.status_code == 303, (step, answer.get_data(as_text=True))
    return browser


def test_four_steps_lead_to_a_profile_that_waits(app: Flask, asha: User) -> None:
    browser = send(app, asha)
    profile = catalog.mentor_profile_of(asha.id)
    assert profile is not None
    assert (profile.state, profile.price_paise, profile.city) == ("submitted", 49900, "London")
    page = browser.get("/teach/status")
    assert b"We are reading it" in page.data


def test_each_step_is_saved_and_the_wizard_goes_on_where_it_was_left(app: Flask, asha: User) -> None:
    browser = signed_in(app, asha)
    browser.post("/teach/you", data=YOU)
    assert signed_in(app, asha).get("/teach").headers["Location"] == "/teach/topics"
    browser.post("/drafts/mentor?step=topics", json={"headline": "Half a li"})
    assert b"Half a li" in signed_in(app, asha).get("/teach/topics").data


@pytest.mark.parametrize(
    ("step", "form", "said"),
    [
        ("topics", {**TOPICS, "headline": ""}, b"Say in one line"),
        ("topics", {**TOPICS, "bio": "Short"}, b"two sentences"),
        ("topics", {**TOPICS, "topics": []}, b"at least one topic"),
        ("hours", {**HOURS, "price": "free"}, b"whole rupees"),
        ("hours", {**HOURS, "price": "20"}, b"between"),
        ("hours", {"price": "499", "lesson_minutes": "50"}, b"at least one range"),
        ("hours", {**HOURS, "d0_to": "17:00"}, b"must end after"),
        ("promise", {}, b"Tick all three"),
    ],
)
def test_what_is_missing_is_said_at_its_place_and_nothing_is_lost(app: Flask, asha: User, step, form, said) -> None:
    browser = signed_in(app, asha)
    browser.post("/teach/you", data=YOU)
    page = browser.post(f"/teach/{step}", data=form)
    assert page.status_code == 400
    assert said in page.data


def test_sending_too_early_leads_to_the_first_gap(app: Flask, asha: User) -> None:
    browser = signed_in(app, asha)
    browser.post("/teach/you", data=YOU)
    page = browser.post("/teach/promise", data=PROMISE)
    assert page.status_code == 400
    assert b"What do you teach?" in page.data


def test_a_preset_fills_the_week_without_scripts(app: Flask, asha: User) -> None:
    browser = signed_in(app, asha)
    page = browser.post("/teach/hours", data={"preset": "weekday_evenings", "price": "499"}).get_data(as_text=True)
    assert page.count('name="d4_on" value="1" checked') == 1
    assert 'name="d5_on" value="1" checked' not in page
    assert 'value="499"' in page


def test_the_split_shown_is_the_split_paid(app: Flask, asha: User) -> None:
    answer = signed_in(app, asha).get("/teach/split?price=499").get_json()
    assert (answer["mentor"], answer["fee"], answer["gst"]) == ("₹424.15", "₹63.43", "₹11.42")


def test_sent_back_means_fix_and_send_again(app: Flask, asha: User) -> None:
    browser = send(app, asha)
    admin = account("admin@peerlearn.test", "Admin", admin=True)
    moderation.mentor_send_back(asha.id, admin.id, "[bio] Say what a first lesson looks like.")
    page = browser.get("/teach/status").get_data(as_text=True)
    assert "Say what a first lesson looks like." in page
    assert 'href="/teach/topics"' in page
    browser.post("/teach/topics", data={**TOPICS, "bio": "In a first lesson we solve one problem together, slowly."})
    assert browser.post("/teach/promise", data=PROMISE).status_code == 303
    profile = catalog.mentor_profile_of(asha.id)
    assert profile is not None
    assert profile.state == "submitted"


def test_an_approved_mentor_changes_sides_in_one_tap_and_keeps_the_side(app: Flask, asha: User) -> None:
    browser = send(app, asha)
    assert browser.post("/me/switch").headers["Location"] == "/teach", "who does not teach yet is shown how"
    admin = account("admin@peerlearn.test", "Admin", admin=True)
    moderation.mentor_admit(asha.id, admin.id)
    assert browser.post("/me/switch").headers["Location"] == "/home"
    assert browser.post("/me/switch").headers["Location"] == "/today"
    assert browser.post("/me/rings", json={"rings_on": ["1"]}).get_json()["rings_on"] is True
    assert browser.post("/me/rings", json={"rings_on": []}).get_json()["rings_on"] is False


def test_rings_are_for_mentors(app: Flask) -> None:
    assert signed_in(app, account()).post("/me/rings", json={"rings_on": "1"}).status_code == 403


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_week_survives_the_form(name: str) -> None:
    assert parse_week(week_form(PRESETS[name])) == PRESETS[name]
    twice = [(0, 540, 720), (0, 1080, 1440)]
    assert parse_week(week_form(twice)) == twice


@pytest.mark.parametrize("text", ["25:00x", "99", "ab:cd", "12:61", "1261"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_week({"d0_on": "1", "d0_from": text, "d0_to": "23:00"})


@pytest.mark.parametrize("text", ["18:30", "1830", " 18:30 "])
def test_a_number_pad_can_write_a_time(text: str) -> None:
    assert parse_week({"d0_on": "1", "d0_from": text, "d0_to": "00:00"}) == [(0, 1110, 1440)]


def test_a_state_of_another_person_is_never_shown(app: Flask, asha: User) -> None:
    send(app, asha)
    other = signed_in(app, account("other@peerlearn.test", "Other"))
    assert other.get("/teach/status").headers["Location"] == "/teach/you"
    assert db.session.get(User, asha.id) is not None
