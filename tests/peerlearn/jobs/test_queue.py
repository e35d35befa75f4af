"""Jobs by name, on a real Huey."""

import os
import pkgutil
import subprocess
import sys
import threading
from contextlib import nullcontext
from pathlib import Path

import pytest

import peerlearn.jobs
from peerlearn.jobs import queue as jobs_queue
from peerlearn.jobs.queue import JOBS, DirectQueue, HueyQueue, job, make_huey


@pytest.fixture
def noted() -> list[tuple[object, ...]]:
    return []


@pytest.fixture(autouse=True)
def a_job(noted: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    def note_for_test(ports: object, *args: object) -> None:
        noted.append((ports, *args))

    monkeypatch.setitem(JOBS, "note_for_test", note_for_test)


@pytest.mark.parametrize("kind", ["embedded", "redis"])
def test_a_job_runs_with_the_ports_and_its_ids(
    kind: str, tmp_path: Path, noted: list[tuple[object, ...]], request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("redis_url") if kind == "redis" else None
    huey = make_huey(redis_url=url, sqlite_file=str(tmp_path / "queue.db"))
    queue = HueyQueue(huey)
    queue.bind(nullcontext, lambda: "ports")
    queue.enqueue("note_for_test", 7)
    huey.execute(huey.dequeue())
    assert noted == [("ports", 7)]
    if url is None:
        huey.storage.close()


@pytest.mark.parametrize("kind", ["embedded", "redis"])
def test_what_a_person_waits_for_goes_ahead_of_all_that_waits(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    huey = make_huey(
        redis_url=request.getfixturevalue("redis_url") if kind == "redis" else None,
        sqlite_file=str(tmp_path / "queue.db"),
    )
    queue = HueyQueue(huey)
    queue.bind(nullcontext, lambda: None)
    for name, number in (("note_for_test", 1), ("handle_webhook", 2), ("note_for_test", 3), ("settle_order", 4)):
        queue.enqueue(name, number)
    assert [huey.dequeue().args[0] for _ in range(4)] == [2, 4, 1, 3]
    huey.storage.close()


def test_of_jobs_that_compute_for_long_one_runs_at_a_time_and_the_others_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []

    def compute_for_test(_ports: object, number: int) -> None:
        seen.append((number, os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
        if number == 1:
            queue.enqueue("compute_for_test", 2)
            huey.execute(huey.dequeue())
        raise ValueError(number)

    monkeypatch.setitem(JOBS, "compute_for_test", compute_for_test)
    monkeypatch.setattr(jobs_queue, "HEAVY", {"compute_for_test"})
    huey = make_huey(redis_url=None, sqlite_file=str(tmp_path / "queue.db"))
    queue = HueyQueue(huey)
    queue.bind(nullcontext, lambda: None)
    queue.enqueue("compute_for_test", 1)
    huey.execute(huey.dequeue())
    assert [number for number, _ in seen] == [1]
    waiting = sorted((task.args[0], task.retries) for task in (*huey.scheduled(), *huey.pending()))
    assert waiting == [(1, 1), (2, 2)], "one has failed, the other had no turn"
    assert seen[0][1] > os.getpriority(os.PRIO_PROCESS, 0)
    huey.storage.close()


def test_two_queues_in_one_process_do_not_mix(tmp_path: Path) -> None:
    queues = [HueyQueue(make_huey(redis_url=None, sqlite_file=str(tmp_path / f"{n}.db"))) for n in "ab"]
    for queue in queues:
        queue.bind(nullcontext, lambda: None)
    queues[0].enqueue("note_for_test", 1)
    assert [queue.huey.pending_count() for queue in queues] == [1, 0]
    for queue in queues:
        queue.huey.storage.close()


def test_who_asks_for_a_job_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    huey = make_huey(redis_url=None, sqlite_file=str(tmp_path / "queue.db"))
    assert huey.storage.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert huey.storage.conn.execute("PRAGMA synchronous").fetchone() == (1,), "NORMAL: not at each commit"
    huey.storage.close()


def test_a_job_may_be_asked_for_later(tmp_path: Path, noted: list[tuple[object, ...]]) -> None:
    huey = make_huey(redis_url=None, sqlite_file=str(tmp_path / "queue.db"))
    queue = HueyQueue(huey)
    queue.bind(nullcontext, lambda: "ports")
    queue.enqueue("note_for_test", 7, delay_seconds=20)
    assert huey.pending_count() == 1
    huey.execute(huey.dequeue())
    assert not noted
    assert [task.args for task in huey.scheduled()] == [(7,)]
    huey.storage.close()
    direct = DirectQueue()
    direct.enqueue("note_for_test", 7, delay_seconds=20)
    assert direct.run_all("ports") == 0
    assert direct.later == [(20, "note_for_test", (7,))]


def test_a_queue_that_is_lost_does_not_stop_who_asked(caplog: pytest.LogCaptureFixture) -> None:
    queue = HueyQueue(make_huey(redis_url="redis://127.0.0.1:1/0", sqlite_file=""))
    queue.bind(nullcontext, lambda: "ports")
    queue.enqueue("note_for_test", 7)
    assert "could not ask for note_for_test" in caplog.text
    with pytest.raises(KeyError):
        queue.enqueue("no_such_job")


def test_an_unknown_job_is_refused() -> None:
    with pytest.raises(KeyError):
        DirectQueue().enqueue("no_such_job")


def test_every_module_of_jobs_is_registered() -> None:
    """A periodic job that nobody imports would never run."""
    found = {module.name for module in pkgutil.iter_modules(peerlearn.jobs.__path__)} - {"queue"}
    code = (
        "import sys, peerlearn.jobs;"
        "print(*(name.rpartition('.')[2] for name in sys.modules if name.startswith('peerlearn.jobs.')))"
    )
    loaded = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert found <= set(loaded.stdout.split())


def test_two_jobs_of_one_name_are_refused() -> None:
    def note_for_test(ports: object) -> None:
        """A second one."""

    with pytest.raises(ValueError, match="note_for_test"):
        job(note_for_test)
