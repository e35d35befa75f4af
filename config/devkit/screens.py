"""`make screens`: pictures of every main screen, phone and desktop, day and night -> var/screens, named like the drawings.

With `SCREENS_URL=http://...` a product that runs already (with demo data) is photographed; else one is started on free
ports in a temporary folder. `SCREENS_ONLY=home,room` takes some of them; `SCREENS_SIZES=t,s` takes them
as tablets and short phones are. Exit 1 where a page failed, spilled over its
width or complained in the console.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from playwright.sync_api import Error as BrowserTrouble

from config.devkit.console import ROOT, Missing, main, say
from config.devkit.programs import CHROMIUM
from config.devkit.scenes import SCENES, Scene
from tests.product import Product

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ROOT / "var" / "screens"
PASSWORD = "peerlearn-demo"  # noqa: S105 - the demo's, known to everyone
SETTLE_MS = 400
WAIT_MS = 15_000
SIZES: dict[str, dict[str, Any]] = {
    "p": {"viewport": {"width": 360, "height": 760}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True},
    "d": {"viewport": {"width": 1280, "height": 800}},
    "t": {"viewport": {"width": 768, "height": 1024}},
    "s": {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True},
}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
]


@dataclass
class Studio:
    """One size and one theme: who is signed in in it, and what went wrong."""

    browser: Browser
    url: str
    size: str
    scheme: Scheme
    problems: list[str] = field(default_factory=list)
    _rooms: dict[str, BrowserContext] = field(default_factory=dict)

    def page_of(self, person: str) -> Page:
        """A fresh page of a person (or of a visitor), signed in once."""
        if person not in self._rooms:
            made = self.browser.new_context(
                **SIZES[self.size],
                color_scheme=self.scheme,
                timezone_id="Asia/Kolkata",
                permissions=["camera", "microphone"],
            )
            made.set_default_timeout(WAIT_MS)
            self._rooms[person] = made
            if person and not person.startswith("+"):
                self._sign_in(made, person)
        page = self._rooms[person].new_page()
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message))
        return page

    def _heard(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"{page.url}: {message.text}")

    def _sign_in(self, context: BrowserContext, person: str) -> None:
        page = context.new_page()
        page.goto(f"{self.url}/sign-in")
        page.locator("[name=email]").fill(f"{person}@peerlearn.test")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda where: "/sign-in" not in where)
        page.close()

    def take(self, scene: Scene) -> None:
        """Play one scene and keep its picture; a failure is noted and the next scene goes on."""
        pages: list[Page] = []

        def enter(person: str) -> Page:
            pages.append(self.page_of(person))
            return pages[-1]

        try:
            page = scene.play(enter, self.url)
            page.wait_for_timeout(SETTLE_MS)
            number = scene.phone if self.size == "p" else scene.desktop
            night = "-dark" if self.scheme == "dark" else ""
            file = FOLDER / f"{self.size}{number}-{scene.name}{night}.png"
            page.screenshot(path=file, full_page=scene.whole)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                self.problems.append(f"{scene.name} ({self.size}): {wide} px wider than the screen")
        except (BrowserTrouble, LookupError) as error:
            self.problems.append(f"{scene.name} ({self.size}, {self.scheme}): {str(error).splitlines()[0]}")
        finally:
            for page in pages:
                page.close()

    def close(self) -> None:
        """Sign everybody out."""
        for context in self._rooms.values():
            context.close()


@contextmanager
def _product() -> Iterator[str]:
    """The address of a running product: the one given, or one that lives as long as this."""
    given = os.environ.get("SCREENS_URL")
    if given:
        yield given.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder)).prepare().start()
        try:
            yield product.url
        finally:
            product.stop()


def _chosen() -> list[Scene]:
    wanted = {name for name in os.environ.get("SCREENS_ONLY", "").split(",") if name}
    return [scene for scene in SCENES if not wanted or scene.name in wanted]


def _sizes() -> list[str]:
    wanted = [size for size in os.environ.get("SCREENS_SIZES", "p,d").split(",") if size]
    unknown = [size for size in wanted if size not in SIZES]
    if unknown:
        raise Missing(f"There is no size {', '.join(unknown)}. Choose among {', '.join(SIZES)}.")
    return wanted


def body(tell: Callable[[str], None] = say) -> int:
    """Take all pictures, and tell what went wrong on the way."""
    path = os.environ.get("CHROMIUM") or CHROMIUM.path()
    if not path:
        raise Missing("Chromium was not found. Install it (Debian/Ubuntu: apt install chromium) and try again.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with _product() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        for size in _sizes():
            for scheme in SCHEMES:
                tell(f"  {SIZES[size]['viewport']['width']} px, {scheme}")
                studio = Studio(browser, url, size, scheme)
                for scene in _chosen():
                    studio.take(scene)
                studio.close()
                problems += studio.problems
        browser.close()
    for problem in dict.fromkeys(problems):
        tell(f"  ! {problem}")
    tell(f"  {len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")
    return 1 if problems else 0


if __name__ == "__main__":
    main(body)
