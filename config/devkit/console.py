"""Words on the terminal: one line per step, a sign of life every few seconds, one sentence when something is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "var" / "log"
HEARTBEAT_SECONDS = 3.0
TAIL_LINES = 25


class Missing(Exception):
    """Something the machine lacks. The message is a sentence that says what to do next."""


class StepFailed(Missing):
    """A step's own command failed; its last lines were already shown."""


def say(line: str = "") -> None:
    """Print one line at once, also when the output is a pipe."""
    print(line, flush=True)


def _elapsed(since: float) -> str:
    seconds = int(time.monotonic() - since)
    return f"{seconds // 60}:{seconds % 60:02d}"


class Heartbeat:
    """While open, says every few seconds that a step still runs, for how long, and what it last said."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.last_words = ""
        self.started = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        say(f"  {self.label} ...")
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._done.wait(HEARTBEAT_SECONDS):
            words = f"  {self.last_words[:70]}" if self.last_words else ""
            say(f"    {_elapsed(self.started)}  {self.label}{words}")

    def finish(self) -> None:
        """Say how long the whole step took."""
        say(f"    done in {time.monotonic() - self.started:.1f} s")


def run_step(
    label: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    hint: str = "",
    check: bool = True,
    digest: Callable[[str], str] | None = None,
) -> bool:
    """Run one command quietly with a heartbeat; keep its output in var/log and show the end of it when it fails.

    `digest` makes the words of the heartbeat out of an output line (default: the line itself; empty: keep the last).
    Returns whether it succeeded. Raises `StepFailed` with `hint` when it failed and `check` is true.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / (label.lower().replace(" ", "-").replace("/", "-") + ".log")
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    with Heartbeat(label) as beat, log.open("w", encoding="utf-8") as kept:
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env=dict(env) if env is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as error:
            raise StepFailed(f"{label}: {command[0]} could not be started ({error}). {hint}".strip()) from error
        assert process.stdout is not None
        try:
            for line in process.stdout:
                kept.write(line)
                stripped = line.strip()
                if stripped:
                    tail.append(line.rstrip())
                    beat.last_words = (digest(stripped) if digest else stripped) or beat.last_words
        except KeyboardInterrupt:
            process.terminate()
            raise
        good = process.wait() == 0
    if good:
        beat.finish()
        return True
    if check:
        for line in tail:
            say(f"    | {line}")
        raise StepFailed(f"{label} failed (all of its words: {log.relative_to(ROOT)}). {hint}".strip())
    return False


def main(body: Callable[[], int | None]) -> None:
    """Run a command's body; a `Missing` becomes one clear line and exit code 1, Ctrl-C a quiet end."""
    os.chdir(ROOT)
    try:
        code = body()
    except Missing as problem:
        say()
        say(f"Stopped: {problem}")
        sys.exit(1)
    except KeyboardInterrupt:
        say()
        say("Stopped.")
        sys.exit(130)
    sys.exit(code or 0)
