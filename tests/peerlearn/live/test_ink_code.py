"""Ink as short text: nothing is lost, nothing else is read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerlearn.errors import Invalid
from peerlearn.live.ink_code import points_decode, points_encode
from peerlearn.live.protocol import LIMIT
from tests.database import ROOT

EXAMPLES: dict[str, Any] = json.loads((ROOT / "tests/js/live/ink_examples.json").read_text())
COORDINATES = st.integers(-LIMIT["COORDINATE"], LIMIT["COORDINATE"])
INK = st.lists(st.tuples(COORDINATES, COORDINATES, st.integers(0, 100))).map(
    lambda spots: [n for s in spots for n in s]
)


def refused(code: str) -> bool:
    with pytest.raises(Invalid) as refusal:
        points_decode(code)
    return refusal.value.code == "ink_code_invalid"


@pytest.mark.parametrize("example", EXAMPLES["good"], ids=lambda example: example["code"] or "nothing")
def test_server_and_browser_write_the_same_code(example: dict[str, Any]) -> None:
    assert points_encode(example["points"]) == example["code"]
    assert points_decode(example["code"]) == example["points"]


@pytest.mark.parametrize("code", EXAMPLES["bad"], ids=range(len(EXAMPLES["bad"])))
def test_what_nobody_wrote_is_refused(code: str) -> None:
    assert refused(code)


@given(INK)
def test_any_ink_comes_back_as_it_was(points: list[int]) -> None:
    assert points_decode(points_encode(points)) == points


@given(st.text("ABCgkz09-_+ é", max_size=60) | st.text(max_size=20))
def test_any_text_is_refused_or_is_the_one_code_of_its_points(code: str) -> None:
    try:
        points = points_decode(code)
    except Invalid:
        assert refused(code)
    else:
        assert points_encode(points) == code


def test_neighbours_take_few_characters() -> None:
    circle = [n for step in range(100) for n in (1000 + step * 7, 800 - step * 5, 50)]
    assert len(points_encode(circle)) < 3.1 * 100


def test_a_step_beyond_the_code_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="beyond"):
        points_encode([2**29, 0, 0])
