"""More time from inside the room: both hear every step, the checkout opens without leaving, the end moves for both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from peerlearn.kernel import db, transactional
from peerlearn.payments.queries import order_by_public_id
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.settling import order_settle
from tests.blueprints.live.conftest import Browser
from tests.blueprints.live.test_events import two
from tests.peerlearn.live.lessons import Lesson, lesson
from tests.peerlearn.sessions.people import pay

Make = Callable[[int], Browser]


@transactional
def price(room: Lesson, paise: int) -> None:
    row = db.session.get(LiveSession, room.id)
    assert row is not None
    row.price_paise = paise


def ends(room: Lesson) -> Any:
    row = db.session.get(LiveSession, room.id, populate_existing=True)
    assert row is not None
    return row.ends_at


def test_one_asks_the_other_agrees_and_a_free_lesson_is_longer_at_once(app: Flask, enter: Make) -> None:
    room = lesson()
    end = ends(room)
    mentor, learner = two(enter, room)
    asked = learner.ask("extension_ask", session=room.public_id, minutes=15)
    assert asked["extension"]["state"] == "offered" and asked["extension"]["asked_by"] == "learner"
    (heard,) = mentor.heard("time_changed")
    assert heard["extension"]["id"] == asked["extension"]["id"] and heard["ends"] == int(end.timestamp() * 1000)
    assert (
        learner.ask("extension_answer", session=room.public_id, extension=heard["extension"]["id"], accept=True)["code"]
        == "own_offer"
    )
    mentor.ask("extension_answer", session=room.public_id, extension=heard["extension"]["id"], accept=True)
    longer = int((end + timedelta(minutes=15)).timestamp() * 1000)
    assert learner.heard("time_changed")[-1]["ends"] == longer
    again = learner.ask("time_ask", session=room.public_id)
    assert (again["ends"], again["extension"], again["free"]) == (longer, None, True)


def test_the_learner_pays_in_the_room_and_both_clocks_follow(
    app: Flask, enter: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = lesson()
    price(room, 500_00)
    end = ends(room)
    mentor, learner = two(enter, room)
    offer = mentor.ask("extension_ask", session=room.public_id, minutes=30)["extension"]
    assert offer["price"] == "₹300"
    learner.ask("extension_answer", session=room.public_id, extension=offer["id"], accept=True)
    gateway = app.extensions["peerlearn.ports"].gateway
    opened: list[int] = []

    def open_order(amount: int, receipt: str, _notes: dict[str, str]) -> str:
        opened.append(amount)
        return "order_TheOneOrder0001"

    monkeypatch.setattr(type(gateway), "open_order", lambda _self, *given: open_order(*given), raising=False)
    url = f"/lesson/{room.public_id}/extension/{offer['id']}/order"
    assert mentor.http.post(url, json={}).status_code == 404
    told = learner.http.post(url, json={}).get_json()
    assert told["ok"] and told["options"]["amount"] == 300_00 and opened == [300_00]
    assert learner.http.post(url, json={}).get_json()["order"] == told["order"] and opened == [300_00]
    page = learner.http.get(told["pay_url"])
    assert page.status_code == 200 and "30 minutes more" in page.get_data(as_text=True)
    order_id = _order_id(told["order"])
    pay(order_id)
    order_settle(order_id)
    for one in (mentor, learner):
        last = one.heard("time_changed")[-1]
        assert last["extension"]["state"] == "added"
        assert last["ends"] == int((end + timedelta(minutes=30)).timestamp() * 1000)
    status = learner.http.get(told["status_url"], headers={"Accept": "application/json"}).get_json()
    assert status["state"] == "confirmed"
    lesson_page = learner.http.get(f"/sessions/{room.public_id}").get_data(as_text=True)
    assert "30 minutes, added" in lesson_page and f"/pay/{told['order']}/receipt" in lesson_page
    assert f"/pay/{told['order']}" not in mentor.http.get(f"/sessions/{room.public_id}").get_data(as_text=True)
    assert "30 minutes more of" in learner.http.get(f"/pay/{told['order']}/receipt").get_data(as_text=True)


def _order_id(public_id: str) -> int:
    order = order_by_public_id(public_id)
    assert order is not None
    return order.id


@pytest.mark.parametrize("minutes", [None, "15", 0, 45, True, 10**9, {}])
def test_minutes_that_are_none_are_refused(app: Flask, enter: Make, minutes: Any) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    assert mentor.ask("extension_ask", session=room.public_id, minutes=minutes)["ok"] is False
    assert not learner.heard("time_changed")


def test_captions_reach_the_other_only_and_are_cut(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    mentor.ask("caption_say", session=room.public_id, line=1, text="so the  area\nis " + "x" * 900, final=False)
    mentor.ask("caption_say", session=room.public_id, line="1", text="no", final=False)
    mentor.ask("caption_say", session=room.public_id, line=2, text=["no"], final=False)
    (heard,) = learner.heard("caption_said")
    assert heard["line"] == 1 and len(heard["text"]) == 200 and heard["final"] is False
    assert not mentor.heard("caption_said")
