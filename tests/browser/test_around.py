"""Before and around the call, in real Chromium over a real coturn: the doctor, more time, captions, a wrong clock, a tab that dies."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from peerlearn.payments.queries import balance_of
from peerlearn.payments.service import ledger_check
from tests.browser.moments import moment, note_seen
from tests.browser.room_pages import PHONE, PHONE_AGENT, Seatmate, Stage
from tests.browser.test_pages import overflow, serious
from tests.peerlearn.sessions.people import mentor as a_mentor
from tests.peerlearn.sessions.people import person
from tests.peerlearn.sessions.test_prepaid import pack
from tests.servers import TurnServer

pytestmark = pytest.mark.browser

# A recognition that hears what the test says: everything behind the browser's own interface is the real path.
HEARS = """window.SpeechRecognition = class {
  start() { window.ear = this; }
  abort() { window.ear = null; this.onend?.(); }
};"""
# A device whose clock is three hours wrong.
# Its person has said no. The name of the error is what browsers give.
DENIED = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
LATE = "const real = Date.now; Date.now = () => real() + 3 * 3600 * 1000;"


# Which microphone the page has taken last.
TAKES = """const devices = navigator.mediaDevices, real = devices.getUserMedia.bind(devices);
devices.getUserMedia = async (wanted) => {
  const stream = await real(wanted);
  const sound = stream.getAudioTracks()[0];
  if (sound) window.took = sound.getSettings().deviceId;
  return stream;
};"""


@pytest.fixture(scope="module")
def gateway(stage: Stage) -> Iterator[None]:
    """The simulator of Razorpay beside the web process."""
    stage.product.start("gateway")
    yield
    stage.product.kill("gateway")


def test_the_doctor_finds_the_relay_remembers_it_and_tells_where_udp_is_blocked(
    stage: Stage, browser: Browser, turn_server: TurnServer
) -> None:
    room = stage.lesson()
    learner = Seatmate(stage, browser, room.learner_id, **{**PHONE, "user_agent": PHONE_AGENT}).open(room, "")
    learner.page.add_init_script(TAKES)
    chip = learner.page.locator("[data-net]")
    expect(chip).to_have_attribute("data-verdict", "direct")
    learner.page.reload()
    expect(learner.page.locator("[data-net-figures]")).to_contain_text("Checked today")

    def udp_blocked(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace(f"{turn_server.port}?transport=udp", "9?transport=udp")
        route.fulfill(response=answer, body=body)

    learner.page.route(re.compile("/ice$"), udp_blocked)
    learner.page.locator(".lobby-check summary", has_text="Connection").click()
    learner.page.click("[data-net-again]")
    expect(chip).to_have_attribute("data-verdict", "tcp")
    expect(learner.page.locator("[data-net-help]")).to_contain_text("UDP is blocked here")
    expect(learner.page.locator("[data-noise]")).to_be_checked()

    # Another microphone and another speaker, taken at once and kept for the room.
    turned = {}
    for name, kept in (
        ("Microphone", "JSON.parse(sessionStorage['room-media']).audioDevice"),
        ("Speaker", "sessionStorage['room-speaker']"),
    ):
        card = learner.page.locator("details.lobby-check", has_text=name).first
        card.locator("summary").click()
        picker = card.locator("select").first
        chosen = picker.locator("option:not(:checked)").last
        turned[name] = chosen.get_attribute("value")
        picker.select_option(turned[name])
        learner.page.wait_for_function(f"(wanted) => {kept} === wanted", arg=turned[name])
    expect(learner.page.locator("[data-tone-word]")).not_to_have_text("Not tried yet")
    learner.page.wait_for_function("(wanted) => took === wanted", arg=turned["Microphone"])
    assert learner.page.locator("#pick-video option").count() > 0

    denied = learner.context.new_page()
    denied.add_init_script(DENIED)
    denied.goto(f"{learner.url}/lesson/{room.public_id}")
    expect(denied.locator("[data-trouble-help]")).to_contain_text("In Chrome")
    denied.locator("[data-listen]").click()
    expect(denied.locator(".room-frame")).to_have_attribute("data-state", "ready")
    learner.context.close()
    assert not learner.problems


def renderers(browser: Browser) -> set[int]:
    """The processes of this browser's tabs."""
    session = browser.new_browser_cdp_session()
    known = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return {process["id"] for process in known if process["type"] == "renderer"}


def test_more_time_captions_and_a_dead_tab(stage: Stage, browser: Browser) -> None:
    room = stage.lesson(starts_in_minutes=-1)
    mentor = Seatmate(stage, browser, room.mentor_id)
    mentor.page.add_init_script(HEARS)
    mentor.open(room)
    others = renderers(browser)
    learner = Seatmate(stage, browser, room.learner_id)
    learner.page.add_init_script(LATE)
    note_seen(mentor.page, "told", "#announcer", " is here.")
    learner.open(room)
    for one in (mentor, learner):
        one.connected()
    assert moment(mentor.page, "told")
    clock = learner.page.locator("[data-clock]")
    expect(clock).to_have_text(re.compile(r"^4\d:"))
    expect(learner.page.locator("[data-captions-row]")).to_have_count(1)

    mentor.page.locator(".room-extend").click()
    mentor.page.locator("[data-extend-minutes='15']").click()
    learner.page.locator("[data-extend-yes]").click()
    for one in (mentor, learner):
        expect(one.page.locator("[data-clock]")).to_have_text(re.compile(r"^1:0\d:"))

    mentor.page.locator(".controls [popovertarget='room-more']").click()
    mentor.page.locator("[data-captions-row] input").check()
    mentor.page.evaluate(
        "ear.onresult({resultIndex: 0, results: [Object.assign([{transcript: 'the area under'}], {isFinal: true})]})"
    )
    expect(learner.page.locator("[data-caption='other']")).to_have_text(re.compile("Asha.*the area under"))
    mentor.page.keyboard.press("Escape")
    mentor.page.keyboard.press("?")
    expect(mentor.page.locator("[data-keys-dialog]")).to_be_visible()
    assert not serious(mentor.page) and not overflow(mentor.page)
    mentor.page.keyboard.press("Escape")
    mentor.page.locator(".controls [popovertarget='room-more']").click()
    floating = mentor.page.locator("[data-picture]")
    floating.click()
    expect(floating).to_have_attribute("aria-pressed", "true")
    mentor.page.evaluate("document.exitPictureInPicture()")
    mentor.page.keyboard.press("Escape")
    mentor.page.keyboard.press("m")
    assert mentor.page.evaluate("window.ear") is None
    expect(mentor.page.locator('[data-control="mute"]')).to_have_attribute("aria-pressed", "true")

    note_seen(mentor.page, "noticed", "[data-net-word]", "econnecting")
    for process in renderers(browser) - others:
        os.kill(process, signal.SIGKILL)
    assert moment(mentor.page, "noticed")
    for one in (mentor, learner):
        one.context.close()
    assert not mentor.problems


def test_time_is_bought_inside_the_call_and_both_clocks_and_the_ledger_follow(
    stage: Stage, gateway: None, browser: Browser
) -> None:
    asha, rohan = stage.query(a_mentor), stage.query(person)
    stage.query(pack, asha, rohan, 30, 300_00)
    room = stage.lesson(starts_in_minutes=-1, price_paise=499_00, mentor_id=asha, learner_id=rohan)
    mentor = Seatmate(stage, browser, room.mentor_id).open(room)
    learner = Seatmate(stage, browser, room.learner_id, **{**PHONE, "user_agent": PHONE_AGENT}).open(room)
    for one in (mentor, learner):
        one.connected()
    here = learner.page.url
    mentor.page.locator(".room-extend").click()
    expect(mentor.page.locator("[data-extend-minutes='15'] [data-extend-price]")).to_have_text("₹150")
    mentor.page.locator("[data-extend-minutes='15']").click()
    learner.page.locator("[data-extend-yes]").click()
    expect(learner.page.locator("[data-extend-card]")).to_have_attribute("data-kind", "pay")
    expect(mentor.page.locator("[data-extend-card]")).to_have_attribute("data-kind", "paying")
    learner.page.locator("[data-extend-yes]").click()
    checkout = learner.page.frame_locator("iframe.razorpay-checkout-frame")
    expect(checkout.locator("#pay")).to_be_visible()
    seen = {one: one.frames() for one in (mentor, learner)}
    checkout.locator("label[for=outcome-success]").click()
    checkout.locator("#pay").click()
    for one in (mentor, learner):
        expect(one.page.locator("[data-clock]")).to_have_text(re.compile(r"^1:0\d:"))
        expect(one.page.locator("[data-extend-card]")).to_be_hidden()
        assert one.frames() > seen[one]
        assert one.page.get_attribute(".room-frame", "data-call") == "connected"
    expect(learner.page.locator("iframe.razorpay-checkout-frame")).to_be_hidden()
    assert learner.page.url == here
    assert stage.query(balance_of, "mentor_payable", room.mentor_id) == -127_50

    # Once more, asked for on the phone from the menu of more, and paid with minutes that were bought before.
    learner.page.locator("[popovertarget='room-more']").locator("visible=true").click()
    learner.page.locator("#room-more [popovertarget='room-extend']").click()
    learner.page.locator("[data-extend-minutes='15']").click()
    expect(learner.page.locator(":popover-open")).to_have_count(0)
    mentor.page.locator("[data-extend-yes]").click()
    learner.page.locator("[data-extend-prepaid]").click()
    for one in (mentor, learner):
        expect(one.page.locator("[data-clock]")).to_have_text(re.compile(r"^1:1\d:"))
    assert stage.query(balance_of, "mentor_payable", room.mentor_id) == -255_00
    assert stage.query(ledger_check).balanced
    learner.context.close()
    mentor.context.close()
    assert not mentor.problems and not learner.problems
