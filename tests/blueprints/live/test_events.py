"""The room over sockets: who may do what, what the other hears, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from peerlearn.kernel import db
from peerlearn.live.diagnostics import marks_of
from peerlearn.live.protocol import ASK, VOLATILE
from peerlearn.live.queries import last_seq, people_inside, presence_in
from peerlearn.sessions.models import LiveSession
from tests.blueprints.live.conftest import Browser
from tests.peerlearn.live.lessons import Lesson, lesson, person
from tests.servers import wait_until

STROKE = {"do": "stroke", "id": "s1", "page": 0, "color": 0, "width": 30, "points": "AAkDUUA"}
INK = [0, 2, "CEoD", "s1", 0, 30, 0]
Make = Callable[[int], Browser]


def join(browser: Browser, room: Lesson, *, page: str = "page", tab: str = "tab", **more: Any) -> Any:
    return browser.ask("room_join", session=room.public_id, page=page, tab=tab, **more)


def two(enter: Make, room: Lesson) -> tuple[Browser, Browser]:
    mentor, learner = enter(room.mentor_id), enter(room.learner_id)
    assert join(mentor, room, page="m", tab="m")["ok"]
    assert join(learner, room, page="l", tab="l")["ok"]
    for one in (mentor, learner):
        one.socket.get_received()
    return mentor, learner


def state_of(room: Lesson) -> str:
    row = db.session.get(LiveSession, room.id, populate_existing=True)
    assert row is not None
    return row.state


def test_both_meet_and_the_lesson_starts(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = enter(room.mentor_id), enter(room.learner_id)
    first = join(mentor, room, page="m", tab="m")
    assert (first["polite"], first["side"], first["peer"], first["seq"]) == (False, "mentor", None, 0)
    assert state_of(room) == "confirmed"
    second = join(learner, room, page="l", tab="l")
    assert (second["polite"], second["side"]) == (True, "learner")
    assert second["peer"] == {"epoch": first["epoch"]}
    assert mentor.heard("peer_entered") == [{"epoch": second["epoch"]}]
    assert state_of(room) == "live"
    assert people_inside(room.id) == {room.mentor_id, room.learner_id}


@pytest.mark.parametrize("event", sorted(set(ASK.values())))
def test_a_third_person_is_refused_everywhere_and_nobody_hears(app: Flask, enter: Make, event: str) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    third = enter(person("Eve"))
    answer = third.ask(
        event, session=room.public_id, page="p", tab="t", client_id="c", text="hi", steps=[], to=1, since=0
    )
    if event in VOLATILE:
        assert not answer
    else:
        assert answer["ok"] is False
        assert answer["code"] in {"not_a_member", "not_seated"}
    assert not mentor.socket.get_received()
    assert not learner.socket.get_received()
    assert last_seq(room.id) == 0


def test_a_member_of_one_room_cannot_act_in_another(app: Flask, enter: Make) -> None:
    room, foreign = lesson(), lesson()
    mentor, _ = two(enter, room)
    answer = mentor.ask("chat_send", session=foreign.public_id, client_id="c", text="hi")
    assert answer["code"] == "not_seated"
    assert join(mentor, foreign)["code"] == "not_a_member"


def test_the_door_is_kept_by_the_server(app: Flask, enter: Make) -> None:
    early = lesson(starts_in_minutes=11)
    assert join(enter(early.mentor_id), early)["code"] == "door_early"
    late = lesson(starts_in_minutes=-66)
    assert join(enter(late.mentor_id), late)["code"] == "room_ended"
    over = lesson(state="completed")
    assert join(enter(over.learner_id), over)["code"] == "room_ended"


def test_a_drawing_step_is_committed_then_told_once(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    steps = [{"client_id": "c1", "op": STROKE}, {"client_id": "c2", "op": {"do": "destroy"}}]
    answer = mentor.ask("board_commit", session=room.public_id, steps=steps)
    assert answer["ok"]
    written, refused = answer["answers"]
    assert (written["client_id"], written["seq"]) == ("c1", 1)
    assert (refused["client_id"], refused["code"]) == ("c2", "board_operation_invalid")
    assert last_seq(room.id) == 1
    (told,) = learner.heard("journal_appended")
    (line,) = told["entries"]
    assert (line["seq"], line["kind"], line["author"], line["payload"]) == (1, "board", mentor.public_id, STROKE)
    again = mentor.ask("board_commit", session=room.public_id, steps=steps[:1])
    assert again["answers"][0]["seq"] == 1
    assert not learner.heard("journal_appended")


def test_who_waits_for_the_log_holds_no_connection(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, _learner = two(enter, room)
    desk = app.extensions["peerlearn.live"]
    for seat in desk.seats.in_room(room.id):
        seat.checked_at = -100.0  # the next event reads the lesson again
    pool: Any = db.engine.pool
    held: list[int] = []
    scope = desk.journal._scope

    def counting() -> Any:
        held.append(pool.checkedout())
        return scope()

    desk.journal._scope = counting
    db.session.rollback()
    try:
        assert mentor.ask("chat_send", session=room.public_id, client_id="c", text="x")["ok"]
    finally:
        desk.journal._scope = scope
    assert held == [0]


def test_the_author_is_the_socket_never_the_payload(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    learner.ask(
        "chat_send", session=room.public_id, client_id="c", text="hi", author=mentor.public_id, user_id=room.mentor_id
    )
    (told,) = mentor.heard("journal_appended")
    assert told["entries"][0]["author"] == learner.public_id


def test_a_late_comer_catches_up_from_the_log(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    for number in range(3):
        mentor.ask("chat_send", session=room.public_id, client_id=f"c{number}", text=f"line {number}")
    answer = learner.ask("journal_sync", session=room.public_id, since=1)
    assert answer["authors"] == [mentor.public_id]
    assert [line[:4] for line in answer["lines"]] == [[2, 0, 0, "c1"], [3, 0, 0, "c2"]]
    assert answer["lines"][1][5] == {"text": "line 2"}
    assert answer["more"] is False
    first = learner.ask("journal_sync", session=room.public_id, since=0, most=1)
    assert (len(first["lines"]), first["more"]) == (1, True)
    for forged in ({"since": "1"}, {"since": -1}, {"since": True}, {"since": 0, "most": 0}, {"since": 0, "most": "9"}):
        assert learner.ask("journal_sync", session=room.public_id, **forged)["code"] == "bad_payload"


def test_a_signal_reaches_only_the_other_and_carries_our_epoch(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    sdp = {"type": "offer", "sdp": "v=0"}
    assert mentor.ask("signal_send", session=room.public_id, to=2, description=sdp, **{"from": 99})["ok"]
    assert learner.heard("signal_relayed") == [{"description": sdp, "round": 1, "from": 1, "to": 2}]
    assert not mentor.heard("signal_relayed")
    big = {"type": "offer", "sdp": "x" * 65_537}
    assert mentor.ask("signal_send", session=room.public_id, to=2, description=big)["code"] == "signal_invalid"
    assert mentor.ask("signal_send", session=room.public_id, to="2", description=sdp)["code"] == "bad_payload"


def test_diagnostics_are_kept_for_this_room_and_refused_when_malformed(app: Flask, enter: Make) -> None:
    room = lesson()
    _, learner = two(enter, room)
    marks = [[1200, "call", "connected"]]
    assert learner.ask("diagnostics_send", session=room.public_id, marks=marks) == {"ok": True, "kept": 1}
    assert [(mark.user_id, mark.value) for mark in marks_of(room.id)] == [(room.learner_id, "connected")]
    assert learner.ask("diagnostics_send", session=room.public_id, marks="x")["code"] == "diagnostics_invalid"
    assert learner.ask("diagnostics_send", session=lesson().public_id, marks=marks)["code"] == "not_seated"


def test_ink_of_a_locked_learner_goes_nowhere(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    lock = [{"client_id": "lock", "op": {"do": "lock", "on": True}}]
    assert mentor.ask("board_commit", session=room.public_id, steps=lock)["ok"]
    learner.ask_raw("ink", INK)
    assert not mentor.heard("ink")
    learner.ask_raw("ink", [0, 1, "AAA"])
    assert mentor.heard("ink") == [[0, 1, "AAA"]], "pointing is no drawing"
    mentor.ask_raw("ink", INK)
    assert learner.heard("ink") == [INK]


def test_ink_and_cursor_are_relayed_and_never_stored(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    cursor = [0, 0, "CEA"]
    for message in (INK, [*INK[:2], "x", *INK[3:]], cursor, {"session": room.public_id}, None):
        mentor.ask_raw("ink", message)
    packets = learner.socket.get_received()
    assert [(packet["name"], packet["args"]) for packet in packets] == [("ink", [INK]), ("ink", [cursor])]
    assert last_seq(room.id) == 0


def test_a_view_reaches_the_other_also_from_behind_a_lock(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    view = {"page": 0, "box": [0, 0, 100, 100], "lead": 1}
    lock = [{"client_id": "lock", "op": {"do": "lock", "on": True}}]
    assert mentor.ask("board_commit", session=room.public_id, steps=lock)["ok"]
    learner.ask("view_show", session=room.public_id, **view)
    learner.ask("view_show", session=room.public_id, **{**view, "box": "all"})
    assert mentor.heard("view_shown") == [view]
    assert last_seq(room.id) == 1


def test_what_we_send_is_told_in_booleans(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    mentor.ask("media_set", session=room.public_id, microphone=True, camera="yes", evil=1)
    assert learner.heard("media_changed") == [
        {"microphone": True, "camera": False, "screen": False, "hand": False, "low_data": False}
    ]


def test_a_flood_is_refused_with_a_friendly_sentence(app: Flask, enter: Make, caplog: pytest.LogCaptureFixture) -> None:
    room = lesson()
    mentor, _ = two(enter, room)
    # An empty message costs no database, so that a slow machine can't give the bucket time to refill.
    codes = [mentor.ask("chat_send", session=room.public_id, client_id="c", text="")["code"] for _ in range(60)]
    assert codes[0] == "chat_empty"
    assert codes.count("too_fast") >= 20
    assert "too_fast" in caplog.text


@pytest.mark.parametrize("payload", [None, [], "x", 5])
def test_an_odd_payload_is_answered(app: Flask, enter: Make, payload: Any) -> None:
    room = lesson()
    mentor, _ = two(enter, room)
    for event in ("board_commit", "room_join", "room_end", "signal_send"):
        answer = mentor.ask_raw(event, payload)
        assert answer["code"] == "bad_payload", event


def test_a_reload_comes_back_and_a_second_tab_is_asked(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    second = enter(room.mentor_id)
    assert join(second, room, page="m2", tab="other")["code"] == "seat_taken"
    reloaded = enter(room.mentor_id)
    again = join(reloaded, room, page="m3", tab="m")
    assert again["epoch"] == 3
    assert mentor.heard("seat_moved") == [{"epoch": 3}]
    assert learner.heard("peer_entered") == [{"epoch": 3}]
    # The old page has lost its seat: it can do nothing any more, and its end is nobody's leaving.
    assert mentor.ask("chat_send", session=room.public_id, client_id="c", text="x")["code"] == "not_seated"
    mentor.close()
    assert not learner.heard("peer_left")
    moved = join(second, room, page="m2", tab="other", move=True)
    assert moved["ok"]
    assert reloaded.heard("seat_moved") == [{"epoch": moved["epoch"]}]


def test_a_lost_socket_is_told_and_the_same_page_keeps_its_epoch(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    learner.close()
    assert mentor.heard("peer_left") == [{"epoch": 2, "on_purpose": False}]
    assert people_inside(room.id) == {room.mentor_id}
    back = enter(room.learner_id)
    assert join(back, room, page="l", tab="l")["epoch"] == 2
    assert back.ask("room_leave", session=room.public_id)["ok"]
    assert mentor.heard("peer_left") == [{"epoch": 2, "on_purpose": True}]
    assert set(presence_in(room.id).by_person) == {room.mentor_id, room.learner_id}


def test_who_leaves_while_the_database_is_away_has_left_when_it_is_back(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)

    def away(*_args: object) -> None:
        raise OperationalError("UPDATE attendance", {}, ConnectionError("the server closed the connection"))

    sa.event.listen(db.engine, "before_cursor_execute", away)
    with suppress(OperationalError):
        learner.close()
    sa.event.remove(db.engine, "before_cursor_execute", away)
    db.session.rollback()
    wait_until(lambda: mentor.heard("peer_left") == [{"epoch": 2, "on_purpose": False}], "the word of the leaving")
    assert people_inside(room.id) == {room.mentor_id}


def test_the_end_is_for_both_and_nothing_goes_on_after_it(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    assert learner.ask("room_end", session=room.public_id)["ok"]
    assert state_of(room) == "completed"
    for one in (mentor, learner):
        assert one.heard("room_ended") == [{"state": "completed"}]
    answer = mentor.ask("chat_send", session=room.public_id, client_id="c", text="x")
    assert answer["code"] == "room_ended"
    assert (
        mentor.ask("board_commit", session=room.public_id, steps=[{"client_id": "d", "op": STROKE}])["code"]
        == "room_ended"
    )
    assert last_seq(room.id) == 0
    assert people_inside(room.id) == set()
    assert join(mentor, room)["code"] == "room_ended"


def test_a_learner_alone_cannot_end_a_lesson_that_has_not_started(app: Flask, enter: Make) -> None:
    room = lesson()
    learner = enter(room.learner_id)
    assert join(learner, room)["ok"]
    assert learner.ask("room_end", session=room.public_id)["code"] == "end_not_allowed"
    assert state_of(room) == "confirmed"


def test_the_lobby_hears_the_other_come(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = enter(room.mentor_id), enter(room.learner_id)
    assert mentor.ask("lobby_join", session=room.public_id)["other_inside"] is False
    learner.ask("lobby_join", session=room.public_id)
    assert mentor.heard("lobby_changed") == [{"side": "learner", "where": "lobby"}]
    join(mentor, room)
    assert learner.heard("lobby_changed") == [{"side": "mentor", "where": "room"}]
    late = enter(room.learner_id)
    assert late.ask("lobby_join", session=room.public_id)["other_inside"] is True


def test_a_locked_board_takes_nothing_of_the_learner(app: Flask, enter: Make) -> None:
    room = lesson()
    mentor, learner = two(enter, room)
    stroke = [{"client_id": "s", "op": STROKE}]
    lock = [{"client_id": "lock", "op": {"do": "lock", "on": True}}]
    refused = learner.ask("board_commit", session=room.public_id, steps=lock)
    assert refused["ok"]
    assert refused["answers"][0]["code"] == "mentor_only"
    assert mentor.ask("board_commit", session=room.public_id, steps=lock)["answers"][0]["seq"] == 1
    assert learner.heard("journal_appended")[0]["entries"][0]["payload"] == {"do": "lock", "on": True}
    (answer,) = learner.ask("board_commit", session=room.public_id, steps=stroke)["answers"]
    assert (answer["client_id"], answer["code"]) == ("s", "board_locked")
    assert not mentor.heard("journal_appended")
    assert not seat_of(app, room, "learner").may_draw
    assert seat_of(app, room, "mentor").may_draw
    assert learner.ask("chat_send", session=room.public_id, client_id="c", text="why?")["answers"][0]["seq"] == 2
    # A reload, and a process that learns of it late, read it from the log's head.
    back = enter(room.learner_id)
    assert join(back, room, page="l2", tab="l")["ok"]
    seat = seat_of(app, room, "learner")
    assert not seat.may_draw
    open_ = [{"client_id": "open", "op": {"do": "lock", "on": False}}]
    assert mentor.ask("board_commit", session=room.public_id, steps=open_)["answers"][0]["seq"] == 3
    assert seat.may_draw
    seat.may_draw, seat.checked_at = False, -100.0
    assert back.ask("board_commit", session=room.public_id, steps=stroke)["answers"][0]["seq"] == 4
    assert seat.may_draw


def seat_of(app: Flask, room: Lesson, side: str) -> Any:
    (seat,) = [seat for seat in app.extensions["peerlearn.live"].seats.in_room(room.id) if seat.side == side]
    return seat
