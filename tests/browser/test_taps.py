"""Every core action within its budget of taps, counted in the page itself.

One tap is one click, touch, Enter or Space on a control; typing is free. The counts start with the page open.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

# Kept over navigations, so that a journey of several pages is one sum. An Enter that submits also fires a click of no
# pointer on the form's button (detail 0), which must not count twice.
COUNTER = """
const add = () => sessionStorage.setItem('taps', String(Number(sessionStorage.getItem('taps') || 0) + 1));
addEventListener('click', (event) => { if (event.isTrusted && event.detail > 0) add(); }, true);
addEventListener('keydown', (event) => { if (event.isTrusted && event.key === 'Enter') add(); }, true);
"""


@pytest.fixture
def counted(visit: Visit) -> Callable[..., Page]:
    """A phone page that counts."""

    def come(email: str | None = None) -> Page:
        context = visit(email, phone=True)
        context.add_init_script(COUNTER)
        return context.new_page()

    return come


def taps(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.getItem('taps') || 0)"))


def test_signing_up_takes_four_taps(counted: Callable[..., Page]) -> None:
    page = counted()
    page.goto("/")
    page.get_by_role("link", name="Start learning").first.click()
    page.keyboard.type("Tara Iyer")
    page.fill("[name=email]", "tara@peerlearn.test")
    page.fill("[name=password]", "a short sentence works")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/start/interests")
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/start/goal")
    page.get_by_role("button", name="See my matches").click()
    page.wait_for_url("**/home")
    assert taps(page) <= 4


def test_from_the_feed_to_the_payment_takes_two_taps(counted: Callable[..., Page]) -> None:
    page = counted("rohan@peerlearn.test")
    page.goto("/home")
    page.locator("main .mentor-card a.chip:visible").last.click()
    page.locator("dialog[open]").get_by_role("button", name=re.compile("^Pay")).click()
    page.wait_for_url("**/pay/*")
    assert taps(page) <= 2


def test_asking_a_mentor_for_a_time_takes_two_taps(counted: Callable[..., Page]) -> None:
    page = counted("rohan@peerlearn.test")
    page.goto("/explore?q=japanese")
    page.goto(str(page.locator(".mentor-card .name a").first.get_attribute("href")))
    page.get_by_role("link", name=re.compile("Ask for")).first.click()
    sheet = page.locator("dialog[open]")
    sheet.locator("[name=topic]").fill("Reading short notices")
    assert sheet.locator("[name=times]:checked").count() == 3
    sheet.get_by_role("button", name=re.compile("^Send|^Ask")).click()
    expect(sheet).to_have_count(0)
    assert taps(page) <= 2


def test_ringing_for_help_takes_two_taps(counted: Callable[..., Page], visit: Visit) -> None:
    # Two people without a lesson in the next minutes: help must fit before it.
    mentor = visit("suresh@peerlearn.test").new_page()
    mentor.goto("/today")
    mentor.locator("[data-rings] input[type=checkbox]").set_checked(True, force=True)
    expect(mentor.locator("[data-rings]")).to_contain_text("Taking rings")
    page = counted("aiko@peerlearn.test")
    page.goto("/home")
    page.get_by_role("link", name="Help now").locator("visible=true").click()
    page.locator("dialog[open] [name=topic], main [name=topic]").fill(
        "Why is the area under x squared a third of x cubed?"
    )
    page.get_by_role("button", name=re.compile("^Ring")).locator("visible=true").click()
    page.wait_for_url(re.compile(r"/help/\w"))
    assert taps(page) <= 2


def test_a_mentor_accepts_with_one_tap(counted: Callable[..., Page]) -> None:
    page = counted("asha@peerlearn.test")
    page.goto("/requests")
    before = page.get_by_role("button", name=re.compile("^Accept")).count()
    page.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect(page.get_by_role("button", name=re.compile("^Accept"))).to_have_count(before - 1)
    assert taps(page) == 1
