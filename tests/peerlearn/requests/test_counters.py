"""Another time or another price: the mentor offers, the learner takes it or not, the last offer wins."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.errors import Conflict, Invalid, Missing, TooMany
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.requests.counter_lifecycle import TABLE, Counter, Step
from peerlearn.requests.counters import MOST, counter_decline, counter_make, counter_take, counters_for
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.service import request_accept, request_propose, request_withdraw, requests_expire
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def fresh(request: LiveRequest) -> LiveRequest:
    found = db.session.get(LiveRequest, request.id, populate_existing=True)
    assert found is not None
    return found


def states(request: LiveRequest) -> list[str]:
    db.session.rollback()
    return [row.state for row in counters_for([request.id])[request.id]]


def refused(kind: type[Conflict | Invalid | TooMany | Missing], call: Any) -> str:
    with pytest.raises(kind) as no:
        call()
    return no.value.code


def news(user_id: int) -> list[str]:
    rows = sa.select(Notification.title).where(Notification.user_id == user_id).order_by(Notification.id)
    return list(db.session.scalars(rows))


def test_every_pair_of_state_and_step_has_one_answer() -> None:
    assert set(TABLE) == {(state, step) for state in Counter for step in Step}


def test_the_last_offer_wins_and_is_paid_at_its_own_time_and_price(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(zone="Asia/Kolkata"), person()
    asked = request_propose(rohan, asha, "Limits", "", [at(26)])
    first = counter_make(asked.id, asha, at(30))
    assert counter_make(asked.id, asha, at(30)).id == first.id, "two taps are one offer"
    second = counter_make(asked.id, asha, at(50), 450_00)
    assert states(asked) == ["replaced", "offered"]
    assert fresh(asked).price_paise == 499_00 and (first.price_paise, second.price_paise) == (499_00, 450_00)
    assert refused(Conflict, lambda: counter_take(first.public_id, rohan)) == "counter_over"
    lesson = counter_take(second.public_id, rohan)
    assert (lesson.state, lesson.starts_at, lesson.price_paise) == ("held", at(50), 450_00)
    assert states(asked) == ["replaced", "taken"] and fresh(asked).state == "accepted"
    assert refused(Conflict, lambda: counter_take(second.public_id, rohan)) == "counter_over"
    order = checkout.order_open(lesson.id, gateway=TestGateway())
    assert order is not None and order.amount_paise == 450_00
    pay(order.id)
    checkout.settle(order.id)
    assert sum(title.startswith("Asha offers") for title in news(rohan)) == 2
    assert any(title.startswith("Rohan takes") for title in news(asha))


def test_no_to_an_offer_leaves_the_request_as_it_was_asked(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    asked = request_propose(rohan, asha, "Limits", "", [at(26)])
    offer = counter_make(asked.id, asha, at(30))
    counter_decline(offer.public_id, rohan)
    counter_decline(offer.public_id, rohan)
    assert states(asked) == ["declined"] and fresh(asked).state == "open"
    assert request_accept(asked.id, asha).starts_at == at(26)
    assert news(asha)[-1].endswith("does not suit Rohan")


def test_taking_another_offer_a_yes_to_the_request_and_taking_it_back_at_once_have_one_winner(
    app: Flask, clock: Any
) -> None:
    asha, rohan = mentor(), person()
    asked = request_propose(rohan, asha, "Limits", "", [at(26)])
    offer = counter_make(asked.id, asha, at(30))
    together(
        app,
        [
            lambda: counter_take(offer.public_id, rohan),
            lambda: counter_make(asked.id, asha, at(40)),
            lambda: request_accept(asked.id, asha),
            lambda: request_withdraw(asked.id, rohan),
        ],
    )
    db.session.rollback()
    held = db.session.scalar(sa.select(sa.func.count(LiveSession.id)))
    state = fresh(asked).state
    assert (state, held) in {("accepted", 1), ("withdrawn", 0)}
    assert states(asked).count("taken") <= (state == "accepted")


def test_what_cannot_be_offered_is_named_and_blocks_nobody(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    asked = request_propose(rohan, asha, "Limits", "", [at(26)])
    assert refused(Conflict, lambda: counter_make(asked.id, asha, at(26))) == "nothing_new"
    assert refused(Invalid, lambda: counter_make(asked.id, asha, at(-1))) == "time"
    assert refused(Invalid, lambda: counter_make(asked.id, asha, at(24 * 61))) == "time"
    assert refused(Invalid, lambda: counter_make(asked.id, asha, at(30), 10)) == "price"
    assert refused(Missing, lambda: counter_make(asked.id, mentor("Zainab"), at(30))) == "no_such_request"
    checkout.hold_slot(asha, at(40), person("Priya"))
    assert refused(Conflict, lambda: counter_make(asked.id, asha, at(40))) == "mentor_busy"
    checkout.hold_slot(mentor("Noor"), at(44), rohan)
    assert refused(Conflict, lambda: counter_make(asked.id, asha, at(44))) == "learner_busy"
    offer = counter_make(asked.id, asha, at(30))
    assert refused(Missing, lambda: counter_take(offer.public_id, person())) == "no_such_offer"
    checkout.hold_slot(asha, at(30), person("Priya"))
    assert refused(Conflict, lambda: counter_take(offer.public_id, rohan)) == "slot_taken"
    assert states(asked) == ["offered"] and fresh(asked).state == "open"
    for number in range(1, MOST):
        counter_make(asked.id, asha, at(50 + number))
    assert refused(TooMany, lambda: counter_make(asked.id, asha, at(90))) == "too_many_offers"


def test_an_offer_gives_its_learner_a_day_and_then_ends_with_its_request(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    asked = request_propose(rohan, asha, "Limits", "", [at(26)])
    clock.move(hours=23)
    offer = counter_make(asked.id, asha, at(60))
    clock.move(hours=23, minutes=59)
    assert requests_expire() == 0
    clock.move(minutes=1)
    assert requests_expire() == 1
    assert news(rohan)[-1] == "Asha’s offer has run out"
    assert refused(Conflict, lambda: counter_take(offer.public_id, rohan)) == "request_over"
    assert fresh(asked).expires_at - offer.made_at == timedelta(hours=24)
