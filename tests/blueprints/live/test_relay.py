"""Ink from seat to seat through the real process: by the quick way, by the ordinary one, and with threads. All mean the same."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from flask import Flask

from blueprints.live.commit_relay import CommitRelay
from blueprints.live.desk import desk
from blueprints.live.relay import InkRelay
from blueprints.live.switchboard import Switchboard
from peerlearn.kernel import db
from peerlearn.live.protocol import RATES
from peerlearn.live.queries import last_seq
from peerlearn.sessions.models import LiveSession
from tests.blueprints.live.conftest import Browser
from tests.peerlearn.live.lessons import Lesson, lesson, person
from tests.servers import wait_until
from tests.wire import TEXT, Web, Wire, web_process

INK = [0, 2, "ohKs2GkDAAA", "s1", 0, 30, 0]
STROKE = {"do": "stroke", "id": "s1", "page": 0, "color": 0, "width": 30, "points": [0, 0, 50, 10, 10, 50]}
WAYS = {"quick": {}, "ordinary": {"ROOM_FAST_PATH": "0"}, "threads": {"ASYNC_MODE": "threading"}}


@pytest.fixture(scope="module", params=list(WAYS))
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_process(tmp_path_factory.mktemp(request.param), **WAYS[request.param]) as running:
        yield running


@pytest.fixture
def room(web: Web) -> Lesson:
    with web.app.app_context():
        return lesson()


@pytest.fixture
def two(web: Web, room: Lesson) -> Iterator[tuple[Wire, Wire]]:
    """Mentor and learner, both seated, and both having heard everything about it."""
    with Wire(web, room.mentor_id) as mentor, Wire(web, room.learner_id) as learner:
        mentor.connect().join(room.public_id, "m")
        learner.connect().join(room.public_id, "l")
        learner.ask("media_set", session=room.public_id)
        mentor.event("media_changed")
        yield mentor, learner


def frame(message: Any) -> bytes:
    return b"42" + json.dumps(["ink", message], separators=(",", ":")).encode()


def test_the_other_one_gets_the_very_bytes_and_nobody_else_anything(
    two: tuple[Wire, Wire], web: Web, room: Lesson
) -> None:
    mentor, learner = two
    cursor = [19, 0, "oxB-vLA"]
    for message in (INK, cursor):
        mentor.say(frame(message))
    assert [learner.message().encode() for _ in range(2)] == [frame(INK), frame(cursor)]
    learner.say(frame(INK))
    assert mentor.message().encode() == frame(INK)
    assert learner.silent(0.2)
    with web.app.app_context():
        assert last_seq(room.id) == 0


MALFORMED = [
    frame({"session": "x"}),
    frame([0, 2, "AA", "s1", 0, 30, 0]),
    frame([0, 2, "AAA", "<b>", 0, 30, 0]),
    frame([0, 2, "AAA", "s1", 0, 30, 10**9]),
    frame([0, 2, "AAA" * 2000, "s1", 0, 30, 0]),
    frame([[[[]]]]),
    b'42["ink","' + b"x" * 300 + b'"]',
    b'42["ink"]',
    b'42["ink",null]',
]


def test_malformed_ink_never_reaches_the_other_one(two: tuple[Wire, Wire], room: Lesson) -> None:
    mentor, learner = two
    for odd in MALFORMED:
        mentor.say(odd)
    mentor.say(frame(INK))
    assert learner.message().encode() == frame(INK)
    mentor.say(frame(INK)[:-1])  # no JSON at all: what comes after it may be lost with its sender's connection
    with contextlib.suppress(EOFError, ConnectionError):
        mentor.ask("media_set", session=room.public_id, hand=True)
    assert not learner.message().startswith('42["ink"')


def test_pieces_and_other_spellings_go_the_ordinary_way(two: tuple[Wire, Wire]) -> None:
    mentor, learner = two
    whole = frame(INK)
    mentor.raw(Wire.frame(TEXT, whole[:20], final=False) + Wire.frame(0, whole[20:]))
    assert learner.event("ink") == INK
    mentor.say(json.dumps(["ink", INK]).join(("42", "")))
    assert learner.event("ink") == INK
    mentor.say(b"4277" + whole[2:])
    assert learner.event("ink") == INK
    assert mentor.message().startswith("4377[")


def test_ink_does_not_overtake_what_its_sender_said_before(two: tuple[Wire, Wire], room: Lesson) -> None:
    mentor, learner = two
    for round_ in range(10):
        step = {"session": room.public_id, "steps": [{"client_id": f"c{round_}", "op": {**STROKE, "id": f"s{round_}"}}]}
        after = [0, 2, "AAA", f"after{round_}", 0, 30, 0]
        # One packet on the wire: the commit waits for the database while the ink is here already.
        mentor.raw(
            Wire.frame(TEXT, b"42" + json.dumps(["board_commit", step]).encode()) + Wire.frame(TEXT, frame(after))
        )
        first, second = learner.message(), learner.message()
        assert first.startswith('42["journal_appended"'), (round_, first[:60])
        assert second.encode() == frame(after)


def test_a_flood_is_thinned_to_the_rate(two: tuple[Wire, Wire], room: Lesson) -> None:
    mentor, learner = two
    rate, burst = RATES["ink"]
    started = time.monotonic()
    mentor.raw(Wire.frame(TEXT, frame(INK)) * 800)
    mentor.ask("media_set", session=room.public_id, hand=True)
    took = time.monotonic() - started
    heard = 0
    while not learner.message().startswith('42["media_changed"'):
        heard += 1
    assert burst - 5 <= heard <= burst + rate * took + 5
    time.sleep(0.1)
    mentor.say(frame(INK))
    assert learner.event("ink") == INK


def test_who_has_no_seat_is_heard_by_nobody(two: tuple[Wire, Wire], web: Web, room: Lesson) -> None:
    mentor, learner = two
    with web.app.app_context():
        eve = person("Eve")
    with Wire(web, eve) as third:
        third.connect().say(frame(INK))
        third.ask("presence_touch")
    assert mentor.silent(0.2)
    assert mentor.ask("room_leave", session=room.public_id)["ok"]
    learner.event("peer_left")
    mentor.say(frame(INK))
    mentor.ask("presence_touch")
    assert learner.silent(0.2)


@pytest.mark.parametrize("web", ["quick"], indirect=True)
def test_an_end_that_was_written_elsewhere_counts_within_the_belief(
    two: tuple[Wire, Wire], web: Web, room: Lesson
) -> None:
    mentor, learner = two
    mentor.say(frame(INK))
    learner.event("ink")
    with web.app.app_context():
        db.session.execute(db.update(LiveSession).where(LiveSession.id == room.id).values(state="cancelled"))
        db.session.commit()
    end = time.monotonic() + 5.2
    while time.monotonic() < end:
        mentor.say(frame(INK))
        time.sleep(0.2)
    mentor.ask("presence_touch")
    while not learner.silent(0.2):
        pass
    mentor.say(frame(INK))
    mentor.ask("presence_touch")
    assert learner.silent(0.3)


@pytest.mark.parametrize("web", ["quick"], indirect=True)
def test_ink_is_dropped_for_a_reader_who_is_behind_and_the_sender_goes_on(web: Web, room: Lesson) -> None:
    with Wire(web, room.mentor_id) as mentor, Wire(web, room.learner_id, small_window=True) as learner:
        mentor.connect().join(room.public_id, "m")
        learner.connect().join(room.public_id, "l")
        long = [0, 2, "ohKs2GkDAAA" * 30, "s1", 0, 30, 0]
        until = time.monotonic() + 2
        while time.monotonic() < until:
            mentor.say(frame(long))
            time.sleep(0.005)
        started = time.monotonic()
        assert mentor.ask("presence_touch")["ok"]
        assert time.monotonic() - started < 4
        assert learner.event("ink") == long


class Kept:
    """A connection that keeps what it is thrown and told."""

    def __init__(self, sid: str) -> None:
        self.sid = sid
        self.room_sid = ""
        self.thrown: list[bytes] = []
        self.told: list[Any] = []
        self.held = False

    def throw(self, text: bytes) -> None:
        self.thrown.append(text)

    def tell(self, text: bytes) -> None:
        self.told.append((text[: text.index(b"[")], json.loads(text[text.index(b"[") :])))

    def hold(self, seconds: float) -> None:
        assert seconds > 0
        self.held = True

    def release(self) -> None:
        self.held = False


class Pair(NamedTuple):
    """Two browsers that look at a room, the lines under them, and the switchboard between these."""

    room: Lesson
    mentor: Browser
    learner: Browser
    here: Kept
    there: Kept
    board: Switchboard

    def sit(self) -> None:
        """Both take their seats, the mentor first."""
        for one, page in ((self.mentor, "m"), (self.learner, "l")):
            assert one.ask("room_join", session=self.room.public_id, page=page, tab=page)["ok"]


@pytest.fixture
def pair(app: Flask, enter: Callable[[int], Browser]) -> Pair:
    room = lesson()
    mentor, learner = enter(room.mentor_id), enter(room.learner_id)
    lines = {one.socket.eio_sid: Kept(one.socket.eio_sid) for one in (mentor, learner)}
    board = Switchboard(desk(), app.extensions["socketio"].server, lines)
    return Pair(room, mentor, learner, *lines.values(), board)


def test_the_quick_way_takes_what_it_can_settle_and_leaves_the_rest(pair: Pair) -> None:
    room, mentor, learner, here, there, board = pair
    relay = InkRelay(board)
    good = frame(INK)
    assert not relay(here, good), "nobody sits"
    assert mentor.ask("room_join", session=room.public_id, page="m", tab="m")["ok"]
    assert not relay(here, good), "the other one may be on another process"
    assert learner.ask("room_join", session=room.public_id, page="l", tab="l")["ok"]
    assert relay(here, good)
    assert (here.thrown, there.thrown) == ([], [good])
    for odd in (*MALFORMED, good[:-1], good + b" ", b'42["chat_send",{}]', b"3", b""):
        assert not relay(here, odd)
    seat = desk().seats.of(here.room_sid)
    assert seat is not None
    seat.may_draw = False
    assert not relay(here, good), "a locked board"
    seat.may_draw = True
    seat.checked_at -= 6
    assert not relay(here, good), "the lesson must be looked at again"
    seat.checked_at += 6
    assert all(relay(here, good) for _ in range(400)), "a flood is settled too"
    assert len(there.thrown) <= RATES["ink"][1] + 30
    assert mentor.ask("room_leave", session=room.public_id)["ok"]
    assert not relay(here, good)


def commit(room: Lesson, *ids: str, number: int = 7, **other: Any) -> bytes:
    steps = [{"client_id": one, "op": {**STROKE, "id": one, **other}} for one in ids]
    event = ["board_commit", {"session": room.public_id, "steps": steps}]
    return b"42%d" % number + json.dumps(event, separators=(",", ":")).encode()


def test_a_plain_commit_goes_the_quick_way_and_all_others_the_ordinary_one(pair: Pair) -> None:
    room, _mentor, learner, here, _there, board = pair
    relay = CommitRelay(board)
    assert not relay(here, commit(room, "a")), "nobody sits"
    pair.sit()
    odd = [
        commit(lesson(), "a"),
        commit(room, "a", color=99),
        commit(room, "<b>"),
        commit(room),
        commit(room, "a").replace(b"427", b"42"),
        commit(room, "a")[:-1],
        commit(room, "a", points="A" * 20_000),
        b'427["board_commit"]',
        b'427["board_commit",5]',
        b'427["chat_send",{}]',
        b"3",
        b"",
    ]
    assert not [one for one in odd if relay(here, one)]
    assert not here.held
    for answered in (1, 2):  # the second one repeats the first
        assert relay(here, commit(room, "a", "b", number=12))
        wait_until(lambda answered=answered: len(here.told) == answered, "an answer")
        assert not here.held
        kind, [answer] = here.told[-1]
        assert (kind, answer["ok"], [one["seq"] for one in answer["answers"]]) == (b"4312", True, [1, 2])
    told = [[line["client_id"] for line in news["entries"]] for news in learner.heard("journal_appended")]
    assert told == [["a", "b"]]
    assert last_seq(room.id) == 2
    seat = desk().seats.of(here.room_sid)
    assert seat is not None
    seat.checked_at -= 6
    assert not relay(here, commit(room, "c")), "the lesson must be looked at again"


def test_what_the_log_refuses_is_said_in_words_the_quick_way_too(pair: Pair) -> None:
    room, mentor, _learner, teacher, pupil, board = pair
    relay = CommitRelay(board)
    pair.sit()
    lock = {"session": room.public_id, "steps": [{"client_id": "k", "op": {"do": "lock", "on": True}}]}
    assert mentor.ask("board_commit", **lock)["ok"]
    assert relay(pupil, commit(room, "p"))
    wait_until(lambda: pupil.told != [], "an answer")
    [refused] = pupil.told[0][1][0]["answers"]
    assert (refused["client_id"], refused["code"]) == ("p", "board_locked")
    assert refused["message"]
    db.session.execute(db.update(LiveSession).values(state="completed"))
    db.session.commit()
    assert relay(teacher, commit(room, "t"))
    wait_until(lambda: teacher.told != [], "an answer")
    [answer] = teacher.told[0][1]
    assert (answer["ok"], answer["code"]) == (False, "room_ended")
