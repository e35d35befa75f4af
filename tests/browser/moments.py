"""When something happened in a page, by the page's own clock: how late the test itself looks is not in it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from tests.servers import wait_until

# What is noted stays with the tab over a change of page. A hidden element is not seen.
_SEEN = """([name, selector, text]) => {
  if (!location.protocol.startsWith("http")) return; // an empty page keeps nothing
  const key = `moment:${name}`;
  const look = () => {
    const here = document.querySelector(selector);
    if (sessionStorage.getItem(key) || !here?.checkVisibility() || !here.textContent.includes(text)) return;
    sessionStorage.setItem(key, String(performance.timeOrigin + performance.now()));
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  look();
}"""
_HAPPENS = """([name, kind]) => addEventListener(kind, () =>
  sessionStorage.setItem(`moment:${name}`, String(performance.timeOrigin + performance.now())), { capture: true, once: true })"""


def note_seen(page: Page, name: str, selector: str, text: str = "") -> None:
    """From now on, on this page and those after it, note when this element is first seen with these words in it."""
    call = f"({_SEEN})({json.dumps([name, selector, text])})"
    page.add_init_script(call)
    page.evaluate(call)


def note_event(page: Page, name: str, kind: str) -> None:
    """Note when the next event of this kind (click, input ...) reaches the page."""
    page.evaluate(_HAPPENS, [name, kind])


def moment(page: Page, name: str) -> float:
    """Wait for what is noted under this name and return when it was, in seconds since 1970."""
    script = f"sessionStorage.getItem({json.dumps(f'moment:{name}')})"
    kept: list[Any] = []

    def noted() -> bool:
        kept.append(page.evaluate(script))
        return bool(kept[-1])

    wait_until(noted, name)
    return float(kept[-1]) / 1000
