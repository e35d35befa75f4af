"""What a drill watches: when media and log are back after a fault, whether two pages show the same, and the last account."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from tests.drills.people import Person
from tests.drills.world import World

PATIENCE_SECONDS = 45
NEW_FRAMES = 3
NEW_PACKETS = 10
OTHER = {"mentor": "learner", "learner": "mentor"}


@dataclass
class Back:
    """How long after the end of a fault everything was back, in seconds; None where it never was."""

    kind: str
    media: float | None = None
    log: float | None = None
    ended: float = 0.0  # seconds since 1970
    parts: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def seconds_shown(clock: str) -> float | None:
    """ "1:02:03" or "24:10" as seconds; None for anything else."""
    parts = clock.split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
        return None
    total = 0
    for part in parts:
        total = total * 60 + int(part)
    return float(total)


class Growth:
    """Whether a counter of a page has grown by so much since it was first seen. A new page or call counts from nothing."""

    def __init__(self, enough: int) -> None:
        self._enough = enough
        self._base: dict[str, tuple[object, int]] = {}

    def grown(self, side: str, page: object, count: int) -> bool:
        """Take the next value of a counter."""
        known, base = self._base.setdefault(side, (page, count))
        if known != page or count < base:
            self._base[side] = known, base = page, 0
        return count >= base + self._enough


class Watch:
    """Follows the lesson's log and both pages from one fault to the next."""

    def __init__(self, world: World, people: dict[str, Person]) -> None:
        self.world = world
        self.people = people
        self.clock_error = 0.0
        self.written: dict[str, tuple[int, int]] = {}
        self._seq = 0

    def read_log(self) -> None:
        """Read what the database has got since the last look. While it is away nothing is read."""
        with contextlib.suppress(psycopg2.Error, sqlite3.Error):
            for seq, author, client_id, _kind in self.world.written(self._seq):
                self._seq = max(self._seq, seq)
                self.written[client_id] = (seq, author)

    def look(self) -> dict[str, dict[str, Any] | None]:
        """Look at both pages; their clocks are compared with the server's on the way."""
        seen: dict[str, dict[str, Any] | None] = {}
        for side, person in self.people.items():
            # A page under a killed server may answer late: it showed its clock at some moment between the two readings.
            most = self.world.seconds_left()
            state = seen[side] = person.look()
            least = self.world.seconds_left()
            shown = seconds_shown(state["clock"]) if state and state["state"] == "ready" else None
            if shown is not None:
                self.clock_error = max(self.clock_error, shown - most, least - shown)
        return seen

    def until_back(self, kind: str) -> Back:
        """Wait after the end of a fault until new sound and pictures come on both sides and new ink of both is in the log."""
        ended = time.monotonic()
        back = Back(kind, ended=time.time())
        sound, picture = Growth(NEW_PACKETS), Growth(NEW_FRAMES)
        heard: dict[str, float] = {}
        shown: dict[str, float] = {}
        calls: dict[str, object] = {}
        done_log: dict[str, float] = {}
        while time.monotonic() - ended < PATIENCE_SECONDS:
            self.read_log()
            seen = self.look()
            at = time.monotonic() - ended
            for side, state in seen.items():
                if state is None:
                    continue
                media, other = state["media"], seen[OTHER[side]]
                call = state["token"], media["call"]
                if calls.get(side) != call:  # what came over the call before this one says nothing
                    calls[side] = call
                    heard.pop(side, None)
                    shown.pop(side, None)
                # On a line that is too weak for a picture the product rests it on purpose; then the voice is what counts.
                rests = other is not None and other["call"] == "connected" and not other["media"]["sends"]
                # By the page's own word of when it counted: the other page may have been slow to answer since.
                counted = max(0.0, state["now"] / 1000 - back.ended)
                if sound.grown(side, call, media["audio"]):
                    heard.setdefault(side, counted)
                if picture.grown(side, call, media["video"]) or rests:
                    shown.setdefault(side, counted)
                if any(told > ended and one in self.written for told, one in self.people[side].heard.fresh[-80:]):
                    done_log.setdefault(side, at)
            if len(heard) == len(shown) == 2 and back.media is None:
                back.media = max(*heard.values(), *shown.values())
                back.words += [
                    f"{side} heard after {heard[side]:.2f} s, saw after {shown[side]:.2f} s" for side in heard
                ]
            if len(done_log) == 2 and back.log is None:
                back.log = max(done_log.values())
            if back.media is not None and back.log is not None:
                return back
            time.sleep(0.08)
        back.words.append(f"after {PATIENCE_SECONDS} s: {self.look()}")
        return back

    def until_calm(self, seconds: float = 30) -> bool:
        """Wait until both pages are ready and connected, as people would before the next blow. Returns whether they are."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read_log()
            seen = self.look()
            if all(state and state["state"] == "ready" and state["call"] == "connected" for state in seen.values()):
                return True
            time.sleep(0.1)
        return False


def timeline(people: dict[str, Person], back: Back, before: float = 8.0) -> list[str]:
    """What both pages did from shortly before the end of a fault until media were back, a line each, seconds after its end."""
    last = before + PATIENCE_SECONDS if back.media is None else back.media
    told = sorted((at - back.ended, side, what) for side, person in people.items() for at, what in person.times())
    return [f"{at:7.2f} {side:8} {what}" for at, side, what in told if -before <= at <= last]


@dataclass
class Account:
    """The figures of a finished drill."""

    faults: int = 0
    lost: int = 0
    cut_short: int = 0  # the page was killed while its browser was still putting them away
    doubled: int = 0
    gaps: int = 0
    hashes_equal: bool = False
    reloads: int = 0
    moves: int = 0
    strokes: int = 0
    messages: int = 0
    clock_error: float = 0.0
    ledger: str = ""
    kicked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def settle_account(watch: Watch) -> Account:
    """Let both rest, wait until everything is written and shown, and count."""
    world, people = watch.world, watch.people
    account = Account(clock_error=watch.clock_error)
    for person in people.values():
        person.rest()
    promised = {one for person in people.values() for one in person.heard.kept}
    end = time.monotonic() + PATIENCE_SECONDS
    same = False
    while time.monotonic() < end:
        watch.look()
        watch.read_log()
        promised = {one for person in people.values() for one in person.heard.kept}
        same = _same(people, watch)
        if same and promised <= watch.written.keys():
            break
        time.sleep(0.3)
    lines = world.written()
    counted = Counter((author, client_id) for _seq, author, client_id, _kind in lines)
    there = {client_id for _author, client_id in counted}
    account.lost = len(promised - there)
    account.cut_short = len({one for person in people.values() for one in person.heard.put} - promised - there)
    account.doubled = sum(many - 1 for many in counted.values())
    account.gaps = sum(1 for index, line in enumerate(lines) if line[0] != index + 1)
    account.hashes_equal = same
    account.strokes = sum(1 for line in lines if line[3] == "board")
    account.messages = sum(1 for line in lines if line[3] == "chat")
    for person in people.values():
        extra = len(person.heard.loads) - person.asked_loads
        account.reloads += max(0, extra)
        account.kicked += [url for url in person.heard.loads if not url.endswith("/room")]
        account.problems += person.heard.problems
        account.moves += person.moves
    account.ledger = world.ledger_fault()
    return account


def _same(people: dict[str, Person], watch: Watch) -> bool:
    """Whether both pages show the same board and the same messages, and as many as the log holds."""
    seen = watch.look()
    if any(state is None for state in seen.values()):
        return False
    chats = [person.chat() for person in people.values()]
    digests = [state["digest"] or _hash(people[side].picture()) for side, state in seen.items() if state]
    return chats[0] == chats[1] and digests[0] == digests[1] and digests[0] != ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part of the values lies (nearest rank); 0 for none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(part * len(ranked) + 0.5) - 1))] if ranked else 0.0
