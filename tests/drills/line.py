"""The call on good and on weak lines, measured: `make drill-line` (about four minutes).

Two real Chromium, each with a face and a voice of its own, a real server, a real coturn, and between one of them and coturn a
line of ours that loses, delays and narrows. Prints a table, ends with one RESULT line, exits 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Route, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.faces import BLUE, RED, launch
from tests.browser.probes import ink_delays, listen, silences, watch, way
from tests.browser.room_pages import Seatmate, Stage
from tests.drills.joining import joins
from tests.drills.measure import share
from tests.peerlearn.live.lessons import Lesson
from tests.servers import TurnServer, turn
from tests.udp_line import UdpLine, Weakness, udp_line

# Issue 3: 40 kbit/s, 5 % loss, 300 ms there and back. Bytes a second.
WEAK = Weakness(delay=0.15, loss=0.05, rate=5000)
# A good line has become this one in the middle of a lesson with pictures: what is sent then is too much for so long.
SETTLE_SECONDS = 5.0
# name of the figure: (bound, unit)
BOUNDS: dict[str, tuple[float, str]] = {
    "join_p50": (1.2, "s"),
    "join_p95": (2.5, "s"),
    "silence": (1.0, "s"),
    "silence_from_start": (1.0, "s"),
    "ink_p95": (500, "ms"),
    "ink_settled_p95": (500, "ms"),
    "low_data": (8.0, "kB/s"),
    "blackout_back": (5.0, "s"),
}


class Line:
    """The two browsers, their server and what stands between them."""

    def __init__(self, stage: Stage, browsers: tuple[Browser, Browser], relay: TurnServer, line: UdpLine) -> None:
        self.stage, self.browsers, self.relay, self.line = stage, browsers, relay, line

    @contextlib.contextmanager
    def call(self, query: str = "", *, through: bool = False) -> Iterator[tuple[Seatmate, Seatmate, Lesson]]:
        """Two people in one room; `through` sends all that the learner's browser sends through the line."""
        room = self.stage.lesson()
        mentor = Seatmate(self.stage, self.browsers[0], room.mentor_id)
        learner = Seatmate(self.stage, self.browsers[1], room.learner_id)
        if through:
            learner.page.route("**/ice", self._narrow)
        try:
            for one in (mentor, learner):
                watch(one.page)
                one.open(room, f"/room{query}")
            for one in (mentor, learner):
                one.connected()
            yield mentor, learner, room
        except PlaywrightError:
            print(f"  the connections: {[way(one.page) for one in (mentor, learner)]}")
            raise
        finally:
            for one in (mentor, learner):
                one.context.close()

    def _narrow(self, route: Route) -> None:
        answer = route.fetch()
        text = answer.text().replace(f":{self.relay.port}?transport=udp", f":{self.line.port}?transport=udp")
        text = text.replace(f":{self.relay.port}?transport=tcp", ":9?transport=tcp")  # no way round the line
        route.fulfill(response=answer, body=text)


def weak(line: Line, seconds: float, *, from_start: bool) -> dict[str, float]:
    """A continuous tone and strokes over the weak line."""
    line.line.weakness = WEAK if from_start else Weakness()
    with line.call("?ice=relay", through=True) as (mentor, learner, _):
        if not from_start:
            time.sleep(6)
        for one in (mentor, learner):
            listen(one.page)
        line.line.weakness = WEAK
        settled = (time.time() + SETTLE_SECONDS) * 1000
        end = time.monotonic() + seconds
        turn_number = 0
        while time.monotonic() < end:
            turn_number += 1
            height = 0.25 + (turn_number % 10) * 0.05
            learner.stroke([(0.3, height), (0.5, height), (0.6, height + 0.03)])
            mentor.stroke([(0.3, height + 0.02), (0.5, height + 0.02), (0.6, height + 0.05)])
            time.sleep(0.2)
        heard = {"mentor": silences(mentor.page), "learner": silences(learner.page)}
        delays, lost = ink_delays(learner.page, mentor.page)
        back, lost_back = ink_delays(mentor.page, learner.page)
        later = [ink_delays(*pages, settled) for pages in ((learner.page, mentor.page), (mentor.page, learner.page))]
        words = [one.page.locator("[data-hint-word]").text_content() for one in (mentor, learner)]
    line.line.weakness = Weakness()
    print(
        f"  heard {heard}\n  ink up p50 {median(delays):.0f} p95 {share(delays, 0.95):.0f} ms of {len(delays)}, {lost} not over it;"
        f" down p50 {median(back):.0f} p95 {share(back, 0.95):.0f} ms of {len(back)}, {lost_back}\n  said {words}"
    )
    for side, (ways, missed) in zip(("up", "down"), later, strict=True):
        print(
            f"  settled {side} p50 {median(ways):.0f} p95 {share(ways, 0.95):.0f} ms of {len(ways)}, {missed} not over it"
        )
    name = "silence_from_start" if from_start else "silence"
    figures = {name: max(one["longest"] for one in heard.values())}
    figures["concealed_start" if from_start else "concealed"] = max(one["concealed"] for one in heard.values())
    if not from_start:
        figures |= {
            "ink_p50": max(median(delays), median(back)),
            "ink_p95": max(share(delays, 0.95), share(back, 0.95)),
            "ink_settled_p95": max(share(ways, 0.95) for ways, _ in later),
        }
    return figures


def low_data(line: Line, seconds: float) -> dict[str, float]:
    """All bytes of one person in low-data mode: the call's, up and down, and the socket's, with both speaking all the time."""
    with line.call() as (mentor, learner, _):
        learner.page.evaluate("document.querySelector('[data-low-data]').click()")
        time.sleep(8)
        before = way(learner.page)
        listen(mentor.page)
        listen(learner.page)
        at = time.monotonic()
        time.sleep(seconds)
        after = way(learner.page)
        took = time.monotonic() - at
        heard = [silences(one.page) for one in (mentor, learner)]
    up, down = ((after[key] - before[key]) / took / 1000 for key in ("sent", "received"))
    socket = (after["socket"] - before["socket"]) / took / 1000
    print(f"  up {up:.2f} kB/s, down {down:.2f}, socket {socket:.2f}; heard {heard}")
    return {"low_data": up + down + socket, "low_data_silence": max(one["longest"] for one in heard)}


def blackout(line: Line) -> dict[str, float]:
    """Eight seconds without a packet, then the line is back: how long until pictures come again."""
    with line.call("?ice=relay", through=True) as (mentor, learner, _):
        time.sleep(3)
        line.line.weakness = Weakness(down=True)
        time.sleep(8)
        line.line.weakness = Weakness()
        return {"blackout_back": _back(mentor, learner)}


def _back(*people: Seatmate) -> float:
    at = time.monotonic()
    counts = [one.frames() for one in people]
    seen: set[int] = set()
    while len(seen) < len(people):
        for index, one in enumerate(people):
            now = one.frames()
            if now < counts[index]:
                counts[index] = 0  # another connection counts anew
            if now > counts[index] + 3:
                seen.add(index)
        if time.monotonic() - at > 60:
            break
        time.sleep(0.05)
    return time.monotonic() - at


def main() -> int:
    """Run the parts and hold the figures against the bounds."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--joins", type=int, default=20)
    words.add_argument("--seconds", type=float, default=30)
    words.add_argument("--only", default="")
    asked = words.parse_args()
    figures: dict[str, float] = {}
    broken: list[str] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerlearn-line-")))
        relay = stack.enter_context(turn())
        line = stack.enter_context(udp_line(relay.port))
        env = {"TURN_URLS": ",".join(relay.urls), "TURN_SECRET": relay.secret, "SOCKET_PING_SECONDS": "3"}
        stage = Stage(folder, env)
        stack.callback(stage.stop)
        playwright = stack.enter_context(sync_playwright())
        browsers = (launch(playwright, folder, RED), launch(playwright, folder, BLUE))
        for browser in browsers:
            stack.callback(browser.close)
        both = Line(stage, browsers, relay, line)
        parts: dict[str, Callable[[], dict[str, Any]]] = {
            "joins": lambda: joins(stage, browsers, asked.joins),
            "weak": lambda: weak(both, asked.seconds, from_start=False),
            "start": lambda: weak(both, asked.seconds, from_start=True),
            "low": lambda: low_data(both, 20),
            "blackout": lambda: blackout(both),
        }
        for name, part in parts.items():
            if not asked.only or name in asked.only.split(","):
                print(name, flush=True)
                try:
                    figures |= part()
                except PlaywrightError as error:
                    print(f"  {name} broke off: {error.message.splitlines()[0]}")
                    broken.append(name)
                    line.weakness = Weakness()
    return report(figures, broken)


def report(figures: dict[str, float], broken: list[str]) -> int:
    """Print the table and the RESULT line; 1 when a bound is missed or a part broke off."""
    missed = [*broken]
    for name, figure in figures.items():
        bound, unit = BOUNDS.get(name, (None, ""))
        mark = "" if bound is None else ("ok" if figure <= bound else "MISSED")
        if mark == "MISSED":
            missed.append(name)
        print(f"  {name:<20} {figure:>9.2f} {unit:<5} {'' if bound is None else f'bound {bound:g}':<12} {mark}")
    print("RESULT drill-line", *(f"{name}={figure:.3f}" for name, figure in figures.items()), f"missed={len(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
