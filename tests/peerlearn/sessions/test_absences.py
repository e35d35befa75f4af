"""Who stays away: a warning, then a limit, then a person looks at it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.service import rings_set
from peerlearn.errors import NotAllowed
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.requests.help import help_ask
from peerlearn.requests.service import request_propose
from peerlearn.sessions import checkout
from peerlearn.sessions.absences import LIMITED_FOR, absences_of
from peerlearn.sessions.judging import verdict_write
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.objecting import verdict_decide, verdict_object, verdict_settle
from peerlearn.sessions.recurring import series_hold
from tests.peerlearn.sessions.people import at, mentor, person
from tests.peerlearn.sessions.test_cancelling import booked, user
from tests.peerlearn.sessions.test_judging import seen


def missed(clock: Any, asha: int, rohan: int, who: str = "learner", *, objects: int | None = None) -> LiveSession:
    """A lesson to which one of the two did not come, judged and final."""
    lesson = booked(asha, rohan, hours=25)
    clock.move_to(lesson.ends_at + timedelta(minutes=15))
    verdict_write(lesson.id, seen(lesson, (0, 50), None) if who == "learner" else seen(lesson, None, (0, 50)))
    if objects is not None:
        verdict_object(lesson.id, objects, "My train stood still for an hour.")
        verdict_decide(lesson.id, person("Meera Admin", admin=True), 0, "We saw the news of the train.")
    else:
        clock.move(hours=24)
        assert verdict_settle(lesson.id)
    return lesson


def news(user_id: int) -> list[str]:
    rows = sa.select(Notification).where(
        Notification.user_id == user_id, Notification.dedupe_key.startswith("absence:")
    )
    return [row.title for row in db.session.scalars(rows.order_by(Notification.id))]


def refused(call: Any) -> str:
    with pytest.raises(NotAllowed) as no:
        call()
    return no.value.code


def test_the_first_time_is_a_warning_the_second_a_limit_and_it_ends(app: Flask, clock: Any) -> None:
    asha, other, rohan, admin = mentor(), mentor("Noor Aziz"), person(), person("Meera Admin", admin=True)
    missed(clock, asha, rohan)
    assert absences_of(rohan) == 1 and absences_of(asha) == 0
    assert user(rohan).limited_until is None
    assert news(rohan) == ["You missed a lesson"] and news(asha) == []

    missed(clock, asha, rohan)
    assert news(rohan)[1:] == ["You missed 2 lessons in 30 days"]
    assert news(admin) == ["Rohan Mehta missed 2 lessons in 30 days"]
    assert refused(lambda: series_hold(asha, at(48), rohan, 3)) == "limited"
    booked(asha, rohan)
    for second in (
        lambda: checkout.hold_slot(other, at(96), rohan),
        lambda: request_propose(rohan, other, "Limits and series", "", [at(96)]),
        lambda: help_ask(rohan, "Why is it a third?", 300_00, [other]),
    ):
        assert refused(second) == "limited"
    clock.move(seconds=LIMITED_FOR.total_seconds())
    assert checkout.hold_slot(other, at(96), rohan).state == "held"


def test_a_mentor_who_stays_away_takes_no_rings(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    for _ in range(2):
        rings_set(asha, True)
        missed(clock, asha, rohan, "mentor")
    assert absences_of(asha) == 2 and absences_of(rohan) == 0
    assert refused(lambda: rings_set(asha, True)) == "limited"
    rings_set(asha, False)
    clock.move(seconds=LIMITED_FOR.total_seconds())
    rings_set(asha, True)


def test_what_a_person_decided_after_an_objection_and_what_is_long_ago_do_not_count(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    missed(clock, asha, rohan)
    missed(clock, asha, rohan, objects=rohan)
    assert absences_of(rohan) == 1 and user(rohan).limited_until is None
    clock.move(days=30)
    assert absences_of(rohan) == 0
    missed(clock, asha, rohan)
    assert user(rohan).limited_until is None
