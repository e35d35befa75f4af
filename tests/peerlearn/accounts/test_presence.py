from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from peerlearn.accounts import presence_service, service
from peerlearn.accounts.presence import presence_at

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("silent", "in_lesson", "here"),
    [(0, False, "online"), (45, False, "online"), (46, False, "away"), (300, True, "away"), (301, False, "offline"),
     (10, True, "in_lesson"), (None, True, "offline")],
)  # fmt: skip
def test_silence_says_where_somebody_is(silent: int | None, in_lesson: bool, here: str) -> None:
    seen = None if silent is None else NOW - timedelta(seconds=silent)
    assert presence_at(seen, in_lesson, NOW) == here


def test_a_closed_page_is_away_within_half_a_minute_and_another_open_page_prevents_it(app: Flask, clock) -> None:
    user = service.account_create("asha@peerlearn.test", "correct horse battery", "Asha")
    service.presence_touch(user.id)
    service.presence_leave(user.id)
    assert service.presence_of([user.id]) == {user.id: "online"}
    clock.move(seconds=29)
    assert service.presence_of([user.id]) == {user.id: "away"}
    service.presence_touch(user.id)
    service.presence_leave(user.id)
    clock.move(seconds=25)
    service.presence_touch(user.id)
    clock.move(seconds=20)
    assert service.presence_of([user.id]) == {user.id: "online"}


def test_only_who_is_here_with_the_switch_on_may_be_rung(app: Flask, clock) -> None:
    user = service.account_create("asha@peerlearn.test", "correct horse battery", "Asha")
    assert presence_service.ringable_ids() == []
    service.rings_set(user.id, True)
    assert presence_service.ringable_ids() == [user.id]
    presence_service.presence_lesson_set(user.id, True)
    assert presence_service.ringable_ids() == []
    presence_service.presence_lesson_set(user.id, False)
    clock.move(seconds=50)
    assert presence_service.ringable_ids() == []
    assert service.presence_of([user.id, 999]) == {user.id: "away", 999: "offline"}
