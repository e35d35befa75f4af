"""What may be said in the room's chat. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from peerlearn.errors import Invalid
from peerlearn.live.protocol import LIMIT

# Control characters, halves of characters (no database takes them), and the marks that reverse a line's direction to
# disguise it. Newline and tab stay.
_UNWANTED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MANY_LINES: Final = re.compile(r"\n{3,}")


def parse_message(raw: object) -> str:
    """Return the words as they are kept and shown; raise Invalid("chat_empty" | "chat_too_long" | "chat_invalid").

    The result is plain text. It is never markup: whoever shows it escapes it.
    """
    if not isinstance(raw, str):
        raise Invalid("A message must be text.", code="chat_invalid")
    if len(raw) > LIMIT["CHAT_CHARS"] * 2:
        raise _too_long()
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n"))
    text = _MANY_LINES.sub("\n\n", _UNWANTED.sub("", text)).strip()
    if not text:
        raise Invalid("Write something first.", code="chat_empty")
    if len(text) > LIMIT["CHAT_CHARS"]:
        raise _too_long()
    return text


def _too_long() -> Invalid:
    return Invalid(f"Messages hold {LIMIT['CHAT_CHARS']} characters. Send it in two parts.", code="chat_too_long")
