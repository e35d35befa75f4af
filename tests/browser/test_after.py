"""What comes after the lesson: rating at once, then the recap with its replay, note, goal and the next lesson."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from peerlearn.live.queries import board_steps, chat_lines
from peerlearn.sessions.aftermath import recap_of
from tests.browser.moments import moment, note_event, note_seen
from tests.browser.room_pages import PHONE, PHONE_AGENT, Seatmate, Stage
from tests.peerlearn.live.lessons import Lesson
from tests.servers import wait_until

pytestmark = pytest.mark.browser

GOAL = "See why the area under x² is x³ over 3."
SHOWN_SECONDS = 3.0
Pair = tuple[Seatmate, Seatmate, Lesson]


@pytest.fixture(scope="module")
def pair(stage: Stage, browser: Browser) -> Iterator[Pair]:
    """Two people who have drawn and written; the learner sits at a phone."""
    room = stage.lesson(goal=GOAL)
    mentor = Seatmate(stage, browser, room.mentor_id, quiet=True).open(room)
    learner = Seatmate(stage, browser, room.learner_id, quiet=True, **PHONE, user_agent=PHONE_AGENT).open(room)
    yield mentor, learner, room
    for one in (mentor, learner):
        one.context.close()
        assert not one.problems


def ink(page: Page) -> int:
    """How many pixels of the replay's board are painted."""
    script = """() => { const canvas = document.querySelector('#replay canvas');
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let sum = 0; for (let i = 3; i < data.length; i += 4) if (data[i] > 40) sum += 1; return sum; }"""
    return int(page.evaluate(script))


def test_both_are_asked_within_three_seconds_of_the_end(pair: Pair, stage: Stage) -> None:
    mentor, learner, room = pair
    mentor.stroke([(0.3, 0.3), (0.6, 0.3)])
    mentor.page.fill("#chat-text", "A slice is $x^2$ tall.")
    mentor.page.press("#chat-text", "Enter")
    wait_until(lambda: len(stage.query(chat_lines, room.id)) == 1, "the message")
    time.sleep(1.2)  # the replay needs two moments that lie apart
    mentor.stroke([(0.3, 0.5), (0.6, 0.5)])
    wait_until(lambda: len(stage.query(board_steps, room.id)) == 2, "both strokes")
    mentor.page.locator("[data-leave]:visible").first.click()
    for one in (mentor, learner):
        note_seen(one.page, "asked", "[data-rate-dialog]")
    note_event(mentor.page, "ended", "click")
    mentor.page.locator("[data-leave-dialog] [data-end]").click()
    for one in (mentor, learner):
        expect(one.page.get_by_role("dialog", name="Rate the lesson")).to_be_visible()
    took = max(moment(one.page, "asked") for one in (mentor, learner)) - moment(mentor.page, "ended")
    print(f"end to rating shown to both: {took:.2f} s")
    mentor.page.reload()
    expect(mentor.page.locator("[name=stars]").first).to_be_attached()
    assert took < SHOWN_SECONDS


def test_rating_leads_to_a_recap_that_plays_the_lesson(pair: Pair) -> None:
    _, learner, _ = pair
    page = learner.page
    page.get_by_role("radio", name="5 stars, wonderful").check(force=True)
    note_seen(page, "ready", "#replay[data-state=ready]")
    note_event(page, "rated", "click")
    page.get_by_role("button", name="Done").click()
    page.wait_for_selector("#replay[data-state=ready]")
    took = moment(page, "ready") - moment(page, "rated")
    print(f"rated to recap ready: {took:.2f} s")
    slider = page.get_by_role("slider", name="Time in the lesson")
    whole = ink(page)
    assert whole > 200
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0:00 of \d+:\d\d$"))
    assert ink(page) == 0, "nothing was drawn at the start"
    speed = page.get_by_role("button", name="Speed")
    for word in ("2×", "4×", "8×", "1×", "2×", "4×", "8×"):
        speed.click()
        expect(speed).to_have_text(word)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    wait_until(lambda: ink(page) == whole, "the whole board")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.get_by_role("button", name="Places to jump to").click()
    page.get_by_role("button", name=re.compile(r"Jump to .*A slice is")).click()
    said = page.locator("[data-said]")
    expect(said).to_contain_text(re.compile(r"In chat at \d+:\d\d, Asha"))
    expect(said.locator("math")).to_have_count(1)
    assert 100 < ink(page) < whole, "what was drawn by then, and no more"
    expect(page.locator("#final-pages canvas")).to_have_count(1)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save page 1 as a picture").click()
    assert saving.value.suggested_filename == "Integrals, from the picture up 1.png"
    assert took < SHOWN_SECONDS


def test_the_mentors_note_and_the_ticked_goal_reach_the_other(pair: Pair, stage: Stage) -> None:
    mentor, learner, room = pair
    mentor.page.goto(f"{mentor.url}/sessions/{room.public_id}/recap")
    note = mentor.page.get_by_label("A note to Rohan")
    note.fill("Well cut. Try <b>x³</b> next.")
    expect(mentor.page.locator("[data-saved]")).to_be_visible()
    wait_until(lambda: bool((kept := stage.query(recap_of, room.id)) and "Try" in kept.note), "the note")
    expect(learner.page.locator("#toasts")).to_contain_text("Asha wrote you a note")
    learner.page.goto(f"{learner.url}/sessions/{room.public_id}/recap")
    expect(learner.page.locator(".recap-note")).to_have_text("Well cut. Try <b>x³</b> next.")
    learner.page.get_by_role("checkbox").check()
    wait_until(lambda: bool((kept := stage.query(recap_of, room.id)) and kept.goal_reached_at), "the tick")
    mentor.page.reload()
    expect(mentor.page.get_by_role("checkbox")).to_be_checked()


def test_a_log_that_cannot_be_loaded_says_so_and_is_asked_again(pair: Pair) -> None:
    _, learner, room = pair
    page = learner.page
    page.route("**/log?since=*", lambda route: route.abort())
    page.goto(f"{learner.url}/sessions/{room.public_id}/recap")
    failed = page.locator("[data-replay-failed]")
    expect(failed).to_contain_text("could not be loaded")
    page.unroute("**/log?since=*")
    failed.get_by_role("button", name="Try again").click()
    page.wait_for_selector("#replay[data-state=ready]")
    expect(failed).to_be_hidden()
