"""CSS, JavaScript, fonts and icons: runs config/devkit/build.mjs when a source has changed."""

from __future__ import annotations

from pathlib import Path

from config.devkit.console import ROOT, run_step
from config.devkit.packages import venv_env
from config.devkit.stamps import fingerprint, fresh, press

DIST = ROOT / "static" / "dist"


def _sources() -> list[Path]:
    # Class names and icon names are read from templates, from scripts and from the Python that quotes them.
    static = [path for path in sorted((ROOT / "static").iterdir()) if path.name != "dist"]
    quoted = [*sorted(ROOT.glob("blueprints/**/*.py")), *sorted(ROOT.glob("peerlearn/**/*.py"))]
    steps = sorted((ROOT / "config" / "devkit").glob("*.mjs"))
    return [*static, ROOT / "templates", *quoted, *steps, ROOT / "package-lock.json"]


def assets() -> None:
    """Build static/dist unless it was last built from exactly these sources."""
    stamp = DIST / ".stamp"
    value = fingerprint(_sources())
    if fresh(stamp, value) and (DIST / "manifest.json").exists():
        return
    run_step("Building pages' CSS and JavaScript", ["node", "config/devkit/build.mjs"], env=venv_env())
    press(stamp, value)
