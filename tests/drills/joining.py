"""Going in as the second person, until the first picture of the first: how long, and where the time goes."""

from __future__ import annotations

import os
from statistics import median

from playwright.sync_api import Browser
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.room_pages import Seatmate, Stage
from tests.drills.measure import share

MOST_SECONDS = 20.0  # a join that takes longer counts as this, and is said
# Notes when what was first seen. The clock begins when the lobby lets go, or with the page where it came by a link.
# Whoever looked at their line this morning is not examined again, as the lobby remembers it for the day.
CLOCK = """(() => {
  if (location.protocol.startsWith("http")) localStorage.setItem("line-doctor", JSON.stringify(
    { verdict: "direct", roundTripMs: 1, kbps: 9000, thin: false, at: Date.now() }));
  const seen = (window.joining = {});
  const note = (name, is) => is && (seen[name] ??= performance.now() - (performance.getEntriesByName("going-in")[0]?.startTime ?? 0));
  const look = () => {
    const frame = document.querySelector(".room-frame");
    note("page", frame);
    note("ready", frame?.dataset.state === "ready");
    note("connected", frame?.dataset.call === "connected");
    note("picture", document.querySelector("[data-remote]")?.getVideoPlaybackQuality?.().totalVideoFrames > 0);
    if (!seen.picture) setTimeout(look, 5);
  };
  look();
})()"""


def joins(stage: Stage, browsers: tuple[Browser, Browser], count: int) -> dict[str, float]:
    """`count` times from the lobby, which takes people in by itself, and half as often by a link straight into the room, in a browser
    that has never seen us. Seconds."""
    warm = [_join(stage, browsers, lobby=True) for _ in range(count)]
    cold = [_join(stage, browsers, lobby=False) for _ in range(max(1, count // 2))]
    for name, steps in (("lobby", warm), ("link", cold)):
        parts = ", ".join(
            f"{part} {median(step.get(part, MOST_SECONDS) for step in steps):.2f}"
            for part in ("page", "ready", "connected")
        )
        print(f"  by the {name}: {parts} s (medians)")
    print(f"  load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    took, linked = ([step["picture"] for step in steps] for steps in (warm, cold))
    return {
        "join_p50": median(took),
        "join_p95": share(took, 0.95),
        "cold_link_p50": median(linked),
        "cold_link_p95": share(linked, 0.95),
        "joins": len(took),
    }


def _join(stage: Stage, browsers: tuple[Browser, Browser], *, lobby: bool) -> dict[str, float]:
    room = stage.lesson()
    mentor = Seatmate(stage, browsers[0], room.mentor_id)
    learner = Seatmate(stage, browsers[1], room.learner_id)
    learner.context.add_init_script(CLOCK)
    try:
        if lobby:
            learner.open(room, "")
            learner.page.wait_for_function("() => document.querySelector('[data-preview]').srcObject !== null")
            mentor.open(room)
            learner.page.wait_for_url("**/room", wait_until="commit")
        else:
            mentor.open(room)
            learner.page.goto(f"{learner.url}/lesson/{room.public_id}/room", wait_until="commit")
        learner.page.wait_for_function("() => window.joining?.picture > 0", timeout=MOST_SECONDS * 1000)
    except PlaywrightTimeout as late:
        print(f"  no picture: {learner.page.url} {learner.page.evaluate('window.joining')} {late}")
        return {"picture": MOST_SECONDS}
    else:
        return {name: ms / 1000 for name, ms in learner.page.evaluate("window.joining").items()}
    finally:
        for one in (mentor, learner):
            one.context.close()
