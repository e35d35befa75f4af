"""Two people with fake cameras in one room: a running web process, its database, and pages that are signed in."""

from __future__ import annotations

import contextvars
from pathlib import Path
from typing import Any, Self

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from config.app import create_app
from config.settings import Settings
from peerlearn.accounts.models import User
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from tests.database import make_schema
from tests.peerlearn.live.lessons import Lesson, lesson
from tests.product import Product

PHONE = {"viewport": {"width": 360, "height": 760}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1}
PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Mobile Safari/537.36"
)


def frames(page: Page) -> int:
    """How many pictures of the other one a room's page has decoded so far."""
    return int(page.evaluate("document.querySelector('[data-remote]').getVideoPlaybackQuality().totalVideoFrames"))


def ink(page: Page) -> int:
    """How many painted pixels a room's board shows, finished and unfinished."""
    script = """() => [...document.querySelectorAll('[data-canvas]')].reduce((sum, canvas) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
      copy.drawImage(canvas, 0, 0);
      const data = copy.getImageData(0, 0, canvas.width, canvas.height).data;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 40) sum += 1;
      return sum;
    }, 0)"""
    return int(page.evaluate(script))


class Stage:
    """Web processes over an empty database, and the same database opened here to put lessons into.

    One process on SQLite, unless `env` names a DATABASE_URL and `processes` asks for more; person n comes to process n.
    """

    def __init__(self, folder: Path, env: dict[str, str], processes: int = 1) -> None:
        self.products = [Product(folder=folder, extra_env=env) for _ in range(processes)]
        self.product = self.products[0]
        settings = Settings.for_tests(
            database_url=env.get("DATABASE_URL") or f"sqlite:///{folder / 'peerlearn.db'}",
            data_dir=folder,
            secret_key=Settings.secret_key,
        )
        self.app: Flask = create_app(settings, queue=DirectQueue())
        make_schema(self.app)
        for product in self.products:
            product.start("web")

    def lesson(self, **fields: Any) -> Lesson:
        """A lesson in the database."""
        with self.app.app_context():
            return lesson(**fields)

    def cookie(self, user_id: int) -> dict[str, Any]:
        """The cookie of a signed-in person."""
        with self.app.app_context():
            user = db.session.get(User, user_id)
            assert user is not None
            serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            value = serializer.dumps({"_user_id": user.get_id(), "_fresh": True})
        return {"name": "session", "value": value, "url": self.product.url}

    def query(self, function: Any, *args: Any) -> Any:
        """Call a query on what is committed now."""

        def run() -> Any:
            with self.app.app_context():
                return function(*args)

        return contextvars.Context().run(run)

    def ready(self) -> Self:
        """Start again what a test ended and did not start itself; returns the stage."""
        for product in self.products:
            if not product.runs("web"):
                product.start("web")
        return self

    def stop(self) -> None:
        """End the web processes."""
        for product in self.products:
            product.stop()
        with self.app.app_context():
            db.engine.dispose()


# As one comes in who turned camera and microphone off in the lobby and wants no motion: a call of two such people stands,
# and costs a tenth of one with pictures and moving waves.
QUIETLY = """if (location.protocol.startsWith("http")) sessionStorage.setItem("room-media",
    JSON.stringify({ camera: false, muted: true, ...JSON.parse(sessionStorage.getItem("room-media") ?? "{}") }));"""


class Seatmate:
    """One person's page; a quiet one sends neither picture nor sound, for tests about something else."""

    def __init__(
        self, stage: Stage, browser: Browser, user_id: int, process: int = 0, *, quiet: bool = False, **options: Any
    ) -> None:
        self.stage = stage
        self.url = stage.products[process].url
        self.problems: list[str] = []
        options = {**DESK, **({"reduced_motion": "reduce"} if quiet else {}), **options}
        self.context: BrowserContext = browser.new_context(permissions=["camera", "microphone"], locale="en", **options)
        self.context.add_cookies([stage.cookie(user_id)])
        if quiet:
            self.context.add_init_script(QUIETLY)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def open(self, room: Lesson, path: str = "/room") -> Self:
        """Go to the room (or the lobby with path "") and wait until the log is read."""
        self.page.goto(f"{self.url}/lesson/{room.public_id}{path}")
        if path.startswith("/room"):
            self.ready()
        return self

    def ready(self) -> None:
        """Seated, and the log is read."""
        self.page.wait_for_selector('.room-frame[data-state="ready"]')

    def connected(self) -> None:
        """The call stands."""
        self.page.wait_for_selector('.room-frame[data-call="connected"]')

    def frames(self) -> int:
        """How many pictures of the other one were decoded so far."""
        return frames(self.page)

    def ink(self) -> int:
        """How many painted pixels the board shows, finished and unfinished."""
        return ink(self.page)

    def board(self) -> dict[str, float]:
        """Where the board is on the screen."""
        box = self.page.locator("[data-board]").bounding_box()
        assert box is not None
        return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}

    def stroke(self, points: list[tuple[float, float]], *, up: bool = True) -> None:
        """Draw with the mouse, in shares of the board's width and height."""
        box = self.board()
        mouse = self.page.mouse
        for index, (x, y) in enumerate(points):
            mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=1 if index == 0 else 6)
            if index == 0:
                mouse.down()
        if up:
            mouse.up()
