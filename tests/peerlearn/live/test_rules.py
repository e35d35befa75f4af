"""Chat, signals, buckets, stays, doors and credentials: the room's small pure rules."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.live.attendance import length, overlap, union
from peerlearn.live.chat import parse_message
from peerlearn.live.limits import Bucket
from peerlearn.live.room import check_may_end, room_pass, side_of
from peerlearn.live.signal import parse_signal
from peerlearn.live.turn import ice_servers, turn_credential

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


# --- chat


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("  So dx is how wide I cut?  ", "So dx is how wide I cut?"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("a\r\nb\n\n\n\nc", "a\nb\n\nc"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("ab\x00c\ud800", "abc"),
        ("नमस्ते x² 🙂", "नमस्ते x² 🙂"),
    ],
)
def test_a_message_is_kept_as_plain_text(said: str, kept: str) -> None:
    assert parse_message(said) == kept


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "chat_empty"),
        (" \n\u202e ", "chat_empty"),
        ("x" * 2001, "chat_too_long"),
        ("x" * 9999, "chat_too_long"),
        (None, "chat_invalid"),
        ({"text": "x"}, "chat_invalid"),
        (5, "chat_invalid"),
    ],
)
def test_a_bad_message_is_refused(said: Any, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_message(said)
    assert refusal.value.code == code


# --- signals


def test_signals_carry_nothing_but_the_call() -> None:
    offer = {"type": "offer", "sdp": "v=0"}
    assert parse_signal({"description": {**offer, "extra": 1}, "to": 5}) == {"description": offer, "round": 1}
    line = {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "u"}
    assert parse_signal({"candidate": {**line, "extra": 1}}) == {"candidate": line, "round": 1}
    assert parse_signal({"candidate": None, "round": 7}) == {"candidate": None, "round": 7}
    assert parse_signal({"again": True, "sdp": "x"}) == {"again": True, "round": 1}


@pytest.mark.parametrize(
    "signal",
    [
        None,
        {},
        {"description": {"type": "rollback", "sdp": ""}},
        {"description": {"type": "pranswer", "sdp": "v"}},
        {"description": {"type": ["offer"], "sdp": "v"}},
        {"description": {"type": "offer", "sdp": "x" * 65_537}},
        {"description": {"type": "offer", "sdp": "é" * 40_000}},
        {"description": "offer"},
        {"candidate": "candidate:1"},
        {"candidate": {"candidate": "x" * 3000}},
        {"candidate": {"candidate": "c", "sdpMLineIndex": True}},
        {"candidate": {"candidate": "c", "sdpMid": 5}},
        {"again": 1},
        {"again": True, "round": 0},
        {"again": True, "round": True},
        {"candidate": None, "round": "2"},
    ],
)
def test_a_malformed_signal_is_refused(signal: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_signal(signal)
    assert refusal.value.code == "signal_invalid"


# --- buckets


def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    bucket = Bucket(rate=2, burst=3, at=0)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.5), bucket.take(0.5)] == [True, False]
    assert [bucket.take(100) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_steps_back_refills_nothing() -> None:
    bucket = Bucket(rate=1, burst=1, at=10)
    assert bucket.take(10)
    assert not bucket.take(5)


# --- stays


def test_no_moment_is_counted_twice() -> None:
    stays = [(minute(0), minute(10)), (minute(5), minute(20)), (minute(20), minute(21)), (minute(30), minute(29))]
    assert union(stays) == [(minute(0), minute(21))]
    assert length(stays) == timedelta(minutes=21)


def test_time_together_is_where_both_were() -> None:
    mentor = [(minute(0), minute(20)), (minute(25), minute(50))]
    learner = [(minute(5), minute(30))]
    assert overlap(mentor, learner) == [(minute(5), minute(20)), (minute(25), minute(30))]
    assert overlap(mentor, []) == []


# --- who may enter and end


@dataclass
class Row:
    mentor_id: int = 1
    learner_id: int | None = 2
    starts_at: datetime = NOON
    ends_at: datetime = NOON + timedelta(minutes=50)
    state: str = "confirmed"


def test_the_learner_is_polite_whoever_comes_first() -> None:
    assert not room_pass(Row(), 1, NOON).polite
    assert room_pass(Row(), 2, NOON).polite
    assert side_of(Row(learner_id=None), 2) is None


@pytest.mark.parametrize(
    ("at", "code"),
    [(minute(-11), "door_early"), (minute(-10), None), (minute(64.9), None), (minute(65), "room_ended")],
)
def test_the_door_keeps_its_times(at: datetime, code: str | None) -> None:
    if code is None:
        room_pass(Row(), 1, at)
        return
    with pytest.raises(Conflict) as refusal:
        room_pass(Row(), 1, at)
    assert refusal.value.code == code


@pytest.mark.parametrize("state", ["open", "held", "completed", "cancelled", "expired"])
def test_only_a_confirmed_or_live_lesson_has_a_room(state: str) -> None:
    with pytest.raises(Conflict):
        room_pass(Row(state=state), 1, NOON)


def test_a_third_person_learns_nothing() -> None:
    for at in (minute(-60), NOON, minute(99)):
        with pytest.raises(Missing) as refusal:
            room_pass(Row(), 3, at)
        assert refusal.value.code == "room_missing"


@pytest.mark.parametrize(
    ("state", "user_id", "at", "allowed"),
    [
        ("live", 1, NOON, True),
        ("live", 2, NOON, True),
        ("confirmed", 1, NOON, True),
        ("confirmed", 1, minute(-1), False),
        ("confirmed", 2, minute(5), False),
        ("completed", 1, NOON, False),
    ],
)
def test_who_may_end_a_lesson(state: str, user_id: int, at: datetime, allowed: bool) -> None:
    if allowed:
        check_may_end(Row(state=state), user_id, at)
        return
    with pytest.raises(NotAllowed):
        check_may_end(Row(state=state), user_id, at)


# --- TURN


def test_a_turn_credential_is_the_one_of_the_rest_scheme() -> None:
    credential = turn_credential(secret="s3cret", person="abc", at=NOON, ttl_seconds=3600)
    assert credential.username == f"{int(minute(60).timestamp())}:abc"
    digest = hmac.new(b"s3cret", credential.username.encode(), hashlib.sha1).digest()
    assert credential.password == base64.b64encode(digest).decode()
    assert credential.ends_at == minute(60)


def test_without_a_secret_no_relay_is_offered() -> None:
    kwargs: dict[str, Any] = {"person": "abc", "at": NOON, "ttl_seconds": 60}
    assert ice_servers(stun_urls=(), turn_urls=(), turn_secret="", **kwargs) == []
    assert ice_servers(stun_urls=("stun:x",), turn_urls=("turn:x",), turn_secret="", **kwargs) == [{"urls": ["stun:x"]}]
    both = ice_servers(stun_urls=("stun:x",), turn_urls=("turn:x",), turn_secret="s", **kwargs)
    assert [set(server) for server in both] == [{"urls"}, {"urls", "username", "credential"}]
