"""How often the busy green server is woken: as a network card moderates its interrupts.

To wake a resting process costs several times what a message of ink costs in it. At a high rate the hub therefore rests a little
before it looks again, so that messages meet in one waking. At a low rate nothing is different, and under full load there is
always something to do and no rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

# So many messages should have come since the last look. More would save more, and be felt: this adds half of their time.
TOGETHER: Final = 1.1
# Nothing waits longer for this than so long: where messages come too seldom to meet, each is taken at once.
LONGEST_SECONDS: Final = 0.0025
LEAST_SECONDS: Final = 0.000_05  # a sleep this short ends no sooner than a longer one
REMEMBERED: Final = 64  # messages over which the rate is judged
PAUSE_SECONDS: Final = 0.05  # however long nothing came, it counts as this


class Wakings:
    """Stands before a hub's wait for its files. `poll` waits so many seconds at most and returns what is ready."""

    def __init__(
        self,
        poll: Callable[[float], Sequence[Any]],
        sleep: Callable[[float], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._poll = poll
        self._sleep = sleep
        self._clock = clock
        self._apart = PAUSE_SECONDS  # seconds from one message to the next, of late
        self._looked_at = clock()

    def __call__(self, seconds: float) -> Sequence[Any]:
        """What is ready within so many seconds; timers of the hub are due then."""
        wait = self._apart * TOGETHER
        if wait < LONGEST_SECONDS:
            rest = min(self._looked_at + wait - self._clock(), seconds)
            if rest > LEAST_SECONDS:
                self._sleep(rest)
                seconds -= rest
        ready = self._poll(seconds)
        if ready:
            at = self._clock()
            since = min(at - self._looked_at, PAUSE_SECONDS)
            self._apart = (self._apart * REMEMBERED + since) / (REMEMBERED + len(ready))
            self._looked_at = at
        return ready


def moderate(green: Any) -> None:
    """Moderate the wakings of this thread's hub, if it is one that polls. `green` is the eventlet package."""
    hub = green.hubs.get_hub()
    if hasattr(hub, "do_poll"):
        hub.do_poll = Wakings(hub.do_poll, green.patcher.original("time").sleep)
