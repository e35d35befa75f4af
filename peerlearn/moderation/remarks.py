"""What a reader of a profile asks to be mended: a sentence for each field, kept as one text. Pure.

One remark a line, `[bio] Say what a first lesson looks like.`; a line without a field speaks of the whole profile.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

FIELDS = ("headline", "bio", "topics", "languages", "price", "hours", "name")
_LINE = re.compile(r"^\[(?P<field>[a-z_]+)\]\s*(?P<text>.+)$")


@dataclass(frozen=True)
class Remark:
    """One thing to mend. `field` is empty where it is about the whole profile."""

    field: str
    text: str


def parse_remarks(reason: str) -> list[Remark]:
    """Read a stored reason. An unknown field is shown as part of the text, so that nothing is lost."""
    remarks: list[Remark] = []
    for line in reason.splitlines():
        found = _LINE.match(line.strip())
        if found and found["field"] in FIELDS:
            remarks.append(Remark(found["field"], found["text"].strip()))
        elif line.strip():
            remarks.append(Remark("", line.strip()))
    return remarks


def join_remarks(remarks: Iterable[Remark]) -> str:
    """Write remarks as one text; empty ones are left out."""
    lines = (
        f"[{remark.field}] {text}" if remark.field else text
        for remark in remarks
        if (text := " ".join(remark.text.split()))
    )
    return "\n".join(lines)
