"""What a first visit costs on the wire: bytes as the browser received them, with nothing in its cache."""

from playwright.sync_api import Browser

PASSWORD = "peerlearn-demo"  # noqa: S105 - the demo's


def first_load_bytes(browser: Browser, url: str, path: str, *, email: str | None = None) -> tuple[int, dict[str, int]]:
    """Load one page in a fresh browser profile; return all bytes (headers too) and the bytes of each file.

    With `email` the person is signed in first, by a request that leaves nothing in the page cache.
    """
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        service_workers="block",
    )
    page = context.new_page()
    if email:
        page.goto(f"{url}/sign-in")
        page.locator("[name=email]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda where: "/sign-in" not in where)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda e: names.__setitem__(e["requestId"], e["request"]["url"]))
    session.on("Network.loadingFinished", lambda e: sizes.__setitem__(e["requestId"], int(e["encodedDataLength"])))
    page.goto(f"{url}{path}", wait_until="load")
    page.wait_for_timeout(800)
    found = {names[request].removeprefix(url): size for request, size in sizes.items() if request in names}
    context.close()
    return sum(found.values()), found
