"""One person of a drill: a browser process of their own, a tab in it, and what both are seen to do."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from config.devkit import programs
from tests.conftest import CHROMIUM_FLAGS
from tests.drills.processes import children_of, kill_all, title_of
from tests.drills.world import World

SPY = Path(__file__).with_name("spy.js")
TIMELINE = Path(__file__).with_name("timeline.js")
CAMERA = "--use-fake-device-for-media-stream=fps=10"
GOTO_MS = 5_000


@dataclass
class Heard:
    """What all pages of a person ever told: promised client ids with the box they lay in, and how often a page was loaded.

    `put` are those that a page asked its browser to keep; `kept` those of them that the browser then had.
    """

    put: set[str] = field(default_factory=set)
    kept: dict[str, str] = field(default_factory=dict)
    fresh: list[tuple[float, str]] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Person:
    """Someone in the lesson. `asked_loads` counts the loads that the drill itself caused."""

    def __init__(self, world: World, playwright: Playwright, side: str, seed: int) -> None:
        self.world = world
        self.side = side
        self.heard = Heard()
        self.asked_loads = 0
        self.moves = 0
        self._playwright = playwright
        self._folder = world.folder / f"browser-{side}"
        self._seed = seed
        self._launch()

    def _launch(self) -> None:
        path = os.environ.get("CHROMIUM") or programs.CHROMIUM.path()
        assert path, "Chromium is missing: apt install chromium"
        flags = [flag for flag in CHROMIUM_FLAGS if not flag.startswith("--use-fake-device")]
        self.context: BrowserContext = self._playwright.chromium.launch_persistent_context(
            str(self._folder),
            executable_path=path,
            args=[*flags, CAMERA],
            viewport={"width": 1000, "height": 640},
            permissions=["camera", "microphone"],
            locale="en",
        )
        self.context.add_cookies([self.world.cookie(self.side)])
        self.context.expose_binding("drillTold", lambda _source, text: self._told(json.loads(text)))
        self.context.add_init_script(path=TIMELINE)
        self.context.add_init_script(path=SPY)
        # A tab that stays open: the browser lives on when the lesson's tab is killed.
        self._spare = self.context.pages[0]

    def _told(self, what: dict[str, Any]) -> None:
        if what["kind"] == "load":
            self.heard.loads.append(what["url"])
            return
        if what["kind"] == "put":
            self.heard.put.update(what["ids"])
            return
        at = time.monotonic()
        for client_id in what["ids"]:
            if client_id not in self.heard.kept:
                self.heard.kept[client_id] = what["box"]
                self.heard.fresh.append((at, client_id))

    # --- doing ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Go to the room in a new tab, as often as it takes until a page comes."""
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.heard.problems.append(str(error)))
        self._load(lambda: self.page.goto(self.world.room_url(self.side), timeout=GOTO_MS, wait_until="commit"))

    def reload(self) -> None:
        """Press reload, as often as it takes until a page comes."""
        self._load(lambda: self.page.reload(timeout=GOTO_MS, wait_until="commit"))

    def _load(self, go: Any) -> None:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(Error):
                answer = go()
                if answer is not None and answer.status == 200:
                    self.asked_loads += 1
                    return
                if answer is not None:
                    self.asked_loads += 1  # an error page is a page
            assert time.monotonic() < end, f"{self.side} could not load the room"
            self.page.wait_for_timeout(150)

    def crash(self) -> None:
        """Kill the tab's renderer; the browser stays."""
        with contextlib.suppress(Error):
            self.page.goto("chrome://crash", timeout=2_000, wait_until="commit")
        with contextlib.suppress(Error):
            self.page.close()

    def kill_browser(self) -> None:
        """Kill every process of the browser."""
        mark = f"--user-data-dir={self._folder}"
        mine = [pid for pid in children_of(os.getpid()) if mark in title_of(pid)]
        first = [pid for pid in mine if "--type=" not in title_of(pid)]
        kill_all([*first, *(child for pid in first for child in children_of(pid)), *mine])
        with contextlib.suppress(Error):
            self.context.close()

    def come_back(self) -> None:
        """Start the browser again with the folder it had, and open the room."""
        self._launch()
        self.open()

    def stroke(self) -> None:
        """Draw with the real mouse."""
        box = self.page.locator("[data-board]").bounding_box()
        if box is None:
            return
        x, y = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(5):
            self.page.mouse.move(x + 12 * step, y - 7 * step)
        self.page.mouse.up()

    def shift(self, hours: float) -> None:
        """Set the clock of this device wrong by so many hours, from now on."""
        self.page.evaluate("ms => window.drill.shift(ms)", int(hours * 3_600_000))

    def rest(self, still: bool = True) -> None:
        """Lay the pen down, or take it up again."""
        self.page.evaluate("still => window.drill.rest(still)", still)

    # --- seeing --------------------------------------------------------------------------------------------------

    def look(self) -> dict[str, Any] | None:
        """What the page shows now; None while there is no living page."""
        try:
            seen: dict[str, Any] = self.page.evaluate("() => window.drill.look()")
        except Error:
            return None
        if seen["taken"]:
            # As a person would: yes, move the call here.
            with contextlib.suppress(Error):
                self.page.locator("[data-seat-take]").click(timeout=500)
                self.moves += 1
        return seen

    def times(self) -> list[tuple[float, str]]:
        """What the page did when: seconds since 1970, and a word for it."""
        with contextlib.suppress(Error):
            return [(at / 1000, what) for at, what in self.page.evaluate("() => window.drillTimes()")]
        return []

    def chat(self) -> list[str]:
        """The messages the page shows, in order."""
        lines: list[str] = self.page.evaluate("() => window.drill.chat()")
        return lines

    def picture(self) -> str:
        """What the board's canvas holds."""
        return str(self.page.evaluate("() => window.drill.picture()"))
