"""The first paid lesson from end to end, as two people live it: a learner on a phone, a mentor at a desk."""

import re
import sqlite3
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import ZONE, Visit
from tests.browser.room_pages import frames, ink
from tests.product import Product
from tests.servers import wait_until

pytestmark = pytest.mark.browser

TITLE = "Loops that end, with your own homework"
MESSAGE = "So a loop is a promise to stop?"


def publish_soon(page: Page) -> None:
    """The mentor offers a session whose door is already open when it is booked."""
    page.goto("/sessions/new")
    soon = datetime.now(ZoneInfo(ZONE)) + timedelta(minutes=3)
    page.fill("[name=title]", TITLE)
    page.fill("[name=starts_at]", soon.strftime("%Y-%m-%dT%H:%M"))
    page.select_option("[name=minutes]", "30")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"/sessions/(?!new)"))
    expect(page.locator("main")).to_contain_text(TITLE)


def sign_up(context: BrowserContext) -> Page:
    """The wizard, left in the middle by closing the tab and taken up where it was."""
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Start learning").first.click()
    page.fill("[name=name]", "Nila Verghese")
    page.fill("[name=email]", "nila@peerlearn.test")
    page.fill("[name=password]", "a short sentence works")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/start/interests")
    page.locator("label", has_text="Python").first.click()
    expect(page.locator("[data-saved]")).not_to_have_class(re.compile("quiet"))
    page.close()

    page = context.new_page()
    page.goto("/start")
    page.wait_for_url("**/start/interests")
    expect(page.get_by_role("button", name="Next, with 1 chosen")).to_be_visible()
    page.get_by_role("button", name="Next, with 1 chosen").click()
    page.wait_for_url("**/start/goal")
    page.get_by_role("button", name="See my matches").click()
    page.wait_for_url("**/home")
    return page


def book_and_pay(page: Page) -> None:
    """From the feed's search to a confirmed lesson: the sheet, the checkout, the bank's yes."""
    page.goto("/explore?q=python+loops")
    page.get_by_role("link", name=re.compile("Gurpreet Singh")).first.click()
    page.get_by_role("link", name=f"Book {TITLE} for ₹349").click()
    pay = page.locator("dialog[open]").get_by_role("button", name=re.compile("^Pay ₹349"))
    expect(pay).to_be_visible()
    expect(page.locator("dialog[open]")).to_contain_text("₹296.65")
    pay.click()
    page.wait_for_url("**/pay/*")
    checkout = page.frame_locator("iframe")
    checkout.get_by_role("button", name=re.compile("^Pay")).click()
    page.wait_for_url("**/status*")
    expect(page.locator("main")).to_contain_text(TITLE)


def meet_in_room(mentor: Page, learner: Page, lesson_path: str) -> None:
    """Each waits in the lobby; when the other is there the room opens by itself."""
    mentor.goto(lesson_path)
    expect(mentor.locator("[data-who]")).to_contain_text("isn’t here yet")
    learner.goto(lesson_path)
    for page in (mentor, learner):
        page.wait_for_url("**/room")
        page.wait_for_selector('.room-frame[data-state="ready"]')


def lesson_together(learner: Page, mentor: Page) -> None:
    for page in (learner, mentor):
        page.wait_for_selector('.room-frame[data-call="connected"]')
        before = frames(page)
        wait_until(lambda page=page, before=before: frames(page) > before + 5, "decoded frames")

    box = mentor.locator("[data-board]").bounding_box()
    assert box is not None
    blank = ink(learner)
    mentor.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4)
    mentor.mouse.down()
    mentor.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=12)
    wait_until(lambda: ink(learner) > blank + 100, "ink before the pen is up")
    mentor.mouse.up()

    learner.get_by_role("button", name=re.compile("Chat")).first.click()
    learner.fill("#chat-text", MESSAGE)
    learner.press("#chat-text", "Enter")
    expect(mentor.locator("[data-chat-lines] .bubble")).to_have_text([MESSAGE])

    share = mentor.locator('[data-control="screen"]')
    share.click()
    expect(learner.locator("[data-person]")).to_have_class(re.compile("shows-screen"))
    share.click()


def end_and_rate(learner: Page, mentor: Page) -> None:
    mentor.locator("[data-leave]").locator("visible=true").click()
    mentor.locator("[data-end]").click()
    learner.wait_for_url("**/feedback*")
    learner.locator("label[for=stars-5]").click()
    learner.get_by_role("button", name="Done").click()
    learner.wait_for_url("**/recap*")
    expect(learner.locator("main")).to_contain_text(MESSAGE)


def committed(product: Product, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{product.folder / 'peerlearn.db'}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_first_paid_lesson_from_landing_to_split(product: Product, visit: Visit, problems: list[str]) -> None:
    mentor = visit("gurpreet@peerlearn.test").new_page()
    publish_soon(mentor)
    mentor.goto("/today")

    learner = sign_up(visit(phone=True))
    reasons = learner.locator(".reason")
    expect(reasons.first).to_be_visible()
    assert any("Python" in text for text in reasons.all_inner_texts())

    book_and_pay(learner)

    toast = mentor.locator(".toast", has_text="Nila")
    expect(toast.first).to_be_visible()
    expect(mentor.locator("[data-unread]").first).to_have_text(re.compile(r"[1-9]"))

    ((public_id,),) = committed(product, f"SELECT public_id FROM live_session WHERE title = '{TITLE}'")
    meet_in_room(mentor, learner, f"/lesson/{public_id}")
    lesson_together(learner, mentor)
    end_and_rate(learner, mentor)

    mentor.goto("/money")
    expect(mentor.locator("main")).to_contain_text("₹296.65")

    captures = f"""SELECT count(*) FROM ledger_entry AS line JOIN ledger_transaction AS entry ON entry.id = line.transaction_id
        WHERE line.account = 'mentor_payable' AND line.amount_paise = -29665 AND entry.reference LIKE '%' ||
        (SELECT order_id FROM live_session WHERE public_id = '{public_id}')"""
    wait_until(
        lambda: committed(product, "SELECT count(*) FROM webhook_event WHERE handled_at IS NOT NULL")[0][0] >= 3,
        "the gateway's events, handled after the browser's return",
        20,
    )
    assert committed(product, captures) == [(1,)]
    assert committed(product, "SELECT sum(amount_paise) FROM ledger_entry") == [(0,)]
    assert "balanced" in product.flask("ledger", "check").lower()
    assert problems == []


def test_the_room_of_others_is_closed_even_with_the_link(product: Product, visit: Visit) -> None:
    page = visit("rohan@peerlearn.test", phone=True).new_page()
    ((foreign,),) = committed(
        product,
        "SELECT s.public_id FROM live_session s JOIN user u ON u.email = 'rohan@peerlearn.test'"
        " WHERE s.state = 'confirmed' AND s.learner_id <> u.id AND s.mentor_id <> u.id LIMIT 1",
    )
    for path in ("", "/room", "/ice"):
        response = page.goto(f"/lesson/{foreign}{path}")
        assert response is not None
        assert response.status == 404
