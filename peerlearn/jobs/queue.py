"""Jobs by name: plain functions in tables, bound to one Huey per application.

A job takes the ports and ids, calls one service and ends. Work that must happen is a row in the database; a lost
message costs promptness, never the work, because a periodic job finds it by state.
"""

import functools
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from huey import Huey, PriorityRedisExpireHuey, crontab
from huey.storage import SqliteStorage

log = logging.getLogger(__name__)

JobFunction = Callable[..., None]


@dataclass(frozen=True)
class Periodic:
    """A job and how often it runs, in whole minutes."""

    function: JobFunction
    minutes: int


JOBS: dict[str, JobFunction] = {}
PERIODIC: dict[str, Periodic] = {}
AHEAD: set[str] = set()
HEAVY: set[str] = set()
HEAVY_AGAIN_SECONDS, HEAVY_NICENESS = 20, 10


def job(function: JobFunction) -> JobFunction:
    """Register a function `(ports, *ids) -> None` as a job under its own name."""
    if function.__name__ in JOBS:
        raise ValueError(f"Two jobs are called {function.__name__}.")
    JOBS[function.__name__] = function
    return function


def urgent(function: JobFunction) -> JobFunction:
    """Register a job that goes ahead of all others that wait: a person looks at a page and waits for it."""
    AHEAD.add(function.__name__)
    return job(function)


def heavy(function: JobFunction) -> JobFunction:
    """Mark a registered job as one that computes for long: one at a time, on what others leave of the cores.

    The marked ones never hold all threads of the worker, so money and mail do not wait for a model.
    """
    HEAVY.add(function.__name__)
    return function


def periodic(*, minutes: int = 1) -> Callable[[JobFunction], JobFunction]:
    """Register a function `(ports) -> None` to run every so many minutes, and as a job under its own name.

    It must process everything that is due, not "this minute": missed runs are not caught up and two workers may both
    run it.
    """

    def register(function: JobFunction) -> JobFunction:
        PERIODIC[function.__name__] = Periodic(job(function), minutes)
        return function

    return register


class QueueFile(SqliteStorage):  # type: ignore[misc]
    """The queue in a SQLite file that is not waited for until it is on the disk.

    A killed process loses nothing by it. After a power cut the newest messages may be gone, and those cost only promptness;
    with the wait, a request stood behind those of the worker's threads for a tenth of a second and more.
    """

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


def make_huey(*, redis_url: str | None, sqlite_file: str) -> Huey:
    """Return the queue: on Redis if there is one, else in its own SQLite file."""
    if redis_url:
        return PriorityRedisExpireHuey("peerlearn-jobs", url=redis_url, expire_time=86_400)
    return Huey("peerlearn", storage_class=QueueFile, filename=sqlite_file, timeout=5)


def _stepped_back(act: Callable[[], None]) -> None:
    """Run in a thread with a small claim to the cores, and wait for it. Raises what it raises.

    A thread of its own, because who has stepped back may not step forward again.
    """
    failure: list[BaseException] = []

    def run() -> None:
        if sys.platform.startswith("linux"):  # there a thread has its own niceness, and hands it on to those it starts
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), HEAVY_NICENESS)
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - who waits raises it
            failure.append(error)

    thread = threading.Thread(target=run, name="heavy", daemon=True)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


class HueyQueue:
    """The Queue port over Huey."""

    def __init__(self, huey: Huey) -> None:
        self.huey = huey
        self._tasks: dict[str, Any] = {}
        self._heavy = threading.Lock()

    def bind(
        self,
        context: Callable[[], AbstractContextManager[Any]],
        ports: Callable[[], Any],
    ) -> None:
        """Make every registered job a task of this Huey.

        Each run opens a fresh application context: one shared context would share a database session between threads.
        """
        for name, function in JOBS.items():
            told = {"name": name, "retries": 2, "retry_delay": 5, "priority": 1 if name in AHEAD else 0}
            self._tasks[name] = self.huey.task(**told)(self._run(function, context, ports))
        for name, entry in PERIODIC.items():
            every = crontab(minute=f"*/{entry.minutes}") if entry.minutes < 60 else crontab(minute="0")
            self.huey.periodic_task(every, name=f"every_{name}")(self._run(entry.function, context, ports))

    def _run(
        self,
        function: JobFunction,
        context: Callable[[], AbstractContextManager[Any]],
        ports: Callable[[], Any],
    ) -> Callable[..., None]:
        @functools.wraps(function)
        def run(*args: Any) -> None:
            with context():
                function(ports(), *args)

        @functools.wraps(function)
        def run_alone(*args: Any) -> None:
            if not self._heavy.acquire(blocking=False):
                if function.__name__ not in PERIODIC:  # those come again by themselves
                    self.enqueue(function.__name__, *args, delay_seconds=HEAVY_AGAIN_SECONDS)
                return
            try:
                _stepped_back(functools.partial(run, *args))
            finally:
                self._heavy.release()

        return run_alone if function.__name__ in HEAVY else run

    def enqueue(self, job: str, *args: Any, delay_seconds: float = 0) -> None:
        """Put a job on the queue, to run at once or after a while. Raises KeyError for an unknown job.

        A queue that can't be reached is logged: the work is a row, and a periodic job finds it.
        """
        task = self._tasks[job]
        try:
            if delay_seconds > 0:
                task.schedule(args=args, delay=delay_seconds)
            else:
                task(*args)
        except Exception:
            log.exception("queue: could not ask for %s", job)


class DirectQueue:
    """The Queue port without a worker: remembers what was asked, and runs it when told. For tests and the CLI.

    What was asked for later stands in `later` as (seconds, job, arguments) and is never run by itself.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.later: list[tuple[float, str, tuple[Any, ...]]] = []

    def enqueue(self, job: str, *args: Any, delay_seconds: float = 0) -> None:
        """Remember a job. Raises KeyError for an unknown one."""
        JOBS[job]
        if delay_seconds > 0:
            self.later.append((delay_seconds, job, args))
        else:
            self.asked.append((job, args))

    def run_all(self, ports: Any) -> int:
        """Run what was asked, and what that asks for in turn; return how many ran."""
        count = 0
        while self.asked:
            name, args = self.asked.pop(0)
            JOBS[name](ports, *args)
            count += 1
        return count
