"""The WebSocket of the green server, against the real process: what RFC 6455 asks, what hostile ends try."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.frames import framed, unmasked
from tests.peerlearn.live.lessons import Lesson, lesson
from tests.servers import wait_until
from tests.wire import BINARY, CLOSE, PING, PONG, TEXT, Web, Wire, memory_kb, open_files, web_process

CONTINUATION = 0


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One web process for all of these, which must outlive every one of them."""
    with web_process(tmp_path_factory.mktemp("web"), SOCKET_PING_SECONDS="2") as running:
        yield running


@pytest.fixture(scope="module")
def room(web: Web) -> Lesson:
    with web.app.app_context():
        return lesson()


@pytest.fixture
def wire(web: Web, room: Lesson) -> Iterator[Wire]:
    with Wire(web, room.mentor_id) as made:
        yield made.connect()


@pytest.fixture(scope="module", autouse=True)
def unharmed(web: Web) -> Iterator[None]:
    """Whatever these tests did to their own connections, another person's works afterwards."""
    yield
    with web.app.app_context():
        other = lesson()
    with Wire(web, other.learner_id) as there:
        there.connect().join(other.public_id, "after")
        assert there.ask("chat_send", session=other.public_id, client_id="c", text="still here")["ok"]


def test_a_mask_is_undone_and_a_frame_says_its_length() -> None:
    for size in (0, 1, 3, 4, 5, 125, 126, 70_000):
        data = bytes(index % 251 for index in range(size))
        mask = b"\x01\xff\x00\x80"
        slowly = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        assert unmasked(data, mask) == slowly
        frame = framed(TEXT, data)
        assert frame[0] == 0x81
        assert frame.endswith(data)
        assert len(frame) - size == (2 if size < 126 else 4 if size < 65_536 else 10)


def test_compression_is_offered_by_browsers_and_not_taken(wire: Wire) -> None:
    assert wire.answer.startswith(b"HTTP/1.1 101 ")
    assert b"sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in wire.answer.lower()
    assert b"extensions" not in wire.answer.lower()


def test_small_messages_leave_at_once(web: Web) -> None:
    # The option is set on the listening socket; what is accepted from it inherits it.
    assert "TCP_NODELAY" in Path("config/server.py").read_text()


def test_a_ping_is_answered_with_its_own_words(wire: Wire) -> None:
    wire.raw(Wire.frame(PING, b"are you there"))
    assert wire.next_frame() == (PONG, b"are you there")
    wire.raw(Wire.frame(PONG, b"unasked"))
    assert wire.ask("presence_touch")["ok"]


def test_a_goodbye_is_answered_and_the_connection_is_let_go(web: Web, wire: Wire) -> None:
    before = open_files(web)
    wire.raw(Wire.frame(CLOSE, (1000).to_bytes(2, "big") + b"done"))
    assert wire.closed_with() == 1000
    wait_until(lambda: open_files(web) == before - 1, "the file being let go")


@pytest.mark.parametrize("code", [0, 999, 1005, 1006, 2000, 65_535])
def test_a_goodbye_without_sense_is_a_broken_one(wire: Wire, code: int) -> None:
    wire.raw(Wire.frame(CLOSE, code.to_bytes(2, "big")))
    assert wire.closed_with() == 1002


def test_a_message_in_pieces_is_one_message_also_with_a_ping_between_them(wire: Wire) -> None:
    text = b'427["presence_touch",{}]'
    wire.raw(Wire.frame(TEXT, text[:5], final=False))
    wire.raw(Wire.frame(PING, b"between"))
    for index in range(5, len(text)):
        wire.raw(Wire.frame(CONTINUATION, text[index : index + 1], final=False))
    wire.raw(Wire.frame(CONTINUATION, b""))
    assert wire.next_frame() == (PONG, b"between")
    assert wire.message() == '437[{"ok":true}]'


def test_a_frame_may_arrive_byte_by_byte_and_many_may_arrive_at_once(wire: Wire) -> None:
    for index in range(len(one := Wire.frame(TEXT, b'428["presence_touch",{}]'))):
        wire.raw(one[index : index + 1])
    assert wire.message() == '438[{"ok":true}]'
    wire.raw(b"".join(Wire.frame(TEXT, b'42%d["presence_touch",{}]' % (100 + n)) for n in range(20)))
    assert [wire.message() for _ in range(20)] == [f'43{100 + n}[{{"ok":true}}]' for n in range(20)], "in order"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (Wire.frame(TEXT, b"40", mask=None), 1002),
        (bytes([0xC1, 0x80]) + b"\0\0\0\0", 1002),
        (bytes([0x83, 0x80]) + b"\0\0\0\0", 1002),
        (bytes([0x8F, 0x80]) + b"\0\0\0\0", 1002),
        (Wire.frame(PING, b"x", final=False), 1002),
        (Wire.frame(PING, b"x" * 126), 1002),
        (Wire.frame(CONTINUATION, b"of nothing"), 1002),
        (Wire.frame(TEXT, b"4", final=False) + Wire.frame(TEXT, b"2"), 1002),
        (Wire.frame(TEXT, b"42\xff\xfe"), 1007),
        (Wire.frame(TEXT, b"42\xc3", final=False) + Wire.frame(CONTINUATION, b"("), 1007),
        (Wire.frame(TEXT, b"4" + b"x" * 262_144), 1009),
        (bytes([0x81, 0xFF]) + (2**63 - 1).to_bytes(8, "big"), 1009),
        (b"".join(Wire.frame(0 if n else TEXT, b"x" * 65_000, final=False) for n in range(5)), 1009),
        (b"".join(Wire.frame(0 if n else TEXT, b"x", final=False) for n in range(2000)), 1009),
    ],
    ids=[
        "unmasked", "extension bit", "unknown kind", "unknown control", "ping in pieces", "long ping", "piece of nothing",
        "message within a message", "not UTF-8", "not UTF-8 over pieces", "too large", "absurdly large", "too large in pieces",
        "too many pieces",
    ],
)  # fmt: skip
def test_a_broken_protocol_ends_the_connection_with_its_code(wire: Wire, broken: bytes, code: int) -> None:
    wire.raw(broken)
    assert wire.closed_with() == code


def test_ten_megabytes_end_the_connection_and_cost_no_memory(web: Web, wire: Wire) -> None:
    before = memory_kb(web)
    huge = Wire.frame(TEXT, b"4" + b"x" * 10_000_000)
    try:
        for start in range(0, len(huge), 65_536):
            wire.raw(huge[start : start + 65_536])
    except ConnectionError:
        pass  # the server hung up in the middle of it, as it may
    assert wire.closed_with() in {1009, 1006}
    assert memory_kb(web) - before < 3_000


@pytest.mark.parametrize(
    "nonsense", ["42{", '42["', "4", "42", "45", "451-", "49[]", "x", "2", "40/nowhere,", "42[]", "42[[]]", "429" * 300]
)
def test_a_message_without_sense_harms_nobody_else(wire: Wire, nonsense: str) -> None:
    wire.say(nonsense)
    try:
        wire.say('421["presence_touch",{}]')
        while not wire.message().startswith("431"):
            pass
    except (EOFError, ConnectionError):
        pass


def test_bytes_are_no_message_of_ours(wire: Wire) -> None:
    wire.raw(Wire.frame(BINARY, b"\x00\x01"))
    assert wire.closed_with() in {1000, 1006}


def test_a_silent_browser_is_missed_and_an_answering_one_is_not(web: Web, wire: Wire, room: Lesson) -> None:
    with Wire(web, room.learner_id) as silent:
        silent.connect()
        end = time.monotonic() + 6
        while time.monotonic() < end:
            assert wire.silent(0.5)
        silent.sock.settimeout(0.1)
        assert silent.closed_with() in {1000, 1005, 1006}
    assert wire.ask("presence_touch")["ok"]


def test_who_does_not_read_holds_nobody_up_and_is_cut_in_the_end(web: Web, room: Lesson) -> None:
    """The reader's window fills, then our buffer, up to its bound; the writer's answers come as quickly as before."""
    with Wire(web, room.mentor_id) as writer, Wire(web, room.learner_id, small_window=True) as reader:
        writer.connect().join(room.public_id, "m")
        reader.connect().join(room.public_id, "l")
        before = memory_kb(web)
        sdp = {"type": "offer", "sdp": "x" * 60_000}
        slowest = 0.0
        for _ in range(110):
            started = time.monotonic()
            answer = writer.ask("signal_send", session=room.public_id, to=2, description=sdp)
            assert answer["ok"] or answer["code"] == "too_fast"
            slowest = max(slowest, time.monotonic() - started)
        assert slowest < 4.0
        assert memory_kb(web) - before < 8_000
        seen = 0
        try:
            while True:
                reader.message()
                seen += 1
        except (EOFError, ConnectionError):
            pass
        assert seen < 110, "it was cut"


def test_a_sender_who_is_not_heard_yet_is_held_back(web: Web, wire: Wire, room: Lesson) -> None:
    """A thousand messages at once are handled in order, and few of them wait in memory."""
    wire.join(room.public_id, "m")
    before = memory_kb(web)
    wire.raw(b"".join(Wire.frame(TEXT, b'42["typing_show",{"session":"%s"}]' % (b"x" * 200)) for _ in range(1_000)))
    assert wire.ask("media_set", session=room.public_id, microphone=True)["ok"]
    assert memory_kb(web) - before < 6_000


def test_what_is_no_handshake_is_refused(web: Web) -> None:
    import socket

    for line in (
        "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ):
        with socket.create_connection(("127.0.0.1", web.product.port), timeout=5) as sock:
            sock.sendall(
                f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                f"Upgrade: websocket\r\n{line}\r\n\r\n".encode()
            )
            assert sock.recv(4096).startswith(b"HTTP/1.1 400")
