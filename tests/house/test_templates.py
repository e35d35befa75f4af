"""Every template is reachable from some view, and every template that is asked for exists."""

import re
from pathlib import Path

from flask import Flask

ASKED_FOR = re.compile(r"""["']([a-z_]+(?:/[a-z0-9_.-]+)*\.(?:html|txt|svg|xml|js|ics|webmanifest))["']""")
SOURCES = ("blueprints", "peerlearn", "config")
SIMULATOR = "razorpay_simulator"  # a program of its own, with pages of its own


def _texts(root: Path) -> dict[Path, str]:
    files = [file for folder in SOURCES for file in (root / folder).rglob("*.py") if SIMULATOR not in file.parts]
    files += [file for file in (root / "templates").rglob("*") if file.is_file() and file.suffix != ".md"]
    return {file: file.read_text(encoding="utf-8") for file in files}


def _names(root: Path) -> set[str]:
    files = [file for file in (root / "templates").rglob("*") if file.is_file() and file.suffix != ".md"]
    return {file.relative_to(root / "templates").as_posix() for file in files}


def _composed(words: str) -> list[re.Pattern[str]]:
    """Names with a part filled in at run time: `f"auth/mentor_{step}.html"`."""
    found = re.findall(r"""["']([a-z_]+/[a-z0-9_/{}.()\[\]]*\{[^"']*\}[a-z0-9_/.]*\.html)["']""", words)
    return [re.compile(re.sub(r"\\\{.*?\\\}", "[a-z_]+", re.escape(name))) for name in found]


def test_every_template_is_reachable(root: Path) -> None:
    words, names = "\n".join(_texts(root).values()), _names(root)
    asked = set(ASKED_FOR.findall(words))
    composed = _composed(words)
    asked |= {name for name in names if any(pattern.fullmatch(name) for pattern in composed)}
    # A sheet is named once and stands in two templates: alone on a page, and as the sheet itself.
    asked |= {name for name in names if f'"{re.sub(r"(_sheet)?[.]html$", "", name)}"' in words}
    # A letter is named by its kind; its two templates follow from it.
    letters = {name for name in names if name.startswith("email/") and f'"{Path(name).stem}"' in words}
    assert not sorted(names - asked - letters)


def test_every_template_that_is_asked_for_exists(root: Path, whole_app: Flask) -> None:
    pattern = re.compile(
        r"""(?:render_template\(\s*|get_template\(\s*|(?:extends|include|import|from)\s+)["']([^"']+)["']"""
    )
    known = set(whole_app.jinja_env.list_templates())
    missing = {
        f"{file.relative_to(root)}: {name}"
        for file, text in _texts(root).items()
        for name in pattern.findall(text)
        if file.suffix != ".py" or "template(" in text
        if re.search(r"\.(html|txt|svg|xml)$", name) and name not in known
    }
    assert not missing


def test_no_template_holds_inline_script_or_style(root: Path) -> None:
    bad = []
    for file in (root / "templates").rglob("*.html"):
        if file.relative_to(root / "templates").parts[0] == "email":
            continue  # letters have no style sheet but their own
        text = file.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            script = re.search(r"<script(?![^>]*\b(src|type=.(application/(ld\+)?json|importmap)))", line)
            if script or re.search(r"\s(style|on[a-z]+)=[\"']", line):
                bad.append(f"{file.relative_to(root)}:{number}: {line.strip()[:80]}")
    assert not bad
