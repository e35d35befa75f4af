"""How often a person may do a thing: a token bucket, pure but for its own two numbers."""

from __future__ import annotations


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
        self._left = min(self._burst, self._left + max(0.0, at - self._at) * self._rate)
        self._at = at
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
