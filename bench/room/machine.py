"""Which core does what, and how many files a process may hold open. What is set here is inherited by the processes started next."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = CORES[0]
GENERATOR_CORE = CORES[1] if len(CORES) > 1 else CORES[0]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Processes started inside run on this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def open_files_up() -> int:
    """Raise the limit of open files as far as it goes; return it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
