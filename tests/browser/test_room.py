"""The lesson as two people live it: real Chromium, fake camera and microphone, real server, real coturn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, WebSocketRoute, expect

from peerlearn.live.queries import board_steps, chat_lines
from tests.browser.room_pages import PHONE, PHONE_AGENT, Seatmate, Stage
from tests.peerlearn.live.lessons import Lesson
from tests.servers import wait_until

pytestmark = pytest.mark.browser

LINE = [(0.3, 0.3), (0.6, 0.3)]
Meet = Callable[..., tuple[Seatmate, Seatmate, Lesson]]


@pytest.fixture
def meet(stage: Stage, browser: Browser) -> Iterator[Meet]:
    """Puts two people into a new lesson's room."""
    made: list[Seatmate] = []

    def both(
        path: str = "/room", *, quiet: bool = False, learner: dict[str, Any] | None = None
    ) -> tuple[Seatmate, Seatmate, Lesson]:
        room = stage.lesson(goal="See why the area under x² is x³ over 3.")
        mentor = Seatmate(stage, browser, room.mentor_id, quiet=quiet).open(room, path)
        made.append(mentor)
        made.append(Seatmate(stage, browser, room.learner_id, quiet=quiet, **(learner or {})).open(room, path))
        return mentor, made[-1], room

    yield both
    stage.ready()
    for one in made:
        one.context.close()
        assert not one.problems


def moving(one: Seatmate) -> None:
    """Pictures of the other one keep coming."""
    before = one.frames()
    wait_until(lambda: one.frames() > before + 3, "pictures coming")


def test_ink_is_seen_before_the_pen_is_up_and_kept_after(meet: Meet, stage: Stage) -> None:
    mentor, learner, room = meet()
    mentor.connected()
    mentor.stroke(LINE, up=False)
    wait_until(lambda: learner.ink() > 300, "unfinished ink on the other board", 5)
    assert not stage.query(board_steps, room.id)
    mentor.page.mouse.up()
    wait_until(lambda: len(stage.query(board_steps, room.id)) == 1, "the stroke in the log", 5)
    learner.page.reload()
    learner.ready()
    wait_until(lambda: learner.ink() > 300, "ink after a reload", 5)


def test_undo_takes_back_only_what_is_mine(meet: Meet) -> None:
    mentor, learner, _ = meet(quiet=True)
    mentor.stroke(LINE)
    learner.stroke([(0.3, 0.6), (0.6, 0.6)])
    saved = "Board saved, 2 strokes"
    for one in (mentor, learner):
        expect(one.page.locator("[data-saved-word]")).to_have_text(saved)
    mentor.page.keyboard.press("Control+z")
    mentor.page.keyboard.press("Control+z")
    for one in (mentor, learner):
        expect(one.page.locator("[data-saved-word]")).to_have_text("Board saved, 1 stroke")
    mentor.page.keyboard.press("Control+y")
    for one in (mentor, learner):
        expect(one.page.locator("[data-saved-word]")).to_have_text(saved)


def test_a_message_arrives_once_and_stays(meet: Meet, stage: Stage) -> None:
    mentor, learner, room = meet(quiet=True)
    evil = "<img src=x onerror=document.body.remove()>"
    learner.page.fill("#chat-text", evil)
    learner.page.press("#chat-text", "Enter")
    bubbles = mentor.page.locator("[data-chat-lines] .bubble")
    expect(bubbles).to_have_text([evil])
    expect(learner.page.locator("[data-chat-lines] .bubble")).to_have_text([evil])
    mentor.page.reload()
    mentor.ready()
    expect(bubbles).to_have_text([evil])
    assert len(stage.query(chat_lines, room.id)) == 1


def test_both_reload_and_meet_again_with_what_they_chose(meet: Meet) -> None:
    mentor, learner, _ = meet()
    mentor.connected()
    learner.page.keyboard.press("m")
    mute = learner.page.locator('[data-control="mute"]')
    expect(mute).to_have_attribute("aria-pressed", "true")
    expect(mentor.page.locator("[data-peer-muted]")).to_be_visible()
    expect(mentor.page.locator("#announcer")).to_have_text(re.compile(" is muted$"))
    mentor.page.reload()
    learner.page.reload()
    for one in (mentor, learner):
        one.ready()
        one.connected()
        moving(one)
    expect(mute).to_have_attribute("aria-pressed", "true")
    expect(mentor.page.locator("[data-peer-muted]")).to_be_visible()


def test_the_screen_is_shared_and_the_camera_comes_back(meet: Meet) -> None:
    mentor, learner, _ = meet()
    mentor.connected()
    share = mentor.page.locator('[data-control="screen"]')
    width = "document.querySelector('[data-remote]').videoWidth"
    share.click()
    expect(share).to_have_attribute("aria-pressed", "true")
    expect(learner.page.locator("[data-person]")).to_have_class(re.compile("shows-screen"))
    wait_until(lambda: learner.page.evaluate(width) > 700, "the screen's picture")
    share.click()
    expect(learner.page.locator("[data-person]")).not_to_have_class(re.compile("shows-screen"))
    wait_until(lambda: 0 < learner.page.evaluate(width) <= 700, "the camera's picture")
    moving(learner)


def test_a_lost_offer_is_said_again(stage: Stage, browser: Browser) -> None:
    room = stage.lesson()
    mentor = Seatmate(stage, browser, room.mentor_id, quiet=True)
    lost: list[str] = []

    def lossy(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if "signal_send" in str(message) and '"offer"' in str(message) and not lost:
                lost.append(str(message))
            else:
                server.send(message)

        route.on_message(pass_on)

    mentor.page.route_web_socket(re.compile("/socket.io/"), lossy)
    mentor.open(room)
    learner = Seatmate(stage, browser, room.learner_id, quiet=True).open(room)
    for one in (mentor, learner):
        one.connected()
    assert len(lost) == 1
    for one in (mentor, learner):
        one.context.close()
        assert not one.problems


def test_the_lobby_brings_both_in_without_a_click(meet: Meet) -> None:
    mentor, learner, room = meet("", quiet=True)
    for one in (mentor, learner):
        one.page.wait_for_url(f"**/lesson/{room.public_id}/room")
        one.ready()
        one.connected()
        assert one.page.evaluate("performance.getEntriesByName('going-in').length"), "it is still the lobby's document"
    learner.page.go_back()  # to the lobby, which brings in again
    learner.page.wait_for_function("() => performance.getEntriesByName('going-in').length === 0")
    learner.page.wait_for_url(f"**/lesson/{room.public_id}/room")
    learner.ready()
    learner.connected()
    assert not mentor.problems and not learner.problems
    learner.page.locator("[data-leave]").locator("visible=true").click()
    learner.page.locator("[data-step-out]").click()
    expect(mentor.page.locator("#announcer")).to_have_text(re.compile(" left the room"))


def test_the_end_takes_both_to_feedback(meet: Meet) -> None:
    mentor, learner, room = meet(quiet=True)
    mentor.connected()
    mentor.stroke(LINE)
    mentor.page.locator("[data-leave]").locator("visible=true").click()
    mentor.page.locator("[data-end]").click()
    # Two seconds on a quiet machine; a shared one gets more.
    for one in (mentor, learner):
        one.page.wait_for_url(f"**/sessions/{room.public_id}/feedback", wait_until="commit")


def test_a_second_tab_asks_before_it_takes_the_call(meet: Meet) -> None:
    mentor, learner, _ = meet()
    learner.connected()
    second = mentor.context.new_page()
    second.goto(mentor.page.url)
    second.locator("[data-seat-take]").click()
    second.wait_for_selector('.room-frame[data-call="connected"]')
    expect(mentor.page.locator("[data-seat-dialog]")).to_be_visible()
    moving(learner)


def test_the_call_outlives_the_server_and_what_was_drawn_meanwhile_is_sent(meet: Meet, stage: Stage) -> None:
    mentor, learner, room = meet()
    mentor.connected()
    stage.product.kill("web")
    expect(mentor.page.locator("[data-banner-lead]")).to_contain_text("Reconnecting")
    mentor.stroke(LINE)
    expect(mentor.page.locator("[data-wait]")).to_be_visible()
    moving(learner)
    stage.product.start("web")
    wait_until(lambda: len(stage.query(board_steps, room.id)) == 1, "the stroke after the restart")
    expect(mentor.page.locator("[data-banner]")).to_be_hidden()
    expect(learner.page.locator("[data-saved-word]")).to_have_text("Board saved, 1 stroke")
    assert mentor.page.locator(".room-frame").get_attribute("data-call") == "connected"


def test_what_was_drawn_offline_outlives_its_tab(meet: Meet, stage: Stage) -> None:
    mentor, _learner, room = meet(quiet=True)
    stage.product.kill("web")
    expect(mentor.page.locator("[data-banner-lead]")).to_contain_text("Reconnecting")
    mentor.stroke(LINE)
    mentor.page.fill("#chat-text", "Written in the dark")
    mentor.page.press("#chat-text", "Enter")
    with suppress(Error):
        mentor.page.goto("chrome://crash", timeout=3_000)
    stage.product.start("web")
    mentor.page.close()
    mentor.page = mentor.context.new_page()
    mentor.page.goto(f"{stage.product.url}/lesson/{room.public_id}/room")
    # The killed server never wrote that the old tab has gone; its browser knows, and nobody is asked.
    mentor.ready()
    wait_until(lambda: len(stage.query(board_steps, room.id)) == 1, "the stroke of the killed tab")
    wait_until(lambda: len(stage.query(chat_lines, room.id)) == 1, "the message of the killed tab")


def test_a_phone_draws_with_one_finger_and_has_a_photo_in_place_of_the_screen(meet: Meet, tmp_path: Path) -> None:
    mentor, learner, _ = meet(quiet=True, learner={**PHONE, "user_agent": PHONE_AGENT})
    page = learner.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator('[data-control="screen"]')).to_be_hidden()
    expect(page.locator(".control.no-screen")).to_be_visible()
    for control in page.locator(".controls .control:visible, .board-tools .board-tool:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    box = learner.board()
    cdp = learner.context.new_cdp_session(page)
    for kind, at in [("touchStart", 0.2), ("touchMove", 0.3), ("touchMove", 0.5), ("touchEnd", None)]:
        spot = {"x": box["x"] + box["width"] * (at or 0), "y": box["y"] + box["height"] * 0.5, "force": 0.5, "id": 0}
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if at is None else [spot]})
    wait_until(lambda: mentor.ink() > 200, "the finger's ink on the other board")
