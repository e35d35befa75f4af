"""The private calendar feed and the calendar entries in letters: one entry for a lesson's whole life."""

from email import message_from_bytes
from typing import Any

import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar

from peerlearn.adapters.mail import compose
from peerlearn.jobs.notifications import render_letter
from peerlearn.kernel import db, transactional
from peerlearn.notifications.models import OutgoingMail
from peerlearn.sessions.service import move_choices, session_cancel, session_move
from tests.blueprints.sessions.test_views import booked, sign_in, user
from tests.peerlearn.sessions.people import mentor, person

PUBLIC, FROM = "https://peerlearn.test", "PeerLearn <hello@peerlearn.test>"


def address_of(app: Flask, user_id: int) -> str:
    client = sign_in(app, user_id)
    client.post("/me/calendar")
    page = client.get("/me").get_data(as_text=True)
    start = page.index("/calendar/")
    return page[start : page.index(".ics", start) + 4]


def entries(body: bytes) -> list[Any]:
    return list(Calendar.from_ical(body).walk("VEVENT"))


def letters_to(user_id: int) -> list[Any]:
    db.session.rollback()
    rows = db.session.scalars(
        sa.select(OutgoingMail).where(OutgoingMail.to == user(user_id).email).order_by(OutgoingMail.id)
    )
    return [
        message_from_bytes(bytes(compose(render_letter(row, public_url=PUBLIC, mail_from=FROM), FROM))) for row in rows
    ]


def test_booked_moved_and_cancelled_letters_change_one_and_the_same_entry(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    session_move(lesson.id, rohan, move_choices(lesson)[0])
    session_cancel(lesson.id, asha, "I am ill")
    for reader, other in ((rohan, asha), (asha, rohan)):
        seen = []
        for letter in letters_to(reader):
            parts = {part.get_content_type(): part for part in letter.walk()}
            entry, file = parts["text/calendar"], parts["application/ics"]
            assert entry.get_payload(decode=True) == file.get_payload(decode=True).replace(b"\r\n", b"\n") or (
                entry.get_payload(decode=True).split() == file.get_payload(decode=True).split()
            )
            calendar = Calendar.from_ical(file.get_payload(decode=True))
            (event,) = calendar.walk("VEVENT")
            assert entry.get_param("method") == calendar["method"]
            assert str(event["attendee"]) == f"mailto:{user(reader).email}"
            assert str(event["organizer"]) == "mailto:hello@peerlearn.test"
            assert user(other).email not in calendar.to_ical().decode()
            seen.append((str(event["uid"]), int(event["sequence"]), calendar["method"], str(event["status"])))
        uid = f"{lesson.public_id}@peerlearn"
        assert seen == [
            (uid, 0, "REQUEST", "CONFIRMED"), (uid, 1, "REQUEST", "CONFIRMED"), (uid, 2, "CANCEL", "CANCELLED"),
        ]  # fmt: skip


def test_the_feed_has_ones_own_lessons_only_without_anybodys_address(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    mine, other = booked(asha, rohan), booked(asha, priya, 72)
    body = app.test_client().get(address_of(app, rohan)).data
    assert [str(event["uid"]) for event in entries(body)] == [f"{mine.public_id}@peerlearn"]
    assert str(entries(body)[0]["url"]).endswith(f"/sessions/{mine.public_id}")
    hers = app.test_client().get(address_of(app, asha)).data
    assert {str(event["uid"]) for event in entries(hers)} == {f"{row.public_id}@peerlearn" for row in (mine, other)}
    for who in (asha, rohan, priya):
        assert user(who).email.encode() not in hers + body


def test_the_feed_follows_moves_and_cancellations_and_answers_304_in_between(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    address, app_of_his = address_of(app, rohan), app.test_client()
    first = app_of_his.get(address)
    tag = first.headers["ETag"]
    clock.move(hours=1)
    again = app_of_his.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    session_move(lesson.id, rohan, move_choices(lesson)[0])
    moved = app_of_his.get(address, headers={"If-None-Match": tag})
    assert moved.status_code == 200
    assert (entries(moved.data)[0]["uid"], int(entries(moved.data)[0]["sequence"])) == (
        entries(first.data)[0]["uid"], 1,
    )  # fmt: skip
    session_cancel(lesson.id, rohan, "")
    assert entries(app_of_his.get(address).data) == []


def test_a_new_address_ends_the_old_one_and_switching_off_or_a_ban_ends_it_too(app: Flask, clock: Any) -> None:
    rohan = person()
    old, new = address_of(app, rohan), address_of(app, rohan)
    ask = app.test_client()
    assert old != new and len(new) > 50
    assert [ask.get(one).status_code for one in (old, new, "/calendar/guess.ics")] == [404, 200, 404]

    @transactional
    def set_state(state: str) -> None:
        user(rohan).state = state

    set_state("banned")
    assert ask.get(new).status_code == 404
    set_state("active")
    assert ask.get(new).status_code == 200
    sign_in(app, rohan).post("/me/calendar/end")
    assert ask.get(new).status_code == 404
    assert "/calendar/" not in sign_in(app, rohan).get("/me").get_data(as_text=True)
