"""What accounts need from outside."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

R = TypeVar("R")


class Offload(Protocol):
    """Runs a function in a real thread, so that hashing never stops the event loop."""

    def __call__(self, function: Callable[..., R], *args: Any) -> R:
        """Return the function's result; its exception passes through."""
        ...


def call_here(function: Callable[..., R], *args: Any) -> R:
    """Run the function where we stand: for the worker, the command line and tests, which have no event loop."""
    return function(*args)
