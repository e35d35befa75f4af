"""The room's measurement itself works: its generator finds what is lost, doubled or refused, and a small run ends well."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.room import contestants, messages
from bench.room.build import compiled
from bench.room.script import Phase, Run
from peerlearn.live.board import parse_operation
from peerlearn.live.ink import is_ink_frame
from peerlearn.live.signal import parse_signal

MARK = "bn_000001ffacedff70000"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return compiled(tmp_path_factory.mktemp("generator"))


def test_the_ink_it_sends_is_ink_that_a_page_sends() -> None:
    for text in messages.ours()["ink"]:
        assert is_ink_frame(text.replace("@M@", MARK).encode())
    for operation in messages.operations():
        sent = {**operation, "id": MARK[3:]}
        assert parse_operation(sent) == sent
    assert parse_signal(messages.signal())["candidate"]


def test_the_generator_counts_what_arrives_and_how_long_it_took(programs: tuple[Path, Path], tmp_path: Path) -> None:
    load, relay = programs
    phases = [
        Phase("paced", "ink", "paced", 3, 2, 50, 0.2),
        Phase("loop", "ink", "loop", 3, 1, 4, 0.2),
        Phase("alone", "foreign", "paced", 1, 1, 50, 0.1, 0.1),
    ]
    with contestants.floor(relay, 3) as bare:
        templates = {"ink": bare.templates["ink"], "foreign": ["nobody finds a mark in this"]}
        found = Run(bare.target, bare.seats, templates, phases).start(load, tmp_path)
    assert found["connect"]["sockets"] == 6
    paced, loop, alone = found["paced"], found["loop"], found["alone"]
    assert paced["sent"] == paced["heard"] >= 55
    assert paced["lost"] == paced["out_of_order"] == paced["closed"] == 0
    assert 0 < paced["p50_ms"] <= paced["p99_ms"] <= paced["max_ms"]
    assert loop["heard"] == loop["sent"] > 50
    assert loop["cpu_us"] > 0
    assert (alone["heard"], alone["lost"]) == (0, alone["sent"])


@pytest.mark.slow
def test_strokes_committed_to_our_own_server_are_counted_in_its_log(root: Path) -> None:
    words = ["--quick", "--only", "ink,commit", "--servers", "floor", "--engines", "sqlite"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.room", *words], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = done.stdout.splitlines()[-1]
    assert result.startswith("RESULT bench-room ")
    figures = dict(re.findall(r"(\w+)=(\S+)", result))
    assert figures["commit_sqlite_lost"] == "0.000"
    assert float(figures["commit_sqlite_per_second"]) > 0


def test_a_part_that_does_not_exist_is_named(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.room", "--only", "tea"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "tea" in done.stderr
