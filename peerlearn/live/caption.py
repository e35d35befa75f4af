"""A line of live captions: what one person said, as their own browser understood it. Volatile: relayed, never stored."""

from __future__ import annotations

from typing import Any

from peerlearn.live.protocol import LIMIT


def parse_caption(payload: dict[str, Any]) -> dict[str, Any] | None:
    """Return {line, text, final}, or None for anything that is none.

    `line` counts the speaker's lines, so that a better reading of a line replaces the one before; text is cut at its
    limit from the front, because the newest words matter.
    """
    line, text = payload.get("line"), payload.get("text")
    if type(line) is not int or not 0 <= line < 1_000_000 or not isinstance(text, str):
        return None
    words = " ".join(text[-4 * LIMIT["CAPTION_CHARS"] :].split())[-LIMIT["CAPTION_CHARS"] :]
    return {"line": line, "text": words, "final": payload.get("final") is True} if words else None
