"""What scripts send and no person types is refused with a sentence, never with a broken page."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from blueprints.numbers import MOST, whole
from peerlearn.accounts.models import User
from peerlearn.accounts.service import draft_save
from peerlearn.kernel import db
from peerlearn.sessions.service import session_publish
from tests.blueprints.sessions.test_views import sign_in
from tests.peerlearn.sessions.people import at, mentor, person

LONG = "9" * 5_000  # more digits than Python turns into a number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("42", 42), (str(MOST), MOST), (str(MOST + 1), None), (LONG, None), ("²", None), ("४", None),
     ("-1", None), ("1.5", None), ("", None), (None, None), (["1"], None)],
)  # fmt: skip
def test_a_whole_number_is_digits_that_a_row_can_hold(text: Any, number: int | None) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("cap", [LONG, "²", "1e9", str(2**63), "-5"])
def test_an_offer_that_is_no_amount_is_refused(app: Flask, clock: Any, cap: str) -> None:
    answer = sign_in(app, person()).post("/help", data={"topic": "Limits", "cap": cap})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "when", ["9999-12-31T23:30:00+00:00", "0001-01-01T00:00:00+14:00", "2026-03-05T18:30:00", "soon", ""]
)
def test_a_time_beyond_every_calendar_is_refused(app: Flask, clock: Any, when: str) -> None:
    asha = db.session.get(User, mentor())
    assert asha is not None
    client = sign_in(app, person())
    url = f"/mentors/{asha.public_id}/book?at={quote(when)}"
    assert client.get(url).status_code == 400
    assert client.post(url).status_code == 400


@pytest.mark.parametrize(
    "odd",
    [{"price": "NaN"}, {"price": "Infinity"}, {"price": "1e999999"}, {"price": "1e99"}, {"minutes": LONG},
     {"topic": LONG}, {"starts_at": "9999-12-31T23:59"}, {"starts_at": "0001-01-01T00:00"}],
)  # fmt: skip
def test_an_offer_of_a_lesson_with_odd_numbers_is_refused(app: Flask, clock: Any, odd: dict[str, str]) -> None:
    asha = mentor(zone="America/New_York")
    form = {
        "title": "Limits", "topic": "", "starts_at": f"{at(24):%Y-%m-%dT%H:%M}", "minutes": "50", "price": "499",
    }  # fmt: skip
    answer = sign_in(app, asha).post("/sessions/new", data={**form, **odd})
    # A topic that is none is an offer without a topic; all the rest is named.
    assert answer.status_code == (303 if "topic" in odd else 400)


def test_a_draft_with_odd_numbers_still_opens(app: Flask, clock: Any) -> None:
    asha = mentor()
    draft_save(asha, "session", "", {"price": "NaN", "minutes": LONG})
    draft_save(asha, "mentor", "promise", {"price": LONG, "lesson_minutes": "many"})
    client = sign_in(app, asha)
    assert client.get("/sessions/new").status_code == 200
    assert client.get("/teach/promise").status_code == 200


@pytest.mark.parametrize("view", ["cancel", "move", "feedback"])
def test_forms_of_a_lesson_take_no_odd_numbers(app: Flask, clock: Any, view: str) -> None:
    asha = mentor()
    lesson = session_publish(asha, "Limits", "", None, at(24), 50, 49900)
    odd = {"refund_paise": LONG, "sequence": LONG, "stars": LONG, "starts_at": "9999-12-31T23:30:00+00:00"}
    answer = sign_in(app, asha).post(f"/sessions/{lesson.public_id}/{view}", data=odd)
    assert 400 <= answer.status_code < 500


def test_a_nul_character_is_refused_by_both_databases_alike(app: Flask, clock: Any) -> None:
    client = sign_in(app, person())
    assert client.get("/explore?q=cal%00culus").status_code == 400
    assert client.get("/mentors/a%00b").status_code == 400
    assert client.post("/me", data={"name": "Ro\x00han"}).status_code == 400
