"""A mentor asks for another time: one tap moves it, the old time is valid until then, and declining costs nothing."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, TooMany
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification, OutgoingMail
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.queries import balance_of
from peerlearn.payments.service import ledger_check
from peerlearn.sessions import checkout
from peerlearn.sessions.cancelling import cancel_preview, session_cancel
from peerlearn.sessions.models import LiveSession, TimeClaim
from peerlearn.sessions.move_offer_lifecycle import TABLE, Offered, Step, leads, next_offered
from peerlearn.sessions.move_offer_models import MoveOffer
from peerlearn.sessions.move_offer_queries import open_move
from peerlearn.sessions.move_offers import (
    move_offer_accept,
    move_offer_choices,
    move_offer_keep,
    move_offer_make,
    move_offer_withdraw,
    move_offers_lapse,
)
from peerlearn.sessions.moving import move_choices, session_move
from tests.peerlearn.sessions.people import at, mentor, person, together
from tests.peerlearn.sessions.test_cancelling import again, booked, user

EXPECTED = """
offered   accept:accepted keep:kept withdraw:withdrawn lapse:lapsed
accepted  accept:over     keep:over withdraw:over      lapse:-
kept      accept:over     keep:-    withdraw:-         lapse:-
withdrawn accept:over     keep:-    withdraw:-         lapse:-
lapsed    accept:over     keep:-    withdraw:-         lapse:-
"""


def asked(asha: int, lesson: LiveSession, *times: datetime, reason: str = "") -> MoveOffer:
    return move_offer_make(lesson.id, asha, times or [at(60), at(62), at(64)], reason)


def told(user_id: int, kind: str) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(Notification.title).where(Notification.user_id == user_id, Notification.kind == kind)
        )
    )


def state_of(offer: MoveOffer) -> str:
    found = db.session.get(MoveOffer, offer.id, populate_existing=True)
    assert found is not None
    return found.state


def test_every_pair_of_state_and_step_has_one_answer() -> None:
    assert set(TABLE) == {(state, step) for state in Offered for step in Step}
    for line in EXPECTED.split("\n"):
        for cell in line.split()[1:]:
            state, (step, answer) = line.split()[0], cell.split(":")
            if answer == "over":
                with pytest.raises(Conflict) as caught:
                    next_offered(state, Step(step))
                assert caught.value.code == "move_offer_over" and caught.value.message
            else:
                assert next_offered(state, Step(step)) == (None if answer == "-" else Offered(answer))
    assert leads(Step.KEEP) == ([Offered.OFFERED], Offered.KEPT)


def test_asking_changes_nothing_and_blocks_nobody_then_one_tap_moves_it_at_the_same_price(
    app: Flask, clock: Any
) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    lesson = booked(asha, rohan)
    old, orders = lesson.starts_at, db.session.scalar(sa.select(sa.func.count()).select_from(PaymentOrder))
    offer = asked(asha, lesson, at(60), at(62), at(64), reason="A meeting came up")
    assert again(lesson).starts_at == old and lesson.sequence == 0
    assert told(rohan, "move_asked") == ["Asha asks to move Fri 6 Mar, 17:30"]
    assert checkout.hold_slot(asha, at(64), priya).state == "held", "a proposed time is free for others"
    moved = move_offer_accept(offer.public_id, rohan, at(62))
    assert (moved.id, moved.starts_at, moved.sequence, moved.minutes, moved.price_paise) == (
        lesson.id, at(62), 1, 50, 499_00,
    )  # fmt: skip
    assert moved.moved_count == 0, "the learner's own move is still there"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PaymentOrder)) == orders
    claims = db.session.execute(
        sa.select(TimeClaim.person_id, TimeClaim.starts_at).where(TimeClaim.live_session_id == lesson.id)
    )
    assert set(claims.all()) == {(asha, at(62)), (rohan, at(62))}
    assert told(asha, "session_moved") == ["Rohan takes Sat 7 Mar, 02:00"]
    letters = db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.dedupe_key.startswith("moved:"))).all()
    assert sorted(letter.context["calendar_event"]["sequence"] for letter in letters) == [1, 1]
    assert move_offer_accept(offer.public_id, rohan, at(62)).sequence == 1, "a second tap changes nothing"
    with pytest.raises(Conflict, match="a moment ago"):
        move_offer_accept(offer.public_id, rohan, at(60))


def test_while_it_is_asked_the_learner_may_cancel_for_all_of_the_money(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=2))
    assert cancel_preview(again(lesson), user(rohan)).refund_paise == 0
    offer = asked(asha, lesson, at(30))
    preview = cancel_preview(again(lesson), user(rohan))
    assert (preview.rule, preview.refund_paise) == ("asked_to_move", 499_00)
    session_cancel(lesson.id, rohan, "", expect_paise=preview.refund_paise)
    assert state_of(offer) == "lapsed" and again(lesson).state == "cancelled"
    assert balance_of("learner", rohan) == -499_00 and ledger_check().total_paise == 0
    with pytest.raises(Conflict):
        move_offer_accept(offer.public_id, rohan, at(30))


def test_after_a_taken_proposal_the_refund_rule_counts_from_the_new_time_also_where_the_learner_had_moved_before(
    app: Flask, clock: Any
) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=20))
    session_move(lesson.id, rohan, at(100))
    assert cancel_preview(again(lesson), user(rohan)).rule == "part", "a move of one's own wins no time"
    offer = asked(asha, again(lesson), at(130))
    move_offer_accept(offer.public_id, rohan, at(130))
    assert cancel_preview(again(lesson), user(rohan)).rule == "early"


@pytest.mark.parametrize("end", ["keep", "withdraw", "lapse"])
def test_without_a_yes_the_lesson_stays_as_booked_and_so_does_its_refund_rule(app: Flask, clock: Any, end: str) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=2))
    offer = asked(asha, lesson, at(30))
    if end == "keep":
        move_offer_keep(offer.public_id, rohan)
        move_offer_keep(offer.public_id, rohan)
        assert told(asha, "move_kept") == ["Rohan keeps Fri 6 Mar, 12:00"]
    elif end == "withdraw":
        move_offer_withdraw(offer.public_id, asha)
        assert told(rohan, "move_withdrawn") == ["Asha can come after all"]
    else:
        clock.move_to(lesson.starts_at - timedelta(seconds=1))
        assert move_offers_lapse() == 0, "answerable until the lesson begins"
        clock.move_to(lesson.starts_at)
        assert move_offers_lapse() == 1 and move_offers_lapse() == 0
    assert again(lesson).sequence == 0 and lesson.state == "confirmed" and open_move(lesson.id) is None
    assert cancel_preview(again(lesson), user(rohan), min(now(), lesson.starts_at)).refund_paise == 0
    with pytest.raises(Conflict) as caught:
        move_offer_accept(offer.public_id, rohan, at(30))
    assert caught.value.code == "move_offer_over"


def test_an_unanswered_question_ends_after_two_days_and_both_hear_that_it_stays(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan, 24 * 6)
    asked(asha, lesson, at(24 * 7))
    clock.move(hours=48)
    assert move_offers_lapse() == 1
    assert told(rohan, "move_lapsed") == ["Mathematics, from the picture up stays on Tue 10 Mar, 17:30"]
    assert len(told(asha, "move_lapsed")) == 1


def test_who_was_faster_has_the_time_and_the_learner_gets_three_that_suit_both(app: Flask, clock: Any) -> None:
    asha, rohan, priya, other = mentor(), person(), person("Priya"), mentor("Suresh Iyer")
    lesson = booked(asha, rohan)
    offer = asked(asha, lesson, at(60), at(62))
    booked(asha, priya, 60)
    mine = booked(other, rohan, 61.5)  # beside the taken time, where the learner is busy
    with pytest.raises(Conflict) as caught:
        move_offer_accept(offer.public_id, rohan, at(60))
    instead = [datetime.fromisoformat(one) for one in caught.value.details["alternatives"]]
    assert caught.value.code == "slot_taken" and len(instead) == 3
    assert not any(one < mine.ends_at and mine.starts_at < one + timedelta(minutes=50) for one in instead)
    assert state_of(offer) == "offered" and again(lesson).sequence == 0
    with pytest.raises(Conflict, match="another lesson at that time"):
        move_offer_accept(offer.public_id, rohan, at(62))
    assert move_offer_accept(offer.public_id, rohan, instead[0]).starts_at == instead[0]


def test_two_answers_at_the_same_moment_are_one(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    offer = asked(asha, lesson)
    results = together(
        app,
        [
            lambda: move_offer_accept(offer.public_id, rohan, at(60)).sequence,
            lambda: move_offer_accept(offer.public_id, rohan, at(62)).sequence,
            lambda: move_offer_keep(offer.public_id, rohan).sequence,
            lambda: move_offer_withdraw(offer.public_id, asha).sequence,
        ],
    )
    db.session.rollback()
    ends = state_of(offer)
    assert ends in {"accepted", "kept", "withdrawn"} and len(results) == 4
    assert again(lesson).sequence == (1 if ends == "accepted" else 0)
    starts = set(db.session.scalars(sa.select(TimeClaim.starts_at).where(TimeClaim.live_session_id == lesson.id)))
    assert starts == {again(lesson).starts_at}


def test_what_the_mentor_asks_is_checked_and_the_last_question_counts(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    lesson, other = booked(asha, rohan), booked(asha, priya, 60)
    for times, error in (
        ([], Invalid),
        ([lesson.starts_at], Invalid),
        ([at(50), at(52), at(54), at(56)], Invalid),
        ([now() + timedelta(minutes=5)], Invalid),
        ([other.starts_at + timedelta(minutes=30)], Conflict),
    ):
        with pytest.raises(error):
            move_offer_make(lesson.id, asha, times)
    with pytest.raises(Missing):
        move_offer_make(lesson.id, rohan, [at(62)])
    first = asked(asha, lesson, at(62))
    second = asked(asha, lesson, at(66))
    assert (state_of(first), state_of(second)) == ("withdrawn", "offered")
    asked(asha, lesson, at(68))
    with pytest.raises(TooMany):
        asked(asha, lesson, at(70))
    for stranger in (asha, priya):
        with pytest.raises(Missing):
            move_offer_accept(second.public_id, stranger, at(66))
    assert lesson.starts_at + timedelta(minutes=30) in move_choices(lesson), "not in its own way"
    days = Counter(start.date() for start in move_offer_choices(lesson, "Europe/London"))
    assert len(days) == 4 and set(days.values()) == {2}, "a choice of days, not of minutes"
    session_move(lesson.id, rohan, at(72))
    assert open_move(lesson.id) is None, "moved by the learner: nothing is asked any more"


def test_a_time_outside_the_hours_may_be_proposed_by_who_owns_them(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    odd = at(60) + timedelta(minutes=10)
    offer = asked(asha, lesson, odd)
    with pytest.raises(Conflict, match="not one of those"):
        move_offer_accept(offer.public_id, rohan, odd + timedelta(minutes=7))
    assert move_offer_accept(offer.public_id, rohan, odd).starts_at == odd
