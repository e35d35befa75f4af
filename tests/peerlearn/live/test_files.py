"""A handed-over file in the log: its name, size, type and digest; nothing else, and nothing that tricks."""

import json
from pathlib import Path
from typing import Any

import pytest

from peerlearn.errors import Invalid
from peerlearn.live.files import clean_name, parse_file

NAMES = json.loads((Path(__file__).parents[2] / "js/live/file_names.json").read_text(encoding="utf-8"))
DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(("raw", "cleaned"), NAMES)
def test_a_name_is_cleaned_as_in_the_browser(raw: str, cleaned: str) -> None:
    assert clean_name(raw) == cleaned
    assert clean_name(cleaned) == cleaned


def test_a_file_keeps_four_things_and_its_type_follows_its_name() -> None:
    raw = {"name": "a/Sheet.PDF", "size": 5, "sha256": DIGEST, "type": "text/html", "url": "javascript:x"}
    assert parse_file(raw) == {"name": "Sheet.PDF", "size": 5, "type": "application/pdf", "sha256": DIGEST}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "setup.exe"}, "file_type"),
        ({"name": "a.pdf\u202e\u2066.exe"}, "file_type"),
        ({"name": "page.html"}, "file_type"),
        ({"name": "none"}, "file_type"),
        ({"name": ""}, "file_invalid"),
        ({"name": "x" * 1_001}, "file_invalid"),
        ({"name": None}, "file_invalid"),
        ({"name": ["a.pdf"]}, "file_invalid"),
        ({"size": 25_000_001}, "file_size"),
        ({"size": 0}, "file_invalid"),
        ({"size": -1}, "file_invalid"),
        ({"size": True}, "file_invalid"),
        ({"size": "5"}, "file_invalid"),
        ({"size": 5.0}, "file_invalid"),
        ({"sha256": DIGEST.upper()}, "file_invalid"),
        ({"sha256": DIGEST[:-1]}, "file_invalid"),
        ({"sha256": DIGEST + "\n"}, "file_invalid"),
        ({"sha256": None}, "file_invalid"),
    ],
)
def test_a_bad_file_line_is_refused_by_code(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_file({"name": "a.pdf", "size": 5, "sha256": DIGEST, **change})
    assert refusal.value.code == code


@pytest.mark.parametrize("raw", [None, [], "a.pdf", 5])
def test_what_is_no_file_line_is_refused(raw: Any) -> None:
    with pytest.raises(Invalid):
        parse_file(raw)
