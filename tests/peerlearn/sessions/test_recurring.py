"""Weekly lessons: the mentor's wall time over every clock change, each lesson its own, collisions named and left out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.errors import Conflict, Invalid
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.sessions import checkout
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.recurring import (
    PAY_BEFORE,
    Trouble,
    series_hold,
    series_lessons,
    series_plan,
    series_tend,
    weekly_starts,
)
from peerlearn.sessions.service import session_cancel
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person


def confirm(held: LiveSession) -> None:
    order = checkout.order_open(held.id, gateway=TestGateway())
    assert order is not None
    pay(order.id)
    checkout.settle(order.id)


def states(lessons: list[LiveSession]) -> list[str]:
    db.session.rollback()
    assert lessons[0].series_id is not None
    return [row.state for row in series_lessons(lessons[0].series_id)]


def test_six_in_london_stays_six_over_the_change_and_a_missing_hour_is_no_instant() -> None:
    first = datetime(2026, 3, 18, 18, 0, tzinfo=UTC)
    london = [one for _, one in weekly_starts(first, "Europe/London", 4) if one]
    assert [one.astimezone(ZoneInfo("Europe/London")).hour for one in london] == [18] * 4
    assert [one.hour for one in london] == [18, 18, 17, 17]
    night = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)  # 02:30 in New York; on 8 March there is no 02:30
    assert [one is None for _, one in weekly_starts(night, "America/New_York", 3)] == [False, True, False]


def test_each_week_is_a_lesson_of_its_own_the_first_paid_now_the_others_kept_until_a_day_before(
    app: Flask, clock: Any
) -> None:
    asha, rohan = mentor(price_paise=499_00), person()
    start = at(48)
    lessons = series_hold(asha, start, rohan, 4)
    assert [row.starts_at - start for row in lessons] == [timedelta(weeks=n) for n in range(4)]
    assert lessons[0].hold_expires_at is not None and lessons[0].hold_expires_at < start
    assert [row.hold_expires_at for row in lessons[1:]] == [row.starts_at - PAY_BEFORE for row in lessons[1:]]
    assert [row.id for row in series_hold(asha, start, rohan, 4)] == [row.id for row in lessons], "a second tap"
    confirm(lessons[0])
    clock.move(minutes=11)
    checkout.holds_expire()
    series_tend()
    assert states(lessons) == ["confirmed", "held", "held", "held"]
    confirm(lessons[2])
    session_cancel(lessons[1].id, rohan, "")
    assert states(lessons) == ["confirmed", "cancelled", "confirmed", "held"]
    with pytest.raises(Conflict) as refused:
        checkout.hold_slot(asha, lessons[3].starts_at, person("Priya"))
    assert "Someone is paying" not in refused.value.message and refused.value.details["free_at"] is None


def test_an_unpaid_week_is_reminded_of_once_and_let_go_a_day_before_with_notice(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lessons = series_hold(asha, at(48), rohan, 2)
    confirm(lessons[0])
    assert series_tend() == 0
    clock.move_to(lessons[1].starts_at - timedelta(hours=60))
    assert (series_tend(), series_tend()) == (1, 0)
    clock.move_to(lessons[1].starts_at - timedelta(hours=23))
    checkout.holds_expire()
    assert states(lessons) == ["confirmed", "expired"]
    kinds = db.session.scalars(
        sa.select(Notification.kind).where(
            Notification.user_id == rohan, Notification.kind.in_(["series_due", "hold_lapsed"])
        )
    ).all()
    assert sorted(kinds) == ["hold_lapsed", "series_due"]


def test_a_series_whose_first_lesson_is_not_paid_is_let_go_whole(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lessons = series_hold(asha, at(48), rohan, 3)
    clock.move(minutes=11)
    checkout.holds_expire()
    assert series_tend() == 2
    assert states(lessons) == ["expired"] * 3


def test_weeks_that_collide_are_named_and_the_rest_goes_on(app: Flask, clock: Any) -> None:
    asha, ben, rohan, priya = mentor(horizon_days=25), mentor("Ben"), person(), person("Priya")
    start = at(48)
    checkout.hold_slot(asha, start + timedelta(weeks=1), priya)
    checkout.hold_slot(ben, start + timedelta(weeks=2), rohan)
    plan = series_plan(asha, start, rohan, 5)
    assert [week.trouble for week in plan] == [None, Trouble.TAKEN, Trouble.YOURS, None, Trouble.TOO_FAR]
    lessons = series_hold(asha, start, rohan, 5)
    assert [row.starts_at - start for row in lessons] == [timedelta(0), timedelta(weeks=3)]
    with pytest.raises(Invalid):
        series_plan(asha, start, rohan, 13)


def test_a_series_without_a_second_week_is_refused_and_holds_nothing(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(horizon_days=5), person()
    with pytest.raises(Conflict) as refused:
        series_hold(asha, at(48), rohan, 2)
    assert refused.value.code == "no_series"
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LiveSession)) == 0
