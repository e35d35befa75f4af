"""A look at the board that a stranger's browser tells."""

from typing import Any

import pytest

from peerlearn.live.view import parse_view

GOOD: dict[str, Any] = {"page": 1, "box": [-500, 0, 9000, 12000], "lead": 2}


def test_a_part_of_a_page_is_passed_on_without_anything_else() -> None:
    assert parse_view({**GOOD, "evil": "x"}) == GOOD


@pytest.mark.parametrize(
    "bad",
    [
        {"page": 20},
        {"page": True},
        {"page": "1"},
        {"lead": 3},
        {"lead": True},
        {"lead": None},
        {"box": None},
        {"box": [0, 0, 1]},
        {"box": [0, 0, 1.5, 2]},
        {"box": [5, 0, 5, 9]},
        {"box": [0, 9, 9, 0]},
        {"box": [0, 0, 9, 10**9]},
    ],
)
def test_anything_else_is_dropped(bad: dict[str, Any]) -> None:
    assert parse_view({**GOOD, **bad}) is None
    assert parse_view("view") is None
