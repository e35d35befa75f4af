"""The board takes clean steps and nothing else."""

import base64
from typing import Any

import pytest

from peerlearn.errors import Invalid
from peerlearn.live.board import parse_identifier, parse_operation
from peerlearn.live.ink_code import points_encode
from peerlearn.live.protocol import LIMIT, OPERATIONS

STROKE = {
    "do": "stroke",
    "id": "a1",
    "page": 0,
    "color": 1,
    "width": 30,
    "points": points_encode([0, 0, 50, 10, 10, 60]),
}
SHAPE = {"do": "shape", "id": "a2", "page": 1, "color": 0, "width": 20, "kind": "arrow", "box": [0, 0, 500, -300]}
TEXT = {"do": "text", "id": "a3", "page": 0, "color": 2, "size": 220, "at": [10, 20], "text": "why not 4?"}
JPEG = "data:image/jpeg;base64," + base64.b64encode(b"\xff\xd8\xff\xe0 rest").decode()
IMAGE = {"do": "image", "id": "a4", "page": 0, "box": [0, 0, 100, 100], "data": JPEG}
GOOD = [
    STROKE,
    SHAPE,
    TEXT,
    IMAGE,
    {"do": "remove", "ids": ["a1", "a2"]},
    {"do": "restore", "ids": ["a1"]},
    {"do": "clear", "page": 19},
    {"do": "page_add"},
    {"do": "lock", "on": True},
    {"do": "edit", "id": "t", "text": "other words"},
    {**STROKE, "pen": "highlighter"},
    {"do": "clear", "page": 0, "mark": "m1"},
    {"do": "restore", "mark": "m1"},
    {"do": "move", "ids": ["a1", "a2"], "dx": -400_000, "dy": 7},
    {"do": "page_style", "page": 2, "style": "number_line"},
]


@pytest.mark.parametrize("step", GOOD, ids=lambda step: step["do"])
def test_a_good_step_comes_out_as_it_went_in(step: dict[str, Any]) -> None:
    assert parse_operation(step) == step


def test_plain_lists_of_an_older_page_become_ink_code() -> None:
    assert parse_operation({**STROKE, "points": [0, 0, 50, 10, 10, 60]}) == STROKE


def test_the_plain_pen_is_not_written_down() -> None:
    assert parse_operation({**STROKE, "pen": "pen"}) == STROKE


def test_every_operation_has_an_example_here() -> None:
    assert {step["do"] for step in GOOD} == set(OPERATIONS)


@pytest.mark.parametrize("step", GOOD, ids=lambda step: step["do"])
def test_foreign_keys_are_dropped(step: dict[str, Any]) -> None:
    forged = {**step, "author": "someone else", "seq": 1, "__proto__": {"x": 1}, "live_session_id": 7}
    assert parse_operation(forged) == step


BAD: list[Any] = [
    None,
    [],
    "stroke",
    7,
    {},
    {"do": "destroy"},
    {"do": ["stroke"]},
    {"do": None},
    {**STROKE, "id": ""},
    {**STROKE, "id": "x" * 33},
    {**STROKE, "id": "a b"},
    {**STROKE, "id": "<b>"},
    {**STROKE, "id": 5},
    {**STROKE, "page": -1},
    {**STROKE, "page": 20},
    {**STROKE, "page": True},
    {**STROKE, "page": 0.5},
    {**STROKE, "color": 6},
    {**STROKE, "color": "#fff"},
    {**STROKE, "width": 0},
    {**STROKE, "width": 601},
    {**STROKE, "points": []},
    {**STROKE, "points": [1, 2]},
    {**STROKE, "points": [1, 2, 3, 4]},
    {**STROKE, "points": [1.5, 2, 3]},
    {**STROKE, "points": [True, 2, 3]},
    {**STROKE, "points": ["1", 2, 3]},
    {**STROKE, "points": [10**9, 0, 0]},
    {**STROKE, "points": [0, 0, 0] * 1201},
    {**STROKE, "points": {"0": 1}},
    {**STROKE, "points": ""},
    {**STROKE, "points": "AA"},
    {**STROKE, "points": "AA<"},
    {**STROKE, "points": points_encode([400_001, 0, 0])},
    {**STROKE, "points": points_encode([0, -400_001, 0])},
    {**STROKE, "points": "AAA" * 1201},
    {**STROKE, "points": "g" * 100_000},
    {**SHAPE, "kind": "star"},
    {**SHAPE, "kind": ["line"]},
    {**SHAPE, "box": [0, 0, 1]},
    {**TEXT, "text": ""},
    {**TEXT, "text": " \x00\x07 "},
    {**TEXT, "text": "x" * 501},
    {**TEXT, "text": 5},
    {**TEXT, "size": 5},
    {**TEXT, "at": [1]},
    {**IMAGE, "data": "javascript:alert(1)"},
    {**IMAGE, "data": "data:image/svg+xml;base64,PHN2Zz4="},
    {**IMAGE, "data": "data:image/jpeg;base64,%%%"},
    {**IMAGE, "data": "data:image/png;base64," + base64.b64encode(b"\xff\xd8\xff").decode()},
    {**IMAGE, "data": JPEG + "A" * LIMIT["IMAGE_CHARS"]},
    {"do": "remove", "ids": []},
    {"do": "remove", "ids": ["a"] * 501},
    {"do": "remove", "ids": "a1"},
    {"do": "remove", "ids": [["a1"]]},
    {"do": "clear"},
    {"do": "clear", "page": 0, "mark": "a b"},
    {"do": "restore", "mark": 7},
    {"do": "restore", "mark": None, "ids": ["a1"]},
    {**STROKE, "pen": "brush"},
    {**STROKE, "pen": ["pen"]},
    {"do": "move", "ids": [], "dx": 0, "dy": 0},
    {"do": "move", "ids": ["a1"], "dx": 0.5, "dy": 0},
    {"do": "move", "ids": ["a1"], "dx": 400_001, "dy": 0},
    {"do": "move", "ids": ["a1"]},
    {"do": "page_style", "page": 0, "style": "lined"},
    {"do": "page_style", "style": "grid"},
    {"do": "clear", "page": "0"},
]


@pytest.mark.parametrize("step", BAD, ids=range(len(BAD)))
def test_a_forged_step_is_refused_with_one_code(step: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_operation(step)
    assert refusal.value.code == "board_operation_invalid"


def test_control_characters_leave_a_text() -> None:
    assert parse_operation({**TEXT, "text": "a\x00b\x1b[31m\nc\udfff"})["text"] == "ab[31m\nc"


def test_an_identifier_is_named_in_its_refusal() -> None:
    with pytest.raises(Invalid, match="client_id"):
        parse_identifier(None, "client_id")


def test_other_words_for_a_text_are_cleaned_like_the_first_ones() -> None:
    assert parse_operation({"do": "edit", "id": "t", "text": " two\x00 ", "at": [0, 0]}) == {
        "do": "edit",
        "id": "t",
        "text": "two",
    }
    for bad in ({"id": "t"}, {"id": "t", "text": " "}, {"id": "t", "text": "x" * 501}, {"id": "", "text": "x"}):
        with pytest.raises(Invalid):
            parse_operation({"do": "edit", **bad})
