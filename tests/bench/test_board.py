"""The measurement of large boards judges what it measured, and its hands draw what the board takes."""

from bench.board.__main__ import missed
from bench.board.hands import crowd, hour, logged
from peerlearn.live.board import parse_operation


def test_a_bound_that_is_not_kept_is_told() -> None:
    assert missed({"open_ms": 900.0, "draw_fps": 60.0}) == []
    assert missed({"open_ms": 1100.0, "draw_fps": 30.0}) == [
        "open_ms 1100.0 (at most 1000)",
        "draw_fps 30.0 (at least 57)",
    ]


def test_every_step_of_the_hands_is_one_that_the_board_takes() -> None:
    steps = logged(crowd(60) + hour()[:40])
    assert [parse_operation(step)["do"] for step in steps] == [step["do"] for step in steps]
    assert {step["do"] for step in steps} >= {"stroke", "shape", "text"}
