"""Writes what the load generator is told (bench/room/generator/script.h) and reads what it answers."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bench.room.machine import GENERATOR_CORE, on_core

Mode = Literal["loop", "paced", "rest", "hold"]
Figures = dict[str, Any]
CONNECT_SECONDS_EACH = 0.1


@dataclass(frozen=True)
class Seat:
    """One socket: the token of its room, the cookie of its person, the message that takes the seat."""

    token: str
    cookie: str
    join: str


@dataclass(frozen=True)
class Phase:
    """A stretch of the run. `rate` is messages a second per sender, or in a loop how many are in flight."""

    name: str
    template: str = "-"
    mode: Mode = "rest"
    rooms: int = 0
    senders: int = 1
    rate: float = 0
    seconds: float = 0
    patience: float = 1


@dataclass(frozen=True)
class Target:
    """A running server as the generator sees it."""

    name: str
    port: int
    pid: int
    protocol: str = "socketio"
    path: str = "/socket.io/?EIO=4&transport=websocket"
    joined: str = '"ok":true'


@dataclass
class Run:
    """One run of the generator against one server: who sits, what is said, when."""

    target: Target
    seats: list[Seat]
    templates: dict[str, list[str]]
    phases: list[Phase] = field(default_factory=list)
    kept: Path | None = None

    def text(self) -> str:
        """The script."""
        target = self.target
        lines = [
            ("port", target.port), ("path", target.path), ("protocol", target.protocol), ("pid", target.pid),
            ("joined", target.joined), ("refused", '"code":"'),
        ]  # fmt: skip
        lines += [("kept", self.kept)] if self.kept else []
        lines += [("seat", seat.token, seat.cookie, seat.join) for seat in self.seats]
        lines += [("template", name, text) for name, texts in self.templates.items() for text in texts]
        lines += [
            ("phase", p.name, p.template, p.mode, p.rooms, p.senders, p.rate, p.seconds, p.patience)
            for p in self.phases
        ]
        return "\n".join("\t".join(str(one) for one in line) for line in lines) + "\n"

    def start(self, program: Path, folder: Path, at_hold: Callable[[str], None] | None = None) -> dict[str, Figures]:
        """Run it; return the figures of each phase by name. `at_hold` is called at each phase that holds."""
        file = folder / f"{self.target.name}.script"
        file.write_text(self.text(), encoding="utf-8")
        found: dict[str, Figures] = {}
        holds = {phase.name for phase in self.phases if phase.mode == "hold"}
        with on_core(GENERATOR_CORE):
            process = subprocess.Popen(
                [str(program), str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
        assert process.stdin
        assert process.stdout
        try:
            for line in process.stdout:
                figures = json.loads(line)
                found[figures["phase"]] = figures
                if figures["phase"] in holds:
                    if at_hold:
                        at_hold(figures["phase"])
                    process.stdin.write("\n")
                    process.stdin.flush()
            if process.wait(timeout=10):
                raise RuntimeError(f"the load generator stopped at {self.target.name} (what it said stands above)")
        finally:
            process.kill()
            process.communicate()  # closes the pipes too
        return found
