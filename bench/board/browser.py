"""A very large board in a slow browser: how soon it stands, how evenly it moves, how soon what was missed is there."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.board.hands import crowd, logged
from config.devkit.programs import CHROMIUM
from peerlearn.live.journal import Draft, journal_append
from peerlearn.live.journal_writer import BATCH
from tests.browser.room_pages import Seatmate, Stage
from tests.conftest import CHROMIUM_FLAGS
from tests.peerlearn.live.lessons import Lesson

# Two pointer events or one turn of the wheel a frame, and how long each frame took. Runs within the page.
FRAMES = """([kind, count]) => new Promise((done) => {
  const board = document.querySelector("[data-board]");
  const box = board.getBoundingClientRect();
  const deltas = [];
  let last, n = 0;
  const share = (wave) => 0.5 + 0.3 * wave;
  const at = (k) => ({
    clientX: box.left + box.width * share(Math.sin(k / 31)), clientY: box.top + box.height * share(Math.cos(k / 23)) });
  const pointer = (type, k) => board.dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 7, pointerType: "mouse", button: 0, buttons: 1, ...at(k) }));
  const wheel = (more) => board.dispatchEvent(new WheelEvent("wheel", { bubbles: true, cancelable: true, ...at(0), ...more }));
  if (kind === "draw") pointer("pointerdown", 0);
  const frame = (now) => {
    if (last !== undefined) deltas.push(now - last);
    last = now;
    n += 1;
    if (n > count) {
      if (kind === "draw") pointer("pointerup", n);
      done(deltas);
      return;
    }
    if (kind === "draw") { pointer("pointermove", n - 0.5); pointer("pointermove", n); }
    if (kind === "pan") wheel({ deltaX: 14 * Math.sign(Math.sin(n / 60)), deltaY: 9 * Math.sign(Math.cos(n / 45)) });
    if (kind === "zoom") wheel({ ctrlKey: true, deltaY: 16 * Math.sign(Math.sin(n / 40 + 0.1)) });
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
# How evenly this machine moves a page on which nothing happens: no board can be better.
FLOOR = """(count) => new Promise((done) => {
  const deltas = [];
  let last;
  const frame = (now) => {
    if (last !== undefined) deltas.push(now - last);
    last = now;
    if (deltas.length < count) requestAnimationFrame(frame);
    else done(deltas);
  };
  requestAnimationFrame(frame);
})"""
# The same with as many painted squares as a board of this size shows, pushed about as a board is: what the browser itself needs for it.
FLOOR_PAN = """(count) => new Promise((done) => {
  const [side, room] = [512, document.createElement("div")];
  Object.assign(room.style, { position: "fixed", inset: "56px 340px 72px 12px", overflow: "hidden", background: "white" });
  const layer = document.createElement("div");
  Object.assign(layer.style, { position: "absolute", inset: "0 auto auto 0", willChange: "transform" });
  const pad = new OffscreenCanvas(side, side);
  const paint = pad.getContext("2d", { willReadFrequently: true });
  for (let at = 0; at < 12; at += 1) {
    for (let n = 0; n < 130; n += 1) {
      paint.beginPath();
      paint.arc((n * 71) % side, (n * 37) % side, 40, 0, 4);
      paint.stroke();
    }
    const face = document.createElement("canvas");
    face.width = face.height = side;
    Object.assign(face.style, { position: "absolute", left: `${(at % 4) * side}px`, top: `${Math.floor(at / 4) * side}px` });
    face.getContext("bitmaprenderer").transferFromImageBitmap(pad.transferToImageBitmap());
    layer.append(face);
  }
  room.append(layer);
  document.body.append(room);
  const deltas = [];
  let last, [x, y] = [0, 0];
  const frame = (now) => {
    if (last !== undefined) deltas.push(now - last);
    last = now;
    x -= 14 * Math.sign(Math.sin(deltas.length / 60));
    y -= 9 * Math.sign(Math.cos(deltas.length / 45));
    layer.style.transform = `translate(${x % side}px, ${y % side}px)`;
    if (deltas.length < count) return requestAnimationFrame(frame);
    room.remove();
    done(deltas);
  };
  requestAnimationFrame(frame);
})"""
FIRST = 20
MARK = "(name) => performance.getEntriesByName(name).map((mark) => mark.startTime)"


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    steps: int = 20_000
    missed: int = 5_000
    slow: float = 4.0
    frames: int = 240


def measure(folder: Path, size: Sizes) -> dict[str, float]:
    """All figures of one run: milliseconds and frames a second."""
    stage = Stage(folder / "product", {})
    try:
        room = stage.lesson()
        steps = logged(crowd(size.steps + size.missed))
        write(stage, room, steps[: size.steps])
        with sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=CHROMIUM.path(), args=CHROMIUM_FLAGS)
            mate = Seatmate(stage, chromium, room.learner_id)
            session: CDPSession = mate.context.new_cdp_session(mate.page)
            slow_down(session, 1)
            mate.page.evaluate(FLOOR_PAN, FIRST)  # what is compiled and made once is no frame's
            cpu = {"floor_pan_cpu_ms": cpu_ms(session, mate.page, FLOOR_PAN, size.frames, size.frames)}
            slow_down(session, size.slow)
            floor = evenness("floor", mate.page.evaluate(FLOOR, size.frames))
            floor |= evenness("floor_pan", mate.page.evaluate(FLOOR_PAN, size.frames)) | cpu
            mate.page.goto(f"{mate.url}/lesson/{room.public_id}/room")
            mate.ready()
            found = floor | opening(mate.page, size.steps)
            print("  " + " ".join(f"{key}={value:.0f}" for key, value in found.items()), flush=True)
            for kind in ("draw", "pan", "zoom"):
                mate.page.wait_for_timeout(1500)
                found |= evenness(kind, mate.page.evaluate(FRAMES, [kind, size.frames]))
                slow_down(session, 1)
                mate.page.wait_for_timeout(1500)
                found[f"{kind}_cpu_ms"] = cpu_ms(session, mate.page, FRAMES, [kind, size.frames], size.frames)
                slow_down(session, size.slow)
            found["sync_ms"] = caught_up(stage, mate, room, steps[size.steps :])
            if mate.problems:
                raise RuntimeError(f"the page broke: {mate.problems}")
            chromium.close()
    finally:
        stage.stop()
    return found


def caught_up(stage: Stage, mate: Seatmate, room: Lesson, steps: list[dict[str, Any]]) -> float:
    """Milliseconds from asking for what was missed until it is applied."""
    before = len(marks(mate.page, "room-read"))
    mate.page.evaluate("window.dispatchEvent(new Event('offline'))")
    mate.context.set_offline(True)
    stage.product.kill("web")
    write(stage, room, steps)
    stage.product.start("web")
    mate.context.set_offline(False)
    until(mate.page, f"performance.getEntriesByName('room-read').length > {before}")
    return marks(mate.page, "room-read")[-1] - marks(mate.page, "room-asked")[-1]


def write(stage: Stage, room: Lesson, steps: list[dict[str, Any]]) -> None:
    """Put steps into the lesson's log, by turns of both."""
    people = (room.mentor_id, room.learner_id)

    def run() -> None:
        for start in range(0, len(steps), BATCH):
            drafts = [
                Draft(room.id, people[n % 2], f"{len(steps)}-{n}", "board", steps[n])
                for n in range(start, min(start + BATCH, len(steps)))
            ]
            journal_append(drafts)

    stage.query(run)


def slow_down(session: CDPSession, times: float) -> None:
    """Let a page's main thread be so many times slower than it is; 1 is as fast as it can."""
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})


def cpu_ms(session: CDPSession, page: Page, script: str, argument: Any, frames: int) -> float:
    """What a frame of a script costs the page's main thread, in ms of CPU.

    To be asked at full speed: Chromium slows a thread by having it spin, also while it waits, and counts that as its work.
    """
    before = main_thread_ms(session)
    page.evaluate(script, argument)
    return (main_thread_ms(session) - before) / frames


def evenness(kind: str, deltas: list[float]) -> dict[str, float]:
    """Frames a second, and the time in ms that nineteen of twenty frames kept, of the times between frames."""
    return {f"{kind}_fps": 1000 / statistics.fmean(deltas), f"{kind}_p95_ms": sorted(deltas)[int(0.95 * len(deltas))]}


def main_thread_ms(session: CDPSession) -> float:
    """How long the page's main thread has computed so far. Unlike frames a second it says little of who else loads the machine."""
    session.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["ThreadTime"]) * 1000


def marks(page: Page, name: str) -> list[float]:
    """When a mark of the page's time line was set, in ms since it was opened."""
    found: list[float] = page.evaluate(MARK, name)
    return found


def opening(page: Page, steps: int) -> dict[str, float]:
    """How long the board took from the start of the page's script until what its window shows was painted with all steps.

    `navigation_ms` is the same moment from when the address was called, with the server's work and the loading of the scripts.
    """
    until(
        page,
        """(() => { const read = performance.getEntriesByName('log-read')[0]?.startTime ?? Infinity;
          return performance.getEntriesByName('board-painted').some((mark) => mark.startTime > read); })()""",
    )
    seen = page.evaluate("performance.getEntriesByName('log-read')[0].detail")
    if seen < steps:
        raise RuntimeError(f"only {seen} of {steps} steps were read")
    read, begun = marks(page, "log-read")[0], marks(page, "room-begun")[0]
    whole = min(mark for mark in marks(page, "board-painted") if mark > read)
    return {"open_ms": whole - begun, "navigation_ms": whole, "begun_ms": begun, "read_ms": read - begun}


def until(page: Page, what: str) -> None:
    """Wait until an expression is true (the page's policy forbids Playwright's own way). Raises TimeoutError after a minute."""
    end = time.monotonic() + 60
    while not page.evaluate(what):
        if time.monotonic() > end:
            raise TimeoutError(what)
        page.wait_for_timeout(50)
