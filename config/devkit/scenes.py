"""What `make screens` photographs: each scene is a person, a place, and the taps that lead to the picture.

Numbers are those of the drawings; a screen that was not drawn has none.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

Enter = Callable[[str], Page]
"""Opens a page of a person by the first part of their address; "" is a visitor, "+name" a visitor of one's own."""
Play = Callable[[Enter, str], Page]


@dataclass(frozen=True)
class Scene:
    """One picture. `phone` and `desktop` are the drawings' numbers, `whole` takes the page below the fold as well."""

    name: str
    play: Play
    phone: str = ""
    desktop: str = ""
    whole: bool = True


def at(person: str, path: str) -> Play:
    """Simply go there."""

    def play(enter: Enter, url: str) -> Page:
        page = enter(person)
        answer = page.goto(f"{url}{path}", wait_until="load")
        if answer is None or answer.status >= 400:
            raise LookupError(f"{path} answered {answer.status if answer else 'nothing'}")
        return page

    return play


def tapped(person: str, path: str, *taps: str) -> Play:
    """Go there and tap, one element after the other (the first that is visible)."""

    def play(enter: Enter, url: str) -> Page:
        page = at(person, path)(enter, url)
        for selector in taps:
            page.locator(selector).locator("visible=true").first.click()
            page.wait_for_load_state()
        page.wait_for_timeout(700)
        return page

    return play


def interests(enter: Enter, url: str) -> Page:
    """A new learner on the second step of the wizard, with two topics chosen."""
    page = at("+new", "/start")(enter, url)
    page.locator("[name=name]").locator("visible=true").fill("Ishita Roy")
    page.locator("[name=email]").fill(f"ishita.{secrets.token_hex(4)}@peerlearn.test")
    page.locator("[name=password]").fill("chalk and a window")
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/start/interests**")
    for box in page.locator("label:has([name=interests])").all()[:2]:
        box.click()
    return page


def ringing(enter: Enter, url: str) -> Page:
    """A call for help while it rings. Both have no lesson soon; the mentor with the switch on sits at another window."""
    mentor = at("suresh", "/today")(enter, url)
    switch = mentor.locator("[data-rings] input[type=checkbox]")
    if not switch.is_checked():
        switch.check(force=True)
        mentor.wait_for_load_state()
    page = at("kabir", "/help")(enter, url)
    if "/help/" not in page.url:
        page.locator("[name=topic]").fill("Why is the integral of x² not just x² times 2?")
        page.locator("main form button[type=submit], main form .btn-accent, main form .btn-primary").locator(
            "visible=true"
        ).first.click()
        page.wait_for_url("**/help/*")
    page.wait_for_timeout(1500)
    return page


def stop_ringing(enter: Enter, url: str) -> Page:
    """The page after the learner has stopped the call: the way back."""
    page = at("kabir", "/help")(enter, url)
    stop = page.locator("form[action$='/stop'] button").locator("visible=true")
    if stop.count():
        stop.first.click()
        page.wait_for_load_state()
    return page


def _door(page: Page) -> str:
    href = page.locator("a[href*='/lesson/']").first.get_attribute("href")
    if not href:
        raise LookupError("no lesson has its door open")
    return href.split("/room")[0]


def lobby(enter: Enter, url: str) -> Page:
    """Rohan in the lobby while Asha is not here yet."""
    page = at("rohan", "/lessons")(enter, url)
    page.goto(f"{url}{_door(page)}")
    page.wait_for_timeout(2500)
    return page


def room_of(person: str) -> Play:
    """Both in the room; the picture is this person's."""

    def play(enter: Enter, url: str) -> Page:
        pages = {}
        for name in ("rohan", "asha"):
            pages[name] = at(name, "/lessons")(enter, url)
            pages[name].goto(f"{url}{_door(pages[name])}/room")
        page = pages[person]
        page.wait_for_timeout(4000)
        board = page.locator("canvas").last
        box = board.bounding_box()
        if box:
            left, top = box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.6
            page.mouse.move(left, top)
            page.mouse.down()
            for step in range(24):
                page.mouse.move(left + step * box["width"] * 0.015, top - (step * step) * box["height"] * 0.0006)
            page.mouse.up()
        page.wait_for_timeout(800)
        return page

    return play


def slot(enter: Enter, url: str) -> Page:
    """The booking sheet of the first free time on the learner's home."""
    return tapped("rohan", "/home", ".mentor-card .chip[data-sheet-url]")(enter, url)


def recap(enter: Enter, url: str) -> Page:
    """The recap of a lesson in which something was drawn."""
    page = at("rohan", "/lessons?tab=past")(enter, url)
    found = [link.get_attribute("href") for link in page.locator("a.btn[href*='/recap']").all()]
    for href in found:
        page.goto(f"{url}{href}")
        if page.locator("a[href*='board'], a:has-text('Replay'), [data-replay]").count():
            break
    return page


def taken(enter: Enter, url: str) -> Page:
    """A time that somebody else holds: three others, and the line before it."""
    other = at("ananya", "/explore?q=python")(enter, url)
    other.goto(f"{url}{other.locator('.mentor-card .name a').first.get_attribute('href')}")
    time = other.locator(".chip[data-sheet-url*='/book']").locator("visible=true").last.get_attribute("href")
    other.goto(f"{url}{time}")
    other.locator("main form button.btn-big").last.click()
    other.wait_for_url("**/pay/**")
    return at("rohan", str(time))(enter, url)


def move_asked(enter: Enter, url: str) -> Page:
    """The learner's page of a lesson whose mentor asks for another time."""
    mentor = tapped("asha", "/lessons", PART_TWO, "a[href$='/move-offer']")(enter, url)
    sheet = mentor.locator("dialog[open]")
    for chip in sheet.locator("label:has([name=times])").all()[:3]:
        chip.click()
    sheet.locator("[name=reason]").fill("A parents’ meeting at that hour")
    sheet.locator("button.btn-big").click()
    mentor.locator("[data-move-asked]").wait_for()
    return at("rohan", mentor.url.removeprefix(url))(enter, url)


def code_refused(enter: Enter, url: str) -> Page:
    """A code with a wrong letter, on the booking sheet."""
    page = slot(enter, url)
    page.locator("dialog[open] summary").last.click()
    page.locator("dialog[open] [name=code]").fill("KAMKAN")
    page.locator("dialog[open] [name=apply]").click()
    page.locator("dialog[open] [name=code][aria-invalid=true]").wait_for()
    return page


PART_TWO = "a:has-text('Integrals, part two')"

SCENES: tuple[Scene, ...] = (
    Scene("landing", at("", "/"), "01", "01"),
    Scene("styleguide", at("", "/styleguide"), "", "07"),
    Scene("sign-in", at("", "/sign-in")),
    Scene("start", at("", "/start")),
    Scene("interests", interests, "05"),
    Scene("explore-open", at("", "/explore")),
    Scene("offline", at("", "/offline")),
    Scene("not-found", tapped("", "/explore?q=nothing+like+this+exists")),
    Scene("home", at("rohan", "/home"), "02"),
    Scene("book", slot, "03", whole=False),
    Scene(
        "weekly",
        tapped("rohan", "/home", ".mentor-card .chip[data-sheet-url]", "dialog a[href*='/weekly']"),
        whole=False,
    ),
    Scene("book-code", code_refused, whole=False),
    Scene("taken", taken),
    Scene("help", at("rohan", "/help")),
    Scene("ringing", ringing, "04", whole=False),
    Scene("help-stopped", stop_ringing),
    Scene("explore", at("rohan", "/explore?q=calclus+integrls"), "", "02"),
    Scene("mentor", tapped("rohan", "/explore?q=carnatic+vocals", ".mentor-card .name a")),
    Scene(
        "ask",
        tapped("rohan", "/explore?q=carnatic+vocals", ".mentor-card .name a", "a[href$='/ask']"),
        "12",
        whole=False,
    ),
    Scene("lessons", at("rohan", "/lessons"), "13"),
    Scene("asked", at("rohan", "/lessons?tab=asked")),
    Scene("past", at("rohan", "/lessons?tab=past")),
    Scene("lesson", tapped("rohan", "/lessons", PART_TWO)),
    Scene("cancel", tapped("rohan", "/lessons", PART_TWO, "a[href*='/cancel']"), "10", whole=False),
    Scene("move", tapped("rohan", "/lessons", PART_TWO, "a[href$='/move']"), whole=False),
    Scene("recap", recap, "11"),
    Scene("feedback", tapped("rohan", "/lessons?tab=past", "a.btn[href*='/feedback']"), whole=False),
    Scene("progress", at("rohan", "/progress")),
    Scene("payments", at("rohan", "/money")),
    Scene("receipt", tapped("rohan", "/money", ".lesson-row .name a")),
    Scene("statements", at("rohan", "/money/statements")),
    Scene("statement-learner", tapped("rohan", "/money/statements", "main a[href*='/money/statements/']")),
    Scene("minutes", at("rohan", "/me/minutes")),
    Scene("bell", at("rohan", "/notifications")),
    Scene("me", at("rohan", "/me")),
    Scene("calendar", tapped("rohan", "/me", "button:has-text('private address'), button:has-text('New address')")),
    Scene("today", at("asha", "/today"), "14", "04"),
    Scene("requests", at("asha", "/requests")),
    Scene("mentor-lessons", at("asha", "/lessons")),
    Scene("mentor-asked", at("asha", "/lessons?tab=asked")),
    Scene("mentor-move", tapped("asha", "/lessons", PART_TWO, "a[href$='/move-offer']"), whole=False),
    Scene("move-asked", move_asked),
    Scene("times", at("asha", "/me/times")),
    Scene("bank", at("asha", "/money/bank")),
    Scene("money", at("asha", "/money")),
    Scene("statement", tapped("asha", "/money/statements", "a[href*='/money/statements/']")),
    Scene("offers", at("asha", "/money/offers")),
    Scene("session-new", at("asha", "/sessions/new"), "", "05"),
    Scene("teach-topics", at("asha", "/teach/topics")),
    Scene("teach-hours", at("asha", "/teach/hours")),
    Scene("lobby", lobby, "06", whole=False),
    Scene("room", room_of("rohan"), "07", whole=False),
    Scene("room-mentor", room_of("asha"), "", "03", whole=False),
    Scene("admin", at("admin", "/admin/")),
    Scene("admin-lessons", at("admin", "/admin/lessons/")),
    Scene("admin-lesson", tapped("admin", "/admin/lessons/", "a[href*='/admin/lessons/details']"), "", "06"),
    Scene("admin-disputes", at("admin", "/admin/disputes/")),
    Scene("admin-payouts", at("admin", "/admin/payouts/")),
    Scene("admin-coupons", at("admin", "/admin/coupons/")),
    Scene("admin-balance", at("admin", "/admin/balance/")),
    Scene("admin-people", at("admin", "/admin/people/")),
    Scene("admin-audit", at("admin", "/admin/audit/")),
)
