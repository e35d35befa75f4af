"""What the house needs from outside, gathered: built once at the root, handed down as arguments.

The domain looks nothing up. A capability names its own needs as Protocols in its `ports.py`; this is the tray on
which the edge and the jobs carry them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from peerlearn.clock import Clock
from peerlearn.notifications.ports import Mailer
from peerlearn.payments.ports import Gateway
from peerlearn.recommend.ports import Encoder, VectorIndex

R = TypeVar("R")


class Bus(Protocol):
    """Reaches every connected browser, from any process."""

    def emit(self, event: str, payload: dict[str, Any], *, room: str) -> None:
        """Send an event to all sockets of a room. Lost if nobody listens: the database holds the truth."""
        ...

    def disconnect_user(self, user_public_id: str) -> None:
        """Cut every socket of a person, in every process."""
        ...


class Queue(Protocol):
    """Wakes the worker up sooner. Work itself is found by state in the database."""

    def enqueue(self, job: str, *args: Any, delay_seconds: float = 0) -> None:
        """Ask for a job by name, now or after a while. Raises KeyError for an unknown job."""
        ...


class Offload(Protocol):
    """Runs a function in a real thread, so that heavy work never stops the event loop."""

    def __call__(self, function: Callable[..., R], *args: Any) -> R:
        """Return the function's result; its exception passes through."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything outside, as one frozen tray."""

    settings: Any
    clock: Clock
    gateway: Gateway
    encoder: Encoder
    index: VectorIndex
    mailer: Mailer
    bus: Bus
    queue: Queue
    offload: Offload
