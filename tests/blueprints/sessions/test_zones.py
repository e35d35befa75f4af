"""The same instant on everybody's own clock: half hours, quarter hours, both sides of the date line."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from blueprints.filters import day, time_of, when
from peerlearn.sessions.service import session_publish
from tests.blueprints.sessions.test_views import SHEET, booked, sign_in, text_of, user
from tests.peerlearn.sessions.people import at, mentor, person

LATE = datetime(2026, 3, 4, 23, 40, tzinfo=UTC)


def test_a_visitors_times_follow_the_zone_of_the_browser(app: Flask, clock: Any) -> None:
    offer = session_publish(mentor(), "Integrals", "", None, at(24), 50, 499_00)
    visitor = app.test_client()
    for zone, text in (
        ("Asia/Kolkata", "17:30 to 18:20"),
        ("Asia/Kathmandu", "17:45 to 18:35"),
        ("America/St_Johns", "08:30 to 09:20"),
        ("Pacific/Chatham", "Tomorrow, 6 Mar, 01:45 to 02:35"),
    ):
        visitor.set_cookie("tz", zone.replace("/", "%2F"))
        words = text_of(visitor.get(f"/sessions/{offer.public_id}"))
        assert text in words and f"Your time ({zone.rsplit('/', 1)[-1].replace('_', ' ')})" in words, zone


@pytest.mark.parametrize(
    ("zone", "heading", "short"),
    [
        ("Asia/Kolkata", "Tomorrow, 5 Mar", "Thu 05:10"),
        ("Asia/Kathmandu", "Tomorrow, 5 Mar", "Thu 05:25"),
        ("Pacific/Kiritimati", "Today, 5 Mar", "13:40"),
        ("Pacific/Pago_Pago", "Today, 4 Mar", "12:40"),
    ],
)
def test_day_headings_are_those_of_the_readers_own_calendar(
    app: Flask, clock: Any, zone: str, heading: str, short: str
) -> None:
    with app.test_request_context():
        assert (day(LATE, zone), time_of(LATE, zone)) == (heading, short)
        assert when(LATE, zone).startswith(heading)


def test_both_sheets_show_both_zones_also_over_the_date_line(app: Flask, clock: Any) -> None:
    yuki, rohan = mentor("Yuki Tanaka", zone="Pacific/Auckland"), person(zone="Pacific/Pago_Pago")
    client, lesson = sign_in(app, rohan), booked(yuki, rohan)
    book = text_of(
        client.get(f"/mentors/{user(yuki).public_id}/book", query_string={"at": at(72).isoformat()}, headers=SHEET)
    )
    assert "Sat, 7 Mar, 01:00 to 01:50" in book and "Your time (Pago Pago). 8 Mar, 01:00 in Auckland for Yuki." in book
    cancel = text_of(client.get(f"/sessions/{lesson.public_id}/cancel", headers=SHEET))
    assert "in Pago Pago" in cancel and "in Auckland" in cancel
