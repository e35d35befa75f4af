"""Asking and ringing as people meet it: three taps, two taps, one tap."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.service import presence_touch, rings_set
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.service import request_propose
from peerlearn.sessions.models import LiveSession
from tests.blueprints.sessions.test_views import SHEET, shop, sign_in, text_of, user
from tests.peerlearn.sessions.people import at, mentor, person

__all__ = ["shop"]
JSON = {"Accept": "application/json"}


def the_call() -> LiveRequest:
    db.session.rollback()
    return db.session.scalars(sa.select(LiveRequest).order_by(LiveRequest.id.desc())).first()  # type: ignore[return-value]


def test_the_ask_sheet_has_three_times_chosen_and_one_tap_sends_it(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    client = sign_in(app, rohan)
    url = f"/mentors/{user(asha).public_id}/ask"
    page = client.get(url, headers=SHEET).get_data(as_text=True)
    chosen = [value.replace("&#43;", "+") for value in re.findall(r'name="times" value="([^"]+)" checked', page)]
    assert len(chosen) == 3 and "autofocus" in page
    empty = client.post(url, data={"topic": "", "times": chosen}, headers=SHEET)
    assert empty.status_code == 400 and "Say in a few words" in text_of(empty)
    sent = client.post(url, data={"topic": "Integration by parts", "times": chosen})
    assert sent.status_code == 303
    assert (the_call().topic, the_call().mentor_id) == ("Integration by parts", asha)


def test_a_mentor_without_free_times_is_asked_for_one_in_the_learners_own_words(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(horizon_days=0), person(zone="Asia/Kolkata")
    client = sign_in(app, rohan)
    url = f"/mentors/{user(asha).public_id}/ask"
    assert "When would suit you?" in text_of(client.get(url, headers=SHEET))
    assert client.post(url, data={"topic": "Limits", "own_time": "2026-03-06T18:30"}).status_code == 303
    told = db.session.scalars(sa.select(Notification).where(Notification.user_id == asha)).one()
    assert "13:00" in told.title and "18:30 in Kolkata" in told.body


def test_the_mentor_accepts_with_one_tap_from_toast_or_list(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    first = request_propose(rohan, asha, "Limits", "", [at(26), at(28)])
    second = request_propose(rohan, asha, "Series", "", [at(30)])
    client = sign_in(app, asha)
    page = text_of(client.get("/requests"))
    assert "Rohan asks for" in page and "You earn ₹424.15." in page and "in Kolkata" in page
    toast = client.post(f"/requests/{first.public_id}/accept", json={}, headers=JSON)
    assert toast.get_json()["ok"] and "is held until it is paid" in toast.get_json()["message"]
    listed = client.post(f"/requests/{second.public_id}/accept", data={"starts_at": at(30).isoformat()})
    assert listed.status_code == 303
    again = client.post(f"/requests/{first.public_id}/accept", json={}, headers=JSON)
    assert again.status_code == 409 and again.get_json()["message"].endswith(".")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LiveSession)) == 2


def test_only_the_two_people_of_a_request_may_touch_it(app: Flask, clock: Any) -> None:
    asha, rohan, zainab = mentor(), person(), mentor("Zainab")
    ask = request_propose(rohan, asha, "Limits", "", [at(26)])
    other = sign_in(app, zainab)
    for action in ("accept", "decline", "withdraw"):
        assert other.post(f"/requests/{ask.public_id}/{action}", json={}, headers=JSON).status_code == 404
    learner = sign_in(app, rohan)
    assert learner.post(f"/requests/{ask.public_id}/accept").status_code == 403
    assert learner.post(f"/requests/{ask.public_id}/withdraw", json={}, headers=JSON).get_json()["ok"]
    assert "Nobody waits for an answer" in text_of(sign_in(app, asha).get("/requests"))


def test_help_in_two_taps_the_wait_is_honest_and_the_yes_takes_both_along(shop: Flask, clock: Any) -> None:
    asha, gurpreet, rohan = mentor(), mentor("Gurpreet Singh"), person()
    for one in (asha, gurpreet):
        rings_set(one, True)
    learner = sign_in(shop, rohan)
    sheet = text_of(learner.get("/help", headers=SHEET))
    assert "What are you stuck on?" in sheet and "Ring mentors" in sheet and "₹249" in sheet
    asked = learner.post("/help", data={"topic": "Why is it not x squared times 2?", "cap": "249"})
    assert asked.status_code == 303
    page = text_of(learner.get(asked.location))
    for line in ("Why is it not x squared times 2?", "Ringing", "Asha", "Gurpreet", "Asking the 2 best matches first.",
                 "₹249 for 20 minutes.", "too few answers yet", "Stop ringing"):  # fmt: skip
        assert line in page, line
    assert learner.get("/help").location == asked.location, "one call at a time"
    teacher, second = sign_in(shop, asha), sign_in(shop, gurpreet)
    assert "You earn, for 20 minutes ₹211.65" in text_of(teacher.get(asked.location))
    yes = teacher.post(f"{asked.location}/accept", json={}, headers=JSON).get_json()
    assert yes["ok"] and yes["url"].startswith("/sessions/")
    late = second.post(f"{asked.location}/accept", json={}, headers=JSON)
    assert (late.status_code, late.get_json()["code"]) == (409, "taken")
    assert "a moment faster" in text_of(second.get(asked.location))
    tick = learner.post(f"{asked.location}/tick", json={}, headers=JSON).get_json()
    assert tick["url"] == asked.location
    to_session = learner.get(asked.location)
    assert to_session.location.endswith("/pay")
    assert learner.get(to_session.location).location.startswith("/pay/")
    assert "Rohan is paying." in text_of(teacher.get(yes["url"]))


def test_the_waiting_page_sends_out_the_wave_that_is_due_and_ends_honestly(app: Flask, clock: Any) -> None:
    mentors, rohan = [mentor(f"Mentor{n} Name") for n in range(5)], person()
    for one in mentors:
        rings_set(one, True)
    learner = sign_in(app, rohan)
    where = learner.post("/help", data={"topic": "Limits", "cap": "499"}).location
    assert "2 more hear it in" in text_of(learner.get(where))
    clock.move(seconds=20)
    for one in mentors:
        presence_touch(one)
    tick = learner.post(f"{where}/tick", json={}, headers=JSON).get_json()
    assert tick["state"] == "open" and "5 mentors have heard it." in re.sub(r"<[^>]+>", "", tick["html"])
    clock.move(minutes=3)
    assert learner.post(f"{where}/tick", json={}, headers=JSON).get_json()["state"] == "expired"
    page = text_of(learner.get(where))
    assert "Nobody could come this time." in page and "Nothing was charged." in page and "They have time soon" in page


def test_where_nobody_is_here_the_sheet_says_so_and_offers_a_time(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    rings_set(asha, True)
    learner = sign_in(app, rohan)
    dear = learner.post("/help", data={"topic": "Limits", "cap": "100"}, headers=SHEET)
    assert dear.status_code == 409, "a mentor is never rung for less than their own price"
    clock.move(minutes=2)
    gone = learner.post("/help", data={"topic": "Limits", "cap": "499"}, headers=SHEET)
    assert gone.status_code == 409
    assert "Nobody who knows this is online right now." in text_of(gone) and "Find a time instead" in text_of(gone)
    assert the_call() is None


def test_stop_and_not_now_are_one_tap(app: Flask, clock: Any) -> None:
    asha, rohan, eve = mentor(), person(), person("Eve")
    rings_set(asha, True)
    learner = sign_in(app, rohan)
    where = learner.post("/help", data={"topic": "Limits", "cap": "299"}).location
    for method, path in (("get", where), ("post", f"{where}/tick"), ("post", f"{where}/stop")):
        assert getattr(sign_in(app, eve), method)(path, headers=JSON).status_code == 404
    assert sign_in(app, asha).post(f"{where}/decline", json={}, headers=JSON).get_json()["ok"]
    assert "Nobody rings at this moment." in text_of(learner.get(where))
    assert learner.post(f"{where}/stop").status_code == 303
    assert "You stopped ringing." in text_of(learner.get(where))


@pytest.mark.parametrize("on", [True, False])
def test_a_mentor_switches_rings_with_one_tap(app: Flask, clock: Any, on: bool) -> None:
    asha = mentor()
    rings_set(asha, not on)
    client = sign_in(app, asha)
    assert client.post("/help/available", data={"on": "1"} if on else {}).status_code == 303
    found = client.get("/requests").get_data(as_text=True)
    assert ('name="on" value="1" checked' in found) is on
    assert sign_in(app, person()).post("/help/available").status_code == 403


def test_asking_ahead_of_the_first_minute_of_notice_is_refused_at_the_field(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    client = sign_in(app, rohan)
    soon = (clock.now() + timedelta(minutes=5)).isoformat()
    answer = client.post(
        f"/mentors/{user(asha).public_id}/ask", data={"topic": "Limits", "times": [soon]}, headers=SHEET
    )
    assert answer.status_code == 400 and "too soon" in text_of(answer)


def test_another_time_or_price_is_offered_and_taken_with_one_tap_each_and_the_chain_is_shown(
    app: Flask, clock: Any
) -> None:
    asha, rohan = mentor(), person(zone="Asia/Kolkata")
    ask = request_propose(rohan, asha, "Limits", "", [at(26)])
    teacher, learner = sign_in(app, asha), sign_in(app, rohan)
    page = teacher.get("/requests").get_data(as_text=True)
    chips = re.findall(r'<button class="chip" name="starts_at" value="([^"]+)"', page)
    assert len(chips) == 7, "three other times, and these with the asked one at another price"
    url = f"/requests/{ask.public_id}/offer"
    assert learner.post(url, data={"starts_at": chips[0]}).status_code == 403
    assert sign_in(app, mentor("Zainab")).post(url, data={"starts_at": chips[0]}).status_code == 404
    assert teacher.post(url, data={"starts_at": chips[0]}).status_code == 303
    odd = teacher.post(url, data={"starts_at": chips[1], "price": "4e2"}, headers=JSON)
    assert odd.status_code == 400 and odd.get_json()["field"] == "price"
    told = teacher.post(url, data={"starts_at": chips[1], "price": "450"}, headers=JSON).get_json()
    assert told["ok"] and "₹450" in told["message"]
    chain = text_of(teacher.get("/requests"))
    assert "You:" in chain and "₹499, replaced" in chain
    mine = learner.get("/lessons?tab=asked").get_data(as_text=True)
    assert "Asha:" in mine and "replaced" in mine and mine.count("/take") == 1
    take = re.findall(r'action="(/offers/[^"]+/take)"', mine)[0]
    assert sign_in(app, person("Priya")).post(take).status_code == 404
    taken = learner.post(take)
    assert taken.status_code == 303 and "/pay" in taken.location
    again = learner.post(take)
    assert again.location.endswith("/lessons?tab=asked"), "a second tap leads to the lessons and says so"
    lesson = db.session.scalars(sa.select(LiveSession)).one()
    assert (lesson.state, lesson.price_paise) == ("held", 450_00)
