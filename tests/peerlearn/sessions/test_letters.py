"""Letters about a lesson: to both, once, with the way to the calendar, and none where nothing came about."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.catalog.models import MentorProfile
from peerlearn.errors import Conflict
from peerlearn.jobs.notifications import render_letter
from peerlearn.kernel import db, transactional
from peerlearn.notifications.models import OutgoingMail
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.service import cancel_preview, move_choices, session_cancel, session_move
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person


def booked(mentor_id: int, learner_id: int) -> LiveSession:
    held = checkout.hold_slot(mentor_id, at(48), learner_id)
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None
    pay(order.id)
    checkout.settle(order.id)
    checkout.settle(order.id)
    return held


def letters() -> dict[str, list[OutgoingMail]]:
    """Letters by the reader's address, oldest first."""
    db.session.rollback()
    found: dict[str, list[OutgoingMail]] = {}
    for row in db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)):
        found.setdefault(row.to, []).append(row)
    return found


def address(user_id: int) -> str:
    user = db.session.get(User, user_id)
    assert user is not None
    return user.email


def test_both_get_one_letter_with_their_own_time_and_the_calendar(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(zone="Europe/London"), person(zone="Asia/Kolkata")
    lesson = booked(asha, rohan)
    found = letters()
    assert {to: len(rows) for to, rows in found.items()} == {address(asha): 1, address(rohan): 1}
    letter = render_letter(found[address(rohan)][0], public_url="https://peerlearn.test")
    assert letter.subject == "Asha expects you"
    assert "Fri 6 Mar, 17:30" in letter.text
    for text in (letter.text, letter.html):
        assert f"https://peerlearn.test/sessions/{lesson.public_id}.ics" in text
    assert "12:00 in London" in render_letter(found[address(asha)][0], public_url="https://peerlearn.test").text


def test_calling_off_writes_to_both_and_says_what_comes_back(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    session_cancel(lesson.id, asha, "I am ill")
    session_cancel(lesson.id, asha, "I am ill")
    found = letters()
    assert [len(found[address(who)]) for who in (asha, rohan)] == [2, 2]
    told = found[address(rohan)][1]
    assert told.subject.startswith("Asha cancelled")
    assert "₹499 is on its way back" in " ".join(told.context["lines"])


def test_moving_writes_to_both_and_calling_off_afterwards_again(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    session_move(lesson.id, rohan, move_choices(lesson)[0])
    assert [len(letters()[address(who)]) for who in (asha, rohan)] == [2, 2]
    session_cancel(lesson.id, rohan, "")
    assert [len(letters()[address(who)]) for who in (asha, rohan)] == [3, 3]


def test_a_hold_that_is_let_go_writes_no_letter(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held = checkout.hold_slot(asha, at(48), rohan)
    session_cancel(held.id, rohan, "")
    assert letters() == {}


def test_a_letter_of_a_booking_that_rolls_back_is_never_sent(app: Flask, clock: Any, ports: Any) -> None:
    asha, rohan = mentor(), person()
    held = checkout.hold_slot(asha, at(48), rohan)
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None
    pay(order.id)

    @transactional
    def settle_and_fail() -> None:
        checkout.settle(order.id)
        raise Conflict("The process died here.")

    with pytest.raises(Conflict):
        settle_and_fail()
    assert letters() == {}
    assert not [name for name, _ in ports.queue.asked if name == "send_letter"]


def test_a_moved_lesson_keeps_the_booked_price_and_length_though_the_mentor_changed_both(
    app: Flask, clock: Any
) -> None:
    asha, rohan = mentor(price_paise=499_00, minutes=50), person()
    lesson = booked(asha, rohan)

    @transactional
    def change() -> None:
        profile = db.session.get(MentorProfile, asha)
        assert profile is not None
        profile.price_paise, profile.lesson_minutes = 999_00, 30

    change()
    moved = session_move(lesson.id, rohan, move_choices(lesson)[0], sequence=0)
    assert (moved.price_paise, moved.minutes, moved.sequence) == (499_00, 50, 1)
    assert all("Same price." in " ".join(letters()[address(who)][1].context["lines"]) for who in (asha, rohan))
    with pytest.raises(Conflict) as old_page:
        session_move(lesson.id, rohan, at(96), sequence=0)
    assert old_page.value.code == "changed"
    assert cancel_preview(moved, db.session.get(User, rohan)).paid_paise == 499_00
