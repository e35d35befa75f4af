"""Learner, mentor and administrator see the same money of one lesson, whatever happened to it (P13)."""

import random
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.payments.models import Payee, Payment, Payout
from peerlearn.payments.payout_record import payout_record
from peerlearn.payments.payouts import payouts_adjust, payouts_plan
from peerlearn.payments.queries import balance_of
from peerlearn.payments.refunds import refund_want, refunded_paise
from peerlearn.payments.service import ledger_check
from peerlearn.sessions.judging import Evidence, verdict_write
from peerlearn.sessions.lesson_money import LessonMoney, money_of_lesson
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.objecting import verdict_settle
from peerlearn.sessions.service import session_cancel
from peerlearn.sessions.settling import order_settle
from tests.blueprints.dashboard.test_pages import page, signed_in
from tests.peerlearn.sessions.people import pay, person
from tests.peerlearn.sessions.test_extending import again, agreed, running

PARTS = {
    "paid": r"(?:You|[\w ]+) paid", "returned": r"(?:Came back to you|Went back to [\w ]+)", "mentor": r"[\w ]+, for teaching",
    "fee": "PeerLearn fee", "gst": "GST on the fee", "tds": r"Income tax kept back \(TDS\)", "paid_out": r"In (?:your|the mentor's) bank",
}  # fmt: skip


@transactional
def account(mentor_id: int) -> None:
    db.session.add(
        Payee(mentor_id=mentor_id, state="activated", created_at=now(), gateway_account_id=f"acc_{mentor_id}")
    )


def bank_has(draw: random.Random) -> None:
    """All of the mentor's payouts reach the bank."""
    payouts_plan(tds_percent=draw.choice([0, 1]))
    for row in db.session.scalars(sa.select(Payout).where(Payout.state == "wanted")).all():
        entity = {
            "id": f"trf_{row.id:014d}", "amount": row.amount_paise, "status": "processed", "on_hold": False,
            "settlement_status": "settled", "recipient_settlement_id": f"setl_{row.id}",
            "notes": {"payout": f"{row.id}.{row.tries}"},
        }  # fmt: skip
        db.session.execute(sa.update(Payout).where(Payout.id == row.id).values(state="sent"))
        db.session.commit()
        payout_record(entity)


def give_back_some(draw: random.Random) -> None:
    """An odd part of some payment goes back by hand."""
    payment = draw.choice(list(db.session.scalars(sa.select(Payment).where(Payment.state == "captured"))))
    left = payment.amount_paise - refunded_paise(payment.id)
    if left >= 100:
        refund_want(payment.id, draw.randint(100, left), "By hand.", f"hand:{draw.random()}")


def happened(draw: random.Random, clock: Any) -> LiveSession:
    """One lesson with random money behind it."""
    lesson, asha, rohan = running(clock, price_paise=draw.choice([499_00, 333_33, 777_77, 99_999]))
    account(asha)
    for _ in range(draw.randint(0, 2)):
        _, order = agreed(lesson, asha, rohan, draw.choice([15, 30]))
        pay(order.id)
        order_settle(order.id)
    lesson = again(lesson)
    if draw.random() < 0.15:
        session_cancel(lesson.id, asha, "The mentor fell ill.")
    else:
        clock.move_to(lesson.ends_at + timedelta(hours=1))
        there = draw.choice([0, 31, 40, 200])
        stays = [(lesson.starts_at, lesson.starts_at + timedelta(minutes=there))] if there else []
        verdict_write(lesson.id, Evidence(stays, [(lesson.starts_at, lesson.ends_at)]))
        clock.move(days=2)
        verdict_settle(lesson.id)
    steps = [lambda: bank_has(draw), lambda: give_back_some(draw), payouts_adjust]
    for step in draw.choices(steps, k=draw.randint(1, 4)):
        step()
    db.session.rollback()
    return again(lesson)


def rendered(html: str) -> dict[str, str]:
    """What a page says about each part, as it is written there."""
    rows = re.findall(r"<dt>([^<]+)</dt>\s*<dd>(-?₹[^<]*)</dd>", unescape(html))
    return {key: sum_ for key, words in PARTS.items() for label, sum_ in rows if re.fullmatch(words, label.strip())}


@pytest.mark.parametrize("seed", [1, 3, 4, 5, 10])
def test_the_pages_of_all_three_say_the_same_and_what_the_ledger_says(app: Flask, clock: Any, seed: int) -> None:
    draw = random.Random(seed)
    lesson = happened(draw, clock)
    root = person("Root", admin=True)
    url = f"/sessions/{lesson.public_id}"
    assert lesson.learner_id is not None
    learner = rendered(page(signed_in(app, lesson.learner_id), url))
    mentor_client = signed_in(app, lesson.mentor_id)
    mentors = rendered(page(mentor_client, url))
    admin = rendered(page(signed_in(app, root), f"/admin/lessons/details/?id={lesson.id}"))
    assert {"paid", "mentor", "fee", "gst"} <= set(learner)
    assert mentors == admin
    assert learner == {key: sum_ for key, sum_ in admin.items() if key not in {"tds", "paid_out"}}
    money = money_of_lesson(lesson.id) or LessonMoney(0)
    assert money.paid_paise - money.returned_paise == money.kept.gross_paise
    assert (money.kept.fee_paise, money.kept.gst_paise) == (-balance_of("platform_fee"), -balance_of("gst_payable"))
    assert money.owed_paise == -balance_of("mentor_payable", lesson.mentor_id)
    earned = re.search(r"<tr><td>[^<]*</td><td>.*?</tr>", page(mentor_client, "/money"), re.DOTALL)
    assert earned is not None
    for key in ("mentor", "fee", "gst"):
        assert f">{admin[key]}</td>" in earned[0], key
    assert ledger_check().balanced
