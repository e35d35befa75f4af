"""Whole numbers that people and scripts send. What no row could hold is no number, before anything reckons with it."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from peerlearn.errors import Invalid

MOST = 2_000_000_000  # what an integer column of both databases takes


def whole(text: Any, most: int = MOST) -> int | None:
    """Return a whole number from 0 to `most` written in digits, else None."""
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None


def since_asked() -> int:
    """Return the place in a lesson's log that a link asks from (`?since=`, the beginning where it says nothing).

    Raises Invalid("bad_since").
    """
    since = whole(request.args.get("since", "0"))
    if since is None:
        raise Invalid(_("This link has no readable place in the lesson. Load the page again."), code="bad_since")
    return since
