"""Whose picture and whose sound arrive, over every way there is: two real Chromium, each with a face and a voice of its own."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, Route, expect

from tests.browser.faces import BLUE, RED, Face, launch
from tests.browser.probes import colour, listen, silences, tone, watch, way
from tests.browser.room_pages import Seatmate, Stage
from tests.servers import TurnServer, turn, wait_until
from tests.udp_line import UdpLine, Weakness, udp_line

pytestmark = pytest.mark.browser

Couple = tuple[Seatmate, Seatmate]
Change = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def faces(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, Browser]]:
    """The mentor's browser shows red and hums at 1000 Hz, the learner's shows blue and hums at 600 Hz."""
    folder = tmp_path_factory.mktemp("faces")
    made = launch(playwright, folder, RED), launch(playwright, folder, BLUE)
    yield made
    for browser in made:
        browser.close()


@pytest.fixture(scope="module")
def line(turn_server: TurnServer) -> Iterator[UdpLine]:
    with udp_line(turn_server.port) as made:
        yield made


class Access:
    """Stands between a page and its list of ICE servers: what it changes is what the network or a wrong clock would do."""

    def __init__(self) -> None:
        self.change: Change = lambda server: server
        self.asked = 0
        self.ttl_seconds: int | None = None

    def __call__(self, route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        self.asked += 1
        body["ice_servers"] = [
            self.change(server) if "username" in server else server for server in body["ice_servers"]
        ]
        body["ttl_seconds"] = self.ttl_seconds or body["ttl_seconds"]
        route.fulfill(response=answer, body=json.dumps(body))

    def use(self, relay: TurnServer, ttl_seconds: int = 600) -> None:
        """From now on this relay, with credentials that begin when they are asked for."""
        self.ttl_seconds = ttl_seconds

        def grant(server: dict[str, Any]) -> dict[str, Any]:
            name, word = relay.credentials("call", ttl_seconds)
            return server | {"urls": list(relay.urls), "username": name, "credential": word}

        self.change = grant


Meet = Callable[..., Couple]


@pytest.fixture(scope="module")
def meet(stage: Stage, faces: tuple[Browser, Browser]) -> Iterator[Meet]:
    made: list[Seatmate] = []

    def both(query: str = "", access: Access | None = None) -> Couple:
        for old in made:
            old.context.close()
        room = stage.lesson()
        for browser, person in zip(faces, (room.mentor_id, room.learner_id), strict=True):
            one = Seatmate(stage, browser, person)
            watch(one.page)
            if access:
                one.page.route("**/ice", access)
            made.append(one.open(room, f"/room{query}"))
        return made[-2], made[-1]

    yield both
    for one in made:
        one.context.close()
        assert not one.problems


@pytest.fixture(scope="module")
def couple(meet: Meet) -> Couple:
    """Two people in a call by the shortest way; the tests that share them leave them as they found them."""
    people = meet()
    for one in people:
        one.connected()
    return people


def shows(one: Seatmate, face: Face) -> None:
    """The other one's picture has this colour."""
    strong = 0 if face is RED else 2

    def matches() -> bool:
        seen = colour(one.page)
        return seen[strong] > 150 and seen[2 - strong] < 90 and seen[1] < 100

    wait_until(matches, f"the {face.name} picture")


def hears(one: Seatmate, face: Face) -> None:
    """The other one's voice has this tone."""
    wait_until(lambda: abs(tone(one.page) - face.hertz) < 15, f"{face.hertz} Hz")


def told(one: Seatmate, words: str) -> None:
    """The room's line says this."""
    expect(one.page.locator("[data-hint-word]")).to_contain_text(words)


def test_each_sees_and_hears_the_other(couple: Couple) -> None:
    for one, face in zip(couple, (BLUE, RED), strict=True):
        shows(one, face)
        hears(one, face)
        expect(one.page.locator("[data-net-word]")).to_have_text(re.compile("onnection"))
    assert "relay" not in {way(couple[0].page)["local"], way(couple[0].page)["remote"]}


# Clicks at agreed moments of the wall clock; resolves when the last one is made.
CLICKS = """([start, gaps]) => {
  const button = document.querySelector("[data-control=screen]");
  let at = start;
  window.clicked = new Promise((done) => {
    const next = (index) => {
      button.click();
      if (index + 1 === gaps.length) return done(null);
      at += gaps[index + 1];
      setTimeout(next, at - Date.now(), index + 1);
    };
    setTimeout(next, at - Date.now(), 0);
  });
}"""


def toggle_together(people: Couple, times: int, dice: random.Random) -> None:
    """Both click as often on sharing the screen, within 50 ms of each other, at a pace that changes."""
    pace = [dice.choice((20, 60, 120, 250)) for _ in range(times)]
    start = time.time() * 1000 + 300
    for one in people:
        one.page.evaluate(CLICKS, [start + dice.randint(0, 30), [gap + dice.randint(-10, 10) for gap in pace]])
    for one in people:
        one.page.evaluate("window.clicked")


def test_twenty_toggles_of_both_screens_at_once_leave_nothing_stuck(couple: Couple) -> None:
    width = "document.querySelector('[data-remote]').videoWidth"
    for times, shared in ((21, "true"), (21, "false")):
        toggle_together(couple, times, random.Random(times))
        for one in couple:
            expect(one.page.locator('[data-control="screen"]')).to_have_attribute("aria-pressed", shared)
        for one, face in zip(couple, (BLUE, RED), strict=True):
            if shared == "true":
                wait_until(lambda one=one: one.page.evaluate(width) > 700, "the screen's picture")  # type: ignore[misc]
            else:
                shows(one, face)
            before = one.frames()
            wait_until(lambda one=one, before=before: one.frames() > before + 3, "pictures coming")  # type: ignore[misc]
    for one, face in zip(couple, (BLUE, RED), strict=True):
        hears(one, face)
        assert way(one.page)["signaling"] == "stable"
        assert way(one.page)["pcs"] == 1, "a change of the picture is no new connection"


def test_low_data_takes_less_than_eight_kilobytes_a_second_and_is_turned_off_again(couple: Couple) -> None:
    mentor, learner = couple
    switch = "document.querySelector('[data-low-data]').click()"
    learner.page.evaluate(switch)
    for one in couple:
        expect(one.page.locator(".room-frame")).to_have_attribute("data-rung", "thin")
    time.sleep(3)
    before, at = way(learner.page), time.monotonic()
    time.sleep(5)
    after, took = way(learner.page), time.monotonic() - at
    spent = sum(after[key] - before[key] for key in ("sent", "received", "socket")) / took
    assert 1000 < spent < 8000, f"{spent:.0f} bytes a second"
    hears(mentor, BLUE)
    hears(learner, RED)
    learner.page.evaluate(switch)
    for one, face in zip(couple, (BLUE, RED), strict=True):
        shows(one, face)


def test_a_microphone_that_is_pulled_out_is_replaced_and_said(couple: Couple) -> None:
    mentor, learner = couple
    # The system's own "ended", as when a headset is unplugged: a track that a page stops itself does not say it.
    script = """async () => {
      const track = probe.pcs.at(-1).getSenders().find((one) => one.track?.kind === "audio").track;
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }"""
    learner.page.evaluate(script)
    told(learner, "switched to another")
    hears(mentor, BLUE)


def test_on_a_weak_line_the_picture_gives_way_to_the_sound_and_both_are_told(meet: Meet, line: UdpLine) -> None:
    access = Access()
    access.change = lambda server: server | {"urls": [f"turn:127.0.0.1:{line.port}?transport=udp"]}
    mentor, learner = meet("?ice=relay", access)
    for one in (mentor, learner):
        one.connected()
    hears(mentor, BLUE)
    assert (way(learner.page)["local"], way(learner.page)["protocol"]) == ("relay", "udp")
    expect(learner.page.locator("[data-net]")).to_have_attribute("data-path", "relay")
    for one in (mentor, learner):
        listen(one.page)
    line.weakness = Weakness(delay=0.075, loss=0.025, rate=10_000)
    try:
        told(learner, "upload is")
        for one in (mentor, learner):
            expect(one.page.locator(".room-frame")).to_have_attribute("data-rung", re.compile("still|voice|thin"))
        time.sleep(3)
        for one in (mentor, learner):
            heard = silences(one.page)
            assert heard["usual"] > 0
            assert heard["longest"] <= 1.0, heard
    finally:
        line.weakness = Weakness()


def test_where_udp_is_blocked_the_relay_is_reached_by_tcp(meet: Meet, turn_server: TurnServer) -> None:
    access = Access()
    blocked = (f":{turn_server.port}?transport=udp", ":9?transport=udp")
    access.change = lambda server: server | {"urls": [url.replace(*blocked) for url in server["urls"]]}
    mentor, learner = meet("?ice=relay", access)
    for one, face in ((mentor, BLUE), (learner, RED)):
        one.connected()
        shows(one, face)
        assert (way(one.page)["local"], way(one.page)["protocol"]) == ("relay", "tcp")


def test_bad_credentials_are_said_and_better_ones_are_asked_for_and_used(meet: Meet, turn_server: TurnServer) -> None:
    access = Access()
    stale = turn_server.credentials("late", ttl_seconds=-10)
    access.change = lambda server: server | {"username": stale[0], "credential": stale[1]}
    people = meet("?ice=relay", access)
    expect(people[0].page.locator("[data-banner-lead]")).to_contain_text("No call gets through")
    assert access.asked >= 4, "a refused credential is replaced before the clock runs out"
    access.change = lambda server: server
    for one, face in zip(people, (BLUE, RED), strict=True):
        one.page.wait_for_selector('.room-frame[data-call="connected"]', timeout=30_000)
        shows(one, face)
    # In the middle of a call: another network, and the credentials of the beginning are over.
    short = turn_server.credentials("short", ttl_seconds=600)
    access.change = lambda server: server | {"username": short[0], "credential": short[1]}
    asked = access.asked
    people[1].page.evaluate("dispatchEvent(new Event('online'))")
    used = f"probe.pcs.at(-1).getConfiguration().iceServers.some((one) => one.username === {json.dumps(short[0])})"
    wait_until(lambda: bool(people[1].page.evaluate(used)), "fresh credentials in use")
    assert access.asked > asked
    shows(people[0], BLUE)


def flows(people: Couple, seconds: float) -> None:
    """Pictures come to both, counted from now."""
    for one in people:
        seen = [one.frames()]

        def comes(one: Seatmate = one, seen: list[int] = seen) -> bool:
            seen.append(one.frames())
            return seen[-1] > min(seen) + 5  # another connection counts anew

        wait_until(comes, f"pictures ({way(one.page)})", seconds)


@pytest.mark.drill  # it waits until coturn itself lets them run out
def test_a_call_outlives_its_credentials_its_relay_and_the_relays_secret(meet: Meet) -> None:
    access = Access()
    with turn(words="of the first hour") as relay:
        port = relay.port
        access.use(relay, ttl_seconds=8)
        people = meet("?ice=relay", access)
        for one in people:
            one.connected()
        began = time.time()
        user = "probe.pcs.at(-1).getConfiguration().iceServers.find((one) => one.username).username"
        first = [one.page.evaluate(user) for one in people]
        wait_until(lambda: time.time() > began + 10, "the end of the first credentials", 12)
        assert all(int(name.split(":")[0]) < time.time() for name in first)
        flows(people, 10)
        for one, old in zip(people, first, strict=True):
            one.page.evaluate("dispatchEvent(new Event('online'))")
            fresh = lambda one=one, old=old: one.page.evaluate(user) != old  # noqa: E731
            wait_until(fresh, "fresh credentials in use", 10)
            assert int(one.page.evaluate(user).split(":")[0]) > time.time()
        flows(people, 15)
    with turn(port, "of the first hour"):
        flows(people, 30)
    with turn(port, "of the second hour") as relay:
        access.use(relay)
        flows(people, 30)
        for one, face in zip(people, (BLUE, RED), strict=True):
            shows(one, face)
            assert way(one.page)["local"] == "relay"
