"""The board as its two people use it: one pair of browsers, a desk and a phone, through everything a board can do."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from peerlearn.live.ink_code import points_encode
from peerlearn.live.journal import Draft, journal_append
from peerlearn.live.queries import board_steps
from tests.browser.room_pages import PHONE, PHONE_AGENT, Seatmate, Stage
from tests.peerlearn.live.lessons import Lesson
from tests.servers import wait_until

pytestmark = pytest.mark.browser

# A red pixel, and the finished things on the screen as 160 x 100 x 4 numbers.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
PICTURE = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 100 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.scale(1 / 6, 1 / 6);
  for (const one of document.querySelectorAll('[data-canvas="tile"]')) {
    context.drawImage(one, parseFloat(one.style.left), parseFloat(one.style.top), 512, 512);
  }
  return [...context.getImageData(0, 0, 160, 100).data];
}"""
# A file falls onto the board: its bytes, so many of them.
DROP = """([name, type, text, least]) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes, new Uint8Array(Math.max(0, least - bytes.length))], name, { type }));
  document.querySelector("[data-board]").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
}"""
SMALL_PHONE = {**PHONE, "viewport": {"width": 360, "height": 640}, "user_agent": PHONE_AGENT}


class Pair:
    """Asha at her desk, Rohan on his phone, and what their lesson's log holds."""

    def __init__(self, stage: Stage, browser: Browser) -> None:
        self.stage = stage
        self.room: Lesson = stage.lesson()
        self.mentor = Seatmate(stage, browser, self.room.mentor_id, quiet=True).open(self.room)
        self.learner = Seatmate(stage, browser, self.room.learner_id, quiet=True, **SMALL_PHONE).open(self.room)
        self.both = (self.mentor, self.learner)

    def steps(self, do: str) -> list[dict[str, Any]]:
        """What the log holds of one kind."""
        return [row.payload for row in self.stage.query(board_steps, self.room.id) if row.payload["do"] == do]

    def wait_steps(self, do: str, count: int) -> None:
        wait_until(lambda: len(self.steps(do)) == count, f"{count} of {do} in the log")

    def agree(self) -> None:
        """Both boards show the same, by hash."""
        digest = "document.querySelector('[data-board]').dataset.boardDigest ?? ''"

        def equal() -> bool:
            one, other = (who.page.evaluate(digest) for who in self.both)
            return bool(one) and one == other

        wait_until(equal, "two equal boards")

    def more(self, who: Seatmate, selector: str) -> None:
        """Choose from the board's sheet."""
        who.page.locator('.board-tools [popovertarget="board-more"]').click()
        who.page.locator(f"#board-more {selector}").click()

    def notice(self, who: Seatmate, text: str) -> None:
        expect(who.page.locator("[data-hint-word]")).to_contain_text(text)


@pytest.fixture(scope="module")
def pair(stage: Stage, browser: Browser) -> Iterator[Pair]:
    made = Pair(stage, browser)
    yield made
    for one in made.both:
        one.context.close()
        assert not one.problems


def test_the_keyboard_draws_names_moves_changes_and_deletes(pair: Pair) -> None:
    page = pair.mentor.page
    page.locator("[data-stage]").focus()
    for key in ["r", "Enter", *["ArrowRight"] * 4, *["ArrowDown"] * 3, "Enter"]:
        page.keyboard.press(key)
    pair.wait_steps("shape", 1)
    box = pair.steps("shape")[0]["box"]
    assert (box[2] - box[0], box[3] - box[1]) == (4 * 240, 3 * 240)
    for key in ["x", *["ArrowUp"] * 6, "Enter"]:
        page.keyboard.press(key)
    page.keyboard.type("<b>y = 2x</b>")
    page.keyboard.press("Enter")
    pair.wait_steps("text", 1)
    expect(page.locator("[data-stage]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#announcer")).to_have_text(re.compile("^Ink black rectangle by You, "))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    pair.wait_steps("move", 1)
    assert pair.steps("move")[0]["dx"] == 200
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-board-text]")).to_have_value("<b>y = 2x</b>")
    page.keyboard.press("Control+a")
    page.keyboard.type("y = 3x")
    page.keyboard.press("Enter")
    pair.wait_steps("edit", 1)
    learner = pair.learner.page
    learner.locator('.board-tools [popovertarget="board-more"]').click()
    learner.locator('#board-more [popovertarget="board-outline"]').click()
    lines = learner.locator("[data-outline] button")
    expect(lines).to_have_text([re.compile("rectangle by Asha, "), re.compile("Text by Asha: y = 3x, ")])
    page.keyboard.press("Tab")
    page.keyboard.press("Delete")
    expect(lines).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(lines).to_have_count(2)
    learner.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("[data-stage]")).not_to_be_focused()
    pair.agree()


def test_what_is_selected_is_taken_along_copied_and_undone_as_one(pair: Pair) -> None:
    page = pair.mentor.page
    pair.more(pair.mentor, "[data-tool=select]")
    pair.mentor.stroke([(0.12, 0.05), (0.95, 0.85)])
    expect(page.locator("[data-selection-bar]")).to_be_visible()
    page.locator('[data-selected="duplicate"]').click()
    pair.wait_steps("shape", 2)
    pair.wait_steps("text", 2)
    frame = page.locator("[data-selection]").bounding_box()
    assert frame is not None
    moves = len(pair.steps("move"))
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 2 - 90, frame["y"] + frame["height"] / 2 + 40, steps=5)
    page.mouse.up()
    pair.wait_steps("move", moves + 1)
    assert pair.steps("move")[-1]["dx"] == -900
    assert len(pair.steps("move")[-1]["ids"]) == 2
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect(page.locator("[data-saved-word]")).to_have_text("Board saved, 2 strokes")
    pair.agree()


def test_a_phone_draws_with_one_finger_moves_with_two_and_knows_a_palm(pair: Pair) -> None:
    page = pair.learner.page
    for control in page.locator(".board-tools .board-tool:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    board = pair.learner.board()
    cdp = pair.learner.context.new_cdp_session(page)

    def touch(kind: str, *spots: tuple[float, float], radius: float = 8) -> None:
        points = [
            {
                "x": board["x"] + x * board["width"],
                "y": board["y"] + y * board["height"],
                "id": number,
                "radiusX": radius,
                "radiusY": radius,
            }
            for number, (x, y) in enumerate(spots)
        ]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.2, 0.6))
    touch("touchMove", (0.4, 0.65))
    touch("touchMove", (0.6, 0.6))
    touch("touchEnd")
    pair.wait_steps("stroke", 1)
    touch("touchStart", (0.4, 0.5))
    touch("touchMove", (0.42, 0.5))
    touch("touchStart", (0.42, 0.5), (0.6, 0.5))
    touch("touchMove", (0.3, 0.5), (0.8, 0.5))
    touch("touchEnd")
    expect(page.locator("[data-zoom-word]")).not_to_have_text("100%")
    touch("touchStart", (0.5, 0.5), radius=45)
    touch("touchMove", (0.6, 0.6), radius=45)
    touch("touchEnd")
    page.locator("[data-zoom-word]").evaluate("button => button.click()")
    pair.agree()
    assert len(pair.steps("stroke")) == 1


def test_pages_and_papers_are_shared_and_the_other_is_taken_along_until_a_tap(pair: Pair) -> None:
    mentor, learner = pair.mentor.page, pair.learner.page
    mentor.keyboard.press("n")
    for one in (mentor, learner):
        expect(one.locator("[data-page-word]").first).to_have_text("Page 2 of 2")
    pair.more(pair.mentor, '[data-paper="graph"]')
    mentor.keyboard.press("Escape")
    expect(learner.locator('[data-paper="graph"]')).to_have_attribute("aria-checked", "true")
    pair.more(pair.mentor, '[data-view-do="lead"]')
    chip = learner.locator("[data-view-chip]")
    expect(chip).to_contain_text("You follow where Asha goes")
    zoom = learner.locator("[data-zoom-word]")
    before = zoom.text_content()
    mentor.keyboard.press("-")
    mentor.keyboard.press("-")
    expect(zoom).not_to_have_text(before or "")
    chip.get_by_role("button", name="Stop").click()
    expect(chip).to_be_hidden()
    mentor.locator(".board-pages [data-page-back]").click()
    expect(chip).to_contain_text("Asha is on page 1")
    expect(learner.locator("[data-page-word]").first).to_have_text("Page 2 of 2")
    chip.get_by_role("button", name="Go there").click()
    expect(learner.locator("[data-page-word]").first).to_have_text("Page 1 of 2")
    mentor.locator("[data-view-chip] button").click()
    mentor.keyboard.press("0")
    pair.more(pair.mentor, '[data-view-do="bring"]')
    expect(chip).to_contain_text("Asha brought you here")


def test_a_laser_is_seen_and_not_kept(pair: Pair) -> None:
    glow = """() => { const c = document.querySelector('[data-laser]'); if (!c.width) return 0;
      return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 60) ? 1 : 0; }"""
    before = len(pair.stage.query(board_steps, pair.room.id))
    pair.mentor.page.keyboard.press("g")
    pair.mentor.stroke([(0.4, 0.4), (0.5, 0.5)], up=False)
    wait_until(lambda: pair.learner.page.evaluate(glow) == 1, "light on the other board")
    expect(pair.learner.page.locator("[data-peer-cursor]")).to_contain_text("Asha")
    pair.mentor.page.mouse.up()
    wait_until(lambda: pair.learner.page.evaluate(glow) == 0, "the light gone")
    assert len(pair.stage.query(board_steps, pair.room.id)) == before


def test_a_locked_board_is_told_kept_and_takes_back_what_was_drawn_offline(pair: Pair) -> None:
    learner = pair.learner.page
    strokes = len(pair.steps("stroke"))
    pair.learner.context.set_offline(True)
    expect(learner.locator("[data-banner-lead]")).to_contain_text("Reconnecting")
    pair.learner.stroke([(0.2, 0.8), (0.6, 0.8)])
    expect(learner.locator("[data-wait]")).to_be_visible()
    pair.more(pair.mentor, "[data-lock]")
    pair.wait_steps("lock", 1)
    pair.learner.context.set_offline(False)
    expect(learner.locator("[data-lock-chip]")).to_contain_text("Asha locked the board")
    pair.notice(pair.learner, "What you drew meanwhile was taken off")
    expect(learner.locator('.board-tools [data-tool="pen"]')).to_have_attribute("aria-disabled", "true")
    pair.learner.stroke([(0.2, 0.7), (0.6, 0.7)])
    pair.agree()
    assert len(pair.steps("stroke")) == strokes
    pair.more(pair.mentor, "[data-lock]")
    expect(learner.locator("[data-lock-chip]")).to_be_hidden()
    pair.learner.stroke([(0.2, 0.7), (0.6, 0.7)])
    pair.wait_steps("stroke", strokes + 1)
    pair.agree()


def test_chosen_pages_of_a_pdf_become_pages_of_the_board(pair: Pair) -> None:
    page = pair.mentor.page
    page.locator("#board-more [data-photo]").set_input_files(
        {"name": "sheet.pdf", "mimeType": "application/pdf", "buffer": pdf("One", "Two", "Three")}
    )
    dialog = page.locator("[data-pdf-dialog]")
    for number in (1, 3):
        dialog.get_by_label(f"Page {number}").check()
    dialog.get_by_role("button", name="Put 2 pages on the board").click()
    pair.wait_steps("image", 2)
    assert [step["page"] for step in pair.steps("image")] == [2, 3]
    assert all(step["data"].startswith("data:image/jpeg") for step in pair.steps("image"))
    expect(dialog).to_be_hidden()
    pair.agree()
    page.locator("#board-more [data-photo]").set_input_files(
        {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 not really"}
    )
    pair.notice(pair.mentor, "could not be read as a PDF")
    page.locator("#board-more [data-photo]").set_input_files(
        {"name": "evil.svg", "mimeType": "image/svg+xml", "buffer": b"<svg><script>alert(1)</script></svg>"}
    )
    pair.notice(pair.mentor, "not a picture")
    assert len(pair.steps("image")) == 2
    page.evaluate(DROP, ["dot.png", "image/png", DOT, 1])
    pair.wait_steps("image", 3)
    pair.agree()
    page.evaluate(DROP, ["huge.png", "image/png", DOT, 26_000_000])
    pair.notice(pair.mentor, "too large for the board")
    assert len(pair.steps("image")) == 3


def pdf(*words: str) -> bytes:
    """A plain PDF with one word on each page."""
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(words)))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(words)} /MediaBox [0 0 300 400] /Resources << /Font << /F {font} >> >> >>",
    ]
    for number, word in enumerate(words):
        content = f"BT /F 48 Tf 40 200 Td ({word}) Tj ET"
        parts.append(f"<< /Type /Page /Parent 2 0 R /Contents {4 + 2 * number} 0 R >>")
        parts.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    out = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}".encode() + trailer.encode()


def crowd(dice: random.Random) -> list[dict[str, Any]]:
    """So many things of every kind in one place that they are painted beside the page, where the browser can."""
    steps: list[dict[str, Any]] = []
    for number in range(260):
        x, y = dice.randrange(600, 8500), dice.randrange(200, 6000)
        thing = {"id": f"t{number}", "page": 0, "color": number % 6}
        if number % 20 == 0:
            steps.append({"do": "text", **thing, "size": 240, "at": [x, y], "text": "why? y = 2x"})
        elif number % 20 == 7:
            steps.append({"do": "shape", **thing, "width": 30, "kind": "ellipse", "box": [x, y, x + 900, y + 500]})
        elif number == 50:
            steps.append(
                {"do": "image", **thing, "box": [x, y, x + 800, y + 800], "data": f"data:image/png;base64,{DOT}"}
            )
        else:
            points = [n for step in range(12) for n in (x + 90 * step, y + dice.randrange(400), 50)]
            pen = {"pen": "highlighter"} if number % 20 == 3 else {}
            steps.append({"do": "stroke", **thing, **pen, "width": 30, "points": points_encode(points)})
    steps.append({"do": "move", "ids": ["t0", "t1", "t7"], "dx": 300, "dy": 200})
    return steps


def test_an_old_browser_paints_itself_what_others_have_painted_beside_the_page(stage: Stage, browser: Browser) -> None:
    room = stage.lesson()
    steps = crowd(random.Random(5))
    drafts = [Draft(room.id, room.mentor_id, f"c{n}", "board", step) for n, step in enumerate(steps)]
    stage.query(journal_append, drafts)
    mentor = Seatmate(stage, browser, room.mentor_id, quiet=True).open(room)
    learner = Seatmate(stage, browser, room.learner_id, quiet=True)
    learner.context.add_init_script("delete window.OffscreenCanvas; delete window.ImageBitmapRenderingContext;")
    learner.open(room)
    assert [len(who.page.workers) for who in (mentor, learner)] == [1, 0]

    def alike() -> bool:
        one, other = (who.page.evaluate(PICTURE) for who in (mentor, learner))
        far = [abs(a - b) for a, b in zip(one, other, strict=True)]
        return sum(one) > 100_000 and max(far) < 24

    wait_until(alike, "two pictures that look the same")
    learner.stroke([(0.3, 0.3), (0.7, 0.6)])
    wait_until(lambda: len(stage.query(board_steps, room.id)) == len(steps) + 1, "the stroke in the log")
    wait_until(alike, "two pictures with the new stroke")
    for who in (mentor, learner):
        who.context.close()
        assert not who.problems
