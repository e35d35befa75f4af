"""When a mentor is paid next, and why money waits."""

from datetime import timedelta
from typing import Any

from flask import Flask

from peerlearn.clock import now
from peerlearn.insights.money import lessons_money, purse_of
from peerlearn.insights.payday import Payday, Stop, Wait, payday_of
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import BooksCheck, Payee
from peerlearn.sessions.judging import Evidence, verdict_write
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.objecting import verdict_object, verdict_settle
from tests.peerlearn.sessions.people import mentor, person
from tests.peerlearn.sessions.test_cancelling import again, booked


def payday(mentor_id: int) -> Payday:
    db.session.rollback()
    return payday_of(mentor_id, lessons_money(mentor_id))


def seen(lesson: LiveSession) -> Evidence:
    whole = [(lesson.starts_at, lesson.ends_at)]
    return Evidence(whole, whole)


@transactional
def account(mentor_id: int, state: str) -> None:
    row = db.session.get(Payee, mentor_id) or Payee(mentor_id=mentor_id, created_at=now())
    row.state = state
    db.session.add(row)


@transactional
def differ() -> None:
    db.session.add(BooksCheck(at=now(), findings=["pay_1: they differ"]))


def test_a_share_waits_for_the_lesson_then_for_a_day_then_it_is_free(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    (held,) = payday(asha).held
    assert held.why is Wait.AHEAD
    assert held.free_at is not None and held.free_at > lesson.ends_at + timedelta(hours=24)
    clock.move_to(lesson.ends_at + timedelta(minutes=15))
    verdict_write(lesson.id, seen(again(lesson)))
    found = payday(asha)
    assert found.next is not None
    assert (found.next.why, found.next.free_at) == (Wait.OPEN, now() + timedelta(hours=24))
    clock.move(hours=24)
    verdict_settle(lesson.id)
    assert payday(asha).held == ()
    purse = purse_of(asha, lessons_money(asha))
    assert (purse.held_paise, purse.free_paise) == (0, 424_15)


def test_an_objection_holds_a_share_without_a_date(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.ends_at + timedelta(minutes=15))
    verdict_write(lesson.id, seen(again(lesson)))
    verdict_object(lesson.id, rohan, "It was not like that.")
    clock.move(days=9)
    found = payday(asha)
    assert [(one.why, one.free_at) for one in found.held] == [(Wait.OBJECTED, None)]
    assert found.next is None
    assert purse_of(asha, lessons_money(asha)).free_paise == 0, "an objection holds it, however many days have passed"


def test_what_stops_all_payouts_is_said(app: Flask, clock: Any) -> None:
    asha = mentor()
    assert payday(asha).stop is Stop.NO_ACCOUNT
    for state, stop in (
        ("under_review", Stop.CHECKED), ("needs_clarification", Stop.PAUSED), ("suspended", Stop.PAUSED), ("activated", None),
    ):  # fmt: skip
        account(asha, state)
        assert payday(asha).stop is stop, state
    differ()
    assert payday(asha).stop is Stop.BOOKS
