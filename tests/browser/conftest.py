"""One running product with its demo people for every browser test, and people who come to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from config.demo.load_people import PASSWORD
from tests.browser.room_pages import DESK, PHONE, PHONE_AGENT, Stage
from tests.product import Product
from tests.servers import TurnServer

ZONE = "Asia/Kolkata"

Visit = Callable[..., BrowserContext]

# For what must come, however busy the machine is; a bound that is a requirement stands in its test.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Simulator, web and worker on the embedded default, with the demo data."""
    running = Product(tmp_path_factory.mktemp("product")).prepare().start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def stage_of_the_run(tmp_path_factory: pytest.TempPathFactory, turn_server: TurnServer) -> Iterator[Stage]:
    """A web process over an empty database for all rooms of the run; every lesson in it is its own."""
    env = {"TURN_URLS": ",".join(turn_server.urls), "TURN_SECRET": turn_server.secret, "SOCKET_PING_SECONDS": "3"}
    made = Stage(tmp_path_factory.mktemp("stage"), env)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def stage(stage_of_the_run: Stage) -> Stage:
    """The stage, up and answering, whatever another file's tests did to it."""
    return stage_of_the_run.ready()


@pytest.fixture
def problems() -> list[str]:
    """What went wrong in the scripts of any page of this test."""
    return []


@pytest.fixture
def visit(browser: Browser, product: Product, problems: list[str]) -> Iterator[Visit]:
    """Opens a browser of its own for one person: on a phone or at a desk, signed in by e-mail or not."""
    opened: list[BrowserContext] = []

    def come(email: str | None = None, *, phone: bool = False, **options: Any) -> BrowserContext:
        shape: dict[str, Any] = {**PHONE, "user_agent": PHONE_AGENT} if phone else dict(DESK)
        shape |= {
            "permissions": ["camera", "microphone"],
            "locale": "en-IN",
            "timezone_id": ZONE,
            "base_url": product.url,
        }
        context = browser.new_context(**{**shape, **options})
        context.on("weberror", lambda error: problems.append(str(error.error)))
        opened.append(context)
        if email:
            page = context.new_page()
            page.goto("/sign-in")
            page.fill("[name=email]", email)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            page.close()
        return context

    yield come
    for context in opened:
        context.close()
