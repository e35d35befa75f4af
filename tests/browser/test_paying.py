"""Paying as a learner lives it: the checkout opens by itself, and whatever the bank does, our own database has the word."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from config.app import create_app
from config.demo.load_people import PASSWORD, user_ids
from config.settings import Settings
from peerlearn.accounts.models import User
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from peerlearn.payments.coupons import coupon_make
from peerlearn.payments.packs import pack_offer_make
from tests.browser.room_pages import PHONE, PHONE_AGENT
from tests.product import Product

pytestmark = pytest.mark.browser

PATIENCE = 40_000
INSIDE_AN_APP = PHONE_AGENT + " Instagram 300.0"
Book = Callable[[], FrameLocator]


@pytest.fixture(scope="module", autouse=True)
def quick_bank(product: Product) -> None:
    """Late money comes after seconds and refunds at once, so that a test can wait for them."""
    desk(product, "options", late_seconds=3.0, refund_outcome="instant")


def desk(product: Product, where: str, **body: Any) -> Any:
    """Tell the gateway's simulator how to behave."""
    ask = urllib.request.Request(
        f"{product.gateway_url}/_control/{where}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(ask, timeout=10) as answer:
        return json.load(answer)


def learner(browser: Browser, product: Product, agent: str) -> BrowserContext:
    context = browser.new_context(**PHONE, user_agent=agent, locale="en-IN", base_url=product.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=email]", "rohan@peerlearn.test")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/home"))
    return context


@pytest.fixture(scope="module")
def signed_in(browser: Browser, product: Product) -> Iterator[BrowserContext]:
    context = learner(browser, product, PHONE_AGENT)
    yield context
    context.close()


def hold_a_time(page: Page) -> None:
    """Take the first free time on Explore that is still free, up to the pay page."""
    page.goto("/explore")
    chips = page.locator("a.chip[href*='/book?at=']")
    for number in range(chips.count()):
        address = str(chips.nth(number).get_attribute("href"))
        page.goto(address)
        button = page.get_by_role("button", name=re.compile("^Pay ₹"))
        if button.count():
            button.first.click()
            page.wait_for_load_state()
            if "/book" not in page.url:
                return
        page.goto("/explore")
    raise AssertionError("no free time was left")


@pytest.fixture
def page(signed_in: BrowserContext) -> Iterator[Page]:
    made = signed_in.new_page()
    problems: list[str] = []
    made.on("pageerror", lambda error: problems.append(str(error)))
    made.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    yield made
    made.close()
    assert not problems


@pytest.fixture
def checkout(page: Page) -> FrameLocator:
    """The gateway's frame over the pay page, open without a tap."""
    hold_a_time(page)
    frame = page.frame_locator("iframe.razorpay-checkout-frame")
    expect(frame.locator("#pay")).to_be_visible(timeout=PATIENCE)
    return frame


def choose(checkout: FrameLocator, outcome: str) -> None:
    checkout.locator(f"label[for=outcome-{outcome}]").click()
    checkout.locator("#pay").click()


def booked(page: Page) -> None:
    page.wait_for_url(re.compile("/status"), timeout=PATIENCE)
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible(timeout=PATIENCE)


def test_a_payment_books_the_lesson(page: Page, checkout: FrameLocator) -> None:
    choose(checkout, "success")
    booked(page)
    expect(page.get_by_text("Starts in", exact=True)).to_be_visible()


def test_after_a_decline_the_time_is_still_held_and_the_next_try_books_it(page: Page, checkout: FrameLocator) -> None:
    choose(checkout, "failure")
    expect(checkout.locator("#said")).to_contain_text("did not go through")
    checkout.locator("#close").click()
    expect(page.get_by_text("nothing was taken")).to_be_visible()
    expect(page.get_by_text("is held for you for")).to_be_visible()
    page.locator("[data-checkout-open]").click()
    choose(checkout, "success")
    booked(page)


def test_a_page_that_never_hears_of_the_payment_goes_on_by_itself(page: Page, checkout: FrameLocator) -> None:
    choose(checkout, "silent")
    booked(page)


def test_a_decline_that_turns_into_money_later_books_the_lesson(page: Page, checkout: FrameLocator) -> None:
    choose(checkout, "late")
    expect(checkout.locator("#said")).to_be_visible()
    checkout.locator("#close").click()
    booked(page)


def test_paid_twice_is_one_lesson_and_one_refund_on_the_receipt(page: Page, checkout: FrameLocator) -> None:
    choose(checkout, "twice")
    booked(page)
    page.get_by_role("link", name=re.compile("Receipt")).click()

    def returned() -> None:
        page.reload()
        expect(page.get_by_text("You paid twice")).to_be_visible(timeout=2000)

    for _ in range(10):
        try:
            returned()
            break
        except AssertionError:
            continue
    else:
        returned()


def test_a_code_in_the_sheet_changes_the_sum_and_minutes_of_a_pack_book_without_paying(
    page: Page, product: Product
) -> None:
    house = create_app(
        Settings.for_tests(database_url=f"sqlite:///{product.folder / 'peerlearn.db'}", data_dir=product.folder),
        queue=DirectQueue(),
    )
    with house.app_context():
        ids = user_ids()
        asha = db.session.get_one(User, ids["asha"]).public_id
        offer = pack_offer_make(ids["asha"], 250, 2_000_00).public_id
        coupon_make(ids["asha"], "KAMKAM", percent=20, mentor_id=ids["asha"], funded_by="mentor")
    page.goto(f"/packs/{offer}")
    page.get_by_role("button", name=re.compile("^Pay ₹2,000")).click()
    frame = page.frame_locator("iframe.razorpay-checkout-frame")
    expect(frame.locator("#pay")).to_be_visible(timeout=PATIENCE)
    choose(frame, "success")
    page.wait_for_url(re.compile("/status"), timeout=PATIENCE)
    expect(page.get_by_text("250 min", exact=True)).to_be_visible(timeout=PATIENCE)

    page.goto(f"/mentors/{asha}")
    page.locator(".chip[data-sheet-url*='/book']").locator("visible=true").last.click()
    sheet = page.locator("dialog[open]")
    sheet.get_by_text("Have a code?").click()
    sheet.locator("[name=code]").fill("KAMKAN")
    sheet.get_by_role("button", name="Apply").click()
    expect(sheet.locator("[name=code][aria-invalid=true]")).to_be_focused()
    expect(sheet).to_contain_text("₹499.00")
    sheet.locator("[name=code]").fill("kamkam")
    sheet.get_by_role("button", name="Apply").click()
    expect(sheet.get_by_text("Code KAMKAM takes ₹99.80 off")).to_be_visible()
    expect(sheet.get_by_role("button", name="Pay ₹399.20")).to_be_visible()
    sheet.get_by_role("button", name="Use 50 of your 250 minutes").click()
    page.wait_for_url(re.compile("/sessions/"), timeout=PATIENCE)
    expect(page.locator("[data-toast-fact]")).to_have_text("You are booked. 200 of your minutes are left.")


def test_closing_the_checkout_says_that_nothing_is_paid_and_takes_nothing(page: Page, checkout: FrameLocator) -> None:
    checkout.locator("#close").click()
    expect(page.get_by_text("Nothing is paid yet")).to_be_visible()
    expect(page.get_by_text("You are booked")).to_have_count(0)


def test_inside_another_app_the_whole_page_goes_to_the_gateway_and_back(browser: Browser, product: Product) -> None:
    context = learner(browser, product, INSIDE_AN_APP)
    page = context.pages[0]
    hold_a_time(page)
    page.wait_for_url(re.compile(re.escape(product.gateway_url)), timeout=PATIENCE)
    page.locator("#pay").click()
    booked(page)
    context.close()
