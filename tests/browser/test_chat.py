"""The chat as two people use it: how far a message has come, code and formulas, links, files from browser to browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from peerlearn.live.chat_seen import seen_by
from peerlearn.live.queries import chat_lines
from tests.browser.moments import moment, note_event, note_seen
from tests.browser.room_pages import Seatmate, Stage
from tests.peerlearn.live.lessons import Lesson
from tests.servers import wait_until

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror=\"document.title='broken'\">"
PDF = b"%PDF-1.7\n" + bytes(range(1, 251)) * 2_000
# What a changed page could do: reach the connection itself.
KEEP_CONNECTION = """const Real = RTCPeerConnection;
window.RTCPeerConnection = class extends Real { constructor(...all) { super(...all); window.connection = this; } };"""
Pair = tuple[Seatmate, Seatmate, Lesson]


@pytest.fixture(scope="module")
def pair(stage: Stage, browser: Browser) -> Iterator[Pair]:
    """Two people in one room, for all tests of this file."""
    room = stage.lesson()
    both = [Seatmate(stage, browser, who, quiet=True) for who in (room.mentor_id, room.learner_id)]
    both[0].context.add_init_script(KEEP_CONNECTION)
    for one in both:
        one.open(room)
    yield both[0], both[1], room
    for one in both:
        one.context.close()
        assert not one.problems


def say(one: Seatmate, text: str) -> None:
    one.page.fill("#chat-text", text)
    one.page.press("#chat-text", "Enter")


def state(page: Page, text: str) -> str | None:
    return page.locator("li.mine", has_text=text).last.get_attribute("data-state")


def lines(page: Page, text: str) -> int:
    return page.locator("[data-chat-lines] li", has_text=text).count()


def test_a_message_is_sent_then_seen_and_stays_seen(pair: Pair, stage: Stage) -> None:
    mentor, learner, room = pair
    mentor.page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    say(learner, "Is dx how wide I cut?")
    expect(mentor.page.locator("[data-chat-lines]")).to_contain_text("Is dx how wide I cut?")
    wait_until(lambda: state(learner.page, "Is dx") == "sent", "sent")
    time.sleep(0.6)  # longer than a page waits before it says what was read
    assert state(learner.page, "Is dx") == "sent"
    assert stage.query(seen_by, room.id) == {}
    mentor.page.evaluate(
        "() => { delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange')); }"
    )
    wait_until(lambda: state(learner.page, "Is dx") == "seen", "seen")
    expect(learner.page.locator("li.mine [data-chat-state]").last).to_have_text("Seen")
    learner.page.reload()
    learner.ready()
    wait_until(lambda: state(learner.page, "Is dx") == "seen", "seen after a reload")


def test_typing_is_seen_within_a_second_and_stops(pair: Pair) -> None:
    mentor, learner, _ = pair
    line = learner.page.locator("[data-typing]")
    note_seen(learner.page, "writing", "[data-typing]", "Asha is writing")
    note_event(mentor.page, "typed", "input")
    mentor.page.type("#chat-text", "W")
    assert moment(learner.page, "writing") - moment(mentor.page, "typed") < 1
    expect(line).to_have_text("")
    mentor.page.fill("#chat-text", "")


def test_what_is_written_offline_waits_and_is_sent_once(pair: Pair, stage: Stage) -> None:
    mentor, learner, room = pair
    before = len(stage.query(chat_lines, room.id))
    learner.context.set_offline(True)
    learner.page.evaluate("() => window.dispatchEvent(new Event('offline'))")
    say(learner, "written under a bridge")
    assert state(learner.page, "under a bridge") in {"sending", "waiting"}
    wait_until(lambda: state(learner.page, "under a bridge") == "waiting", "the line is known to be down")
    learner.context.set_offline(False)
    wait_until(lambda: state(learner.page, "under a bridge") in {"sent", "seen"}, "sent")
    assert [lines(one.page, "under a bridge") for one in (mentor, learner)] == [1, 1]
    assert len(stage.query(chat_lines, room.id)) == before + 1


def test_a_refused_message_stays_and_can_be_changed(pair: Pair, stage: Stage) -> None:
    mentor, learner, room = pair
    before = len(stage.query(chat_lines, room.id))
    # Only marks that the server takes away: for it there is nothing in this message.
    say(learner, "\u2066\u2069")
    failed = learner.page.locator('li[data-state="failed"]')
    expect(failed.locator("[data-refusal]")).to_contain_text("Write something first")
    learner.page.reload()
    learner.ready()
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Change it").click()
    expect(failed).to_have_count(0)
    expect(learner.page.locator("#chat-text")).to_be_focused()
    learner.page.fill("#chat-text", "")
    assert len(stage.query(chat_lines, room.id)) == before
    assert lines(mentor.page, "\u2066") == 0


def test_code_formulas_and_links_are_shown_and_markup_is_words(pair: Pair) -> None:
    mentor, learner, _ = pair
    refusals: list[str] = []
    mentor.page.on("console", lambda said: refusals.append(said.text) if "Security Policy" in said.text else None)
    say(learner, f"{EVIL} see https://en.wikipedia.org/wiki/Integral. and javascript:alert(1)")
    say(
        learner,
        "try `a < b` then\n```python\nprint('<b>')\n```\nso $\\frac{x^3}{3}$ and $$\\int_0^2 x^2\\,dx = \\boxed{\\frac{8}{3}}$$",
    )
    say(learner, "broken $\\frac{x$ and $\\href{javascript:alert(1)}{x}$ cost $5 and $10")
    chat = mentor.page.locator("[data-chat-lines]")
    expect(chat.locator("math")).to_have_count(3)
    expect(chat.locator("math mfrac").first).to_be_visible()
    expect(chat.locator("pre.chat-code")).to_have_text("print('<b>')")
    expect(chat.locator("code.chat-inline")).to_have_text("a < b")
    expect(chat.locator(".chat-math.unread")).to_have_text("\\frac{x")
    expect(chat).to_contain_text("cost $5 and $10")
    expect(chat).to_contain_text(EVIL)
    assert chat.locator("img, script, b, [onerror], [style]").count() == 0
    links = chat.locator("a")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "https://en.wikipedia.org/wiki/Integral")
    expect(links).to_have_attribute("rel", "noopener noreferrer nofollow ugc")
    expect(links).to_have_attribute("target", "_blank")
    expect(links).to_have_text("en.wikipedia.org/wiki/Integral")
    assert mentor.page.title() != "broken"
    assert not refusals


def send(one: Seatmate, name: str, content: bytes) -> None:
    files = [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
    one.page.set_input_files("[data-chat-file]", files)  # type: ignore[arg-type]


def test_a_file_goes_across_is_checked_and_saved_under_a_clean_name(pair: Pair, stage: Stage, tmp_path: Path) -> None:
    mentor, learner, room = pair
    mentor.connected()
    learner.connected()
    send(mentor, "jee\u202e2024 <script>.pdf", PDF)
    there = learner.page.locator("[data-chat-lines] .chat-file")
    expect(there).to_contain_text(re.compile(r"jee2024 _script_\.pdf.*500 kB, checked", re.DOTALL))
    expect(mentor.page.locator("[data-chat-lines] .chat-file")).to_contain_text("checked")
    with learner.page.expect_download() as saving:
        there.get_by_role("button", name=re.compile("Save")).click()
    saved = tmp_path / "saved"
    saving.value.save_as(saved)
    assert saving.value.suggested_filename == "jee2024 _script_.pdf"
    assert saved.read_bytes() == PDF
    noted = [row.payload["file"]["name"] for row in stage.query(chat_lines, room.id) if "file" in row.payload]
    assert noted == ["jee2024 _script_.pdf"]


def test_a_program_is_refused_with_its_reason_at_both_ends(pair: Pair, stage: Stage) -> None:
    mentor, learner, room = pair
    before = len(stage.query(chat_lines, room.id))
    trouble = mentor.page.locator("[data-file-trouble]")
    send(mentor, "setup.exe", b"MZ\x90\x00")
    expect(trouble).to_contain_text("setup.exe was not sent: files of this kind can do harm")
    send(mentor, "sheet.pdf", b"MZ\x90\x00" * 10)
    expect(trouble).to_contain_text("what is in it is not what its name says")
    # A changed page does not ask itself: then the other end refuses.
    mentor.page.evaluate(
        """() => new Promise((done) => { const channel = window.connection.createDataChannel('file');
        channel.onopen = () => channel.send(JSON.stringify({do: 'offer', id: 'x', name: 'setup.exe', size: 4, sha256: '0'.repeat(64)}));
        channel.onmessage = ({data}) => { document.body.dataset.refused = data; done(); }; })"""
    )
    assert '"refuse"' in str(mentor.page.evaluate("document.body.dataset.refused"))
    expect(learner.page.locator("[data-file-trouble]")).to_contain_text("setup.exe was not sent")
    assert len(stage.query(chat_lines, room.id)) == before


def test_another_kind_of_file_asks_first_and_may_be_declined(pair: Pair) -> None:
    mentor, learner, _ = pair
    send(mentor, "plan.txt", "नमस्ते".encode())
    row = learner.page.locator("[data-transfer]", has_text="plan.txt")
    row.get_by_role("button", name="No, thanks").click()
    expect(mentor.page.locator("[data-transfer]", has_text="plan.txt")).to_contain_text("Rohan did not take it")
    send(mentor, "plan2.txt", "नमस्ते".encode())
    learner.page.locator("[data-transfer]", has_text="plan2.txt").get_by_role("button", name="Take it").click()
    expect(learner.page.locator("[data-chat-lines] .chat-file", has_text="plan2.txt")).to_contain_text("checked")


def test_without_a_call_it_says_why_no_file_goes(pair: Pair) -> None:
    mentor, learner, _ = pair
    learner.page.goto("about:blank")
    expect(mentor.page.locator("[data-call], .room-frame").first).to_be_visible()
    wait_until(lambda: mentor.page.get_attribute(".room-frame", "data-call") != "connected", "the call is gone", 30)
    send(mentor, "late.pdf", PDF)
    expect(mentor.page.locator("[data-file-trouble]")).to_contain_text("Files go straight to Rohan")
