"""`make screens`: pictures of every main screen, on a phone and on a desktop, light and dark -> var/screens."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from config.devkit.console import ROOT, Missing, main, say
from config.devkit.programs import CHROMIUM
from tests.product import Product

FOLDER = ROOT / "var" / "screens"
PASSWORD = "peerlearn-demo"  # noqa: S105 - the demo's, known to everyone
SIZES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 360, "height": 640},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
# Who looks -> which pages, by the name of the picture.
PAGES: dict[str, dict[str, str]] = {
    "": {
        "landing": "/",
        "explore-open": "/explore",
        "sign-in": "/sign-in",
        "start": "/start",
        "styleguide": "/styleguide",
    },
    "rohan@peerlearn.test": {
        "home": "/home",
        "explore": "/explore",
        "search": "/explore?q=calculus",
        "lessons": "/lessons",
        "progress": "/progress",
        "help": "/help",
        "bell": "/notifications",
        "me": "/me",
    },
    "asha@peerlearn.test": {
        "today": "/today",
        "requests": "/requests",
        "mentor-lessons": "/lessons",
        "money": "/money",
        "teach-hours": "/teach/hours",
        "session-new": "/sessions/new",
    },
    "admin@peerlearn.test": {"admin": "/admin/"},
}


def _sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/sign-in")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda where: "/sign-in" not in where)


def _listen(page: Page, problems: list[str]) -> None:
    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"{page.url}: {message.text}")

    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    page.on("console", console)


def _pictures(browser: Browser, url: str, size: str, scheme: Literal["light", "dark"]) -> list[str]:
    problems: list[str] = []
    for person, pages in PAGES.items():
        context = browser.new_context(**SIZES[size], color_scheme=scheme, timezone_id="Asia/Kolkata")
        page = context.new_page()
        _listen(page, problems)
        if person:
            _sign_in(page, url, person)
        for name, path in pages.items():
            answer = page.goto(f"{url}{path}", wait_until="load")
            if answer is None or answer.status >= 400:
                problems.append(f"{path}: {answer.status if answer else 'no answer'}")
            page.wait_for_timeout(250)
            page.screenshot(path=FOLDER / f"{name}-{size}-{scheme}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                problems.append(f"{path} ({size}): {wide} px wider than the screen")
        context.close()
    return problems


def body() -> int:
    """Start the product on free ports with demo data, take all pictures, and tell what went wrong on the way."""
    path = os.environ.get("CHROMIUM") or CHROMIUM.path()
    if not path:
        raise Missing("Chromium was not found. Install it (Debian/Ubuntu: apt install chromium) and try again.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        product = Product(Path(folder)).prepare().start()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
            for size in SIZES:
                for scheme in schemes:
                    say(f"  {size}, {scheme}")
                    problems += _pictures(browser, product.url, size, scheme)
        finally:
            browser.close()
            product.stop()
    for problem in dict.fromkeys(problems):
        say(f"  ! {problem}")
    say(f"  {len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")
    return 1 if problems else 0


if __name__ == "__main__":
    main(body)
