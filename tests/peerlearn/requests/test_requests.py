"""Asking one mentor for a time: three times, one tap, and the same constraint as any booking."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.errors import Conflict, Invalid, Missing, PeerLearnError, TooMany
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.queries import open_count_for, proposed_times, requests_for_mentor
from peerlearn.requests.service import (
    request_accept,
    request_decline,
    request_propose,
    request_withdraw,
    requests_expire,
)
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def again(request: LiveRequest) -> LiveRequest:
    found = db.session.get(LiveRequest, request.id, populate_existing=True)
    assert found is not None
    return found


def test_three_times_one_tap_held_for_two_hours_then_paid(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    times = [at(30), at(26), at(28)]
    request = request_propose(rohan, asha, "Integration by parts", "", times)
    assert proposed_times(request.id) == sorted(times)
    assert (request.price_paise, request.minutes) == (49900, 50)
    assert open_count_for(asha) == 1
    lesson = request_accept(request.id, asha, times[0])
    assert (lesson.state, lesson.kind, lesson.starts_at) == ("held", "private", times[0])
    assert lesson.hold_expires_at == clock.now() + timedelta(hours=2)
    told = db.session.scalars(sa.select(Notification).where(Notification.user_id == rohan)).one()
    assert told.title.startswith("Asha accepted")
    assert told.actions[-1]["url"] == f"/sessions/{lesson.public_id}/pay"
    clock.move(minutes=100)
    order = checkout.order_open(lesson.id, gateway=TestGateway())
    assert order is not None
    pay(order.id)
    assert checkout.settle(order.id) == "confirmed"


def test_the_mentor_accepts_from_the_bell_without_naming_a_time(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    request = request_propose(rohan, asha, "Limits", "", [at(26), at(28)])
    checkout.hold_slot(asha, at(26), priya)
    told = db.session.scalars(sa.select(Notification).where(Notification.user_id == asha)).one()
    assert told.actions[-1]["url"] == f"/requests/{request.public_id}/accept"
    assert "You earn ₹424.15" in told.body
    lesson = request_accept(request.id, asha)
    assert lesson.starts_at == at(28), "the first time that is still free"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LiveSession)) == 2


def test_two_requests_for_one_time_cannot_both_be_accepted(app: Flask, clock: Any) -> None:
    asha, rohan, priya, start = mentor(), person(), person("Priya"), at(26)
    first = request_propose(rohan, asha, "Limits", "", [start])
    second = request_propose(priya, asha, "Series", "", [start])
    results = together(app, [lambda: request_accept(first.id, asha).id, lambda: request_accept(second.id, asha).id])
    refused = [result for result in results if isinstance(result, PeerLearnError)]
    assert len(refused) == 1 and refused[0].code == "mentor_busy"
    db.session.rollback()
    assert sorted([again(first).state, again(second).state]) == ["accepted", "open"]


def test_accepting_against_a_public_booking_of_the_same_time_gives_it_to_one(app: Flask, clock: Any) -> None:
    asha, rohan, priya, start = mentor(), person(), person("Priya"), at(26)
    request = request_propose(rohan, asha, "Limits", "", [start])
    results = together(
        app, [lambda: request_accept(request.id, asha).id, lambda: checkout.hold_slot(asha, start, priya).id]
    )
    assert sum(isinstance(result, int) for result in results) == 1


def test_two_tabs_of_the_mentor_accept_once(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    request = request_propose(rohan, asha, "Limits", "", [at(26), at(28)])
    results = together(
        app, [lambda: request_accept(request.id, asha, at(26)), lambda: request_accept(request.id, asha, at(28))]
    )
    assert [result.code for result in results if isinstance(result, PeerLearnError)] == ["taken"]
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LiveSession)) == 1


def test_withdrawing_and_accepting_at_once_has_one_winner(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    request = request_propose(rohan, asha, "Limits", "", [at(26)])
    results = together(app, [lambda: request_accept(request.id, asha), lambda: request_withdraw(request.id, rohan)])
    assert sum(isinstance(result, PeerLearnError) for result in results) == 1
    db.session.rollback()
    assert again(request).state in {"accepted", "withdrawn"}


def test_a_declined_request_is_told_kindly_and_stays_declined(app: Flask, clock: Any) -> None:
    asha, rohan, other = mentor(), person(), mentor("Zainab")
    request = request_propose(rohan, asha, "Limits", "", [at(26)])
    with pytest.raises(Missing):
        request_decline(request.id, other)
    request_decline(request.id, asha, "I am travelling")
    request_decline(request.id, asha)
    told = db.session.scalars(sa.select(Notification).where(Notification.user_id == rohan)).one()
    assert "Nothing was charged." in told.body and "I am travelling" in told.body
    with pytest.raises(Conflict):
        request_accept(request.id, asha)


def test_an_unanswered_request_ends_by_itself_with_an_apology(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    soon = request_propose(rohan, asha, "Limits", "", [at(2)])
    late = request_propose(rohan, asha, "Series", "", [at(60)])
    clock.move(hours=1, minutes=46)
    assert requests_expire() == 1
    clock.move(hours=23)
    assert requests_expire() == 1
    assert again(soon).state == again(late).state == "expired"
    assert requests_expire() == 0
    told = db.session.scalars(sa.select(Notification).where(Notification.user_id == rohan)).all()
    assert len(told) == 2 and all("Sorry" in row.body for row in told)
    with pytest.raises(Conflict):
        request_accept(late.id, asha)


def test_an_accepted_time_that_is_not_paid_comes_back_and_both_hear_it(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    request = request_propose(rohan, asha, "Limits", "", [at(26)])
    request_accept(request.id, asha)
    clock.move(hours=2)
    assert checkout.holds_expire() == 1
    kinds = db.session.scalars(sa.select(Notification.user_id).where(Notification.kind == "hold_lapsed")).all()
    assert sorted(kinds) == sorted([asha, rohan])


def test_two_taps_on_ask_are_one_request(app: Flask, clock: Any) -> None:
    for _ in range(4):
        asha, rohan = mentor(), person()
        when = [at(24)]
        together(
            app, [lambda a=asha, r=rohan, when=when: request_propose(r, a, "Limits", "", when).id for _ in range(4)]
        )
        db.session.rollback()
        assert db.session.scalar(sa.select(sa.func.count()).where(LiveRequest.learner_id == rohan)) == 1


def test_asking_twice_for_the_same_is_one_request_and_nobody_floods_a_mentor(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    first = request_propose(rohan, asha, "Limits", "", [at(26)])
    assert request_propose(rohan, asha, "limits ", "", [at(28)]).id == first.id
    request_propose(rohan, asha, "Series", "", [at(26)])
    with pytest.raises(TooMany):
        request_propose(rohan, asha, "Proofs", "", [at(26)])
    assert len(requests_for_mentor(asha)) == 2


@pytest.mark.parametrize(
    ("topic", "hours", "field"),
    [("", [26], "topic"), ("Limits", [], "times"), ("Limits", [26, 27, 28, 29], "times"), ("Limits", [0], "times")],
)
def test_what_is_wrong_is_named(app: Flask, clock: Any, topic: str, hours: list[int], field: str) -> None:
    asha, rohan = mentor(), person()
    with pytest.raises(Invalid) as caught:
        request_propose(rohan, asha, topic, "", [at(hour) for hour in hours])
    assert caught.value.field == field
