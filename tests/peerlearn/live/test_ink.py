"""Ink in progress: one rule for a message and for the frame that carries it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from peerlearn.live.ink import PREFIX, _whole, is_ink_frame, parse_ink, points_only
from peerlearn.live.ink_code import points_encode
from peerlearn.live.protocol import INK_KINDS, LIMIT, PALETTE

CODE = points_encode([5120, 3400, 50, 5130, 3390, 52, 5200, 3300, 70])
STROKE = [0, INK_KINDS["PEN"], CODE, "s1_-Z", 5, 600, 3597]
CURSOR = [19, INK_KINDS["CURSOR"], points_encode([-400_000, 400_000, 0])]


def frame(message: Any) -> bytes:
    return b"42" + json.dumps(["ink", message], separators=(",", ":")).encode()


def but(place: int, value: Any) -> list[Any]:
    return [value if index == place else part for index, part in enumerate(STROKE)]


GOOD = [
    STROKE,
    CURSOR,
    [0, INK_KINDS["LASER"], CODE],
    but(1, INK_KINDS["HIGHLIGHTER"]),
    but(2, points_encode([400_000, -400_000, 100] * 40 + [-400_000, 400_000, 0] * 40)),
    but(3, "x" * LIMIT["ID_CHARS"]),
    but(4, 0),
    but(5, 1),
    but(6, 0),
    but(6, LIMIT["STROKE_NUMBERS"]),
]


@pytest.mark.parametrize("message", GOOD, ids=str)
def test_good_ink_passes_both_ways_as_it_is(message: list[Any]) -> None:
    assert parse_ink(message) == message
    assert is_ink_frame(frame(message))
    assert frame(message).startswith(PREFIX)
    assert points_only(message) == (message[1] in {INK_KINDS["CURSOR"], INK_KINDS["LASER"]})


BAD: list[Any] = [
    None,
    {},
    "ink",
    7,
    [],
    [0],
    STROKE[:3],
    STROKE[:6],
    [*STROKE, 1],
    [*CURSOR, "s1", 0, 30, 0],
    but(0, -1),
    but(0, LIMIT["PAGES"]),
    but(0, "0"),
    but(0, True),
    but(0, 0.5),
    but(1, 4),
    but(1, None),
    but(2, ""),
    but(2, "AA"),
    but(2, "AAg"),
    but(2, "AAgA"),
    but(2, "A A"),
    but(2, "AAA" * (LIMIT["INK_NUMBERS"] // 3 + 1)),
    but(2, "gggggA" * 3),
    but(2, ["AAA"]),
    but(3, ""),
    but(3, "x" * (LIMIT["ID_CHARS"] + 1)),
    but(3, "<script>"),
    but(3, "\u00e9"),
    but(4, len(PALETTE)),
    but(5, 0),
    but(5, 601),
    but(5, 1e2),
    but(6, -3),
    but(6, LIMIT["STROKE_NUMBERS"] + 1),
    but(6, [[[0]]]),
    but(2, float("nan")),
]


@pytest.mark.parametrize("message", BAD, ids=lambda message: str(message)[:60])
def test_malformed_ink_is_nothing_either_way(message: Any) -> None:
    assert parse_ink(message) is None
    assert not is_ink_frame(frame(message))


@pytest.mark.parametrize(
    "odd",
    [
        frame(STROKE) + b" ",
        b" " + frame(STROKE),
        frame(STROKE) + frame(STROKE),
        frame(STROKE)[:-1],
        frame(STROKE).replace(b"42[", b"421["),
        frame(STROKE).replace(b"42[", b"42/admin,["),
        frame(STROKE).replace(b",5,600", b", 5,600"),
        frame(STROKE).replace(b",5,600", b",05,600"),
        frame(STROKE).replace(b'"ink"', b'"ink","ink"'),
        frame(STROKE).replace(b'"ink"', b'"inks"'),
        frame(STROKE) + b"\n",
        frame(STROKE) + b"\x00",
        b"",
    ],
)
def test_a_frame_is_this_one_event_or_no_ink(odd: bytes) -> None:
    assert not is_ink_frame(odd)


@pytest.mark.parametrize("most", [0, 5, 9, 10, 19, 20, 100, 600, 3600, 3999])
def test_a_number_pattern_takes_exactly_its_numbers(most: int) -> None:
    is_number = re.compile(_whole(most)).fullmatch
    assert [n for n in range(most + 1200) if is_number(str(n).encode())] == list(range(most + 1))
    assert not is_number(b"00")
    assert not is_number(b"01")
