"""Which part of the board someone looks at, as the other one hears it. Pure, volatile, never stored."""

from __future__ import annotations

from typing import Any, Final

from peerlearn.live.protocol import LIMIT

# What the message means: where I am; come here once; stay with me while I move.
LEADS: Final = (0, 1, 2)


def parse_view(raw: object) -> dict[str, Any] | None:
    """A part of a page: {page, box: left, top, right, bottom, lead}, in board units. None when malformed, as nobody waits."""
    if not isinstance(raw, dict):
        return None
    page, box, lead = raw.get("page"), raw.get("box"), raw.get("lead")
    limit = LIMIT["COORDINATE"] * 2  # one may look past the edge of what can be drawn on
    if type(page) is not int or not 0 <= page < LIMIT["PAGES"] or type(lead) is not int or lead not in LEADS:
        return None
    if not isinstance(box, list) or len(box) != 4 or any(type(n) is not int or not -limit <= n <= limit for n in box):
        return None
    if box[0] >= box[2] or box[1] >= box[3]:
        return None
    return {"page": page, "box": box, "lead": lead}
