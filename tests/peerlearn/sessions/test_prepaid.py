"""Minutes of packs: bought once, spent once, given back by a lesson's rules, and never a paisa off."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.errors import Conflict, Invalid, Missing
from peerlearn.kernel import db
from peerlearn.moderation.service import payment_return, person_ban
from peerlearn.payments.books import kept_split, ledger_check
from peerlearn.payments.dispute_record import dispute_record
from peerlearn.payments.models import Payment, PaymentOrder, Refund
from peerlearn.payments.pack_models import Pack, PackMove
from peerlearn.payments.pack_refunds import pack_refund
from peerlearn.payments.packs import (
    minutes_left,
    pack_offer_close,
    pack_offer_make,
    pack_offers_of,
    pack_want,
    packs_of,
)
from peerlearn.payments.queries import balance_of, trail_of
from peerlearn.payments.refunds import refund_record, refund_want
from peerlearn.sessions import checkout, extending
from peerlearn.sessions.cancelling import cancel_preview, session_cancel, sessions_cancel_for
from peerlearn.sessions.checkout import Settled
from peerlearn.sessions.disputing import disputes_settle
from peerlearn.sessions.judging import Evidence, verdict_preview, verdict_write
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.objecting import verdict_decide, verdict_object, verdict_settle
from peerlearn.sessions.prepaid import extend_with_minutes, pay_with_minutes
from peerlearn.sessions.service import session_start
from peerlearn.sessions.settling import order_settle
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def again(lesson: LiveSession) -> LiveSession:
    found = db.session.get(LiveSession, lesson.id, populate_existing=True)
    assert found is not None
    return found


def user(user_id: int) -> User:
    found = db.session.get(User, user_id)
    assert found is not None
    return found


def pack(mentor_id: int, learner_id: int, minutes: int = 250, price: int = 1999_99) -> Pack:
    """A pack that was paid for."""
    offer = pack_offer_make(mentor_id, minutes, price)
    order = pack_want(offer.public_id, learner_id)
    pay(order.id)
    assert order_settle(order.id) is Settled.CONFIRMED
    return packs_of(learner_id, mentor_id)[-1]


def left(learner_id: int, mentor_id: int) -> tuple[int, int]:
    db.session.rollback()
    rows = packs_of(learner_id, mentor_id)
    return sum(row.minutes_left for row in rows), sum(row.paise_left for row in rows)


def taught(mentor_id: int, learner_id: int, hours: float = 30) -> LiveSession:
    held = checkout.hold_slot(mentor_id, at(hours), learner_id)
    return pay_with_minutes(held.id, learner_id)


def test_money_for_a_pack_becomes_minutes_once_and_is_kept_for_lessons_to_come(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    offer = pack_offer_make(asha, 250, 1999_99)
    order = pack_want(offer.public_id, rohan)
    assert pack_want(offer.public_id, rohan).id == order.id, "two taps are one order"
    assert order_settle(order.id) is Settled.WAITING and minutes_left(rohan, asha) == 0
    pay(order.id)
    number = order.id
    results = together(app, [lambda: order_settle(number)] * 4)
    db.session.rollback()
    assert sorted(results) == [Settled.ALREADY] * 3 + [Settled.CONFIRMED]
    assert left(rohan, asha) == (250, 1999_99)
    assert balance_of("prepaid", rohan) == -1999_99 and balance_of("mentor_payable", asha) == 0
    assert ledger_check().balanced


def test_five_lessons_of_a_pack_earn_its_price_to_the_paisa_without_another_payment(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    bought = pack(asha, rohan)
    for number in range(5):
        lesson = taught(asha, rohan, 30 + 3 * number)
        assert (lesson.state, lesson.prepaid_minutes, lesson.due_paise) == ("confirmed", 50, 0)
        assert pay_with_minutes(lesson.id, rohan).id == lesson.id and minutes_left(rohan, asha) == 200 - 50 * number
        assert lesson.price_paise in (399_99, 400_00)
        order = db.session.get(PaymentOrder, lesson.order_id)
        assert order is not None and (order.amount_paise, order.gross_paise) == (0, lesson.price_paise)
        assert checkout.order_open(lesson.id, gateway=TestGateway()) is None
    assert left(rohan, asha) == (0, 0) and balance_of("prepaid", rohan) == 0
    shares = balance_of("mentor_payable", asha), balance_of("platform_fee"), balance_of("gst_payable")
    assert sum(shares) == -1999_99
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 1
    held = checkout.hold_slot(asha, at(60), rohan)
    with pytest.raises(Conflict) as short:
        pay_with_minutes(held.id, rohan)
    assert short.value.code == "too_few_minutes" and again(held).state == "held"
    db.session.refresh(bought)
    with pytest.raises(Conflict, match="used"):
        pack_refund(bought.public_id, rohan)
    assert ledger_check().balanced


def test_lessons_booked_at_the_same_moment_never_spend_the_same_minutes(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    pack(asha, rohan, 120, 500_00)
    held = [checkout.hold_slot(asha, at(24 + 3 * number), rohan) for number in range(3)]
    ids = [one.id for one in held]
    results = together(app, [lambda one=one: pay_with_minutes(one, rohan) for one in ids] * 2)
    db.session.rollback()
    confirmed = [one for one in held if again(one).state == "confirmed"]
    assert len(confirmed) == 2 and minutes_left(rohan, asha) == 20
    assert {one.code for one in results if isinstance(one, Conflict)} == {"too_few_minutes"}
    assert ledger_check().balanced
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        db.session.execute(sa.update(Pack).values(minutes_left=Pack.minutes_left - 21))


def test_a_lesson_across_two_packs_takes_the_older_one_first_and_gives_back_to_both(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    first, second = pack(asha, rohan, 30, 100_01), pack(asha, rohan, 100, 777_77)
    lesson = taught(asha, rohan)
    db.session.refresh(first), db.session.refresh(second)
    assert (first.minutes_left, second.minutes_left) == (0, 80)
    clock.move_to(lesson.starts_at - timedelta(hours=13))
    preview = cancel_preview(again(lesson), user(rohan))
    assert (preview.refund_paise, preview.back_minutes, preview.minutes) == (0, 40, 50)
    with pytest.raises(Conflict, match="40 prepaid minutes"):
        session_cancel(lesson.id, rohan, "", expect_paise=0, expect_minutes=50)
    assert session_cancel(lesson.id, rohan, "", expect_paise=0, expect_minutes=40) == preview
    db.session.refresh(first), db.session.refresh(second)
    assert (first.minutes_left, second.minutes_left) == (20, 100)
    assert -balance_of("mentor_payable", asha) == preview.kept.mentor_paise
    assert -balance_of("prepaid", rohan) + preview.kept.gross_paise == 877_78
    order = db.session.get(PaymentOrder, lesson.order_id)
    assert order is not None
    kept, trail = kept_split(order), trail_of(order.id)
    assert kept is not None and kept[1] == preview.kept
    assert trail is not None and [row.units for row in trail.returns] == [40]
    assert sum(line.amount_paise for _, _, line in trail.lines) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Refund)) == 0 and ledger_check().balanced


@pytest.mark.parametrize(("who", "hours", "back"), [("learner", 30, 50), ("learner", 2, 0), ("mentor", 2, 50)])
def test_cancelling_gives_minutes_back_by_the_policy_of_money(
    app: Flask, clock: Any, who: str, hours: int, back: int
) -> None:
    asha, rohan = mentor(), person()
    pack(asha, rohan)
    lesson = taught(asha, rohan, hours)
    result = session_cancel(lesson.id, rohan if who == "learner" else asha, "")
    assert (result.refund_paise, result.back_minutes) == (0, back)
    assert minutes_left(rohan, asha) == 200 + back
    assert -balance_of("mentor_payable", asha) == result.kept.mentor_paise and ledger_check().balanced


def test_lost_minutes_come_back_as_whole_minutes_a_day_later(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    pack(asha, rohan)
    lesson = taught(asha, rohan, 24)
    stay = (lesson.starts_at + timedelta(minutes=12, seconds=30), lesson.ends_at)
    evidence = Evidence([stay], [(lesson.starts_at, lesson.ends_at)])
    clock.move_to(lesson.ends_at + timedelta(hours=1))
    shown = verdict_preview(again(lesson), evidence)
    assert verdict_write(lesson.id, evidence)
    clock.move(hours=25)
    assert verdict_settle(lesson.id)
    row = db.session.get(SessionVerdict, lesson.id)
    assert row is not None and (row.refund_paise, row.back_minutes) == (0, 13) == (
        shown.refund_paise,
        shown.back_minutes,
    )
    assert minutes_left(rohan, asha) == 213
    assert -balance_of("mentor_payable", asha) == shown.kept.mentor_paise and ledger_check().balanced
    order = db.session.get(PaymentOrder, lesson.order_id)
    assert order is not None and order.released_at is not None


def test_added_time_is_paid_with_minutes_once_and_comes_back_with_the_lesson(app: Flask, clock: Any) -> None:
    asha, rohan, root = mentor(), person(), person("Root", admin=True)
    pack(asha, rohan, 80, 640_00)
    lesson = taught(asha, rohan, 24)
    clock.move_to(lesson.starts_at)
    session_start(lesson.id)
    clock.move(minutes=40)
    offer = extending.extension_offer(lesson.id, rohan, 15)
    extending.extension_answer(offer.public_id, asha, accept=True)
    with pytest.raises(Missing):
        extend_with_minutes(offer.public_id, asha)
    asked = offer.public_id
    results = together(app, [lambda: extend_with_minutes(asked, rohan).state] * 3)
    db.session.rollback()
    assert results == ["added"] * 3 and minutes_left(rohan, asha) == 15
    assert again(lesson).minutes == 65 and balance_of("prepaid", rohan) == -120_00
    again_offered = extending.extension_offer(lesson.id, asha, 30)
    extending.extension_answer(again_offered.public_id, rohan, accept=True)
    with pytest.raises(Conflict) as short:
        extend_with_minutes(again_offered.public_id, rohan)
    assert short.value.code == "too_few_minutes" and minutes_left(rohan, asha) == 15
    preview = cancel_preview(again(lesson), user(root))
    assert (preview.refund_paise, preview.back_minutes) == (0, 65)
    session_cancel(lesson.id, root, "The mentor fell ill.", expect_minutes=65)
    assert left(rohan, asha) == (80, 640_00) and balance_of("mentor_payable", asha) == 0 and ledger_check().balanced


def test_when_an_account_is_closed_unused_minutes_go_back_with_its_lessons(app: Flask, clock: Any) -> None:
    asha, rohan, root = mentor(), person(), person("Root", admin=True)
    pack(asha, rohan)
    taught(asha, rohan)
    for lessons in (1, 0):
        assert sessions_cancel_for(asha, root, "This account was closed.") == lessons
        assert left(rohan, asha) == (0, 0)
        assert db.session.scalars(sa.select(Refund.amount_paise)).all() == [1999_99]
    assert ledger_check().balanced


def test_an_administrator_decides_in_minutes(app: Flask, clock: Any) -> None:
    asha, rohan, root = mentor(), person(), person("Root", admin=True)
    pack(asha, rohan)
    lesson = taught(asha, rohan, 24)
    both = [(lesson.starts_at, lesson.ends_at)]
    clock.move_to(lesson.ends_at + timedelta(hours=1))
    assert verdict_write(lesson.id, Evidence(both, both))
    verdict_object(lesson.id, rohan, "The sound was gone")
    for paise, minutes in ((1, 0), (0, 51)):
        with pytest.raises(Invalid):
            verdict_decide(lesson.id, root, paise, "Looked at it", minutes=minutes)
    assert verdict_decide(lesson.id, root, 0, "Half of it was lost", minutes=25).back_minutes == 25
    assert minutes_left(rohan, asha) == 225 and ledger_check().balanced


def test_unused_minutes_are_refunded_at_what_they_were_bought_for(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    bought = pack(asha, rohan)
    lesson = taught(asha, rohan)
    clock.move(days=400)  # they never expire
    with pytest.raises(Missing):
        pack_refund(bought.public_id, person("Eve"))
    worth = 1999_99 - lesson.price_paise
    with pytest.raises(Conflict):
        pack_refund(bought.public_id, rohan, expect_paise=worth + 1)
    refund = pack_refund(bought.public_id, rohan, expect_paise=worth)
    assert refund.amount_paise == worth and left(rohan, asha) == (0, 0)
    assert balance_of("prepaid", rohan) == 0 and balance_of("learner", rohan) == -worth
    payment = db.session.get(Payment, refund.payment_id)
    assert payment is not None
    refund_record(
        {"id": "rfnd_1", "payment_id": payment.gateway_payment_id, "amount": worth, "status": "processed"}, refund.id
    )
    assert balance_of("learner", rohan) == 0 and balance_of("gateway") == lesson.price_paise
    # A lesson of before that is called off gives its minutes back all the same, and they can be refunded again.
    session_cancel(lesson.id, asha, "")
    assert left(rohan, asha) == (50, lesson.price_paise)
    assert pack_refund(bought.public_id, rohan).amount_paise == lesson.price_paise
    assert ledger_check().balanced and balance_of("mentor_payable", asha) == 0


def test_money_of_a_pack_that_goes_back_by_hand_takes_its_minutes_along(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    bought = pack(asha, rohan, 100, 1000_00)
    payment = db.session.scalar(sa.select(Payment))
    assert payment is not None
    by_hand = {"payment_id": payment.gateway_payment_id, "status": "processed"}
    refund_record({"id": "rfnd_a", "amount": 405_50, **by_hand})
    assert left(rohan, asha) == (60, 594_50) and ledger_check().balanced
    taught(asha, rohan)
    refund_record({"id": "rfnd_b", "amount": 300_00, **by_hand})  # more than is unused: the learner owes the rest
    minutes, paise = left(rohan, asha)
    assert (minutes, paise) == (0, 0) and balance_of("learner", rohan) > 0 and ledger_check().balanced
    kinds = db.session.scalars(
        sa.select(PackMove.kind).where(PackMove.pack_id == bought.id).order_by(PackMove.id)
    ).all()
    assert kinds == ["bought", "refunded", "used", "refunded"]


def test_the_books_say_so_when_a_pack_is_not_the_sum_of_its_movements(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    bought = pack(asha, rohan)
    db.session.execute(sa.update(Pack).values(minutes_left=249, paise_left=1999_98))
    assert ledger_check().missing == [f"pack:{bought.id}", f"prepaid:{rohan}"]
    db.session.rollback()


def test_a_mentor_offers_three_packs_at_most_and_what_was_bought_stays(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    offers = [pack_offer_make(asha, minutes, minutes * 800) for minutes in (100, 250, 500)]
    assert pack_offer_make(asha, 100, 800_00).id == offers[0].id
    for minutes, price in ((29, 900_00), (100, 9_99), (6_001, 9000_00)):
        with pytest.raises(Invalid):
            pack_offer_make(asha, minutes, price)
    with pytest.raises(Conflict, match="three"):
        pack_offer_make(asha, 50, 450_00)
    with pytest.raises(Conflict):
        pack_want(offers[0].public_id, asha)
    order = pack_want(offers[0].public_id, rohan)
    with pytest.raises(Missing):
        pack_offer_close(offers[0].public_id, rohan)
    pack_offer_close(offers[0].public_id, asha)
    assert [offer.minutes for offer in pack_offers_of(asha)] == [250, 500]
    with pytest.raises(Conflict):
        pack_want(offers[0].public_id, rohan)
    pay(order.id)  # money for what was offered then
    assert order_settle(order.id) is Settled.CONFIRMED and minutes_left(rohan, asha) == 100


@pytest.mark.parametrize(("early", "paise", "minutes"), [(1999_99, 0, 0), (500_00, 1499_99, 188)])
def test_money_that_went_back_before_a_pack_was_settled_buys_no_minutes(
    app: Flask, clock: Any, early: int, paise: int, minutes: int
) -> None:
    asha, rohan = mentor(), person()
    order = pack_want(pack_offer_make(asha, 250, 1999_99).public_id, rohan)
    pay(order.id)
    payment = db.session.scalars(sa.select(Payment).where(Payment.order_id == order.id)).one()
    refund_want(payment.id, early, "We are sorry.", "early")
    for _ in range(2):
        order_settle(order.id)
    assert left(rohan, asha) == (minutes, paise)
    assert -balance_of("learner", rohan) == early
    assert ledger_check().balanced


def test_minutes_of_a_pack_that_a_bank_gave_back_stop_nobody_from_closing_an_account(app: Flask, clock: Any) -> None:
    asha, rohan, root = mentor(), person(), person("Root", admin=True)
    bought = pack(asha, rohan)
    lesson = taught(asha, rohan)
    payment = db.session.scalar(sa.select(Payment))
    assert payment is not None
    dispute_record(
        {
            "id": "disp_1", "payment_id": payment.gateway_payment_id, "amount": 1999_99, "status": "lost",
            "amount_deducted": 1999_99, "phase": "chargeback",
        }
    )  # fmt: skip
    assert disputes_settle() == 1 and left(rohan, asha) == (0, 0)
    session_cancel(lesson.id, asha, "")
    assert minutes_left(rohan, asha) == 50, "they can still be used"
    with pytest.raises(Conflict, match="Your bank gave"):
        pack_refund(bought.public_id, rohan)
    assert person_ban(asha, root, "Broke the promise") == 0
    assert db.session.scalars(sa.select(Refund)).all() == [] and ledger_check().balanced


def test_an_administrator_gives_back_what_is_unused_again_when_more_comes_back(app: Flask, clock: Any) -> None:
    asha, rohan, root = mentor(), person(), person("Root", admin=True)
    pack(asha, rohan)
    lesson = taught(asha, rohan)
    payment = db.session.scalar(sa.select(Payment))
    assert payment is not None
    first = payment_return(payment.id, root, "We are sorry.")
    session_cancel(lesson.id, asha, "")
    assert first + payment_return(payment.id, root, "And this.") == 1999_99
    assert left(rohan, asha) == (0, 0) and ledger_check().balanced
