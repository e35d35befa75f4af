"""Help now: waves of three, the first yes wins, one call per learner, an honest end, a kind switch."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.accounts.presence_service import rings_of as rings_on
from peerlearn.accounts.service import presence_touch, rings_set
from peerlearn.adapters.bus import NullBus
from peerlearn.errors import Conflict, Invalid, Missing, PeerLearnError
from peerlearn.jobs.queue import JOBS
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.requests.help import help_accept, help_ask, help_decline, help_stop, help_widen
from peerlearn.requests.models import LiveRequest, Ring
from peerlearn.requests.queries import expected_wait, ringing_for, rings_of
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def online(number: int) -> list[int]:
    mentors = [mentor(f"Mentor {n}") for n in range(number)]
    for mentor_id in mentors:
        rings_set(mentor_id, True)
    return mentors


def states(request_id: int) -> list[str]:
    db.session.rollback()
    return [ring.state for ring in rings_of(request_id)]


def test_three_are_rung_first_then_three_more_every_twenty_seconds(app: Flask, clock: Any) -> None:
    mentors, rohan = online(7), person()
    call = help_ask(rohan, "Why is it not just x squared times 2?", 24900, mentors)
    assert states(call.id) == ["ringing"] * 3 + ["waiting"] * 4
    assert help_widen() == 0
    clock.move(seconds=20)
    for mentor_id in mentors:
        presence_touch(mentor_id)
    assert help_widen() == 1
    assert help_widen() == 0
    assert states(call.id) == ["ringing"] * 6 + ["waiting"]
    told = db.session.scalars(sa.select(Notification).where(Notification.user_id == mentors[0])).one()
    assert "you earn ₹211.65" in told.body and told.actions[-1]["url"] == f"/help/{call.public_id}/accept"


def test_who_has_left_is_not_rung(app: Flask, clock: Any) -> None:
    mentors, rohan = online(5), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    clock.move(seconds=50)
    presence_touch(mentors[4])
    help_widen()
    assert states(call.id) == ["ringing"] * 3 + ["waiting", "ringing"]


def test_who_switched_rings_off_since_is_not_rung(app: Flask, clock: Any) -> None:
    mentors, rohan = online(5), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    clock.move(seconds=20)
    for mentor_id in mentors:
        presence_touch(mentor_id)
    rings_set(mentors[3], False)
    help_widen()
    assert states(call.id) == ["ringing"] * 3 + ["waiting", "ringing"]


def test_the_waves_go_out_and_the_end_comes_while_the_learners_page_is_closed(
    app: Flask, clock: Any, ports: Any
) -> None:
    mentors, rohan = online(7), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    waited: list[float] = []
    rung: list[int] = []
    while ports.queue.later:
        (seconds, name, args), ports.queue.later = ports.queue.later[0], ports.queue.later[1:]
        clock.move(seconds=seconds)
        for mentor_id in mentors:
            presence_touch(mentor_id)
        JOBS[name](ports, *args)
        waited.append(seconds)
        rung.append(states(call.id).count("ringing"))
        assert len(waited) < 20
    assert waited[:2] == [20, 20]
    assert rung[:2] == [6, 7]
    assert sum(waited) == 180
    assert db.session.get(LiveRequest, call.id, populate_existing=True).state == "expired"  # type: ignore[union-attr]


def test_a_call_that_was_answered_is_not_come_back_to(app: Flask, clock: Any, ports: Any) -> None:
    mentors, rohan = online(1), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    help_accept(call.id, mentors[0])
    ((_, name, args),) = ports.queue.later
    ports.queue.later.clear()
    clock.move(seconds=20)
    JOBS[name](ports, *args)
    assert not ports.queue.later


def test_of_all_who_accept_at_once_exactly_one_wins_and_the_other_rings_stop(app: Flask, clock: Any) -> None:
    mentors, rohan = online(6), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    clock.move(seconds=20)
    for mentor_id in mentors:
        presence_touch(mentor_id)
    help_widen()
    results = together(app, [lambda one=one: help_accept(call.id, one).mentor_id for one in mentors])
    winners = [result for result in results if isinstance(result, int)]
    assert len(winners) == 1
    assert {result.code for result in results if isinstance(result, PeerLearnError)} == {"taken"}
    assert sorted(states(call.id)) == ["accepted"] + ["stopped"] * 5
    lesson = db.session.scalars(sa.select(LiveSession)).one()
    assert (lesson.state, lesson.kind, lesson.mentor_id, lesson.price_paise) == ("held", "instant", winners[0], 24900)
    assert help_accept(call.id, winners[0]).id == lesson.id, "a second tap is the same yes"


def test_the_accepted_call_is_paid_and_both_may_go_in(app: Flask, clock: Any) -> None:
    mentors, rohan = online(1), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    clock.move(seconds=40)
    lesson = help_accept(call.id, mentors[0])
    order = checkout.order_open(lesson.id, gateway=TestGateway())
    assert order is not None and order.amount_paise == 24900
    pay(order.id)
    checkout.settle(order.id)
    urls = db.session.scalars(sa.select(Notification.url).where(Notification.kind == "session_confirmed")).all()
    assert set(urls) == {f"/lesson/{lesson.public_id}"}


def test_one_call_per_learner_and_the_second_tab_gets_the_way_to_the_first(app: Flask, clock: Any) -> None:
    mentors, rohan = online(3), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    with pytest.raises(Conflict) as caught:
        help_ask(rohan, "Series", 24900, mentors)
    assert (caught.value.code, caught.value.details["url"]) == ("help_running", f"/help/{call.public_id}")
    help_stop(call.id, rohan)
    assert help_ask(rohan, "Series", 24900, mentors).state == "open"


def test_two_tabs_at_once_make_one_call(app: Flask, clock: Any) -> None:
    mentors, rohan = online(3), person()
    results = together(app, [lambda: help_ask(rohan, "Limits", 24900, mentors).id] * 4)
    assert sum(isinstance(result, int) for result in results) == 1
    assert {result.code for result in results if isinstance(result, PeerLearnError)} == {"help_running"}


def test_stopping_stops_everybodys_ring(app: Flask, clock: Any) -> None:
    mentors, rohan, stranger = online(4), person(), person("Eve")
    call = help_ask(rohan, "Limits", 24900, mentors)
    with pytest.raises(Missing):
        help_stop(call.id, stranger)
    help_stop(call.id, rohan)
    help_stop(call.id, rohan)
    assert states(call.id) == ["stopped"] * 4 and ringing_for(mentors[0]) == []
    with pytest.raises(Conflict):
        help_accept(call.id, mentors[0])


def test_after_three_minutes_it_says_so_and_costs_nothing(app: Flask, clock: Any) -> None:
    mentors, rohan = online(2), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    clock.move(seconds=179)
    help_widen()
    assert db.session.get(LiveRequest, call.id, populate_existing=True).state == "open"  # type: ignore[union-attr]
    clock.move(seconds=1)
    with pytest.raises(Conflict):
        help_accept(call.id, mentors[0])
    assert help_widen() == 1 and help_widen() == 0
    assert states(call.id) == ["missed"] * 2
    told = db.session.scalars(sa.select(Notification).where(Notification.user_id == rohan)).one()
    assert "Nothing was charged" in told.body


def test_two_missed_rings_in_a_row_switch_rings_off_with_a_kind_note(app: Flask, clock: Any) -> None:
    (asha,), rohan = online(1), person()

    def miss() -> None:
        help_ask(rohan, "Limits", 24900, [asha])
        clock.move(seconds=181)
        help_widen()

    miss()
    assert rings_on(asha)
    stopped = help_ask(rohan, "Limits", 24900, [asha])
    help_stop(stopped.id, rohan)
    assert rings_on(asha), "a ring that the learner stopped is nobody's fault"
    miss()
    db.session.rollback()
    assert not rings_on(asha)
    note = db.session.scalars(sa.select(Notification).where(Notification.kind == "rings_off")).one()
    assert note.user_id == asha and "Switch them on" in note.body


def test_the_mentors_open_pages_hear_that_rings_are_off(app: Flask, clock: Any, ports: Any) -> None:
    bus = NullBus()
    app.extensions["peerlearn.ports"] = dataclasses.replace(ports, bus=bus)
    mentors = online(1)
    for _ in range(2):
        help_ask(person(), "Limits", 24900, mentors)
        clock.move(seconds=181)
        help_widen()
    app.extensions["peerlearn.ports"] = ports
    asha = db.session.get(User, mentors[0])
    assert asha is not None
    assert [sent for sent in bus.sent if sent[0] == "rings_changed"] == [
        ("rings_changed", {"on": False}, f"user:{asha.public_id}")
    ]


def test_an_answered_ring_between_two_missed_ones_keeps_rings_on(app: Flask, clock: Any) -> None:
    (asha,), rohan = online(1), person()
    for answer in (False, True, False):
        call = help_ask(rohan, "Limits", 24900, [asha])
        clock.move(seconds=10)
        if answer:
            help_decline(call.id, asha)
            help_stop(call.id, rohan)
        clock.move(seconds=180)
        help_widen()
    assert rings_on(asha)


def test_when_all_who_ring_decline_the_next_wave_does_not_wait(app: Flask, clock: Any) -> None:
    mentors, rohan = online(5), person()
    call = help_ask(rohan, "Limits", 24900, mentors)
    for mentor_id in mentors[:3]:
        help_decline(call.id, mentor_id)
    assert states(call.id) == ["declined"] * 3 + ["ringing"] * 2
    with pytest.raises(Conflict):
        help_accept(call.id, mentors[0])


def test_a_mentor_with_a_lesson_in_five_minutes_is_told_and_the_call_rings_on(app: Flask, clock: Any) -> None:
    (asha, zainab), rohan, priya = online(2), person(), person("Priya")
    checkout.hold_agreed(
        asha, priya, at(0.5), 50, 0, "Soon", kind="private", request_id=99, hold_for=timedelta(hours=2)
    )
    clock.move(minutes=20)
    call = help_ask(rohan, "Limits", 24900, [asha, zainab])
    with pytest.raises(Conflict) as caught:
        help_accept(call.id, asha)
    assert caught.value.code == "mentor_busy"
    assert "You have a lesson soon: Soon, Wed 4 Mar, 12:30. 20 minutes don't fit" in str(caught.value)
    assert help_accept(call.id, zainab).mentor_id == zainab


def test_who_has_a_lesson_soon_is_told_before_anybody_is_rung(app: Flask, clock: Any) -> None:
    (asha, zainab), rohan = online(2), person()
    lesson = checkout.hold_agreed(
        asha, rohan, at(0.5), 50, 0, "Soon", kind="private", request_id=99, hold_for=timedelta(hours=2)
    )
    clock.move(minutes=20)
    with pytest.raises(Conflict) as caught:
        help_ask(rohan, "Limits", 24900, [zainab])
    assert (caught.value.code, caught.value.details["url"]) == ("overlap", f"/sessions/{lesson.public_id}")


def test_nobody_blocked_and_not_oneself_is_rung(app: Flask, clock: Any) -> None:
    from peerlearn.accounts.service import block_add

    mentors = online(3)
    block_add(mentors[0], mentors[1])
    call = help_ask(mentors[0], "Limits", 24900, mentors)
    assert [ring.mentor_id for ring in rings_of(call.id)] == [mentors[2]]
    with pytest.raises(Conflict) as caught:
        help_ask(mentors[1], "Limits", 24900, [mentors[0]])
    assert caught.value.code == "nobody_here"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LiveRequest)) == 1


@pytest.mark.parametrize(
    ("topic", "cap", "field"), [("", 24900, "topic"), ("Limits", 0, "cap"), ("Limits", 10**7, "cap")]
)
def test_what_is_wrong_is_named(app: Flask, clock: Any, topic: str, cap: int, field: str) -> None:
    mentors, rohan = online(1), person()
    with pytest.raises(Invalid) as caught:
        help_ask(rohan, topic, cap, mentors)
    assert caught.value.field == field
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Ring)) == 0


def test_the_expected_wait_is_our_own_data_or_nothing(app: Flask, clock: Any) -> None:
    (asha,), rohan = online(1), person()
    for seconds in (10, 20, 30, 40, 50):
        presence_touch(asha)
        call = help_ask(rohan, "Limits", 24900, [asha])
        assert expected_wait().half is None
        clock.move(seconds=seconds)
        lesson = help_accept(call.id, asha)
        checkout.hold_drop(lesson.id, rohan)
    wait = expected_wait()
    assert (wait.half, wait.nine_in_ten, wait.answers) == (30, 50, 5)
