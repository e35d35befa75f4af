"""One family of icons, drawn inline: `{{ icon("bell", 22) }}`.

The build (config/devkit/icons.mjs) writes the shapes that templates and scripts name into static/dist/icons.json.
While a page is being written and the build is older than it, the shape is read from the npm package instead.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup, escape

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "static" / "dist" / "icons.json"
DRAWN = ROOT / "node_modules" / "lucide-static" / "icons"

# Lucide is drawn for a stroke of 2 at 24. Ours is finer; at 16 and below a fine stroke looks pale.
STROKE = "1.75"
STROKE_SMALL = "2.1"
SMALL = 16


@lru_cache(maxsize=2)
def _built(_stamp: float) -> dict[str, str]:
    shapes: dict[str, str] = json.loads(BUILT.read_text())
    return shapes


@lru_cache(maxsize=512)
def _drawn(name: str) -> str | None:
    file = DRAWN / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not file.exists():
        return None
    inside = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(), re.DOTALL)
    return re.sub(r"\s*\n\s*", "", inside[1]) if inside else None


def icon(name: str, size: int = 20, label: str | None = None) -> Markup:
    """An inline SVG of a Lucide icon, `size` CSS pixels square.

    Without a label it is decoration and hidden from screen readers, because a word stands beside it.
    Raises LookupError for a name that Lucide does not have.
    """
    shapes = _built(BUILT.stat().st_mtime) if BUILT.exists() else {}
    shape = shapes.get(name) or _drawn(name)
    if shape is None:
        raise LookupError(f"No icon is called {name!r}. Names are on lucide.dev; run `make build` after a new one.")
    stroke = STROKE_SMALL if size <= SMALL else STROKE
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(  # noqa: S704 - shapes come from the icon package, the label is escaped
        f'<svg class="icon" {spoken} width="{size}" height="{size}" viewBox="0 0 24 24" fill="none"'
        f' stroke="currentColor" stroke-width="{stroke}" stroke-linecap="round" stroke-linejoin="round">{shape}</svg>'
    )


def register(app: Flask) -> None:
    """Make `icon` a global of all templates and macros."""
    app.jinja_env.globals["icon"] = icon
