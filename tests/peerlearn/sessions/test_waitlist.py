"""The line before a taken time: in order, one at a time, never two lessons at once, whatever crashes in between."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.errors import Conflict, Missing
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification, OutgoingMail
from peerlearn.sessions import checkout, waitlist
from peerlearn.sessions.models import LiveSession, TimeClaim
from peerlearn.sessions.queries import held_by_learner
from peerlearn.sessions.service import session_cancel, session_move, session_publish
from peerlearn.sessions.waitlist_models import WaitlistEntry
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def confirm(held: LiveSession) -> LiveSession:
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None
    pay(order.id)
    checkout.settle(order.id)
    return held


def states(mentor_id: int) -> list[str]:
    db.session.rollback()
    return list(
        db.session.scalars(
            sa.select(WaitlistEntry.state).where(WaitlistEntry.mentor_id == mentor_id).order_by(WaitlistEntry.id)
        )
    )


def bells(user_id: int) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(Notification.user_id == user_id, Notification.kind == "waitlist_offer")
        )
        or 0
    )


def test_a_cancelled_time_is_held_for_the_first_in_line_then_for_the_next(app: Flask, clock: Any) -> None:
    asha, rohan, priya, meera = mentor(), person(), person("Priya"), person("Meera")
    start = at(48)
    lesson = confirm(checkout.hold_slot(asha, start, rohan))
    assert [waitlist.line_join(asha, start, who) for who in (priya, meera, priya)] == [1, 2, 1]
    assert waitlist.lines_advance() == 0, "it is taken"
    session_cancel(lesson.id, rohan, "")
    assert waitlist.lines_advance() == 1
    assert waitlist.lines_advance() == 0, "twice is once"
    held = held_by_learner(asha, priya, start)
    assert held is not None and held.hold_expires_at is not None
    assert (bells(priya), bells(meera)) == (1, 0)
    assert db.session.scalar(sa.select(sa.func.count()).where(OutgoingMail.subject.contains("is free for you"))) == 1
    with pytest.raises(Conflict) as refused:
        checkout.hold_slot(asha, start, meera)
    assert refused.value.code == "slot_taken"
    clock.move(minutes=11)
    checkout.holds_expire()
    assert waitlist.lines_advance() == 1
    assert states(asha) == ["passed", "offered"]
    assert (bells(priya), bells(meera)) == (1, 1)
    mine = held_by_learner(asha, meera, start)
    assert mine is not None
    confirm(mine)
    waitlist.lines_advance()
    assert states(asha) == ["passed", "taken"]


def test_a_time_that_is_moved_away_or_not_paid_is_offered_too(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    moved, unpaid = at(48), at(72)
    lesson = confirm(checkout.hold_slot(asha, moved, rohan))
    waitlist.line_join(asha, moved, priya)
    session_move(lesson.id, rohan, moved + timedelta(hours=3))
    assert waitlist.lines_advance() == 1 and held_by_learner(asha, priya, moved) is not None
    checkout.hold_slot(asha, unpaid, rohan)
    waitlist.line_join(asha, unpaid, priya)
    clock.move(minutes=11)
    assert waitlist.lines_advance() >= 1, "even before the janitor came"
    assert held_by_learner(asha, priya, unpaid) is not None


def test_a_public_session_goes_to_the_line_when_its_hold_lapses(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    offer = session_publish(asha, "Integrals, from the picture up", "", None, at(24), 50, 49900)
    with pytest.raises(Conflict) as free:
        waitlist.line_join(asha, offer.starts_at, priya, offer.id)
    assert free.value.code == "free"
    checkout.hold_public(offer.public_id, rohan)
    waitlist.line_join(asha, offer.starts_at, priya, offer.id)
    clock.move(minutes=11)
    checkout.holds_expire()
    assert waitlist.lines_advance() == 1
    db.session.refresh(offer)
    assert (offer.state, offer.held_by) == ("held", priya)


def test_one_who_has_something_else_there_is_passed_over_but_keeps_the_place_and_the_other_hold(
    app: Flask, clock: Any
) -> None:
    asha, ben, rohan, priya, meera = mentor(), mentor("Ben"), person(), person("Priya"), person("Meera")
    start = at(48)
    lesson = confirm(checkout.hold_slot(asha, start, rohan))
    waitlist.line_join(asha, start, priya)
    waitlist.line_join(asha, start, meera)
    other = checkout.hold_slot(ben, start, priya)
    session_cancel(lesson.id, rohan, "")
    assert waitlist.lines_advance() == 1
    assert states(asha) == ["waiting", "offered"]
    db.session.refresh(other)
    assert other.state == "held"


def test_who_leaves_is_not_asked_and_times_that_passed_close_the_line(app: Flask, clock: Any) -> None:
    asha, rohan, priya, meera = mentor(), person(), person("Priya"), person("Meera")
    start = at(48)
    lesson = confirm(checkout.hold_slot(asha, start, rohan))
    waitlist.line_join(asha, start, priya)
    waitlist.line_join(asha, start, meera)
    assert waitlist.line_leave(asha, start, priya) and not waitlist.line_leave(asha, start, priya)
    assert waitlist.place_in_line(asha, start, meera) == 1
    clock.move(hours=49)
    waitlist.lines_advance()
    assert states(asha) == ["left", "over"]
    assert lesson.state == "confirmed"


def test_nobody_waits_for_a_free_time_an_own_lesson_or_one_outside_the_hours(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    start = at(48)
    with pytest.raises(Conflict) as free:
        waitlist.line_join(asha, start, priya)
    assert free.value.code == "free"
    confirm(checkout.hold_slot(asha, start, rohan))
    with pytest.raises(Conflict) as mine:
        waitlist.line_join(asha, start, rohan)
    assert mine.value.code == "already_booked"
    with pytest.raises(Missing):
        waitlist.line_join(asha, start + timedelta(minutes=7), priya)


@pytest.mark.parametrize("hours", [24, 48])
def test_an_offer_and_a_direct_booking_at_the_same_moment_leave_one_lesson_and_nobody_loses_the_place(
    app: Flask, clock: Any, hours: int
) -> None:
    asha, rohan, priya, meera = mentor(), person(), person("Priya"), person("Meera")
    start = at(hours)
    lesson = confirm(checkout.hold_slot(asha, start, rohan))
    waitlist.line_join(asha, start, priya)
    session_cancel(lesson.id, rohan, "")
    db.session.rollback()
    results = together(
        app, [waitlist.lines_advance, lambda: checkout.hold_slot(asha, start, meera), waitlist.lines_advance]
    )
    direct = results[1]
    assert direct is not None and None not in results
    claims = db.session.scalars(
        sa.select(TimeClaim.live_session_id).where(TimeClaim.person_id == asha, TimeClaim.starts_at == start)
    ).all()
    assert len(claims) == 1
    if isinstance(direct, Conflict):
        assert direct.code == "slot_taken" and states(asha) == ["offered"]
        assert held_by_learner(asha, priya, start) is not None
    else:
        assert states(asha) == ["waiting"] and bells(priya) == 0
