"""How often a person may do a thing: a token bucket, pure but for its own two numbers."""

from __future__ import annotations

from collections.abc import Hashable


class Bucket:
    """Refills at `rate` tokens a second up to `burst`; starts full. The caller brings the time in seconds."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: float, at: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = at

    def take(self, at: float) -> bool:
        """Take one token at time `at`; False when none is left. A clock that steps back refills nothing."""
        left = self._left
        if at > self._at:
            left += (at - self._at) * self._rate
            if left > self._burst:
                left = self._burst
        self._at = at
        enough = left >= 1.0
        self._left = left - 1.0 if enough else left
        return enough


class Offences:
    """Counts what was refused and says when it is worth a line in the log: the first time, then once in `every` seconds.

    A flood of messages must not become a flood of lines. Keys are whatever names an offender and the deed.
    """

    def __init__(self, every: float = 10.0) -> None:
        self._every = every
        self._told: dict[Hashable, list[float]] = {}  # key -> [when last told, how many since]

    def due(self, key: Hashable, at: float) -> int:
        """Note one offence at `at` (seconds of a steady clock); return how many to tell of now, 0 for none."""
        known = self._told.get(key)
        if known is None:
            if len(self._told) >= 10_000:
                self._told = {old: kept for old, kept in self._told.items() if at - kept[0] < self._every}
            self._told[key] = [at, 0]
            return 1
        known[1] += 1
        if at - known[0] < self._every:
            return 0
        times = int(known[1])
        known[:] = [at, 0]
        return times
