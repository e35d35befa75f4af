"""`make run`: sets up what is missing, then starts the Procfile's processes and prints the address."""

from __future__ import annotations

import os
import socket
import time

from config.devkit import build, database, packages, words
from config.devkit.console import Missing, main, say

DEFAULT_PORT = 8000


def port() -> int:
    """The web port; the payment simulator takes the next one."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdigit() or not 1 <= int(text) <= 65534:
        raise Missing(f"PORT must be a number between 1 and 65534, not {text!r}. Try: make run PORT=8100.")
    return int(text)


def need_free_ports(first: int) -> None:
    """Raise `Missing` when another program already listens on one of our two ports."""
    for number in (first, first + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((os.environ.get("HOST") or "127.0.0.1", number))
            except OSError as error:
                raise Missing(
                    f"port {number} cannot be used ({error.strerror}). "
                    f"Stop the program that uses it, or choose another: make run PORT={first + 100}."
                ) from error


def set_up() -> None:
    """Everything the three processes need; what is in place already is skipped."""
    packages.python_packages()
    packages.node_packages()
    build.assets()
    words.compiled()
    database.ready()


def body() -> None:
    """Set up, then become the process manager."""
    first = port()
    need_free_ports(first)
    started = time.monotonic()
    say("PeerLearn: setting up (what is in place already is skipped)")
    set_up()
    say(f"  ready after {time.monotonic() - started:.1f} s")
    env = {**packages.venv_env(), "PORT": str(first), "DATA_DIR": str(database.data_dir())}
    os.execve(packages.PYTHON, [str(packages.PYTHON), "-m", "config.devkit.processes"], env)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(body)
