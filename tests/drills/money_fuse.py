"""How a step of the drill is cut off: at a commit or at a call to the gateway, before or after it."""

import logging
import os
import signal

from peerlearn.errors import PeerLearnError

# These can't be true where the books are right, whoever is told of them.
NEVER = frozenset({"illegal_transition", "ledger_unbalanced", "payout_differs", "refund_differs"})
# A person may ask for too much; what the product decided by itself never is.
NEVER_BY_ITSELF = NEVER | {"refund_too_large", "refund_too_small", "nothing_to_refund"}


class Crash(BaseException):
    """The process dies here. Not an Exception: nothing that runs on after a failure may catch it."""


class Fuse:
    """Counts the boundaries of a step and ends it at one of them: by `Crash`, or in a child by kill -9."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.deadly = False

    def __call__(self) -> None:
        """One boundary further."""
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            if self.deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            raise Crash


class Surprises(logging.Handler):
    """Hears what the product's jobs log and go on after: an error that nobody foresaw is a finding of the drill."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what must not happen."""
        error = record.exc_info[1] if record.exc_info else None
        code = record.args[-1] if isinstance(record.args, tuple) and record.args else None
        if (error is not None and not isinstance(error, PeerLearnError)) or (
            isinstance(code, str) and code in NEVER_BY_ITSELF
        ):
            self.heard.append(f"{record.name}: {record.getMessage()} {error!r}"[:400])

    def take(self) -> list[str]:
        """What was heard since the last look."""
        heard, self.heard = self.heard, []
        return heard
