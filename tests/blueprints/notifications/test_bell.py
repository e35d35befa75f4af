from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from peerlearn.accounts import service as accounts
from peerlearn.kernel import db
from peerlearn.notifications import queries, service
from tests.blueprints.auth.doors import account, signed_in, socket_of


@pytest.fixture
def asha(app: Flask):
    return account("asha@peerlearn.test", "Asha")


def test_a_socket_without_a_sign_in_is_refused(app: Flask) -> None:
    assert not socket_of(app, app.test_client()).is_connected()


def test_a_socket_is_refused_in_words_while_the_database_is_away_and_let_in_afterwards(app: Flask, asha) -> None:
    browser = signed_in(app, asha)

    def away(*_args: object) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError("the server closed the connection"))

    event.listen(db.engine, "before_cursor_execute", away)
    try:
        assert not socket_of(app, browser).is_connected()
    finally:
        event.remove(db.engine, "before_cursor_execute", away)
    assert socket_of(app, browser).is_connected()


def test_news_reach_every_open_page_of_their_person_and_nobody_else(app: Flask, asha) -> None:
    other = account("other@peerlearn.test", "Other")
    first, second = (socket_of(app, signed_in(app, asha)) for _ in range(2))
    stranger = socket_of(app, signed_in(app, other))
    service.notify(
        asha.id, "request", "Other asks for Monday", "Limits, 50 min", "/requests",
        [{"label": "Accept", "method": "post", "url": "/requests/x/accept", "style": "primary"}], other.id,
    )  # fmt: skip
    for socket in (first, second):
        [told] = socket.received("notification_created")
        assert (told["title"], told["unread"], told["person"]["name"]) == ("Other asks for Monday", 1, "Other")
        assert told["actions"][0]["label"] == "Accept"
        assert told["person"]["portrait_url"] == f"/portrait/{other.public_id}.svg"
    assert stranger.received("notification_created") == []


def test_reading_in_one_page_clears_the_others(app: Flask, asha) -> None:
    browser = signed_in(app, asha)
    other_page = socket_of(app, signed_in(app, asha))
    row = service.notify(asha.id, "a", "A")
    assert row is not None
    answer = browser.post("/notifications/read", json={"ids": [row.public_id]})
    assert answer.get_json() == {"ok": True, "unread": 0}
    assert other_page.received("notifications_read") == [{"unread": 0}]


def test_what_came_while_away_is_there_after_coming_back(app: Flask, asha) -> None:
    browser = signed_in(app, asha)
    socket = socket_of(app, browser)
    known = service.notify(asha.id, "n", "0")
    assert known is not None
    socket.disconnect()
    for number in range(1, 4):
        service.notify(asha.id, "n", str(number))
    socket = socket_of(app, browser)
    answer = socket.emit("notifications_since", {"after": known.public_id}, callback=True)
    assert [item["title"] for item in answer["notifications"]] == ["1", "2", "3"]
    assert (answer["ok"], answer["unread"]) == (True, 4)
    over_http = browser.get(f"/notifications?since={known.public_id}", headers={"Accept": "application/json"})
    assert [item["title"] for item in over_http.get_json()["notifications"]] == ["1", "2", "3"]


def test_the_id_of_somebody_elses_news_tells_nothing(app: Flask, asha) -> None:
    other = account("other@peerlearn.test", "Other")
    theirs = service.notify(other.id, "n", "Secret")
    assert theirs is not None
    browser = signed_in(app, asha)
    assert browser.get(f"/notifications/{theirs.public_id}/open").status_code == 404
    answer = browser.get(f"/notifications?since={theirs.public_id}", headers={"Accept": "application/json"})
    assert answer.get_json()["notifications"] == []
    browser.post("/notifications/read", json={"ids": [theirs.public_id]})
    assert queries.unread_count(other.id) == 1


@pytest.mark.parametrize("payload", ["text", 7, ["x"], {"after": 5}, {"after": "unknown"}, {}])
def test_a_strange_payload_is_answered_and_breaks_nothing(app: Flask, asha, payload) -> None:
    service.notify(asha.id, "n", "1")
    answer = socket_of(app, signed_in(app, asha)).emit("notifications_since", payload, callback=True)
    assert answer["ok"] is isinstance(payload, dict)


def test_the_page_shows_news_by_day_and_opens_the_exact_place(app: Flask, asha) -> None:
    row = service.notify(asha.id, "refund", "₹499 is on its way back", "Two days", "/lessons")
    evil = service.notify(asha.id, "n", "<script>alert(1)</script>", url="https://evil.example")
    assert row is not None
    assert evil is not None
    browser = signed_in(app, asha)
    page = browser.get("/notifications").get_data(as_text=True)
    assert "₹499 is on its way back" in page
    assert "<script>alert(1)" not in page
    opened = browser.get(f"/notifications/{row.public_id}/open")
    assert opened.headers["Location"] == "/lessons"
    assert queries.unread_count(asha.id) == 1
    assert browser.get(f"/notifications/{evil.public_id}/open").headers["Location"] == "/notifications"
    sheet = browser.get("/notifications", headers={"X-Sheet": "1"}).get_data(as_text=True)
    assert "<html" not in sheet


def test_an_open_page_makes_its_person_present(app: Flask, asha, clock) -> None:
    socket = socket_of(app, signed_in(app, asha))
    assert accounts.presence_of([asha.id]) == {asha.id: "online"}
    clock.move(seconds=50)
    assert accounts.presence_of([asha.id]) == {asha.id: "away"}
    assert socket.emit("presence_touch", {}, callback=True)["ok"]
    assert accounts.presence_of([asha.id]) == {asha.id: "online"}
    socket.disconnect()
    clock.move(seconds=29)
    assert accounts.presence_of([asha.id]) == {asha.id: "away"}


def test_after_a_ban_an_event_of_an_open_socket_comes_from_nobody(app: Flask, asha) -> None:
    admin = account("admin@peerlearn.test", "Admin", admin=True)
    socket = socket_of(app, signed_in(app, asha))
    assert socket.emit("presence_touch", {}, callback=True)["ok"]
    accounts.user_ban(asha.id, admin.id, "Why")
    assert socket.emit("presence_touch", {}, callback=True)["code"] == "signed_out"


def test_a_socket_that_floods_is_refused_and_others_are_not(app: Flask, asha, monkeypatch: pytest.MonkeyPatch) -> None:
    # All within one moment, however slow the machine is: else the bucket fills faster than we pour.
    monkeypatch.setattr("blueprints.guards.time", SimpleNamespace(monotonic=lambda: 100.0))
    rude, calm = (socket_of(app, signed_in(app, asha)) for _ in range(2))
    app.extensions["peerlearn.floods"] = counted = {}
    answers = [rude.emit("notifications_since", {}, callback=True) for _ in range(80)]
    assert answers[0]["ok"]
    assert answers[-1]["code"] == "too_fast"
    assert calm.emit("presence_touch", {}, callback=True)["ok"]
    assert len(counted) == 2
    rude.disconnect()
    calm.disconnect()
    assert counted == {}
