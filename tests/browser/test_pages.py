"""Every page, as each kind of person meets it on the smallest phone and at a desk, by day and by night."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

PAGES = {
    None: ["/", "/explore", "/explore?q=calclus+integrls", "/sign-in", "/start", "/offline", "/no-such-page"],
    "rohan@peerlearn.test": ["/home", "/explore?q=guitar", "/lessons", "/progress", "/notifications", "/me", "/help"],
    "asha@peerlearn.test": [
        "/today",
        "/lessons",
        "/requests",
        "/money",
        "/money/bank",
        "/sessions/new",
        "/teach/status",
        "/me",
        "/me/times",
    ],
    "admin@peerlearn.test": ["/admin/"],
}
SMALLEST = {"viewport": {"width": 320, "height": 640}}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


def serious(page: Page) -> list[str]:
    """What axe calls serious or worse, with the place."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url} {one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def overflow(page: Page) -> list[str]:
    """Whether the page can be pushed sideways."""
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{page.url} is {wider} px too wide"] if wider > 0 else []


@pytest.mark.parametrize("person", PAGES, ids=lambda person: (person or "stranger").split("@")[0])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_this_person_overflows_or_shuts_anybody_out(
    visit: Visit, problems: list[str], person: str | None, scheme: str
) -> None:
    page = visit(person, phone=True, color_scheme=scheme, **SMALLEST).new_page()
    page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    faults: list[str] = []
    for path in PAGES[person]:
        page.goto(path)
        faults += serious(page) + overflow(page)
    assert faults == []
    assert problems == []


def test_read_pages_need_no_script(visit: Visit) -> None:
    page = visit(phone=True, java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("link", name=re.compile("See who is free")).first.click()
    page.locator(".mentor-card a").first.click()
    assert page.locator("h1").inner_text()
    assert page.get_by_text("₹").count()


def test_a_change_of_pages_that_another_interrupts_is_no_fault(visit: Visit, problems: list[str]) -> None:
    page = visit(phone=True).new_page()
    page.goto("/")
    page.evaluate("window.addEventListener('pageswap', () => { location.href = '/sign-in'; }, { once: true })")
    page.evaluate("location.href = '/explore'")
    page.wait_for_url("**/sign-in")
    assert problems == []


def test_a_time_is_booked_by_keyboard_alone_at_320_pixels(visit: Visit, problems: list[str]) -> None:
    page = visit("rohan@peerlearn.test", phone=True, **SMALLEST).new_page()
    page.goto("/explore?q=japanese")
    page.goto(str(page.locator(".mentor-card .name a").first.get_attribute("href")))
    chip, sheet = page.locator(".mentor-times a.chip:visible").last, page.locator("dialog[open]")
    faults = serious(page) + overflow(page)
    chip.focus()
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("button", name=re.compile("^Pay"))).to_be_visible()
    faults += serious(page) + overflow(page)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(chip).to_be_focused()
    page.keyboard.press("Enter")
    pay = sheet.get_by_role("button", name=re.compile("^Pay"))
    expect(pay).to_be_visible()
    stops = []
    while not pay.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.closest('dialog') !== null"))
        assert len(stops) < 30, "the button is reached"
    assert all(stops), "the focus stays in the sheet"
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay/*")
    faults += serious(page) + overflow(page)
    assert faults == [] and problems == []
