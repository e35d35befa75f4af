"""Leaves a partner in peace who does not answer: after some failures in a row nobody asks for a while, then one does."""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from peerlearn.clock import now

FAILURES_IN_A_ROW = 5
FIRST_REST, LONGEST_REST = timedelta(seconds=1), timedelta(seconds=30)


class Breaker:
    """The memory of one process of whether a partner answers.

    The rest doubles with each failure, from one to thirty seconds, and each is shortened by up to a half by chance, so
    that many processes do not come back at the same moment. After it one call goes through; what it meets decides for
    all. Safe between threads.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until: datetime | None = None

    def may_ask(self) -> bool:
        """Whether a call may be made now. Who is told yes after a rest asks for all."""
        with self._lock:
            if self._rests_until is None:
                return True
            if now() < self._rests_until:
                return False
            self._rest()  # until the one that asks has heard
            return True

    def answered(self) -> None:
        """The partner answered, be it with a refusal."""
        with self._lock:
            self._failures, self._rests_until = 0, None

    def failed(self) -> None:
        """No answer, or one that is no answer."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW:
                self._rest()

    def _rest(self) -> None:
        doubled = FIRST_REST * 2 ** min(self._failures - FAILURES_IN_A_ROW, 10)
        self._rests_until = now() + min(doubled, LONGEST_REST) * (1 - self._chance() / 2)
