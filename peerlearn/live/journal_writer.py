"""Gathers what arrives within a few milliseconds for one transaction, because that costs the same for one stroke as for forty."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from peerlearn.errors import PeerLearnError, Upstream
from peerlearn.live.journal import Draft, Entry, journal_append

log = logging.getLogger(__name__)

GATHER_SECONDS: Final = 0.004
BATCH: Final = 200
ANSWER_SECONDS: Final = 10.0

Answers = list[Entry | PeerLearnError]


class _Waiting:
    """Drafts on their way. `then` is told of the answers, or of the failure that there is instead."""

    __slots__ = ("drafts", "settled", "then")

    def __init__(self, drafts: Sequence[Draft], then: Callable[[Answers, BaseException | None], None]) -> None:
        self.drafts = drafts
        self.then = then
        self.settled = False

    def settle(self, answers: Answers, failure: BaseException | None = None) -> None:
        """Tell whoever waits, once. What they then do wrong is no trouble of the others in the batch."""
        if self.settled:
            return
        self.settled = True
        try:
            self.then(answers, failure)
        except Exception:
            log.exception("journal: %d entries are written, telling it failed", len(self.drafts))


def _in_thread(act: Callable[[], None]) -> None:
    threading.Thread(target=act, name="journal", daemon=True).start()


class JournalWriter:
    """One writer of a process. Threads and locks are the standard ones: a monkey-patched process makes them green.

    `scope` opens what the database session needs around a transaction (the application's context); `start` begins a thread
    without waiting for it.
    """

    def __init__(
        self,
        scope: Callable[[], AbstractContextManager[Any]],
        start: Callable[[Callable[[], None]], Any] = _in_thread,
    ) -> None:
        self._scope = scope
        self._start = start
        self._lock = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._running = False

    def append(self, drafts: Sequence[Draft]) -> Answers:
        """Write and wait until it is committed. Raises Upstream("journal_busy") when the database does not answer in time."""
        done = threading.Event()
        told: list[tuple[Answers, BaseException | None]] = []

        def tell(answers: Answers, failure: BaseException | None) -> None:
            told.append((answers, failure))
            done.set()

        self.append_then(drafts, tell)
        if not done.wait(ANSWER_SECONDS):
            raise _busy()
        answers, failure = told[0]
        if failure is not None:
            raise failure
        return answers

    def append_then(self, drafts: Sequence[Draft], then: Callable[[Answers, BaseException | None], None]) -> None:
        """Write without waiting. `then` is called in the writer's thread and scope, after the commit; it must not wait long."""
        with self._lock:
            self._queue.append(_Waiting(drafts, then))
            start = not self._running
            self._running = True
        if start:
            self._start(self._run)

    def _run(self) -> None:
        """Write until nothing waits. The thread ends when the room is quiet and a new one starts with the next stroke."""
        while True:
            time.sleep(GATHER_SECONDS)
            batch = self._take()
            if not batch:
                return
            try:
                with self._scope():
                    self._write(batch)
            except Exception:
                # The scope itself can break (a connection lost while it is given back). Without this the writer would
                # be gone for good, while everybody believes that it runs.
                log.exception("journal: the writer stumbled over %d callers", len(batch))
                for waiting in batch:
                    waiting.settle([], _busy())

    def _take(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        with self._lock:
            size = 0
            while self._queue and size < BATCH:
                batch.append(self._queue.popleft())
                size += len(batch[-1].drafts)
            if not batch:
                self._running = False
        return batch

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            answers = iter(journal_append([draft for waiting in batch for draft in waiting.drafts]))
        except Exception as failure:
            if len(batch) > 1:
                # One room's trouble must not be another's: write each caller's drafts alone.
                for waiting in batch:
                    self._write([waiting])
                return
            log.exception("journal: could not write %d entries", len(batch[0].drafts))
            batch[0].settle([], failure if isinstance(failure, PeerLearnError) else _busy())
            return
        for waiting in batch:
            waiting.settle([next(answers) for _ in waiting.drafts])


def _busy() -> Upstream:
    return Upstream(
        "The board could not be saved just now. It stays on your screen and is sent again.", code="journal_busy"
    )
