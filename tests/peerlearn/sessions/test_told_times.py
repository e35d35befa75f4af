"""A country changes its clocks after a lesson was booked."""

import shutil
import zoneinfo
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification, OutgoingMail
from peerlearn.sessions.service import session_move
from peerlearn.sessions.told_models import ToldTime
from peerlearn.sessions.told_times import shift_tell, unequal_ids
from peerlearn.sessions.words import moment
from tests.peerlearn.sessions.people import at, mentor, person
from tests.peerlearn.sessions.test_cancelling import again, booked


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Gives a zone the rules of another one, as a new release of tzdata would; afterwards all is as before."""
    before = zoneinfo.TZPATH

    def change(zone: str, like: str) -> None:
        place = tmp_path / zone
        place.parent.mkdir(parents=True, exist_ok=True)
        found = next((Path(root) / like for root in before if (Path(root) / like).is_file()), None)
        source = found or Path(str(resources.files("tzdata") / "zoneinfo")) / like
        shutil.copyfile(source, place)
        zoneinfo.reset_tzpath([str(tmp_path), *before])
        zoneinfo.ZoneInfo.clear_cache()

    yield change
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def news() -> list[tuple[int, str, str]]:
    rows = db.session.scalars(sa.select(Notification).where(Notification.dedupe_key.startswith("rules:")))
    return [(row.user_id, row.title, row.body) for row in rows.all()]


def test_the_instant_stays_and_both_are_told_where_a_clock_reads_another_time(
    app: Flask, clock: object, rules: Callable[[str, str], None]
) -> None:
    asha, rohan = mentor(zone="Europe/London"), person(zone="Asia/Kolkata")
    lesson = booked(asha, rohan)
    starts_at = lesson.starts_at
    here, there = moment(starts_at, "Asia/Kolkata"), moment(starts_at, "Europe/London")
    assert unequal_ids() == [lesson.id]
    assert not shift_tell(lesson.id), "just booked: they were told"
    assert unequal_ids() == [] and news() == []

    rules("Asia/Kolkata", "Asia/Kathmandu")
    now_here = moment(starts_at, "Asia/Kolkata")
    assert now_here != here
    assert unequal_ids() == [lesson.id]
    letters = db.session.scalar(sa.select(sa.func.count(OutgoingMail.id)))
    assert shift_tell(lesson.id)
    assert not shift_tell(lesson.id) and unequal_ids() == [], "told once"
    assert again(lesson).starts_at == starts_at
    told = {user_id: (title, body) for user_id, title, body in news()}
    assert now_here in told[rohan][0] and here in told[rohan][1]
    assert there in told[asha][0] and now_here in told[asha][1]
    assert db.session.scalar(sa.select(sa.func.count(OutgoingMail.id))) == (letters or 0) + 2


def test_new_rules_that_change_nothing_a_move_and_another_zone_of_ones_own_are_not_spoken_of(
    app: Flask, clock: object, rules: Callable[[str, str], None]
) -> None:
    asha, rohan = mentor(zone="Europe/London"), person(zone="Asia/Kolkata")
    lesson = booked(asha, rohan)
    shift_tell(lesson.id)
    rules("Asia/Kolkata", "Asia/Colombo")
    assert unequal_ids() == []
    session_move(lesson.id, rohan, at(72))
    reader = db.session.get(User, rohan)
    assert reader is not None
    reader.time_zone = "Asia/Tokyo"
    db.session.commit()
    assert unequal_ids() == [lesson.id]
    assert not shift_tell(lesson.id)
    assert unequal_ids() == [] and news() == []
    kept = db.session.get(ToldTime, (lesson.id, rohan), populate_existing=True)
    assert kept is not None and (kept.zone, kept.text) == ("Asia/Tokyo", moment(again(lesson).starts_at, "Asia/Tokyo"))
