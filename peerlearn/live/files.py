"""What the chat keeps of a handed-over file: its name, size, type and digest. Never the file: it goes from browser to browser."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from peerlearn.errors import Invalid
from peerlearn.live.protocol import FILE_TYPES, LIMIT

_RAW_NAME_CHARS: Final = 1_000
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
# Control and format characters (the marks that turn a line round among them), halves of characters, line separators.
# The two joiners stay: without them many Indic names are misspelt.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"
_RESERVED: Final = re.compile(r'[<>:"|?*]')
# Names that Windows takes for devices.
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def clean_name(raw: str) -> str:
    """Return a file name that is safe to show and to save: no path, nothing unseen, nothing that a file system reserves.

    At most FILE_NAME_CHARS characters; the ending stays. `static/js/live/file_rules.js` does the same.
    """
    name = unicodedata.normalize("NFC", raw)
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(" " if char in "\t\n\r" else char for char in name)
    name = "".join(char for char in name if char in _JOINERS or unicodedata.category(char) not in _UNSEEN)
    name = _RESERVED.sub("_", " ".join(name.split())).strip(". ")
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    longest = LIMIT["FILE_NAME_CHARS"]
    if dot and len(ending) < longest // 2:
        return f"{stem[: longest - len(ending) - 1].rstrip('. ')}.{ending}"
    return name[:longest] or "file"


def ending_of(name: str) -> str:
    """The part after the last dot, in small letters; empty where there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def parse_file(raw: object) -> dict[str, Any]:
    """Return {name, size, type, sha256} with nothing else in it.

    The type follows from the name's ending, never from what was claimed.
    Raises Invalid("file_invalid" | "file_type" | "file_size").
    """
    if not isinstance(raw, dict):
        raise _refusal()
    name, size, digest = raw.get("name"), raw.get("size"), raw.get("sha256")
    if not isinstance(name, str) or not 0 < len(name) <= _RAW_NAME_CHARS:
        raise _refusal()
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise _refusal()
    if type(size) is not int or size < 1:
        raise _refusal()
    if size > LIMIT["FILE_BYTES"]:
        raise Invalid("This file is larger than 25 MB. Send a smaller one.", code="file_size")
    cleaned = clean_name(name)
    kind = FILE_TYPES.get(ending_of(cleaned))
    if kind is None:
        raise Invalid(
            "This kind of file can’t be sent here. Send a PDF, a picture, a document or a sound.", code="file_type"
        )
    return {"name": cleaned, "size": size, "type": kind, "sha256": digest}


def _refusal() -> Invalid:
    return Invalid("That file could not be noted in the chat. Send it again.", code="file_invalid")
