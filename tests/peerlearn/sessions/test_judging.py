"""From what was seen to the money: written once, open to objection for a day, then settled by itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.payments.books import ledger_check
from peerlearn.payments.models import PaymentOrder, Refund
from peerlearn.sessions.judging import Evidence, absence_claim, unjudged_ids, verdict_preview, verdict_write
from peerlearn.sessions.models import LiveSession, SessionVerdict, TimeClaim
from peerlearn.sessions.objecting import (
    verdict_accept,
    verdict_decide,
    verdict_object,
    verdict_settle,
    verdicts_due,
)
from peerlearn.sessions.service import session_end, session_start
from peerlearn.sessions.verdict_lifecycle import TABLE, Move, Stand
from peerlearn.sessions.waiting import nudge_tell, nudging_ids, waiting_ids, waiting_tell
from tests.peerlearn.sessions.people import mentor, person, together
from tests.peerlearn.sessions.test_cancelling import again, booked


def stay(lesson: LiveSession, start: float, end: float) -> tuple[datetime, datetime]:
    return lesson.starts_at + timedelta(minutes=start), lesson.starts_at + timedelta(minutes=end)


def seen(lesson: LiveSession, mentor_minutes: Any = None, learner_minutes: Any = None) -> Evidence:
    return Evidence(
        [stay(lesson, *mentor_minutes)] if mentor_minutes else [],
        [stay(lesson, *learner_minutes)] if learner_minutes else [],
    )


def wanted() -> int:
    return sum(row.amount_paise for row in db.session.scalars(sa.select(Refund)))


def released(lesson: LiveSession) -> bool:
    return db.session.scalar(sa.select(PaymentOrder.released_at).where(PaymentOrder.id == lesson.order_id)) is not None


def test_every_move_from_every_stand_has_an_answer() -> None:
    assert set(TABLE) == {(stand, move) for stand in Stand for move in Move}


@pytest.mark.parametrize(
    ("mentor_there", "learner_there", "state", "refund"),
    [
        ((0, 50), (0, 50), "completed", 0),
        ((0, 50), None, "completed", 0),
        (None, (0, 30), "cancelled", 499_00),
        (None, None, "cancelled", 499_00),
        ((12, 50), (0, 50), "completed", 119_76),
    ],
)
def test_the_clock_ends_a_lesson_by_who_came_and_money_moves_after_a_day(
    app: Flask, clock: Any, mentor_there: Any, learner_there: Any, state: str, refund: int
) -> None:
    lesson = booked(mentor(), person())
    clock.move_to(lesson.ends_at + timedelta(minutes=14))
    assert unjudged_ids() == []
    clock.move(minutes=1)
    assert unjudged_ids() == [lesson.id]
    evidence = seen(lesson, mentor_there, learner_there)
    shown = verdict_preview(lesson, evidence)
    assert verdict_write(lesson.id, evidence)
    assert not verdict_write(lesson.id, evidence), "written once"
    assert unjudged_ids() == []
    assert again(lesson).state == state
    assert wanted() == 0
    assert not released(lesson)
    clock.move(hours=23, minutes=59)
    assert verdicts_due() == []
    clock.move(minutes=1)
    assert verdicts_due() == [lesson.id]
    assert verdict_settle(lesson.id)
    assert not verdict_settle(lesson.id)
    assert wanted() == shown.refund_paise == refund
    assert released(lesson)
    assert ledger_check().balanced
    # To the paisa: what the preview said the mentor keeps is what the books say.
    kept = -sum(line.amount_paise for line in _mentor_lines(lesson.mentor_id))
    assert kept == shown.kept.mentor_paise


def _mentor_lines(mentor_id: int) -> list[Any]:
    from peerlearn.payments.models import LedgerEntry

    return list(
        db.session.scalars(
            sa.select(LedgerEntry).where(LedgerEntry.account == "mentor_payable", LedgerEntry.owner_id == mentor_id)
        )
    )


def test_a_lesson_that_people_ended_is_judged_and_an_objection_holds_its_money(app: Flask, clock: Any) -> None:
    asha, rohan, root = mentor(), person(), person("Root", admin=True)
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at)
    session_start(lesson.id)
    clock.move(minutes=30)
    session_end(lesson.id, asha, "ended")
    assert db.session.scalars(sa.select(TimeClaim.id)).all() == [], "the rest of the hour is free again"
    assert unjudged_ids() == [lesson.id]
    assert verdict_write(lesson.id, seen(lesson, (0, 30), (0, 30)))
    row = db.session.get(SessionVerdict, lesson.id)
    assert row is not None
    assert (row.finding, row.refund_paise) == ("cut_short", 199_60), "the mentor gave the last twenty minutes up"
    with pytest.raises(NotAllowed):
        verdict_accept(lesson.id, rohan)
    with pytest.raises(Missing):
        verdict_object(lesson.id, person(), "Let me in.")
    with pytest.raises(Invalid):
        verdict_object(lesson.id, asha, "  ")
    verdict_object(lesson.id, asha, "We had agreed to stop there.")
    with pytest.raises(Conflict):
        verdict_object(lesson.id, rohan, "No.")
    clock.move(hours=48)
    assert verdicts_due() == []
    assert not verdict_settle(lesson.id)
    with pytest.raises(NotAllowed):
        verdict_decide(lesson.id, rohan, 100_00, "Mine.")
    with pytest.raises(Invalid):
        verdict_decide(lesson.id, root, 499_01, "Too much.")
    verdict_decide(lesson.id, root, 100_00, "Half of the lost time each.")
    assert wanted() == 100_00
    assert again(lesson).refund_paise == 100_00
    assert released(lesson)
    with pytest.raises(Conflict):
        verdict_decide(lesson.id, root, 0, "Again.")
    told = set(db.session.scalars(sa.select(Notification.user_id).where(Notification.kind == "verdict")))
    assert told == {asha, rohan, root}
    assert ledger_check().balanced


def test_a_lesson_is_judged_also_when_no_worker_ran_for_a_month(app: Flask, clock: Any) -> None:
    asha = mentor()
    lesson = booked(asha, person())
    clock.move_to(lesson.ends_at - timedelta(minutes=1))
    session_start(lesson.id)
    session_end(lesson.id, asha, "ended")
    clock.move(days=30)
    assert unjudged_ids() == [lesson.id]
    db.session.execute(sa.update(LiveSession).values(policy={}))
    db.session.commit()
    assert unjudged_ids() == [], "nothing was promised: of the demonstration, or older than promises"


def test_who_loses_by_it_may_agree_at_once(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at + timedelta(minutes=10))
    assert absence_claim(lesson.id, rohan, seen(lesson, None, (0, 10)))
    assert not absence_claim(lesson.id, rohan, seen(lesson, None, (0, 10)))
    assert again(lesson).state == "cancelled"
    verdict_accept(lesson.id, asha)
    verdict_accept(lesson.id, asha)
    assert wanted() == 499_00
    assert again(lesson).refund_paise == 499_00


def test_nobody_ends_it_before_ten_minutes_nor_when_the_other_one_came(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at + timedelta(minutes=9, seconds=59))
    with pytest.raises(Conflict) as early:
        absence_claim(lesson.id, rohan, seen(lesson, None, (0, 9)))
    assert early.value.code == "wait"
    clock.move(seconds=1)
    with pytest.raises(Conflict) as alone:
        absence_claim(lesson.id, rohan, seen(lesson))
    assert alone.value.code == "wait", "who did not wait in the room has not waited"
    with pytest.raises(Conflict) as came:
        absence_claim(lesson.id, rohan, seen(lesson, (0, 2), (0, 10)))
    assert came.value.code == "came"
    with pytest.raises(Missing):
        absence_claim(lesson.id, person(), seen(lesson, None, (0, 10)))
    assert again(lesson).state == "confirmed"


def test_after_five_minutes_the_one_who_is_missing_is_called_and_the_other_may_write(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at + timedelta(minutes=4, seconds=59))
    assert nudging_ids() == [] and not nudge_tell(lesson.id, seen(lesson, None, (-5, 4)))
    clock.move(seconds=1)
    assert nudging_ids() == [lesson.id]
    assert not nudge_tell(lesson.id, seen(lesson)), "nobody waits"
    assert not nudge_tell(lesson.id, seen(lesson, (0, 5), (0, 5))), "nobody is missing"
    assert nudge_tell(lesson.id, seen(lesson, None, (-5, 5)))
    assert not nudge_tell(lesson.id, seen(lesson, None, (-5, 6))), "once"
    notes = db.session.scalars(sa.select(Notification).where(Notification.dedupe_key.startswith("nudge:"))).all()
    told = {note.user_id: (note.title, note.actions[0]["label"]) for note in notes}
    assert told == {asha: ("Rohan is waiting for you", "Join"), rohan: ("Asha is five minutes late", "Write")}
    clock.move(minutes=5)
    assert nudging_ids() == [], "from now on it is about leaving"


def test_after_ten_minutes_the_one_who_waits_hears_once_what_leaving_comes_to(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at + timedelta(minutes=9))
    assert waiting_ids() == []
    clock.move(minutes=1)
    assert waiting_ids() == [lesson.id]
    assert not waiting_tell(lesson.id, seen(lesson)), "nobody waits"
    assert waiting_tell(lesson.id, seen(lesson, None, (0, 10)))
    assert not waiting_tell(lesson.id, seen(lesson, None, (0, 11)))
    note = db.session.scalars(sa.select(Notification).where(Notification.kind == "verdict")).one()
    assert note.user_id == rohan
    assert "₹499 comes back to you" in note.body


def test_objecting_and_the_end_of_the_day_meet_and_one_of_them_wins(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.ends_at + timedelta(minutes=15))
    verdict_write(lesson.id, seen(lesson, None, (0, 30)))
    clock.move(hours=24)
    results = together(
        app,
        [lambda: verdict_settle(lesson.id), lambda: verdict_object(lesson.id, asha, "I was there.")] * 3,
    )
    db.session.rollback()
    row = db.session.get(SessionVerdict, lesson.id, populate_existing=True)
    assert row is not None
    assert row.state in {"final", "objected"}
    assert wanted() == (499_00 if row.state == "final" else 0)
    assert len(results) == 6
