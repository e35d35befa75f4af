"""Whole numbers that people and scripts send. What no row could hold is no number, before anything reckons with it."""

from typing import Any

MOST = 2_000_000_000  # what an integer column of both databases takes


def whole(text: Any, most: int = MOST) -> int | None:
    """Return a whole number from 0 to `most` written in digits, else None."""
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None
