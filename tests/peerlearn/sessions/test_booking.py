"""Nobody is in two lessons at once, whoever comes first and however many come together."""

import multiprocessing
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from peerlearn.clock import now
from peerlearn.engines import prepare_engine
from peerlearn.errors import Conflict, Invalid, NotAllowed, PeerLearnError, TooMany
from peerlearn.kernel import db, transactional
from peerlearn.sessions import checkout
from peerlearn.sessions.free_times import busy_for, slots_for_mentors
from peerlearn.sessions.models import LiveSession, TimeClaim
from peerlearn.sessions.service import session_publish
from tests.peerlearn.sessions.people import TestGateway, at, mentor, person, together

CROWD = 20


def claims() -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(TimeClaim)) or 0)


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(PeerLearnError) as caught:
        call(*args, **kwargs)
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_the_database_itself_refuses_an_overlap(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    held = checkout.hold_slot(asha, at(24), rohan)

    @transactional
    def behind_everybodys_back(shift: timedelta) -> None:
        db.session.add(
            TimeClaim(
                person_id=rohan, live_session_id=held.id, starts_at=held.starts_at + shift, ends_at=held.ends_at + shift
            )
        )
        db.session.flush()

    for minutes in (-49, -1, 0, 1, 49):
        with pytest.raises(IntegrityError, match="time_claim_overlap"):
            behind_everybodys_back(timedelta(minutes=minutes))
    behind_everybodys_back(timedelta(minutes=50))
    behind_everybodys_back(timedelta(minutes=-50))
    with pytest.raises(IntegrityError, match="time_claim_overlap"):

        @transactional
        def move() -> None:
            db.session.execute(sa.update(TimeClaim).values(starts_at=held.starts_at, ends_at=held.ends_at))

        move()


def test_of_many_learners_in_threads_exactly_one_gets_the_slot_and_the_others_three_alternatives(
    app: Flask, clock: Any
) -> None:
    asha, start = mentor(), at(24)
    crowd = [person(f"Learner {n}") for n in range(CROWD)]
    results = together(app, [lambda one=one: checkout.hold_slot(asha, start, one).learner_id for one in crowd])
    winners = [result for result in results if isinstance(result, int)]
    losers = [result for result in results if isinstance(result, PeerLearnError)]
    assert len(winners) == 1 and len(losers) == CROWD - 1
    for loser in losers:
        assert isinstance(loser, Conflict) and loser.code == "slot_taken"
        assert len(loser.details["alternatives"]) == 3
        assert start.isoformat() not in loser.details["alternatives"]
    db.session.rollback()
    assert claims() == 2


def test_of_many_learners_exactly_one_gets_the_public_session(app: Flask, clock: Any) -> None:
    asha = mentor()
    offer = session_publish(asha, "Integrals", "", None, at(24), 50, 49900)
    crowd = [person(f"Learner {n}") for n in range(CROWD)]
    results = together(app, [lambda one=one: checkout.hold_public(offer.public_id, one).learner_id for one in crowd])
    assert sum(isinstance(result, int) for result in results) == 1
    assert {result.code for result in results if isinstance(result, PeerLearnError)} == {"slot_taken"}
    db.session.rollback()
    assert claims() == 2


def _hold_in_a_process(url: str, mentor_id: int, learner_id: int, start: Any, gate: Any, answers: Any) -> None:
    app = Flask("other-process")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, TESTING=True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        db.session.scalar(sa.select(sa.literal(1)))
        gate.wait(30)
        try:
            answers.put(("won", checkout.hold_slot(mentor_id, start, learner_id).public_id))
        except PeerLearnError as error:
            answers.put((error.code, None))
        except Exception as error:
            answers.put((repr(error), None))


def test_of_several_processes_exactly_one_gets_the_slot(app: Flask, db_url: str) -> None:
    asha, start = mentor(), at(24)
    crowd = [person(f"Learner {n}") for n in range(4)]
    # Clean processes, each split off from one that has imported the code.
    other = multiprocessing.get_context("forkserver")
    other.set_forkserver_preload(["peerlearn.tables", "peerlearn.sessions.checkout"])
    gate, answers = other.Barrier(len(crowd)), other.Queue()
    processes = [
        other.Process(target=_hold_in_a_process, args=(db_url, asha, one, start, gate, answers)) for one in crowd
    ]
    for process in processes:
        process.start()
    codes = sorted(answers.get(timeout=60)[0] for _ in processes)
    for process in processes:
        process.join(30)
    assert codes == ["slot_taken"] * 3 + ["won"]
    db.session.rollback()
    assert claims() == 2


@pytest.mark.parametrize("first", ["public", "private", "instant"])
@pytest.mark.parametrize("second", ["public", "private", "instant"])
@pytest.mark.parametrize("shared", ["mentor", "learner", "mentor_as_learner"])
def test_no_mix_of_kinds_overlaps_for_either_person(
    app: Flask, clock: Any, first: str, second: str, shared: str
) -> None:
    asha, zainab, rohan, priya = mentor(), mentor("Zainab"), person(), person("Priya")

    def book(kind: str, mentor_id: int, learner_id: int, request_id: int, shift: float) -> LiveSession:
        start = (now() if first == "instant" else at(24)) + timedelta(minutes=shift)
        if kind == "public":
            offer = session_publish(mentor_id, "Integrals", "", None, start, 50, 0)
            return checkout.hold_public(offer.public_id, learner_id)
        return checkout.hold_agreed(
            mentor_id, learner_id, start, 50, 0, "Integrals", kind=kind, request_id=request_id,
            hold_for=timedelta(minutes=10),
        )  # fmt: skip

    booked = book(first, asha, rohan, 1, 0)
    checkout.order_open(booked.id, gateway=TestGateway())  # free, so it stands
    other = {"mentor": (asha, priya), "learner": (zainab, rohan), "mentor_as_learner": (zainab, asha)}[shared]
    assert code_of(book, second, *other, 2, 30) in {"slot_taken", "overlap"}
    assert book(second, asha, priya, 3, 120).state == "held"


def test_lessons_that_touch_are_no_overlap_and_one_minute_is(app: Flask, clock: Any) -> None:
    asha, start = mentor(), at(24)
    session_publish(asha, "Integrals", "", None, start, 60, 49900)
    session_publish(asha, "Limits", "", None, start + timedelta(minutes=60), 60, 49900)
    session_publish(asha, "Series", "", None, start - timedelta(minutes=60), 60, 49900)
    assert code_of(session_publish, asha, "Proofs", "", None, start + timedelta(minutes=119), 60, 49900) == "overlap"


def test_the_learner_hears_which_lesson_of_theirs_is_in_the_way(app: Flask, clock: Any) -> None:
    asha, zainab, rohan, start = mentor(), mentor("Zainab"), person(), at(24)
    first = checkout.hold_agreed(
        asha, rohan, start, 50, 49900, "Integrals", kind="private", request_id=1, hold_for=timedelta(hours=2)
    )
    with pytest.raises(Conflict, match="You have another lesson at that time: Integrals") as caught:
        checkout.hold_slot(zainab, start, rohan)
    assert caught.value.details["url"] == f"/sessions/{first.public_id}"


def test_a_mentor_cannot_book_their_own_lesson(app: Flask, clock: Any) -> None:
    asha = mentor()
    with pytest.raises(Invalid, match="your own"):
        checkout.hold_slot(asha, at(24), asha)
    with pytest.raises(IntegrityError):

        @transactional
        def cheat() -> None:
            held = checkout.hold_slot(asha, at(24), person())
            held.learner_id = asha
            db.session.flush()

        cheat()


def test_only_times_the_mentor_offers_can_be_booked(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(notice_minutes=120), person()
    assert code_of(checkout.hold_slot, asha, at(1), rohan) == "not_offered"
    assert code_of(checkout.hold_slot, asha, at(24) + timedelta(minutes=7), rohan) == "not_offered"
    assert code_of(checkout.hold_slot, asha, at(24 * 40), rohan) == "not_offered"
    assert checkout.hold_slot(asha, at(3), rohan).state == "held"


def test_a_second_tab_gets_the_same_hold(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    first = checkout.hold_slot(asha, at(24), rohan)
    assert checkout.hold_slot(asha, at(24), rohan).id == first.id


def test_a_hold_runs_out_and_the_time_is_free_at_once_even_before_the_janitor(app: Flask, clock: Any) -> None:
    asha, rohan, priya, start = mentor(), person(), person("Priya"), at(24)
    held = checkout.hold_slot(asha, start, rohan)
    with pytest.raises(Conflict, match=r"free again in 10:00"):
        checkout.hold_slot(asha, start, priya)
    clock.move(minutes=10)
    assert start in slots_for_mentors([asha], limit=500)[asha]
    assert not busy_for([rohan], (start, start + timedelta(hours=1)))[rohan]
    assert checkout.hold_slot(asha, start, priya).learner_id == priya
    assert db.session.get(LiveSession, held.id, populate_existing=True).state == "expired"  # type: ignore[union-attr]


def test_the_janitor_puts_a_public_session_back_on_offer_and_takes_a_past_one_off(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    offer = session_publish(asha, "Integrals", "", None, at(24), 50, 49900)
    checkout.hold_public(offer.public_id, rohan)
    clock.move(minutes=9)
    assert checkout.holds_expire() == 0
    clock.move(minutes=1)
    assert checkout.holds_expire() == 1
    again = db.session.get(LiveSession, offer.id, populate_existing=True)
    assert again is not None and (again.state, again.learner_id, claims()) == ("open", None, 1)
    clock.move(hours=25)
    assert checkout.holds_expire() == 1
    assert db.session.get(LiveSession, offer.id, populate_existing=True).state == "expired"  # type: ignore[union-attr]
    assert claims() == 0


def test_nobody_collects_holds(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    for hours in (24, 26, 28):
        checkout.hold_slot(asha, at(hours), rohan)
    with pytest.raises(TooMany):
        checkout.hold_slot(asha, at(30), rohan)


def test_a_suspended_mentor_takes_no_bookings(app: Flask, clock: Any) -> None:
    from peerlearn.catalog.models import MentorProfile

    asha, rohan = mentor(), person()
    offer = session_publish(asha, "Integrals", "", None, at(24), 50, 49900)

    @transactional
    def suspend() -> None:
        db.session.get(MentorProfile, asha).state = "suspended"  # type: ignore[union-attr]

    suspend()
    for call, args in ((checkout.hold_slot, (asha, at(26), rohan)), (checkout.hold_public, (offer.public_id, rohan))):
        with pytest.raises(NotAllowed):
            call(*args)


def test_a_booking_is_five_statements_and_none_for_those_who_hear_of_it(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    db.session.remove()
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        checkout.hold_slot(asha, at(24), rohan)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) == 5, "\n".join(seen)


def test_an_own_hold_that_is_let_go_for_another_time_does_not_stand_in_its_way(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(buffer_minutes=10), person()
    first = checkout.hold_slot(asha, at(24), rohan)
    again = checkout.hold_slot(asha, at(24) + timedelta(minutes=30), rohan)
    assert (first.state, again.state, claims()) == ("expired", "held", 2)
