"""The board is saved as files that open."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.room_pages import Seatmate, Stage

pytestmark = pytest.mark.browser


def test_the_board_is_saved_as_pdf_picture_and_svg(stage: Stage, browser: Browser) -> None:
    room = stage.lesson()
    mate = Seatmate(stage, browser, room.learner_id, quiet=True).open(room)
    mate.stroke([(0.3, 0.3), (0.6, 0.5)])
    mate.stroke([(0.3, 0.6), (0.6, 0.4)])
    files: dict[str, bytes] = {}
    for ending in ("png", "svg", "pdf"):
        with mate.page.expect_download() as coming:
            mate.page.evaluate(f"document.querySelector('[data-save={ending}]').click()")
        files[ending] = Path(coming.value.path()).read_bytes()
    assert files["png"].startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(files["png"][16:20]) >= 2 * 640
    svg = files["svg"].decode()
    assert len(re.findall("<path ", svg)) == 2
    parsed = "(t) => new DOMParser().parseFromString(t, 'image/svg+xml').querySelectorAll('path').length"
    assert mate.page.evaluate(parsed, svg) == 2
    assert files["pdf"].startswith(b"%PDF-")
    assert re.fullmatch(
        r"[1-9]\d*:[0-9a-f]{16}", mate.page.locator("[data-board-digest]").get_attribute("data-board-digest") or ""
    )
    assert mate.problems == []
    mate.context.close()
