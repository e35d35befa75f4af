"""One seat for each of two people, over reloads, second tabs, lost sockets and crashes."""

from functools import partial

import pytest
from flask import Flask

from peerlearn.accounts.presence_service import presence_of, presence_touch, ringable_ids, rings_set
from peerlearn.clock import MovableClock
from peerlearn.errors import Conflict
from peerlearn.jobs.live import close_silent_seats
from peerlearn.kernel import db
from peerlearn.live.protocol import SEAT_TOUCH_SECONDS
from peerlearn.live.queries import people_inside, presence_in
from peerlearn.live.seats import Seat, Seats
from peerlearn.live.service import seat_leave, seat_take, seats_close, seats_touch, silent_seats_close
from tests.peerlearn.live.lessons import lesson
from tests.peerlearn.sessions.people import together


def test_each_page_gets_the_next_epoch_and_sees_the_other(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    mine = seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    theirs = seat_take(room.id, room.learner_id, page="p2", tab="t2")
    assert (mine.epoch, mine.others) == (1, ())
    assert (theirs.epoch, theirs.others) == (2, (1,))
    assert people_inside(room.id) == {room.mentor_id, room.learner_id}
    assert presence_of([room.mentor_id])[room.mentor_id] == "in_lesson"


def test_the_same_page_keeps_its_epoch_over_a_lost_socket(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    first = seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    seat_leave(first.attendance_id)
    seat_leave(first.attendance_id)
    assert people_inside(room.id) == set()
    clock.move(seconds=5)
    assert seat_take(room.id, room.mentor_id, page="p1", tab="t1").epoch == first.epoch
    again = seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    assert (again.epoch, again.moved_from) == (first.epoch, None)


def test_the_end_of_an_old_socket_does_not_end_the_new_sitting(app: Flask, clock: MovableClock) -> None:
    """The page came back over another process before the first one noticed that its socket was dead."""
    room = lesson()
    first = seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    clock.move(minutes=10)
    seats_touch([first.attendance_id])
    again = seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    clock.move(seconds=20)
    assert not seat_leave(first.attendance_id)
    assert people_inside(room.id) == {room.mentor_id}
    assert presence_of([room.mentor_id])[room.mentor_id] == "in_lesson"
    assert seat_leave(again.attendance_id)
    assert presence_in(room.id).by_person == {room.mentor_id: 10}


def test_who_sits_in_a_lesson_is_in_a_lesson_all_the_time(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    seat = seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    for _ in range(20):
        clock.move(seconds=SEAT_TOUCH_SECONDS)
        seats_touch([seat.attendance_id])
    assert presence_of([room.mentor_id])[room.mentor_id] == "in_lesson"


def test_after_a_crash_a_mentor_can_be_rung_again(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    rings_set(room.mentor_id, True)
    seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    clock.move(minutes=5)  # the server died; nobody stood up
    close_silent_seats(None)
    assert presence_of([room.mentor_id])[room.mentor_id] == "away"
    presence_touch(room.mentor_id)
    assert presence_of([room.mentor_id])[room.mentor_id] == "online"
    assert ringable_ids() == [room.mentor_id]


def test_two_who_enter_at_the_same_moment_see_each_other(app: Flask, clock: MovableClock) -> None:
    for _ in range(8):
        room = lesson()
        db.session.rollback()
        mentor, learner = together(
            app,
            [
                partial(seat_take, room.id, room.mentor_id, page="m", tab="m"),
                partial(seat_take, room.id, room.learner_id, page="l", tab="l"),
            ],
        )
        assert {mentor.epoch, learner.epoch} == {1, 2}
        first, second = sorted((mentor, learner), key=lambda seat: seat.epoch)
        assert (first.others, second.others) == ((), (1,))


def test_two_tabs_at_the_same_moment_are_one_seat(app: Flask, clock: MovableClock) -> None:
    for _ in range(8):
        room = lesson()
        db.session.rollback()
        answers = together(
            app, [partial(seat_take, room.id, room.mentor_id, page=name, tab=name) for name in ("t1", "t2", "t3")]
        )
        assert sorted(getattr(answer, "code", "seated") for answer in answers) == ["seat_taken", "seat_taken", "seated"]


def test_a_reload_takes_its_own_seat_without_asking(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    first = seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    reloaded = seat_take(room.id, room.mentor_id, page="p2", tab="t1")
    assert (reloaded.epoch, reloaded.moved_from) == (2, first.epoch)


def test_a_second_tab_is_asked_and_may_move_the_call(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    with pytest.raises(Conflict) as refusal:
        seat_take(room.id, room.mentor_id, page="p2", tab="t2")
    assert refusal.value.code == "seat_taken"
    moved = seat_take(room.id, room.mentor_id, page="p2", tab="t2", move=True)
    assert moved.moved_from == 1
    assert people_inside(room.id) == {room.mentor_id}


def test_a_silent_seat_holds_nobody_up(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    clock.move(seconds=76)
    assert people_inside(room.id) == set()
    fresh = seat_take(room.id, room.mentor_id, page="p2", tab="t2")
    assert fresh.moved_from is None
    assert presence_in(room.id).by_person == {room.mentor_id: 0}


def test_minutes_are_counted_from_stays_and_end_where_last_heard_of(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    mentor = seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    clock.move(minutes=5)
    learner = seat_take(room.id, room.learner_id, page="p2", tab="t2")
    for _ in range(20):
        clock.move(minutes=1)
        seats_touch([mentor.attendance_id, learner.attendance_id])
    clock.move(minutes=30)  # the server was gone: nobody knows what happened
    assert silent_seats_close(clock.now()) == 2
    presence = presence_in(room.id)
    assert presence.by_person == {room.mentor_id: 25, room.learner_id: 20}
    assert presence.together == 20
    assert set(presence.by_person) == {room.mentor_id, room.learner_id}


def test_the_end_of_a_lesson_empties_the_room(app: Flask, clock: MovableClock) -> None:
    room = lesson()
    seat_take(room.id, room.mentor_id, page="p1", tab="t1")
    seats_close(room.id)
    assert people_inside(room.id) == set()
    assert presence_of([room.mentor_id])[room.mentor_id] != "in_lesson"


def _seat(sid: str, side: str = "mentor", room: int = 1) -> Seat:
    return Seat(sid, room, f"s{room}", 1, "u", side, 1, 1, "Asha")  # type: ignore[arg-type]


def test_a_place_holds_one_socket_and_finds_the_other() -> None:
    seats = Seats()
    old, new, learner = _seat("a"), _seat("b"), _seat("c", "learner")
    assert seats.sit(old) is None
    assert seats.sit(learner) is None
    assert seats.sit(new) is old
    assert seats.of("a") is None
    assert seats.across(learner) is new
    assert seats.stand("a") is None
    assert seats.across(learner) is new
    assert seats.stand("b") is new
    assert seats.across(learner) is None


def test_buckets_are_kept_for_each_socket_and_kind() -> None:
    seats = Seats()
    assert all(seats.within_rate("a", "chat_send", 0) for _ in range(12))
    assert not seats.within_rate("a", "chat_send", 0)
    assert seats.within_rate("a", "media_set", 0)
    assert seats.within_rate("b", "chat_send", 0)
    seats.forget("a")
    assert seats.within_rate("a", "chat_send", 0)


def test_a_measurement_may_widen_every_rate() -> None:
    seats = Seats(rate_factor=3)
    assert [seats.within_rate("a", "chat_send", 0) for _ in range(37)].count(True) == 36
