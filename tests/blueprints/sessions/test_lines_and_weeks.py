"""The sheets of a taken time and of a weekly series, as people meet them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.kernel import db
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from tests.blueprints.sessions import test_views as views
from tests.blueprints.sessions.test_views import SHEET, booked, sign_in, text_of, user
from tests.peerlearn.sessions.people import at, mentor, person


@pytest.fixture
def shop(app: Flask, clock: Any, tmp_path: Path) -> Iterator[Flask]:
    """The application with a gateway that answers."""
    yield from views.shop.__wrapped__(app, clock, tmp_path)  # type: ignore[attr-defined]


def test_one_tap_stands_in_line_one_tap_leaves_it(shop: Flask) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    start = at(48)
    booked(asha, rohan)
    client, public_id = sign_in(shop, priya), user(asha).public_id
    query = {"at": start.isoformat()}
    sheet = f"/mentors/{public_id}/book"
    assert "Tell me if it gets free" in text_of(client.get(sheet, query_string=query, headers=SHEET))
    assert client.post(f"/mentors/{public_id}/line", query_string=query).status_code == 303
    words = text_of(client.get(sheet, query_string=query, headers=SHEET))
    assert "You are first in line" in words and "Leave the line" in words
    client.post(f"/mentors/{public_id}/line", query_string=query, data={"leave": "1"})
    assert "Tell me if it gets free" in text_of(client.get(sheet, query_string=query, headers=SHEET))


def test_the_weekly_sheet_names_what_collides_and_one_tap_leads_to_paying_the_first(shop: Flask) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    start = at(48)
    checkout.hold_slot(asha, start + timedelta(weeks=1), priya)
    client, public_id = sign_in(shop, rohan), user(asha).public_id
    query = {"at": start.isoformat(), "times": "4"}
    once = client.get(f"/mentors/{public_id}/book", query_string=query, headers=SHEET)
    assert "Make it every week" in text_of(once)
    words = text_of(client.get(f"/mentors/{public_id}/weekly", query_string=query, headers=SHEET))
    assert "Asha is taken then" in words and "Book 3 lessons" in words
    assert "You pay ₹499 for the first one now" in words
    answer = client.post(f"/mentors/{public_id}/weekly", query_string=query, headers=SHEET)
    assert answer.status_code == 303 and answer.location.startswith("/pay/")
    lessons = text_of(client.get("/lessons"))
    assert lessons.count("held") >= 3
    odd = client.get(f"/mentors/{public_id}/weekly", query_string={**query, "times": "99"}, headers=SHEET)
    assert odd.status_code == 400


def test_an_hour_that_comes_twice_is_asked_about_and_kept_apart(app: Flask, clock: Any) -> None:
    clock.move_to(datetime(2026, 10, 20, 12, tzinfo=UTC))
    asha = mentor(zone="America/New_York")
    client = sign_in(app, asha)
    form = {"title": "Integrals", "starts_at": "2026-11-01T01:30", "minutes": "30", "price": "499"}
    asked = client.post("/sessions/new", data=form)
    assert asked.status_code == 400 and "comes twice" in text_of(asked) and 'name="which"' in asked.text
    for which in ("first", "second"):
        assert client.post("/sessions/new", data={**form, "which": which}).status_code == 303
    starts = db.session.scalars(sa.select(LiveSession.starts_at).order_by(LiveSession.starts_at)).all()
    assert [start.hour for start in starts] == [5, 6]
    missing = client.post("/sessions/new", data={**form, "starts_at": "2026-03-08T02:30"})
    assert missing.status_code == 400
