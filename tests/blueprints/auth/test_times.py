"""The mentor's days and rules: what is saved is what learners are offered, and what can't be is said in words."""

from datetime import date, timedelta
from typing import Any

from flask import Flask

from peerlearn.catalog.queries import availability_for, weekly_hours_for
from peerlearn.catalog.rules import shift_week
from peerlearn.sessions.free_times import nearest_free, slots_for_mentors
from tests.blueprints.sessions.test_views import again, booked, sign_in, text_of, user
from tests.peerlearn.sessions.people import at, mentor, person

WEEK = 7 * 1440


def minutes_of(ranges: list[tuple[int, int, int]]) -> set[int]:
    return {day * 1440 + minute for day, start, end in ranges for minute in range(start, end)}


def test_a_vacation_hides_its_days_extra_hours_come_back_and_booked_lessons_stay(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    client, first = sign_in(app, asha), date(2026, 3, 5)
    last = first + timedelta(days=3)
    page = client.post("/me/times", data={"act": "off", "first": f"{first}", "last": f"{last}"}, follow_redirects=True)
    assert "Thu 5 Mar – Sun 8 Mar" in text_of(page)
    assert "1 lesson is booked on days you take off." in text_of(page) and f"/sessions/{lesson.public_id}" in page.text
    offered = {slot.date() for slot in slots_for_mentors([asha], limit=500)[asha]}
    assert not offered & {first + timedelta(days=n) for n in range(4)}
    assert again(lesson).state == "confirmed"
    extra = {"act": "extra", "day": f"{last}", "start": "10:00", "end": "12:00"}
    client.post("/me/times", data=extra)
    assert last in {slot.date() for slot in slots_for_mentors([asha], limit=500)[asha]}
    client.post("/me/times", data={"act": "clear", "first": f"{first}", "last": f"{last}"})
    assert first in {slot.date() for slot in slots_for_mentors([asha], limit=500)[asha]}
    wrong = client.post("/me/times", data={"act": "off", "first": f"{last}", "last": f"{first}"})
    assert wrong.status_code == 400 and "must be the first or a later one" in text_of(wrong)


def test_the_four_rules_are_kept_by_the_server_and_nonsense_is_refused(app: Flask, clock: Any) -> None:
    asha = mentor()
    client = sign_in(app, asha)
    good = {"act": "rules", "notice_minutes": "1440", "buffer_minutes": "15", "max_per_day": "2", "horizon_days": "7"}
    assert client.post("/me/times", data=good).status_code == 303
    rules = availability_for([asha])[asha]
    assert (rules.notice_minutes, rules.buffer_minutes, rules.max_per_day, rules.horizon_days) == (1440, 15, 2, 7)
    slots = slots_for_mentors([asha], limit=5000)[asha]
    assert min(slots) >= at(24) and max(slots) < at(7 * 24 + 1)
    for name, value in (
        ("notice_minutes", "7"),
        ("horizon_days", "9999"),
        ("max_per_day", "40"),
        ("buffer_minutes", "x"),
    ):
        assert client.post("/me/times", data={**good, name: value}).status_code == 400, name
    assert sign_in(app, person()).get("/me/times").status_code == 403


def test_extra_hours_in_an_hour_that_does_not_exist_are_refused_with_the_reason(app: Flask, clock: Any) -> None:
    asha = mentor(zone="America/New_York")
    form = {"act": "extra", "day": "2026-03-08", "start": "02:15", "end": "04:00"}
    answer = sign_in(app, asha).post("/me/times", data=form)
    assert answer.status_code == 400 and "it does not exist" in text_of(answer)


def test_a_new_zone_leaves_bookings_and_asks_what_the_week_means(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(zone="Europe/London"), person()
    lesson = booked(asha, rohan)
    client, start = sign_in(app, asha), lesson.starts_at
    client.post("/me/times", data={"act": "off", "first": "2026-03-20"})
    from_london = nearest_free(asha, at(72), 3)
    answer = client.post("/me", data={"time_zone": "Asia/Kolkata"})
    assert answer.location == "/me/times"
    assert "Your zone is Kolkata now" in text_of(client.get("/me/times"))
    assert again(lesson).starts_at == start
    assert client.post("/me/times", data={"act": "keep"}).status_code == 303
    assert "Your zone is" not in text_of(client.get("/me/times"))
    assert nearest_free(asha, at(72), 3) == from_london
    assert minutes_of([(h.weekday, h.start_minute, h.end_minute) for h in weekly_hours_for(asha)]) == set(range(WEEK))
    assert user(asha).time_zone == "Asia/Kolkata"


def test_a_shifted_week_covers_exactly_the_shifted_minutes() -> None:
    week = [(0, 0, 75), (2, 1380, 1440), (3, 0, 30), (6, 600, 720), (6, 1385, 1440)]
    for minutes in range(-26 * 60, 26 * 60 + 1, 15):
        assert minutes_of(shift_week(week, minutes)) == {(minute + minutes) % WEEK for minute in minutes_of(week)}
