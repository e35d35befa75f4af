"""Pages and sheets of lessons as people meet them: two taps to pay, exact words, nobody else's lesson."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from peerlearn.accounts.models import User
from peerlearn.kernel import db
from peerlearn.money import rupees
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.service import cancel_preview, feedback_give, session_end, session_publish, session_start
from tests.gateway import gateway_to, simulator
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person

SHEET = {"X-Sheet": "1", "Accept": "text/html"}


@pytest.fixture
def shop(app: Flask, clock: Any, tmp_path: Path) -> Iterator[Flask]:
    """The application with a gateway that answers."""
    before = app.extensions["peerlearn.ports"]
    with simulator(tmp_path / "razorpay.db") as running:
        app.extensions["peerlearn.ports"] = dataclasses.replace(before, gateway=gateway_to(running))
        yield app
    app.extensions["peerlearn.ports"] = before


def user(user_id: int) -> User:
    found = db.session.get(User, user_id)
    assert found is not None
    return found


def sign_in(app: Flask, user_id: int) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookies:
        cookies["_user_id"] = user(user_id).get_id()
        cookies["_fresh"] = True
    return client


def text_of(answer: Any) -> str:
    """What a person reads: no tags, single spaces."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bare)).replace("&#39;", "'")


def booked(mentor_id: int, learner_id: int, hours: float = 48) -> LiveSession:
    held = checkout.hold_slot(mentor_id, at(hours), learner_id, "Integrals, part two")
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None
    pay(order.id)
    checkout.settle(order.id)
    return again(held)


def again(lesson: LiveSession) -> LiveSession:
    found = db.session.get(LiveSession, lesson.id, populate_existing=True)
    assert found is not None
    return found


def test_the_sheet_says_both_zones_the_split_and_the_promise_then_one_tap_leads_to_paying(shop: Flask) -> None:
    asha, rohan = mentor(), person()
    client = sign_in(shop, rohan)
    start = at(6)
    url = f"/mentors/{user(asha).public_id}/book"
    answer = client.get(url, query_string={"at": start.isoformat()}, headers=SHEET)
    words = text_of(answer)
    assert answer.status_code == 200 and "<html" not in answer.get_data(as_text=True)
    for line in (
        "Book this lesson",
        "Asha Raghavan, 50 minutes",
        "Today, 4 Mar, 23:30 to 00:20",
        "Your time (Kolkata). 18:00 in London for Asha.",
        "Asha receives ₹424.15",
        "₹63.43",
        "GST on the fee ₹11.42",
        "You pay ₹499.00",
        "If Asha does not come, all of it comes back by itself.",
        "This close to the start you can move it once, not cancel it.",
        "Pay ₹499",
    ):
        assert line in words, line
    paid = client.post(url, query_string={"at": start.isoformat()}, headers=SHEET)
    assert paid.status_code == 303 and paid.location.startswith("/pay/")
    again_ = text_of(client.get(url, query_string={"at": start.isoformat()}, headers=SHEET))
    assert "23:30 is held for you for" in again_
    assert client.post(url, query_string={"at": start.isoformat()}).location == paid.location, "two taps, one order"


def test_what_is_said_after_a_form_in_a_dialog_waits_for_the_page_that_people_see(shop: Flask) -> None:
    asha, rohan = mentor(), person()
    client, lesson = sign_in(shop, rohan), booked(asha, rohan)
    sent = client.post(f"/sessions/{lesson.public_id}/goal", data={"goal": "Less fear"}, headers=SHEET)
    assert sent.status_code == 303
    assert "data-flash" not in client.get(sent.location, headers=SHEET).get_data(as_text=True)
    assert "Saved. You both see it in the lobby." in client.get(sent.location).get_data(as_text=True)


def test_a_refusal_inside_a_dialog_is_a_sheet_that_can_be_closed(shop: Flask) -> None:
    client = sign_in(shop, person())
    answer = client.get("/sessions/nothing/book", headers=SHEET)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 404 and "<html" not in html and "data-sheet-close" in html
    assert "That did not work" in html and "This lesson is not on offer. Choose another one." in html
    assert "<html" in client.get("/sessions/nothing/book").get_data(as_text=True)


def test_the_second_visitor_gets_three_other_times_as_chips(shop: Flask) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    url, start = f"/mentors/{user(asha).public_id}/book", at(24)
    checkout.hold_slot(asha, start, rohan)
    client = sign_in(shop, priya)
    for answer in (
        client.get(url, query_string={"at": start.isoformat()}, headers=SHEET),
        client.post(url, query_string={"at": start.isoformat()}, headers=SHEET),
    ):
        page = answer.get_data(as_text=True)
        assert page.count('class="chip"') == 3 and "data-sheet-title" in page
    assert answer.status_code == 409
    assert "data-countdown-to" in page, "it says when the time is free again"
    told = client.post(url, query_string={"at": start.isoformat()}, headers={"Accept": "application/json"}).get_json()
    assert told["code"] == "slot_taken" and len(told["alternatives"]) == 3


def test_a_public_session_is_read_by_everyone_and_booked_by_who_signs_in(shop: Flask) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    offer = session_publish(asha, "Integrals, from the picture up", "We draw it.", None, at(24), 50, 49900)
    visitor = shop.test_client()
    page = visitor.get(f"/sessions/{offer.public_id}")
    assert page.status_code == 200 and "Integrals, from the picture up" in text_of(page)
    assert visitor.get(f"/sessions/{offer.public_id}/book", headers=SHEET).status_code == 401
    client = sign_in(shop, rohan)
    assert "Pay ₹499" in text_of(client.get(f"/sessions/{offer.public_id}/book", headers=SHEET))
    assert client.post(f"/sessions/{offer.public_id}/book", data={"goal": "See the area"}).location.startswith("/pay/")
    assert again(offer).goal == "See the area"
    other = sign_in(shop, priya)
    taken = text_of(other.get(f"/sessions/{offer.public_id}/book", headers=SHEET))
    assert "Someone is paying for this time." in taken and "Free again in" in taken
    held = text_of(client.get(f"/sessions/{offer.public_id}"))
    assert "is held for you for" in held and "Pay ₹499" in held
    client.post(f"/sessions/{offer.public_id}/drop")
    assert (again(offer).state, again(offer).goal) == ("open", None), "nobody reads what another one wanted"


def test_a_free_lesson_is_booked_without_the_gateway(shop: Flask) -> None:
    asha, rohan = mentor(price_paise=0), person()
    client = sign_in(shop, rohan)
    url = f"/mentors/{user(asha).public_id}/book"
    assert "Book it, free" in text_of(client.get(url, query_string={"at": at(24).isoformat()}, headers=SHEET))
    answer = client.post(url, query_string={"at": at(24).isoformat()}, data={"goal": " See why it is a third "})
    assert answer.location.startswith("/sessions/")
    assert 'value="See why it is a third"' in client.get(answer.location).text
    assert "The door opens in" in text_of(client.get(answer.location))


def test_nobody_sees_or_changes_the_lesson_of_others(app: Flask, clock: Any) -> None:
    asha, rohan, eve = mentor(), person(), person("Eve")
    lesson = booked(asha, rohan)
    stranger = sign_in(app, eve)
    base = f"/sessions/{lesson.public_id}"
    for view in ("", "/cancel", "/move", "/feedback", "/recap", ".ics", "/pay"):
        assert stranger.get(base + view).status_code == 404, view
    for view in ("/cancel", "/move", "/feedback", "/goal", "/drop", "/book"):
        assert stranger.post(base + view).status_code in {404, 409}, view
    assert again(lesson).state == "confirmed"


@pytest.mark.parametrize(("hours", "returns"), [(25, "₹499.00"), (22.8, "₹399.20"), (2, "₹0.00")])
def test_the_cancel_sheet_shows_the_exact_result_and_keeps_it(
    app: Flask, clock: Any, hours: float, returns: str
) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=hours))
    client = sign_in(app, rohan)
    page = client.get(f"/sessions/{lesson.public_id}/cancel", headers=SHEET)
    words = text_of(page)
    assert f"Cancel now and you get back {returns} of ₹499.00" in words
    assert "Move it instead, free" in words and "Back to your UPI" in words
    expected = cancel_preview(lesson, user(rohan)).refund_paise
    assert (f"Cancel and get {rupees(expected)}" if expected else "Cancel, nothing comes back") in words
    answer = client.post(f"/sessions/{lesson.public_id}/cancel", data={"refund_paise": expected})
    assert answer.status_code == 303
    assert again(lesson).refund_paise == expected


def test_terms_that_changed_while_the_sheet_was_open_are_shown_again(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=13))
    client = sign_in(app, rohan)
    answer = client.post(f"/sessions/{lesson.public_id}/cancel", data={"refund_paise": 49900}, headers=SHEET)
    assert answer.status_code == 409 and "cancelling now gives back ₹399.20" in text_of(answer)
    assert client.post(f"/sessions/{lesson.public_id}/cancel").status_code == 400
    assert again(lesson).state == "confirmed"


def test_moving_from_the_cancel_sheet_is_one_tap(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    client = sign_in(app, rohan)
    page = client.get(f"/sessions/{lesson.public_id}/cancel", headers=SHEET).get_data(as_text=True)
    found = re.search(r'name="starts_at" value="([^"]+)"', page)
    assert found is not None
    new = found.group(1).replace("&#43;", "+")
    answer = client.post(f"/sessions/{lesson.public_id}/move", data={"starts_at": new, "sequence": "0"})
    assert answer.status_code == 303 and again(lesson).starts_at == datetime.fromisoformat(new)
    assert "You can move it once" in text_of(client.get(f"/sessions/{lesson.public_id}/move", headers=SHEET))
    stale = client.post(f"/sessions/{lesson.public_id}/move", data={"starts_at": new, "sequence": "0"})
    assert stale.status_code == 409


def test_the_calendar_file_keeps_its_entry_through_move_and_cancel(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    client = sign_in(app, rohan)

    def event() -> tuple[Any, Any]:
        calendar = Calendar.from_ical(client.get(f"/sessions/{lesson.public_id}.ics").data)
        return calendar, next(part for part in calendar.walk("VEVENT"))

    calendar, first = event()
    assert calendar["METHOD"] == "PUBLISH" and first["SEQUENCE"] == 0
    assert first.decoded("DTSTART") == lesson.starts_at
    checkout_page = client.get(f"/sessions/{lesson.public_id}/move", headers=SHEET).get_data(as_text=True)
    new = re.findall(r'name="starts_at" value="([^"]+)"', checkout_page)[0].replace("&#43;", "+")
    client.post(f"/sessions/{lesson.public_id}/move", data={"starts_at": new})
    _, moved = event()
    assert moved["UID"] == first["UID"] and moved["SEQUENCE"] == 1
    client.post(
        f"/sessions/{lesson.public_id}/cancel",
        data={"refund_paise": cancel_preview(again(lesson), user(rohan)).refund_paise},
    )
    gone_calendar, gone = event()
    assert gone_calendar["METHOD"] == "CANCEL" and gone["UID"] == first["UID"] and gone["SEQUENCE"] == 2


def finished(clock: Any, mentor_id: int, learner_id: int) -> LiveSession:
    lesson = booked(mentor_id, learner_id)
    clock.move_to(lesson.starts_at)
    session_start(lesson.id)
    clock.move(minutes=50)
    session_end(lesson.id, mentor_id, "done")
    return again(lesson)


def test_feedback_is_stars_and_done(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = finished(clock, asha, rohan)
    client = sign_in(app, rohan)
    url = f"/sessions/{lesson.public_id}/feedback"
    assert "How was it with Asha?" in text_of(client.get(url, headers=SHEET))
    missing = client.post(url, data={}, headers=SHEET)
    assert missing.status_code == 400 and "Tap one to five stars." in text_of(missing)
    done = client.post(url, data={"stars": "5", "text": "<b>I finally</b> see"})
    assert done.status_code == 303 and done.location.endswith("/recap")
    assert "&lt;b&gt;" in client.get(url).get_data(as_text=True)


def test_the_recap_keeps_goal_chat_and_the_way_to_the_next_lesson(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = finished(clock, asha, rohan)
    feedback_give(lesson.id, rohan, 4)
    for person_id in (asha, rohan):
        words = text_of(sign_in(app, person_id).get(f"/sessions/{lesson.public_id}/recap"))
        assert "Integrals, part two" in words and "0 of 50 minutes together" in words
        assert "Nobody wrote this time." in words and "Nobody drew this time." in words
    assert "The next one" in text_of(sign_in(app, rohan).get(f"/sessions/{lesson.public_id}/recap"))


def test_a_mentor_publishes_with_everything_but_the_title_filled_in(app: Flask, clock: Any) -> None:
    asha = mentor()
    client = sign_in(app, asha)
    page = client.get("/sessions/new").get_data(as_text=True)
    assert 'value="499"' in page and "You receive ₹424.15." in page
    start = re.search(r'name="starts_at" type="datetime-local" value="([^"]+)"', page)
    assert start is not None
    form = {
        "title": "Integrals",
        "starts_at": start.group(1),
        "minutes": "50",
        "price": "₹499",
        "topic": "",
        "description": "",
    }
    done = client.post("/sessions/new", data=form)
    assert done.status_code == 303
    assert "It is on offer." in text_of(client.get(done.location))
    twice = client.post("/sessions/new", data=form)
    assert twice.status_code == 409 and "You have another lesson at that time" in text_of(twice)
    wrong = client.post("/sessions/new", data={**form, "title": ""})
    assert wrong.status_code == 400 and "Give it a title" in text_of(wrong)
    assert sign_in(app, person()).get("/sessions/new").status_code == 403


def test_an_hour_that_the_clock_skips_is_refused_with_its_reason(app: Flask, clock: Any) -> None:
    asha = mentor(zone="Europe/London")
    client = sign_in(app, asha)
    form = {"title": "Integrals", "starts_at": "2026-03-29T01:30", "minutes": "50", "price": "499"}
    answer = client.post("/sessions/new", data=form)
    assert answer.status_code == 400 and "this time does not exist" in text_of(answer)


@pytest.mark.parametrize("state", ["confirmed", "door", "live", "completed", "cancelled", "expired", "held"])
def test_both_people_see_the_lesson_in_every_state(app: Flask, clock: Any, state: str) -> None:
    asha, rohan = mentor(), person()
    if state in {"held", "expired"}:
        lesson = checkout.hold_slot(asha, at(24), rohan)
        if state == "expired":
            clock.move(minutes=11)
            checkout.holds_expire()
    else:
        lesson = booked(asha, rohan)
    if state == "door":
        clock.move_to(lesson.starts_at - timedelta(minutes=9))
    if state in {"live", "completed"}:
        clock.move_to(lesson.starts_at)
        session_start(lesson.id)
    if state == "completed":
        session_end(lesson.id, asha, "done")
    if state == "cancelled":
        sign_in(app, asha).post(
            f"/sessions/{lesson.public_id}/cancel", data={"refund_paise": 49900, "reason": "I am ill"}
        )
    expected = {
        "confirmed": "The door opens in", "door": "Join", "live": "Join", "completed": "Open the recap",
        "cancelled": "I am ill", "expired": "Nothing was charged", "held": "held",
    }[state]  # fmt: skip
    for person_id in (asha, rohan):
        answer = sign_in(app, person_id).get(f"/sessions/{lesson.public_id}")
        assert answer.status_code == 200 and expected in text_of(answer), (state, person_id)
